"""Phones by the thousand, each behaving as frontend/static/js/line.js does: it asks whether the line lives and names the
pictures it holds, says back every ping, comes back with jitter, and sends an unanswered act again under its own id."""

from __future__ import annotations

import json
import random
import time
from functools import partial
from typing import Any

from deliberate.load import frames
from deliberate.load.ledger import Ledger
from deliberate.load.net import Net, Wire
from deliberate.load.news import DIALECTS, News, parts_of, pong
from deliberate.load.phone import (
    ASKED,
    AWAY,
    BEAT,
    GREETING,
    MARKS,
    OPEN,
    OVER,
    PAGE,
    PATIENCE,
    PICTURES,
    QUIET,
    Line,
    wait_s,
)
from deliberate.load.voting import Voting

ENDED = 4401
#: Distinct bytes whose meaning is remembered; answers are each their own and are not.
REMEMBERED = 4096


class Crowd:
    """All phones of one process. `order` holds host, port, tls, name, origin, parts, page, deflate, dialect, record, seats
    [[number, cookie, base]]: base is the path of the room's pages, with which the socket's lies."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.net = Net(order["host"], order["port"], order["tls"], self)
        self.ledger = Ledger(order["record"])
        self.understand = DIALECTS[order["dialect"]]
        self.own = order["dialect"] == "deliberate"
        self.lines = [self._line(*seat) for seat in order["seats"]]
        self.open = self.ready = 0
        self.voting = Voting(self.net, self.ledger)
        self._coming: list[Line] = []
        self._chunks: dict[bytes, tuple[News, ...]] = {}
        self._known: dict[bytes, News] = {}
        self._beat = frames.masked(b'{"beat":1}')
        self.net.at(time.monotonic() + 1, self._look)

    def _line(self, number: int, cookie: str, base: str) -> Line:
        headers = f"Origin: {self.order['origin']}\r\n" + (f"Cookie: seat={cookie}\r\n" if cookie else "")
        line = Line(number, headers, base, Wire(None))
        line.wire.owner = line
        return line

    # -- coming and going ----------------------------------------------------------------------------------------------

    def arrive(self, seconds: float) -> None:
        """Everybody comes, each at some moment within `seconds`."""
        moment = time.monotonic()
        for line in self.lines:
            self.net.at(moment + random.uniform(0, seconds), partial(self._come, line))

    def gather(self, at_once: int) -> None:
        """Everybody comes, but so many at a time at most: the next when one is there. Builds a room up, measures nothing."""
        self._coming = list(self.lines)
        for _each in range(at_once):
            self._next()

    def _next(self) -> None:
        if self._coming:
            self._come(self._coming.pop())

    def drop_all(self) -> None:
        """Every line is lost at once. Each phone comes back by itself."""
        for line in self.lines:
            if line.state in (ASKED, OPEN):
                self.net.drop(line.wire)
                line.dropped, line.retried = time.monotonic(), 0.0
                self._left(line)

    def _come(self, line: Line) -> None:
        line.began = line.asked = time.monotonic()
        line.state = PAGE if self.order["page"] and not line.holds else ASKED
        line.due = line.began + 3 * PATIENCE
        self.net.connect(line.wire, line.number)

    def opened(self, wire: Wire) -> None:
        line: Any = wire.owner
        if line.state == PAGE:
            self.net.send(wire, frames.request(self.order["name"], line.base, line.headers))
        else:
            path = line.base + ("live" if self.own else "")
            self.net.send(wire, frames.upgrade(self.order["name"], path, line.headers, self.order["deflate"]))

    def gone(self, wire: Wire) -> None:
        line: Any = wire.owner
        if line.state == PAGE and wire.rest:
            self._page(line, True)
        elif line.state != OVER:
            self._left(line)

    def _left(self, line: Line) -> None:
        moment = time.monotonic()
        self.open -= line.state == OPEN
        self.ready -= line.state == OPEN and not line.awaits
        self.ledger.figures.failures += line.state != OPEN
        line.state, line.pieces, line.due = AWAY, b"", 0.0
        self.net.at(moment + wait_s(line, moment), partial(self._again, line))

    def _again(self, line: Line) -> None:
        if line.state == AWAY:
            self.ledger.figures.reconnects += 1
            self._come(line)
            line.retried = line.retried or line.began

    def _look(self) -> None:  # once a second, as each phone does: a beat that is not answered means a dead line
        moment = time.monotonic()
        for line in self.lines:
            if line.due and moment > line.due:
                self.net.drop(line.wire)
                self._left(line)
            elif self.own and line.state == OPEN and not line.due and moment - line.heard > QUIET:
                line.due = moment + PATIENCE
                self.net.send(line.wire, self._beat)
        self.net.at(moment + 1, self._look)

    # -- what comes in -------------------------------------------------------------------------------------------------

    def took(self, wire: Wire, data: memoryview) -> None:
        line: Any = wire.owner
        if line.state == OPEN:
            chunk = bytes(data)
            if not wire.rest:
                known = self._chunks.get(chunk)
                if known is not None:
                    for news in known:
                        self._hear(line, news)
                    return
            self._frames(line, wire.rest + chunk)
            return
        wire.rest += bytes(data)
        if line.state == PAGE:
            self._page(line, False)
        elif line.state == ASKED and b"\r\n\r\n" in wire.rest:
            self._upgraded(line)

    def _page(self, line: Line, ended: bool) -> None:
        answer = line.wire.rest
        body = frames.body_of(answer, ended)
        parts = parts_of(body) if body else {}
        if body is None and not ended:
            return
        self.net.drop(line.wire)
        if not parts:
            self.ledger.figures.ended[f"page {frames.status_of(answer)}"] += 1
            self._left(line)
            return
        line.holds = parts
        self.ledger.figures.page_bytes += len(answer)
        line.asked = time.monotonic()
        self.ledger.figures.page_ms.append((line.asked - line.began) * 1000)
        line.state = ASKED
        self.net.connect(line.wire, line.number)

    def _upgraded(self, line: Line) -> None:
        head, _gap, rest = line.wire.rest.partition(b"\r\n\r\n")
        line.wire.rest = b""
        status = frames.status_of(head)
        if status != 101:
            self.ledger.figures.ended[f"handshake {status}"] += 1
            self.net.drop(line.wire)
            self._left(line)
            return
        line.state, line.heard = OPEN, time.monotonic()
        line.told, line.due = line.heard, line.heard + PATIENCE
        self.open += 1
        self.ledger.figures.handshake_ms.append((line.heard - line.asked) * 1000)
        if self.own:
            self._greet(line)
        else:
            line.awaits = GREETING if self.order["dialect"] == "socketio" else 0
            if not line.awaits:
                self._ready(line)
        if rest:
            self._frames(line, rest)

    def _greet(self, line: Line) -> None:
        have = line.holds or dict.fromkeys(self.order["parts"], "")
        line.awaits = BEAT | MARKS | (0 if line.holds else PICTURES)
        watch = frames.masked(json.dumps({"watch": have, "marks": True}).encode())
        self.net.send(line.wire, self._beat + watch)
        self.voting.deliver(line)

    def _ready(self, line: Line) -> None:
        moment, figures = time.monotonic(), self.ledger.figures
        self.ready += 1
        self._next()
        line.spoke, line.due = moment, 0.0
        line.changed = max(line.changed, moment) if line.dropped else moment
        figures.first_ms.append((moment - line.told) * 1000)
        if line.dropped:
            figures.back_ms.append((moment - line.dropped) * 1000)
        else:
            figures.arrive_ms.append((moment - line.began) * 1000)

    def _frames(self, line: Line, data: bytes) -> None:
        found, used = frames.whole_frames(data)
        line.wire.rest = data[used:]
        heard = []
        for first, payload in found:
            opcode = first & 0x0F
            if opcode == frames.CLOSE:
                self._closed(line, int.from_bytes(payload[:2], "big"))
                return
            if opcode == frames.PING:
                heard.append(pong(payload))
            elif opcode in (0, frames.TEXT):
                line.pieces += payload
                if first & frames.FINAL:
                    payload, line.pieces = line.pieces, b""
                    heard.append(self._understood(first, payload))
        if not line.wire.rest and not line.pieces and heard and all(news.pictures for news in heard):
            self._remember(self._chunks, data, tuple(heard))
        for news in heard:
            self._hear(line, news)

    def _understood(self, first: int, payload: bytes) -> News:
        known = self._known.get(payload)
        if known is None:
            text = frames.inflated(payload) if first & frames.DEFLATED else payload
            known = self.understand(text.decode())
            if known.pictures:
                self._remember(self._known, payload, known)
                if known.poll:
                    self.voting.choices[known.poll[0]] = known.poll[1]
        return known

    def _remember(self, memo: dict[bytes, Any], data: bytes, meaning: object) -> None:
        if len(memo) >= REMEMBERED:
            memo.clear()
        memo[data] = meaning

    def _closed(self, line: Line, code: int) -> None:
        self.ledger.figures.ended[f"closed {code}"] += 1
        self.net.drop(line.wire)
        self._left(line)
        if code == ENDED:
            line.state = OVER

    def _hear(self, line: Line, news: News) -> None:
        line.heard = moment = time.monotonic()
        if news.pictures:
            figures = self.ledger.figures
            figures.frames += 1
            figures.pictures += news.pictures
            if news.hashes:
                if not line.holds.items().isdisjoint(news.hashes.items()):
                    figures.repeated += sum(line.holds.get(name) == held for name, held in news.hashes.items())
                line.holds.update(news.hashes)
                line.changed = moment
                if news.signs:
                    self._signs(line, news.signs, moment)
                if news.poll and line.poll != news.poll[0]:
                    self.voting.shown(line, news.poll[0], moment)
        if line.awaits:
            self._awaited(line, news)
        if not line.awaits:
            line.due = 0.0
        if news.answer is not None:
            self.voting.answered(line, news.answer, moment)
        if news.reply:
            self.net.send(line.wire, news.reply)
        if news.end:
            self.ledger.figures.ended[news.end] += 1

    def _awaited(self, line: Line, news: News) -> None:
        if news.beat:
            line.awaits &= ~BEAT
        if news.marks:
            line.awaits &= ~MARKS
        if news.hashes and line.awaits & PICTURES and line.holds.keys() >= set(self.order["parts"]):
            line.awaits &= ~PICTURES
        if news.ready:
            line.awaits &= ~GREETING
        if not line.awaits:
            self._ready(line)

    def _signs(self, line: Line, signs: tuple[tuple[str, int], ...], moment: float) -> None:
        for letter, number in signs:
            for each in range(line.seen.get(letter, number - 1) + 1, number + 1):
                self.ledger.figures.signs.setdefault(f"{letter}{each}", []).append(moment)
            line.seen[letter] = max(number, line.seen.get(letter, 0))
