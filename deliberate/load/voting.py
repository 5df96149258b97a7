"""Everybody votes in each poll that opens, once; the same act is sent until it is answered."""

from __future__ import annotations

import json
import random
import secrets
from functools import partial
from time import monotonic
from typing import Any

from deliberate.load.frames import masked
from deliberate.load.ledger import Ledger
from deliberate.load.net import Net
from deliberate.load.phone import OPEN, Act, Line


class Voting:
    """The ballots of one process' phones."""

    def __init__(self, net: Net, ledger: Ledger) -> None:
        self.net, self.ledger = net, ledger
        self.within_s: float | None = None
        #: Act -> the phone that waits for its answer.
        self.waiting: dict[str, Line] = {}
        self.choices: dict[str, tuple[str, ...]] = {}

    def begin(self, within_s: float) -> None:
        """From now on every phone votes once in each poll, at some moment within `within_s` of seeing it."""
        self.within_s = within_s

    def shown(self, line: Line, poll: str, moment: float) -> None:
        """A phone's screen shows a poll that it had not shown before."""
        line.poll = poll
        self.ledger.figures.polls.setdefault(poll, []).append(moment)
        if self.within_s is not None and line.act is None:
            self.net.at(moment + random.uniform(0, self.within_s), partial(self._vote, line, poll))

    def _vote(self, line: Line, poll: str) -> None:
        choice, name = random.choice(self.choices[poll]), secrets.token_urlsafe(12)
        fields = {"poll": poll, "choice": choice}
        frame = json.dumps({"do": "ballots.cast", "with": fields, "id": name}, separators=(",", ":"))
        line.act = Act(name, poll, choice, masked(frame.encode()), monotonic())
        self.waiting[name] = line
        self.ledger.figures.sent += 1
        self.deliver(line)

    def deliver(self, line: Line) -> None:
        """Send what waits for an answer. Where the line is away it is sent when the line is back."""
        if line.act is not None and line.state == OPEN:
            self.net.send(line.wire, line.act.frame)

    def answered(self, line: Line, answer: dict[str, Any], moment: float) -> None:
        """An answer came: the act is over, or asked once more where the other side stumbled."""
        act = line.act
        if act is None or answer.get("id") != act.id:
            return
        code = answer.get("code", "")
        if code == "failed" and act.failed < 4:
            act.failed += 1
            self.net.at(moment + 2**act.failed * random.uniform(0.5, 1), partial(self.deliver, line))
            return
        line.act = None
        del self.waiting[act.id]
        figures = self.ledger.figures
        figures.answered += 1
        figures.acks_ms.append((moment - act.sent) * 1000)
        if not answer["ok"]:
            figures.refused[code or "?"] += 1
        when = (round(act.sent, 4), round(moment, 4))
        self.ledger.write(act.id, line.number, act.poll, act.choice, *when, answer["ok"], code)

    def unanswered(self) -> None:
        """Write down the acts that have no answer yet."""
        for line in self.waiting.values():
            if line.act is not None:
                self.ledger.write(line.act.id, line.number, line.act.poll, line.act.choice, round(line.act.sent, 4))
