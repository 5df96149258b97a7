from __future__ import annotations

import asyncio
import os
import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deliberate.clock import now
from rooms.captions import hearing
from rooms.captions.engine import Options
from rooms.captions.hearing import Event, Hearing, Said, Saying
from rooms.captions.models import State
from tests.rooms.captions.sounds import DEADLY, silence, tone

ENGINES = "tests.rooms.captions.engines:"


class Heard:
    """All that was told, and somebody who waits for something of it."""

    def __init__(self, engine: str = "Tones", model: str = "") -> None:
        self.events: list[Event] = []
        self.hearing = Hearing(ENGINES + engine, Options(model=model), self._tell)
        self._new = asyncio.Event()

    async def _tell(self, event: Event) -> None:
        self.events.append(event)
        self._new.set()

    async def until(self, what: object, count: int = 1) -> None:
        """Until so many events equal `what`, or are of that class."""

        def there() -> int:
            return sum(each == what or (isinstance(what, type) and isinstance(each, what)) for each in self.events)

        async with asyncio.timeout(60):
            while there() < count:
                self._new.clear()
                await self._new.wait()

    @property
    def said(self) -> list[Said]:
        return [each for each in self.events if isinstance(each, Said)]

    def bring(self, sound: bytes, began: datetime) -> None:
        """As the podium does: a tenth of a second at a time."""
        for at in range(0, len(sound), 3200):
            piece = sound[at : at + 3200]
            self.hearing.hear(piece, began + timedelta(seconds=(at + len(piece)) / 32_000))


async def stopped(running: asyncio.Task[None]) -> None:
    """As the podium's socket does when its page may not go on."""
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(autouse=True)
def _from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))


async def test_what_is_said_is_told_while_it_is_said_and_when_it_is_over_with_its_times() -> None:
    heard, began = Heard(), now()
    running = asyncio.create_task(heard.hearing.run())
    heard.bring(silence(1) + tone(1.5) + silence(1), began)
    await heard.until(Said)
    heard.hearing.finish()
    await running
    assert [event for event in heard.events if isinstance(event, State)] == [State.STARTING, State.ON]
    [said] = heard.said
    assert (said.number, said.since) == (1, began + timedelta(seconds=1))
    assert [word.text for word in said.words] == ["one", "two", "three"]
    assert said.words[2].since == said.since + timedelta(seconds=1)
    interim = [event for event in heard.events if isinstance(event, Saying)]
    assert {event.since for event in interim} == {said.since}
    assert interim[-1].text == "one two three"


async def test_the_last_words_are_told_when_no_more_comes() -> None:
    heard = Heard()
    heard.bring(tone(1), now())
    heard.hearing.finish()
    await heard.hearing.run()
    assert [word.text for word in heard.said[0].words] == ["one", "two"]


async def test_an_engine_that_is_killed_is_followed_by_another_that_hears_what_was_not_told() -> None:
    heard = Heard()
    running = asyncio.create_task(heard.hearing.run())
    heard.bring(tone(1) + silence(1), now())
    await heard.until(Said)
    heard.bring(tone(1.5), now())
    await heard.until(Saying, 16)
    os.kill(heard.hearing.pid, signal.SIGKILL)
    await heard.until(State.AGAIN)
    heard.bring(silence(1), now())
    await heard.until(Said, 2)
    await stopped(running)
    assert [[word.text for word in said.words] for said in heard.said] == [["one", "two"], ["one", "two", "three"]]
    assert [said.number for said in heard.said] == [1, 2]


async def test_sound_that_two_engines_died_of_is_let_go() -> None:
    heard = Heard()
    running = asyncio.create_task(heard.hearing.run())
    heard.bring(DEADLY, now())
    await heard.until(State.AGAIN)
    await asyncio.sleep(1)
    heard.bring(tone(0.5) + silence(1), now())
    await heard.until(Said)
    await stopped(running)
    assert [word.text for word in heard.said[0].words] == ["one"]


async def test_what_nobody_understands_ends_the_engine() -> None:
    heard = Heard("Babbler")
    running = asyncio.create_task(heard.hearing.run())
    heard.bring(tone(1), now())
    await heard.until(State.AGAIN)
    await stopped(running)


async def test_what_an_engine_prints_is_not_mixed_with_what_it_tells() -> None:
    heard = Heard("Printer")
    heard.bring(tone(1), now())
    heard.hearing.finish()
    await heard.hearing.run()
    assert [word.text for word in heard.said[0].words] == ["one", "two"]


async def test_one_that_stands_still_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "SILENT_S", 2.5)
    heard = Heard()
    running = asyncio.create_task(heard.hearing.run())
    await heard.until(State.ON)
    os.kill(heard.hearing.pid, signal.SIGSTOP)
    await heard.until(State.AGAIN)
    await heard.until(State.ON, 2)
    await stopped(running)


async def test_one_that_cannot_begin_says_why() -> None:
    heard = Heard(model="missing")
    running = asyncio.create_task(heard.hearing.run())
    await heard.until(State.UNFIT)
    assert heard.hearing.unfit == "The model missing can't be loaded."
    heard.hearing.finish()
    await asyncio.wait_for(running, 10)


async def test_one_that_is_slower_than_speech_is_said_to_be_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "LATE_S", 0.5)
    heard = Heard("Sleeper")
    running = asyncio.create_task(heard.hearing.run())
    await heard.until(State.ON)
    heard.bring(silence(0.5), now())
    await asyncio.sleep(0.2)
    heard.bring(silence(1.5), now())
    await heard.until(State.LATE)
    await heard.until(State.ON, 2)
    await stopped(running)


async def test_no_more_sound_is_held_than_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "MOST_S", 2.0)
    heard = Heard()
    heard.bring(silence(10) + tone(1), now())
    assert len(heard.hearing._sound) <= 2 * 2 * 16_000
    heard.hearing.finish()
    await heard.hearing.run()
    assert [word.text for word in heard.said[0].words] == ["one", "two"]


async def test_no_process_is_left_behind() -> None:
    heard = Heard()
    running = asyncio.create_task(heard.hearing.run())
    await heard.until(State.ON)
    pid = heard.hearing.pid
    await stopped(running)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
