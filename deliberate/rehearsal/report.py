"""What a rehearsal found: counts that must be zero, counts that must agree, and how long screens took."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie, by the nearest rank; 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


@dataclass
class Report:
    """See docs/rehearse.md for what each figure means."""

    phones: int = 0
    seats: int = 0
    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    refused_why: Counter[str] = field(default_factory=Counter)
    unexpected_refusals: int = 0
    lost: int = 0
    doubled: int = 0
    screens: int = 0
    screens_differ: int = 0
    turns_in: int = 0
    turns_out: int = 0
    turns_out_of_order: int = 0
    words_in: int = 0
    words_out: int = 0
    ideas_in: int = 0
    ideas_out: int = 0
    ideas_shortened: int = 0
    upvotes_in: int = 0
    upvotes_out: int = 0
    stances_in: int = 0
    stances_out: int = 0
    stances_wrong: int = 0
    polls_in: int = 0
    polls_out: int = 0
    ballots_in: int = 0
    ballots_out: int = 0
    citations: int = 0
    citations_not_verbatim: int = 0
    citations_looked_up: int = 0
    exports: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    answers_ms: list[float] = field(default_factory=list)
    screens_ms: list[float] = field(default_factory=list)

    def latency(self, values: list[float]) -> dict[str, float]:
        return {f"p{share}": round(percentile(values, share / 100), 1) for share in (50, 95, 99)}

    def balance(self, name: str, expected: int, stored: int) -> None:
        """Compare what was acknowledged with what is stored: less is lost, more is doubled."""
        if stored < expected:
            self.lost += expected - stored
            self.problems.append(f"{name}: {expected} acknowledged, {stored} stored")
        elif stored > expected:
            self.doubled += stored - expected
            self.problems.append(f"{name}: {expected} acknowledged, {stored} stored")

    @property
    def sound(self) -> bool:
        """Zeros where zeros are due, and everything that went in came out."""
        zeros = (
            self.lost,
            self.doubled,
            self.screens_differ,
            self.turns_out_of_order,
            self.stances_wrong,
            self.citations_not_verbatim,
            self.unexpected_refusals,
        )
        pairs = (
            (self.turns_in, self.turns_out),
            (self.words_in, self.words_out),
            (self.ideas_in, self.ideas_out),
            (self.upvotes_in, self.upvotes_out),
            (self.stances_in, self.stances_out),
            (self.polls_in, self.polls_out),
            (self.ballots_in, self.ballots_out),
        )
        answered = self.sent == self.acknowledged + self.refused
        return answered and not any(zeros) and all(one == other for one, other in pairs) and not self.problems

    def as_json(self) -> dict[str, object]:
        found = asdict(self)
        found["answers_ms"] = self.latency(self.answers_ms)
        found["latency_ms"] = self.latency(self.screens_ms)
        found["latency_samples"] = len(self.screens_ms)
        del found["screens_ms"]
        found["refused_why"] = dict(self.refused_why)
        found["sound"] = self.sound
        return found

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.as_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def summary(self) -> str:
        """The report as a page of text."""
        rows = [
            ("phones / seats", f"{self.phones} / {self.seats}"),
            ("commands sent", f"{self.sent}: {self.acknowledged} acknowledged, {self.refused} refused"),
            *((f"  refused: {why}", str(count)) for why, count in self.refused_why.most_common()),
            ("acknowledged but not stored", str(self.lost)),
            ("stored twice", str(self.doubled)),
            ("screens that differ from a fresh page", f"{self.screens_differ} of {self.screens}"),
            ("turns in / out / out of order", f"{self.turns_in} / {self.turns_out} / {self.turns_out_of_order}"),
            ("words in / out", f"{self.words_in} / {self.words_out}"),
            ("ideas in / out", f"{self.ideas_in} / {self.ideas_out} ({self.ideas_shortened} shortened to fit)"),
            ("upvotes in / out", f"{self.upvotes_in} / {self.upvotes_out}"),
            ("stances in / out / wrong", f"{self.stances_in} / {self.stances_out} / {self.stances_wrong}"),
            ("polls in / out", f"{self.polls_in} / {self.polls_out}"),
            ("ballots in / out", f"{self.ballots_in} / {self.ballots_out}"),
            ("citations / not verbatim", f"{self.citations} / {self.citations_not_verbatim}"),
            ("citations looked up in records and transcripts", str(self.citations_looked_up)),
            ("exports", ", ".join(self.exports)),
            ("act to its answer, ms", _spread(self.latency(self.answers_ms))),
            ("act to every other screen, ms", _spread(self.latency(self.screens_ms))),
            ("seconds", f"{self.seconds:.1f}"),
        ]
        width = max(len(name) for name, _value in rows)
        lines = [f"{name:<{width}}  {value}" for name, value in rows]
        lines += [f"problem: {problem}" for problem in self.problems[:20]]
        return "\n".join([*lines, "", "Sound." if self.sound else "NOT SOUND: see above."])


def _spread(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in values.items())
