"""The pieces of a PDF that a screen reader is told of, one within another (ISO 32000-1, 14.7): fpdf2 has a flat list of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fpdf.structure_tree import StructElem, StructureTreeBuilder
from fpdf.syntax import PDFObject


class Piece(StructElem):
    """A piece of the document. `a`: its attributes, written as PDF writes them."""

    __slots__ = ("_within", "a")

    def __init__(self, kind: str, within: StructElem, attributes: str | None = None) -> None:
        super().__init__(f"/{kind}", within, [])
        self._within, self.a = within, attributes

    def within(self) -> StructElem:
        """The piece that it belongs to."""
        return self._within

    def on(self, number: int, page: Any) -> None:
        """It begins on this page."""
        self._page_number, self.pg = number, page


class Tree(StructureTreeBuilder):
    """fpdf2 writes the pieces that stand in the document itself; these hold others."""

    def __iter__(self) -> Iterator[PDFObject]:
        yield self.struct_tree_root
        yield self.doc_struct_elem
        yield self.struct_tree_root.parent_tree
        yield from self._within(self.doc_struct_elem)

    def _within(self, piece: StructElem) -> Iterator[PDFObject]:
        for each in piece.k:
            if isinstance(each, StructElem):
                yield each
                yield from self._within(each)
