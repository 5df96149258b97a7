"""A line holds little, newest wins, and who does not read is skipped and then closed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from deliberate.live import hub as hubs
from deliberate.live.frames import Frame
from deliberate.live.hints import Hint
from deliberate.live.hub import Hub
from deliberate.live.line import Line
from deliberate.live.painter import Picture
from deliberate.live.room import IN_ONE_GO, RoomHub


def picture(number: int, size: int = 1000, name: str = "a.part") -> Picture:
    return Picture(name, str(number), "x" * size)


class Wire:
    """The far end: keeps what was sent; `blocked` like a kernel that takes no more."""

    def __init__(self, asks_back: bool = True, seat: int = 1) -> None:
        self.sent: list[str] = []
        self.closed = ""
        self.blocked = False
        self.tell: list[Callable[[], None]] = []
        self.line = Line(
            kind="test", room=1, seat=seat, audience="participant", language="en",
            wire=self, close=self._close, refresh=self._refresh, asks_back=asks_back,
        )  # fmt: skip
        self.line.holds = {"a.part": "", "b.part": ""}

    def put(self, frame: Frame) -> None:
        self.sent.append(frame.text)

    @property
    def full(self) -> bool:
        return self.blocked

    def when_drained(self, tell: Callable[[], None]) -> None:
        self.tell.append(tell)

    async def _close(self, why: str) -> None:
        self.closed = why

    async def _refresh(self) -> None:
        self.sent.append("marks")

    def hashes(self, name: str = "a.part") -> list[str]:
        return [json.loads(text)["p"][name][0] for text in self.sent if f'"{name}"' in text]

    def words(self) -> list[str]:
        return [json.loads(text)["ping"] for text in self.sent if '"ping"' in text]


async def test_a_picture_that_the_phone_holds_is_not_sent_again() -> None:
    wire = Wire()
    wire.line.offer(picture(1))
    await asyncio.sleep(0.01)
    wire.line.offer(picture(1))
    await asyncio.sleep(0.01)
    assert wire.hashes() == ["1"]


async def test_of_many_pictures_at_once_only_the_newest_is_sent() -> None:
    wire = Wire()
    for number in range(50):
        wire.line.offer(picture(number))
    await asyncio.sleep(0.01)
    assert wire.hashes() == ["49"]


async def test_a_line_that_does_not_read_gets_a_window_and_then_nothing(settings: Any) -> None:
    settings.LIVE_WINDOW_BYTES = 10_000
    wire = Wire()
    for number in range(100):
        wire.line.offer(picture(number))
        await asyncio.sleep(0.001)
    assert 10 <= len(wire.hashes()) <= 12
    assert wire.line.unread < 12_000
    assert len(wire.line.pending or {}) == 1


async def test_when_it_reads_on_it_gets_the_newest(settings: Any) -> None:
    settings.LIVE_WINDOW_BYTES = 10_000
    wire = Wire()
    for number in range(100):
        wire.line.offer(picture(number))
        await asyncio.sleep(0.001)
    for word in wire.words():
        wire.line.pong(word)
    await asyncio.sleep(0.01)
    assert wire.hashes()[-1] == "99"
    assert wire.line.unread < 10_000


async def test_a_word_that_was_never_sent_frees_nothing(settings: Any) -> None:
    settings.LIVE_WINDOW_BYTES = 10_000
    wire = Wire()
    for number in range(30):
        wire.line.offer(picture(number))
        await asyncio.sleep(0.001)
    before = wire.line.unread
    for guess in ("00000000", "", 7, None):
        wire.line.pong(guess)
    assert wire.line.unread == before


async def test_a_line_that_stays_stalled_is_closed(settings: Any) -> None:
    settings.LIVE_WINDOW_BYTES = 5_000
    settings.LIVE_STALL_S = 0.2
    wire = Wire()
    for number in range(30):
        wire.line.offer(picture(number))
        await asyncio.sleep(0.001)
    assert wire.closed == ""
    await asyncio.sleep(0.4)
    assert wire.closed == "stalled"


async def test_a_stream_ends_after_its_window_and_asks_nothing(settings: Any) -> None:
    settings.LIVE_WINDOW_BYTES = 5_000
    wire = Wire(asks_back=False)
    for number in range(30):
        wire.line.offer(picture(number))
        await asyncio.sleep(0.001)
    assert wire.closed == "window"
    assert wire.words() == []


async def test_a_part_no_longer_on_the_screen_is_not_sent() -> None:
    wire = Wire()
    wire.line.offer(picture(1, name="b.part"))
    wire.line.holds = {"a.part": ""}
    await asyncio.sleep(0.01)
    assert wire.hashes("b.part") == []


async def test_a_line_that_leaves_while_a_picture_is_handed_out_keeps_it_from_nobody() -> None:
    room = RoomHub(1)
    wires = [Wire(seat=number) for number in range(IN_ONE_GO + 2)]
    for wire in wires:
        room.show_to(wire.line, {"a.part": ""})
    handing_out = asyncio.create_task(room._hand_out({("a.part", "participant", "en"): picture(1)}))
    await asyncio.sleep(0)  # the first of them have it
    room.forget(wires[-2].line)
    await handing_out
    assert wires[0].hashes() == wires[-1].hashes() == ["1"]
    assert wires[-2].hashes() == []


async def hand_out(room: RoomHub, *pictures: Picture) -> None:
    """As a paint does."""
    news = {(each.name, "participant", "en"): each for each in pictures}
    room.pictures |= news
    await room._hand_out(news)
    await asyncio.sleep(0.01)


async def test_lines_that_hold_the_same_share_it_and_one_that_lags_comes_back_to_it() -> None:
    room = RoomHub(1)
    wires = [Wire(seat=number) for number in range(3)]
    lagging = wires[2]
    for wire in wires:
        room.show_to(wire.line, {"a.part": "", "b.part": ""})
    await hand_out(room, picture(1), picture(2, name="b.part"))
    assert len({id(wire.line.holds) for wire in wires}) == 1
    lagging.blocked = True
    await hand_out(room, picture(3))
    assert [wire.hashes() for wire in wires] == [["1", "3"], ["1", "3"], ["1"]]
    assert lagging.line.holds == {"a.part": "1", "b.part": "2"}
    assert wires[0].line.holds is wires[1].line.holds
    lagging.blocked = False
    for tell in lagging.tell:
        tell()
    await hand_out(room, picture(4, name="b.part"))
    assert [wire.hashes() for wire in wires] == [["1", "3"]] * 3
    assert [wire.hashes("b.part") for wire in wires] == [["2", "4"]] * 3
    assert len({id(wire.line.holds) for wire in wires}) == 1


async def test_what_is_handed_out_again_reaches_those_alone_who_do_not_hold_it() -> None:
    room = RoomHub(1)
    held, missed = Wire(seat=1), Wire(seat=2)
    for wire in (held, missed):
        room.show_to(wire.line, {"a.part": ""})
    await hand_out(room, picture(1))
    missed.line.holds = {"a.part": ""}  # something went wrong
    await hand_out(room, picture(1))
    assert held.hashes() == ["1"]
    assert missed.hashes() == ["1", "1"]


async def test_who_comes_with_all_that_stands_is_in_step_at_once() -> None:
    room = RoomHub(1)
    there, comes = Wire(seat=1), Wire(seat=2)
    room.show_to(there.line, {"a.part": ""})
    await hand_out(room, picture(1))
    room.show_to(comes.line, {"a.part": "1"})
    assert comes.line.holds is there.line.holds
    await hand_out(room, picture(2))
    assert (there.hashes(), comes.hashes()) == (["1", "2"], ["2"])


async def test_pictures_that_wait_together_travel_in_one_frame() -> None:
    wire = Wire()
    wire.line.offer(picture(1))
    wire.line.offer(picture(2, name="b.part"))
    await asyncio.sleep(0.01)
    assert [sorted(json.loads(text)["p"]) for text in wire.sent] == [["a.part", "b.part"]]


async def test_where_hints_were_lost_every_line_learns_its_marks_anew_a_few_at_a_time(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIVE_TICK_S = 0.01
    monkeypatch.setattr(hubs, "REMINDED_A_TICK", 4)
    hub, wires = Hub(), [Wire(seat=number // 2) for number in range(18)]
    for wire in wires:
        hub.seats.setdefault(wire.line.seat, {})[wire.line] = None
    wires[1].line.gone()
    hub.take(Hint(everything=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert sum(wire.sent == ["marks"] for wire in wires) <= 4
    hub.take(Hint(everything=True))  # and once more, while the first round goes on
    for _look in range(500):
        if not hub._tasks:
            break
        await asyncio.sleep(0.01)
    assert [wire.sent for wire in wires if wire is not wires[1]] == [["marks", "marks"]] * 17
    assert wires[1].sent == []
    assert hub._tasks == {}
