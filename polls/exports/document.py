"""A text to take away as plain values: what every format writes in its own way, so that all of them say the same.

Pure. Texts are what people wrote, letter for letter: each writer keeps them from being read as its own markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 stands below the title, 2 below that. `mark`: a short name of the place, "" for none."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 1
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text. `lead`: what the document is about, a clause say; `aside`: what is said about it, in small letters."""

    kind: ClassVar[str] = "text"
    text: str
    lead: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of somebody, and where they come from. Words that are withheld are empty."""

    kind: ClassVar[str] = "quote"
    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class Speech:
    """What somebody said at a stretch. `when`: the time of day in words."""

    kind: ClassVar[str] = "speech"
    who: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list whose order means nothing."""

    kind: ClassVar[str] = "items"
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Figures by row. `head`: what the columns are called; each row begins with its label, the rest are figures."""

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """The rows, each cell with what its column is called."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


Block: TypeAlias = Heading | Text | Quote | Speech | Items | Table


@dataclass(frozen=True, slots=True)
class Document:
    """`where`: event and room; `state`: what this text is, in a sentence, also at the foot of pages; `hash`: of a settled
    version, else empty; `dated`: of when it is."""

    title: str
    where: str
    state: str
    hash: str
    dated: datetime
    blocks: tuple[Block, ...]

    @property
    def texts(self) -> str:
        """Every letter that stands in it."""
        found = [self.title, self.where, self.state]
        for block in self.blocks:
            match block:
                case Heading(text) | Text(text):
                    found.append(text)
                case Quote(text, origin):
                    found += [text, origin]
                case Speech(who, when, text):
                    found += [who, when, text]
                case Items(texts):
                    found += texts
                case Table(caption, head, rows):
                    found += [caption, *head, *(cell for row in rows for cell in row)]
        return "\n".join(found)
