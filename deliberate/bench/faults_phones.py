"""Phones in a storm with faults: the load client's, in a thread of the bench, doing all that a crowd does, and doing it
badly where told to: twice, late, in another order, away, or with a line that is dead and does not know it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from deliberate.load.crowd import Crowd
from deliberate.load.fleet import Seat, Target
from deliberate.load.frames import masked
from deliberate.load.ledger import Ledger
from deliberate.load.net import Net
from deliberate.load.news import News, of_deliberate
from deliberate.load.phone import ASKED, AWAY, LEAST_WAIT, OPEN, Line
from deliberate.load.voting import Voting

T = TypeVar("T")
Marks = dict[str, set[str]]
#: How often line.js tries an act again at which the other side stumbled.
TRIES = 4


@dataclass(slots=True, eq=False)
class Doing:
    """One act of one phone. `answered` is 0 until it is over; `ok` then says what the phone was told, with `code`."""

    id: str
    number: int
    command: str
    fields: dict[str, str]
    frame: bytes
    sent: float
    last: float = 0.0
    answered: float = 0.0
    ok: bool = False
    code: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    failed: int = 0
    stumbled: int = 0


class Acts(Voting):
    """What the phones do, each act sent until it is answered. `log` holds all since the last `forget`.

    `twice`: each frame once more at once and once again later; `late_s`: each leaves up to so late; `turned`: what waits is
    sent again in another order."""

    def __init__(self, net: Net, ledger: Ledger, chance: random.Random) -> None:
        super().__init__(net, ledger)
        self.chance = chance
        self.log: dict[str, Doing] = {}
        self.due: dict[int, dict[str, Doing]] = {}
        self.twice = self.turned = False
        self.late_s = 0.0
        self.changed = 0.0

    def shown(self, line: Line, poll: str, moment: float) -> None:
        line.poll = poll
        if self.within_s is not None:
            self.net.at(moment + self.chance.uniform(0, self.within_s), partial(self._ballot, line, poll))

    def _ballot(self, line: Line, poll: str) -> None:
        self.do(line, "ballots.cast", poll=poll, choice=self.chance.choice(self.choices[poll]))

    def do(self, line: Line, command: str, **fields: str) -> Doing:
        """One act of a phone, from now on until it is answered."""
        name = secrets.token_urlsafe(12)
        frame = masked(json.dumps({"do": command, "with": fields, "id": name}, separators=(",", ":")).encode())
        act = Doing(name, line.number, command, fields, frame, time.monotonic())
        self.log[name] = act
        self.due.setdefault(line.number, {})[name] = act
        self.ledger.figures.sent += 1
        self._soon(line, act)
        return act

    def _soon(self, line: Line, act: Doing) -> None:
        if self.late_s:
            self.net.at(time.monotonic() + self.chance.uniform(0, self.late_s), partial(self._send, line, act))
        else:
            self._send(line, act)
        if self.twice:
            self._send(line, act)
            self.net.at(time.monotonic() + self.chance.uniform(0.1, 3), partial(self._send, line, act, True))

    def _send(self, line: Line, act: Doing, again: bool = False) -> None:
        if line.state == OPEN and (again or not act.answered):
            act.last = time.monotonic()
            self.net.send(line.wire, act.frame)

    def deliver(self, line: Line) -> None:
        due = list(self.due.get(line.number, {}).values())
        for act in reversed(due) if self.turned else due:
            self._send(line, act)

    def answered(self, line: Line, answer: dict[str, Any], moment: float) -> None:
        act = self.due.get(line.number, {}).get(answer.get("id", ""))
        if act is None:
            return
        code = answer.get("code", "")
        act.stumbled += code == "failed"
        if code == "failed" and act.failed < TRIES:
            act.failed += 1
            self.net.at(moment + 2**act.failed * self.chance.uniform(0.5, 1), partial(self._send, line, act))
            return
        del self.due[line.number][act.id]
        act.answered, act.ok, act.code, act.data = moment, bool(answer["ok"]), code, answer.get("data", {})
        self.changed = moment
        self.ledger.figures.answered += 1

    @property
    def open(self) -> int:
        return sum(map(len, self.due.values()))

    def forget(self) -> list[Doing]:
        """All acts since it was asked last."""
        done, self.log, self.due = list(self.log.values()), {}, {}
        return done


@dataclass(slots=True)
class Heard(News):
    """A frame, with the marks in it: those of whole features, and (on, off) of features."""

    held: dict[str, list[str]] = field(default_factory=dict)
    turned: dict[str, list[list[str]]] = field(default_factory=dict)


def heard(text: str) -> News:
    news = of_deliberate(text)
    if news.answer is None and not news.marks:
        return news
    frame = json.loads(text)
    answer = frame.get("a", {})
    held = {**frame.get("marks", {}), **answer.get("marks", {})}
    return Heard(
        **{each.name: getattr(news, each.name) for each in fields(News)}, held=held, turned=answer.get("turned", {})
    )


class Storm(Crowd):
    """The crowd of the load client, whose lines can be taken from it. `marks`: what each phone holds, by feature."""

    def __init__(self, order: dict[str, Any], chance: random.Random) -> None:
        self.marks: dict[int, Marks] = {}
        self.offline: dict[int, float] = {}
        self.kept = False
        self.limbo: list[socket.socket] = []
        super().__init__(order)
        self.understand = heard
        self.acts = self.voting = Acts(self.net, self.ledger, chance)

    def _hear(self, line: Line, news: News) -> None:
        if isinstance(news, Heard):
            mine = self.marks.setdefault(line.number, {})
            mine.update({feature: set(marks) for feature, marks in news.held.items()})
            for feature, (on, off) in news.turned.items():
                mine[feature] = mine.get(feature, set()) - set(off) | set(on)
        super()._hear(line, news)

    def _again(self, line: Line) -> None:
        back = self.offline.get(line.number, 0.0)
        if self.kept or back > time.monotonic():
            self.net.at(max(back, time.monotonic() + LEAST_WAIT), partial(self._again, line))
        else:
            super()._again(line)

    def away(self, lines: list[Line], until: float = 0.0) -> None:
        """These phones lose their network, until a moment at which they come back together."""
        for line in lines:
            self.offline[line.number] = until
            if line.state in (ASKED, OPEN):
                self.net.drop(line.wire)
                self._left(line)

    def half_open(self, lines: list[Line]) -> None:
        """Nothing comes through these lines any more, in either direction, and nobody says so."""
        for line in lines:
            if line.state == OPEN and line.wire.sock is not None:
                self.net.selector.unregister(line.wire.sock)
                self.limbo.append(line.wire.sock)
                line.wire.sock, line.wire.out, line.wire.rest = None, b"", b""

    def buried(self) -> None:
        """The dead lines are closed at last."""
        for sock in self.limbo:
            sock.close()
        self.limbo.clear()

    def cut_off(self) -> list[Doing]:
        """Acts without an answer of phones whose line is lost."""
        lost = {line.number for line in self.lines if line.state == AWAY}
        return [act for number, due in self.acts.due.items() if number in lost for act in due.values()]


class Phones:
    """`async with Phones(target, seats, seed) as phones`: a crowd that runs in a thread of its own."""

    def __init__(self, target: Target, seats: list[Seat], seed: int) -> None:
        rows = [(number, seat.cookie, seat.base) for number, seat in enumerate(seats)]
        self.crowd = Storm(target.order() | {"seats": rows, "record": ""}, random.Random(seed))
        self._orders: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._wake_out, self._wake_in = os.pipe()
        self._over = False
        self.crowd.net.listen(self._wake_out, self._ordered)
        self._thread = threading.Thread(target=self._run, name="phones", daemon=True)

    async def __aenter__(self) -> Phones:
        self._thread.start()
        return self

    async def __aexit__(self, *_why: object) -> None:
        self._over = True
        os.write(self._wake_in, b".")
        await asyncio.to_thread(self._thread.join)
        for line in self.crowd.lines:
            self.crowd.net.drop(line.wire)
        self.crowd.buried()

    def _run(self) -> None:
        while not self._over:
            self.crowd.net.turn()

    def _ordered(self) -> None:
        os.read(self._wake_out, 4096)
        while not self._orders.empty():
            self._orders.get()()

    async def ask(self, work: Callable[[Storm], T]) -> T:
        """Do something in the phones' thread; what came of it."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()

        def done() -> None:
            try:
                loop.call_soon_threadsafe(result.set_result, work(self.crowd))
            except Exception as problem:
                loop.call_soon_threadsafe(result.set_exception, problem)

        self._orders.put(done)
        os.write(self._wake_in, b".")
        return await result

    async def until(self, true: Callable[[Storm], bool], patience_s: float) -> bool:
        """Wait for something of the crowd; whether it came about in time."""
        end = time.monotonic() + patience_s
        while not await self.ask(true):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.05)
        return True
