"""The outcome as a document: every clause with its support, its reservations and what it rests on, then the figures."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from polls.exports.document import Block, Document, Heading, Items, Quote, Table, Text
from polls.exports.outcome import Clause, Outcome


def document(outcome: Outcome) -> Document:
    """The whole outcome."""
    return Document(
        title=outcome.title,
        where=f"{outcome.event}, {outcome.room}",
        state=outcome.state,
        hash=outcome.hash,
        dated=outcome.settled_at or outcome.counted_at,
        blocks=tuple(_blocks(outcome)),
    )


def _blocks(outcome: Outcome) -> Iterator[Block]:
    if outcome.preamble:
        yield Text(outcome.preamble)
    for clause in outcome.clauses:
        yield from _clause(clause)
    if not outcome.clauses:
        yield Text(_("No clause is written yet."), aside=True)
    yield Heading(_("How it came about"))
    yield Text(outcome.counted, aside=True)
    figures = ((label, str(figure)) for label, figure in (*outcome.groups, *outcome.process))
    yield Table(_("The process in figures"), (_("What"), _("How many")), tuple(figures))


def _clause(clause: Clause) -> Iterator[Block]:
    number = {"number": clause.number}
    yield Heading(_("Clause %(number)d") % number, mark=f"clause-{clause.number}")
    yield Text(clause.text, lead=True)
    cells = [(cell.groups, str(cell.support), str(cell.oppose)) for cell in clause.cells]
    everybody = (_("Everybody"), str(clause.support), str(clause.oppose))
    head = (_("Group"), _("Support"), _("Oppose"))
    yield Table(_("Support of clause %(number)d") % number, head, (*cells, everybody))
    for said in (clause.cells_are_of, clause.reworded):
        if said:
            yield Text(said, aside=True)
    if clause.reservations:
        yield Heading(_("Reservations"), level=2)
        yield Items(clause.reservations)
    if clause.amended:
        yield Heading(_("Amendments that stand in it"), level=2)
        yield Items(clause.amended)
    if clause.grounds:
        yield Heading(_("What it rests on"), level=2)
        yield from (Quote(ground.quote, ground.origin) for ground in clause.grounds)
