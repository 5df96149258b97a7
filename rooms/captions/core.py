"""From how likely each moment holds speech to phrases: where one begins, where it has ended, and what needn't be kept."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Samples a second of all sound here, mono, and samples of one window (32 ms), for which a likelihood is told.
RATE, WINDOW = 16_000, 512
#: From this likelihood on it is speech; below that it is none. What lies between goes on as it was.
SPEECH, SILENCE = 0.5, 0.35
#: Windows of speech that begin a phrase, and that are kept before its first and after its last one.
BEGINS, BEFORE, AFTER = 3, 10, 14
#: Windows of silence that end a phrase of so many windows and more: the longer it lasts, the shorter the breath it ends with.
PAUSES = ((0, 36), (220, 20), (320, 8))
#: Windows after which a phrase is cut whatever happens, at the quietest moment of so many last ones.
LONGEST, LOOKED_AT = 420, 100


@dataclass(frozen=True, slots=True)
class Phrase:
    """Windows from (included) and to (not included), counted from the first that was heard."""

    start: int
    end: int


@dataclass
class Phrases:
    """The phrases of one microphone, as they come."""

    heard: int = 0
    #: Where the phrase that is being said begins.
    start: int | None = None
    _least: int = 0
    _loud: int = 0
    _silent: int = 0
    _likely: list[float] = field(default_factory=list)

    def hear(self, likely: float) -> Phrase | None:
        """One more window, and how likely it holds speech: the phrase that ended with it, if one did."""
        self.heard += 1
        if self.start is None:
            self._loud = self._loud + 1 if likely >= SPEECH else 0
            if self._loud >= BEGINS:
                self._begin(max(self._least, self.heard - self._loud - BEFORE), [1.0] * self._loud)
            return None
        self._likely.append(likely)
        self._silent = self._silent + 1 if likely < SILENCE or (self._silent and likely < SPEECH) else 0
        if self._silent >= pause(self.heard - self.start):
            return self._end(min(self.heard, self.heard - self._silent + AFTER))
        if self.heard - self.start >= LONGEST:
            last = self._likely[-LOOKED_AT:]
            quietest = min(range(len(last)), key=last.__getitem__)
            at = self.heard - len(last) + quietest + 1
            cut, rest = Phrase(self.start, at), self._likely[len(self._likely) - (self.heard - at) :]
            self._begin(at, rest)
            return cut
        return None

    def end(self) -> Phrase | None:
        """Nothing comes any more: the phrase that was being said."""
        return self._end(self.heard) if self.start is not None else None

    @property
    def free(self) -> int:
        """Windows before this one belong to no phrase that is still to come."""
        if self.start is not None:
            return self.start
        return max(self._least, self.heard - self._loud - BEFORE)

    def _begin(self, start: int, likely: list[float]) -> None:
        self.start, self._loud, self._silent, self._likely = start, 0, 0, likely

    def _end(self, end: int) -> Phrase:
        assert self.start is not None
        ended, self.start, self._least, self._likely = Phrase(self.start, end), None, end, []
        self._silent = 0
        return ended


def pause(windows: int) -> int:
    """The windows of silence that end a phrase of so many windows."""
    return next(silence for least, silence in reversed(PAUSES) if windows >= least)
