"""One seat on several devices, or in several tabs: what one of them does, the others show too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from deliberate.rehearsal.phone import Door, Member, Phone
from tests.service import Service, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("devices"), LIVE_TICK_S="0.02") as found:
        yield found


@pytest.fixture
async def devices(service: Service, door: Door) -> AsyncIterator[tuple[Phone, Phone]]:
    member = await door.join(service.links["participant"])
    first, second = Phone(door, ("floor.ask",)), Phone(door, ("floor.ask",))
    await first.sit(member)
    await second.sit(replace(member, marks={}))
    yield first, second
    await first.close()
    await second.close()


async def marked(phone: Phone, mark: str, within_s: float = 3) -> bool:
    """Whether the phone comes to hold the mark."""
    assert phone.member is not None
    for _attempt in range(int(within_s * 50)):
        if mark in phone.member.held:
            return True
        await asyncio.sleep(0.02)
    return False


async def test_what_one_device_does_the_other_learns(devices: tuple[Phone, Phone]) -> None:
    first, second = devices
    assert (await first.act("floor.ask", kind="point"))["ok"]
    assert await marked(second, "asked")
    assert first.screen() == second.screen()
    assert (await second.act("floor.withdraw"))["ok"]
    assert (await first.act("floor.ask", kind="question"))["ok"], "the first one's screen was up to date"


async def test_a_plain_form_reaches_the_tabs_with_scripts(
    service: Service, door: Door, devices: tuple[Phone, Phone]
) -> None:
    member: Member | None = devices[0].member
    assert member is not None
    headers = {"Cookie": f"seat={member.cookie}", "Origin": service.url}
    await door.http.post(f"{member.base}do/floor.ask", data={"kind": "point"}, headers=headers)
    assert [await marked(phone, "asked") for phone in devices] == [True, True]


async def test_who_goes_over_to_another_room_while_waiting_is_told_on_the_pages_of_both(
    service: Service, door: Door, devices: tuple[Phone, Phone]
) -> None:
    chair = Phone(door, ())
    await chair.sit(await door.join(service.links["host"]))
    workshop = (await chair.act("events.add_room", name="Workshop"))["data"]["room"]
    await chair.close()
    first, second = devices
    assert first.member is not None
    hall = first.member.base.rstrip("/").rpartition("/")[2]
    assert (await first.act("floor.ask", kind="point"))["ok"]
    there = Phone(door, ("floor.ask",))
    await there.sit(replace(first.member, base=first.member.base.replace(hall, workshop), marks={}))
    assert (await there.act("seats.move"))["ok"]
    assert [await marked(phone, "away") for phone in devices] == [True, True]
    assert await marked(there, f"elsewhere:{hall}")
    assert (await second.act("floor.withdraw"))["ok"]
    for _attempt in range(100):
        if there.member is not None and "elsewhere" not in there.member.held:
            break
        await asyncio.sleep(0.02)
    assert there.member is not None
    assert "elsewhere" not in there.member.held
    await there.close()


async def test_many_acts_at_once_leave_both_with_the_same_marks(devices: tuple[Phone, Phone]) -> None:
    first, _second = devices
    answers = await asyncio.gather(*(first.act("ideas.post", text=f"Idea {n}") for n in range(8)))
    ideas = [answer["data"]["idea"] for answer in answers]
    await asyncio.gather(*(phone.act("ideas.upvote", idea=idea) for phone in devices for idea in ideas))
    for phone in devices:
        for idea in ideas:
            assert await marked(phone, f"upvoted:{idea}")
            assert await marked(phone, f"idea:{idea}")
