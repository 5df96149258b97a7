"""A screen: what lines that show the same have in common. Lines of the same screen get the same frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from deliberate.live.line import Line

Holds = dict[str, str]  # name of a part -> hash of its picture; shared between lines, so never changed in place
Key = tuple[str, str, str]  # part, audience, language
NO_PARTS: Final[Holds] = {}


class Screen:
    """Some parts, of one audience, in one language, and the lines that show just these."""

    __slots__ = ("audience", "holds", "keys", "language", "lines", "names")

    def __init__(self, audience: str, language: str, names: tuple[str, ...]) -> None:
        self.audience, self.language, self.names = audience, language, names
        #: Of its pictures.
        self.keys: list[Key] = [(name, audience, language) for name in names]
        self.lines: dict[Line, None] = {}
        #: What lines hold that have been handed all. They share this one dict: whoever is in step is known by a look.
        self.holds = NO_PARTS

    def in_step(self, holds: Holds) -> Holds:
        """The same, by the one dict of all who hold it."""
        return self.holds if holds == self.holds else holds


#: What a line shows that has left its room.
NOTHING: Final = Screen("", "", ())
