"""The outcome as a document: every clause with its support, its reservations and what it rests on, then the figures."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from polls.exports.document import Block, Document, Heading, Items, Quote, Table, Text
from polls.exports.outcome import Cell, Clause, Outcome


def document(outcome: Outcome, *, figures: bool = True) -> Document:
    """The whole outcome, or the text without the `figures` of how it came about."""
    return Document(
        title=outcome.title,
        where=f"{outcome.event}, {outcome.room}",
        state=outcome.state,
        hash=outcome.hash,
        dated=outcome.settled_at or outcome.counted_at,
        blocks=tuple(_blocks(outcome, figures=figures)),
    )


def _blocks(outcome: Outcome, *, figures: bool) -> Iterator[Block]:
    if outcome.preamble:
        yield Text(outcome.preamble)
    for each in outcome.clauses:
        yield Heading(title(each), mark=f"clause-{each.number}")
        yield from clause(each)
    if not outcome.clauses:
        yield Text(_("No clause is written yet."), aside=True)
    if outcome.signed and figures:
        yield Heading(_("Who signed it"))
        yield Items(outcome.signed)
    if figures:
        yield Heading(_("How it came about"))
        yield from process(outcome)


def process(outcome: Outcome) -> Iterator[Block]:
    """How it came about, in figures."""
    yield Text(outcome.counted, aside=True)
    figures = ((label, str(figure)) for label, figure in (*outcome.groups, *outcome.process))
    yield Table(_("The process in figures"), (_("What"), _("How many")), tuple(figures))


def title(of: Clause) -> str:
    """What a clause is called."""
    return _("Clause %(number)d") % {"number": of.number}


def clause(of: Clause) -> Iterator[Block]:
    """What stands under a clause's title."""
    number = {"number": of.number}
    yield Text(of.text, lead=True)
    cells = [(cell.groups, *_stands(cell)) for cell in of.cells]
    everybody = (_("Everybody"), *_stands(of))
    head = (_("Group"), _("Support"), _("Can live with it"), _("Reservation"), _("Cannot accept"))
    yield Table(_("Support of clause %(number)d") % number, head, (*cells, everybody))
    for said in (of.cells_are_of, of.reworded, of.silent):
        if said:
            yield Text(said, aside=True)
    if of.reservations:
        yield Heading(_("Reservations"), level=2)
        yield from (Quote(each.text, each.said) for each in of.reservations)
    if of.amended:
        yield Heading(_("Amendments that stand in it"), level=2)
        yield Items(of.amended)
    if of.grounds:
        yield Heading(_("What it rests on"), level=2)
        yield from (Quote(ground.quote, ground.origin) for ground in of.grounds)


def _stands(of: Cell | Clause) -> tuple[str, ...]:
    return str(of.support), str(of.live), str(of.reserve), str(of.block)
