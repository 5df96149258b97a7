"""Drafters without a line, whose strokes are stored by the product's own functions."""

from __future__ import annotations

import pycrdt

from deliberate.door.entrance import Place
from polls.statements.models import Clause
from polls.statements.pads import core, folding, store
from polls.statements.pads.models import Pad
from polls.statements.pads.store import Written
from rooms.seats.models import Seat
from tests import make
from tests.polls.statements.pads.drafters import typed


class Hand:
    """A drafter who has the pad of a clause open and types on it."""

    def __init__(self, seat: Seat, row: Clause) -> None:
        self.place, self.clause = Place(seat, make.room(seat.event), seat.event), row
        self.open()

    def open(self) -> None:
        opened = store.opened(self.place, self.clause.handle, b"")
        self.handle, self.number, self.writes = opened.handle, opened.number, opened.writes
        self.doc = core.load(opened.news)

    def may_write(self) -> bool:
        """Whether it was told so."""
        return self.writes

    def typed(self, at: int, words: str, cut: int = 0) -> Written:
        """What typing `words` before letter `at`, in place of `cut` letters, would have stored."""

        def change(text: pycrdt.Text) -> None:
            start, end = (len(str(text)[:place].encode()) for place in (at, at + cut))
            if cut:
                del text[start:end]
            text.insert(start, words)

        return Written(self.place, self.handle, typed(self.doc, change))

    def types(self, at: int, words: str, cut: int = 0) -> str:
        """Type; "" once it is stored, or why it is not."""
        [said] = store.keep(self.place.room, self.clause.handle, [self.typed(at, words, cut)])
        return said

    def hears(self) -> str:
        """What the pad reads once it heard all that is new."""
        news = store.news(self.place.room, self.clause.handle, self.number)
        assert news is not None
        assert news.handle == self.handle
        self.number, self.writes = news.number, news.writes
        if news.data is not None:
            self.doc.apply_update(news.data)
        return core.text_of(self.doc)

    def fold(self) -> Clause:
        """What was typed becomes the clause's text, as it does now and then."""
        folding.fold(room=self.place.room, clause=self.clause.handle)
        return Clause.objects.get(pk=self.clause.pk)


def strokes(row: Clause) -> int:
    return Pad.objects.get(clause=row).strokes.count()
