"""Many people's words, each in their own language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from django.utils.translation import override

T = TypeVar("T")


def by_language(these: Sequence[T], language: Callable[[T], str]) -> Iterator[tuple[int, T]]:
    """Each of these and its place among them, while its language is switched on: once for all who speak it.

    Those of one language come in their order. Go through to the end: the last language is switched off there."""
    places: dict[str, list[int]] = {}
    for place, each in enumerate(these):
        places.setdefault(language(each), []).append(place)
    for spoken, some in places.items():
        with override(spoken):
            for place in some:
                yield place, these[place]
