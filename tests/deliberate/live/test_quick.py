"""A page put together from memory is the page that Django makes, header for header and letter for letter."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deliberate.rehearsal.phone import Door, Member, Phone, marks_of
from tests.service import Service, running

#: A query that nobody reads makes the page Django's own.
ASIDE = "?aside=1"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("quick"), LIVE_TICK_S="0.02", LIMIT_FACTOR="1000") as found:
        yield found


async def both(service: Service, member: Member, screen: str = "") -> tuple[httpx.Response, httpx.Response]:
    async with httpx.AsyncClient(base_url=service.url, headers={"Cookie": f"seat={member.cookie}"}) as browser:
        return await browser.get(member.base + screen), await browser.get(member.base + screen + ASIDE)


def steady(html: str) -> str:
    """Without the seconds that go by between two requests."""
    return re.sub(r">-?\d+:\d\d<", "><", html)


async def painted(service: Service, member: Member) -> tuple[httpx.Response, httpx.Response]:
    """Both pages as soon as they show the same: a picture from memory is painted a moment after the act."""
    for _attempt in range(200):
        quick, django = await both(service, member)
        if steady(quick.text) == steady(django.text):
            return quick, django
        await asyncio.sleep(0.02)
    raise AssertionError("the page from memory is not the one that Django makes")


def told(response: httpx.Response) -> dict[str, str]:
    """Its headers, without the moment and how its bytes are told."""
    bytes_ = ("content-encoding", "content-length", "transfer-encoding")
    return {n: v for n, v in response.headers.items() if n not in ("date", *bytes_)}


@pytest.mark.parametrize("screen", ["", "floor/"])
async def test_it_is_the_page_that_django_makes(service: Service, door: Door, screen: str) -> None:
    member = await door.join(service.links["participant"])
    quick, django = await both(service, member, screen)
    assert quick.status_code == django.status_code == 200
    assert steady(quick.text) == steady(django.text)
    assert told(quick) == told(django)


async def test_everybody_sees_their_own_marks_on_it(service: Service, door: Door) -> None:
    ann, ben = await door.join(service.links["participant"]), await door.join(service.links["participant"])
    phone = Phone(door, ("floor.ask",))
    await phone.sit(ann)
    assert (await phone.act("floor.ask", kind="point"))["ok"]
    hers, _django = await painted(service, ann)
    his, _ = await both(service, ben)
    assert "asked:point" in marks_of(hers.text)["floor"]
    assert marks_of(his.text)["floor"] == []
    await phone.close()


async def test_only_the_page_that_holds_nothing_of_anybody_s_own_is_compressed(service: Service, door: Door) -> None:
    """Of what is compressed the length tells more than how much it is."""
    ann, ben = await door.join(service.links["participant"]), await door.join(service.links["participant"])
    phone = Phone(door, ("floor.ask",))
    await phone.sit(ann)
    assert (await phone.act("floor.ask", kind="point"))["ok"]
    hers, django = await painted(service, ann)
    his, _ = await both(service, ben)
    assert [page.headers.get("content-encoding") for page in (hers, django, his)] == [None, None, "gzip"]
    assert int(his.headers["content-length"]) < len(his.content) / 2
    assert (await phone.act("floor.withdraw"))["ok"]
    await phone.close()


@pytest.mark.parametrize("takes", ["identity", "br", "gzip;q=0", "gzip; q=0.0, br"])
async def test_whoever_takes_nothing_compressed_gets_the_page_as_it_is(
    service: Service, door: Door, takes: str
) -> None:
    member = await door.join(service.links["participant"])
    headers = {"Cookie": f"seat={member.cookie}", "Accept-Encoding": takes}
    async with httpx.AsyncClient(base_url=service.url, headers=headers) as browser:
        page = await browser.get(member.base)
    assert "content-encoding" not in page.headers
    assert "</html>" in page.text


async def test_it_shows_what_has_changed_since(service: Service, door: Door) -> None:
    member = await door.join(service.links["participant"])
    await both(service, member)
    moderator = Phone(door, ())
    await moderator.sit(await door.join(service.links["moderator"]))
    made = await moderator.act(
        "ballots.prepare", question="Does it change?", kind="one", options="Yes\nNo", secret="sealed"
    )
    assert (await moderator.act("ballots.open", poll=made["data"]["poll"]))["ok"]

    for _attempt in range(200):
        if "Does it change?" in (await both(service, member))[0].text:
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("the page from memory stays as it was")
    await moderator.act("ballots.close", poll=made["data"]["poll"])
    await moderator.close()


async def test_whoever_has_no_seat_is_told_by_django(service: Service, door: Door) -> None:
    member = await door.join(service.links["participant"])
    member.cookie = "forged"
    quick, django = await both(service, member)
    assert quick.status_code == django.status_code == 401


async def test_a_plain_page_and_one_with_something_to_say_are_django_s(service: Service, door: Door) -> None:
    member = await door.join(service.links["participant"])
    async with httpx.AsyncClient(base_url=service.url) as browser:
        page = await browser.get(member.base, headers={"Cookie": f"seat={member.cookie}; plain=1"})
        assert 'name="act"' in page.text, "its forms carry an act's id"
        foreign = await browser.get(member.base, headers={"Cookie": f"seat={member.cookie}", "Host": "elsewhere.test"})
        assert foreign.status_code == 400


async def test_the_page_asked_for_most_counts_as_one_page_each_time(tmp_path: Path) -> None:
    with running(tmp_path, LIMIT_PAGES_PER_MINUTE="6") as service:
        door = Door(service.url)
        ann, ben = [await door.join(service.links["participant"]) for _person in range(2)]
        pages = [await door.page(ann) for _number in range(9)]
        assert [page.status_code for page in pages] == [200] * 6 + [429] * 3
        assert pages[-1].headers["Retry-After"] == "5"
        assert (await door.page(ben)).status_code == 200
        await door.close()
