"""Several drafters at one clause, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest
import websockets

from deliberate.rehearsal.phone import Door, Phone
from deliberate.shell.server import SERVERS
from tests.polls.statements.pads.drafters import Desk, Drafter
from tests.service import Service, running
from tests.stories.stage import Hand, new_room
from tests.waiting import came


@pytest.fixture(scope="module", params=SERVERS)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("pads"), request.param, LIMIT_FACTOR="10000", LIVE_TICK_S="0.02") as found:
        yield found


@pytest.fixture
async def desk(service: Service, door: Door) -> AsyncIterator[Desk]:
    found = Desk(service, door)
    await found.begin("We ask for peace.")
    yield found
    await found.close()


async def test_what_two_type_at_the_same_moment_stands_on_both_pads_and_on_the_phone(desk: Desk) -> None:
    ann, ben = await desk.drafter(), await desk.drafter()
    reader = await desk.phone("participant", ("statements.text", "statements.text/2"))
    await ann.insert(0, "Today: ")
    await ben.insert(len("We ask for peace"), " and bread")
    await came(lambda: str(ann) == str(ben) == "Today: We ask for peace and bread.")
    await came(lambda: ann.kept and ben.kept)
    await came(lambda: "Today: We ask for peace and bread." in "".join(reader.screen().values()), 10)


async def test_who_comes_later_finds_all_of_it_and_where_the_others_are(desk: Desk) -> None:
    ann = await desk.drafter()
    await ann.insert(0, "Today: ")
    await ann.say({"pad": desk.clause, "at": ["AAAA", "BBBB"]})
    ben = await desk.drafter()
    assert str(ben) == "Today: We ask for peace."
    await came(lambda: [each["at"] for each in ben.cursors.values()] == [["AAAA", "BBBB"]])
    [cursor] = ben.cursors.values()
    assert cursor["name"] == next(frame["as"] for frame in ann.frames if "as" in frame)
    assert ann.cursors == {}
    await ann.drop()
    await came(lambda: ben.cursors == {})


async def test_a_wording_sent_by_the_form_flows_into_the_open_pads(desk: Desk) -> None:
    ann, ben = await desk.drafter(), await desk.drafter()
    await ann.insert(0, "Today: ")
    fields = {"clause": desk.clause, "text": "We ask for peace and land.", "revision": 0}
    assert (await desk.form.act("statements.edit_clause", **fields))["ok"]
    await came(lambda: str(ann) == str(ben) == "Today: We ask for peace and land.", 3)


async def test_a_clause_that_is_taken_out_can_t_be_written_on_at_once_and_can_again_when_it_is_put_back(
    desk: Desk,
) -> None:
    ann = await desk.drafter()
    await desk.form.act("statements.remove_clause", clause=desk.clause)
    await came(lambda: not ann.writes, 1)
    await ann.insert(0, "Too late ")
    await came(lambda: ann.said == "gone", 1)
    await desk.form.act("statements.restore_clause", clause=desk.clause)
    ben = await desk.drafter()
    assert str(ben) == "We ask for peace."
    assert ben.writes


async def test_a_seat_that_is_ended_loses_its_socket_within_a_second_and_writes_nothing_more(desk: Desk) -> None:
    ann, ben = await desk.drafter(), await desk.drafter()
    erased = Phone(desk.door, ())
    await erased.sit(ben.member)
    assert (await erased.act("seats.erase"))["ok"]
    await came(lambda: not ben.alive, 1)
    assert ben.said == "ended"
    await ben.insert(0, "Not mine to say ")
    await ann.insert(0, "Today: ")
    await came(lambda: ann.kept)
    assert str(ann) == "Today: We ask for peace."
    await erased.close()


async def test_whose_link_is_revoked_loses_the_socket_within_a_second(desk: Desk) -> None:
    host = Hand(desk.service.links["host"])
    link = host.do("events.new_link", role="drafter")
    ann = Drafter(desk.door, await desk.door.join(desk.service.url + link["path"]), desk.clause)
    await ann.connect()
    await came(lambda: ann.writes)
    host.do("events.revoke_link", link=link["link"])
    await came(lambda: not ann.alive, 1)
    assert ann.said == "ended"
    await ann.drop()


@pytest.mark.parametrize("role", ["participant", "moderator", "captioner", "host"])
async def test_nobody_but_a_drafter_opens_a_pad(desk: Desk, role: str) -> None:
    member = await desk.door.join(desk.service.links[role])
    for base in (member.base, member.base.replace(f"/{role}/", "/drafter/")):
        member.base = base
        other = Drafter(desk.door, member, desk.clause)
        with suppress(websockets.InvalidStatus):  # there is no such address for the role
            await other.connect(attempts=1)
            await came(lambda other=other: not other.alive)  # type: ignore[misc]
        assert str(other) == ""


async def test_a_foreign_page_opens_no_pad(desk: Desk) -> None:
    member = await desk.door.join(desk.service.links["drafter"])
    headers = {"Cookie": f"seat={member.cookie}", "Origin": "http://elsewhere.test"}
    address = desk.service.url.replace("http", "ws") + member.base + "pads"
    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(address, additional_headers=headers, proxy=None)


async def test_a_clause_of_another_room_can_t_be_opened(service: Service, door: Door, desk: Desk) -> None:
    other = Drafter(door, await door.join(new_room(service)["drafter"]), desk.clause)
    await other.connect()
    await came(lambda: other.said == "gone")
    assert str(other) == ""
    await other.drop()


NOISE: list[dict[str, Any]] = [
    {},
    {"open": 7},
    {"open": "x", "y": "no base64"},
    {"open": "x", "y": "AAEA"},
    {"pad": "x", "of": "y", "n": 1, "y": "////"},
    {"pad": "x", "at": [1, 2]},
    {"pad": "x", "at": ["<b>", "a"]},
    {"do": "statements.settle", "with": {}, "id": "12345678"},
    {"shut": None},
    {"beat": "x"},
]


@pytest.mark.parametrize("noise", NOISE, ids=str)
async def test_what_can_t_be_read_harms_nobody(desk: Desk, noise: dict[str, Any]) -> None:
    ann = await desk.drafter()
    await ann.say(noise)
    await ann.say({"pad": desk.clause, "of": ann.handle, "n": 0, "y": "AAIDAQID"})  # an update that is none
    await came(lambda: ann.said == "unfit")
    await ann.say({"beat": 1})
    await came(lambda: any(frame.get("beat") == 1 for frame in ann.frames))
    ben = await desk.drafter()
    await ben.insert(0, "Today: ")
    await came(lambda: ben.kept)
    assert str(ben) == "Today: We ask for peace."


async def test_a_page_that_does_not_read_is_let_go_and_slows_nobody(desk: Desk) -> None:
    ann, ben = await desk.drafter(), await desk.drafter()
    ben.listens.clear()
    for number in range(400):
        await ann.insert(number % 7, "words " * 20)
        await ann.delete(number % 7, 120)
    await came(lambda: ann.kept, 30)
    ben.listens.set()
    await ben.drop()
    await ben.connect()
    await came(lambda: str(ben) == str(ann) == "We ask for peace.")
