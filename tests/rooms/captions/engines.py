"""Engines for tests: they hear tones, need nothing installed, and can be made to fail."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from rooms.captions.core import RATE
from rooms.captions.engine import Options, Said, Saying, Spoken, Unfit

#: Samples that are looked at together, and of silence that end a phrase.
STEP, PAUSE = RATE // 10, RATE // 2
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


class Tones:
    """Each half second of sound is a word, half a second of silence ends the phrase. The loudest sample of 32767 kills it."""

    needs: tuple[str, ...] = ()

    def __init__(self, options: Options) -> None:
        if options.model == "missing":
            raise Unfit("The model missing can't be loaded.")
        self.free = 0
        self._sound = b""
        self._at = 0
        self._since: int | None = None
        self._loud_until = 0

    def hear(self, sound: bytes, *, hurry: bool = False) -> Iterator[Saying | Said]:
        self._sound += sound
        while len(self._sound) >= 2 * STEP:
            step, self._sound = self._sound[: 2 * STEP], self._sound[2 * STEP :]
            loudest = max(memoryview(step).cast("h"))
            if loudest == 32767:
                os._exit(9)
            self._at += STEP
            if loudest > 1000:
                self._since = self._at - STEP if self._since is None else self._since
                self._loud_until = self._at
                yield Saying(self._since, " ".join(word.text for word in self._words()))
            elif self._since is not None and self._at - self._loud_until >= PAUSE:
                yield from self.end()
        self.free = self._at if self._since is None else self._since

    def end(self) -> Iterator[Saying | Said]:
        if self._since is not None:
            yield Said(self._since, self._at, tuple(self._words()))
            self._since = None

    def _words(self) -> list[Spoken]:
        since, half = self._since or 0, RATE // 2
        count = max(1, -(-(self._loud_until - since) // half))
        return [Spoken(WORDS[n % 10], since + n * half, since + (n + 1) * half) for n in range(count)]


class Mortal(Tones):
    """Dies once, at its first sound, where the file that its model names does not exist yet."""

    def hear(self, sound: bytes, *, hurry: bool = False) -> Iterator[Saying | Said]:
        mark = Path(self._model)
        if not mark.exists():
            mark.touch()
            os._exit(9)
        return super().hear(sound, hurry=hurry)

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._model = options.model


class Printer(Tones):
    """Its libraries print."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        os.write(1, b"loading\n")


class Babbler(Tones):
    """Says what nobody understands."""

    def hear(self, sound: bytes, *, hurry: bool = False) -> Iterator[Saying | Said]:
        yield Saying(None, "one")  # type: ignore[arg-type]


class Sleeper(Tones):
    """Takes a second for each piece of sound."""

    def hear(self, sound: bytes, *, hurry: bool = False) -> Iterator[Saying | Said]:
        time.sleep(len(sound) / 2 / RATE * 2)
        return super().hear(sound, hurry=hurry)
