"""The outcome as a PDF, made in Python alone."""

from __future__ import annotations

from contextlib import closing

from django.utils.translation import gettext as _

from polls.exports.outcome import Clause, Outcome
from polls.exports.sheet import BODY_PT, SMALL_PT, SOFT, Sheet, not_drawn


def drawn(outcome: Outcome) -> bytes:
    """The whole outcome as a PDF file."""
    with closing(Sheet(outcome.title, outcome.state)) as sheet:
        _front(sheet, outcome)
        for clause in outcome.clauses:
            _clause(sheet, clause)
        sheet.head(_("How it came about"))
        sheet.say(outcome.counted)
        for label, figure in (*outcome.groups, *outcome.process):
            sheet.say(f"{label}: {figure}", space=0)
        return bytes(sheet.output())


def _front(sheet: Sheet, outcome: Outcome) -> None:
    sheet.style(18, bold=True)
    sheet.say(outcome.title)
    sheet.style(SMALL_PT, SOFT)
    sheet.say(f"{outcome.event}, {outcome.room}", space=0)
    sheet.say(outcome.state, space=0)
    if outcome.hash:
        sheet.say(f"SHA-256: {outcome.hash}", space=0)
    everything = _everything(outcome)
    if sheet.drawable(everything) != everything:
        sheet.style(SMALL_PT, bold=True)
        words = {"words": not_drawn()}
        sheet.say(
            _('This PDF\'s font lacks some letters. Where "%(words)s" stands, read the HTML file, which shows them.')
            % words,
            space=0,
        )
    sheet.ln(4)
    sheet.style()
    if outcome.preamble:
        sheet.say(outcome.preamble, space=4)


def _clause(sheet: Sheet, clause: Clause) -> None:
    sheet.head(_("Clause %(number)d") % {"number": clause.number})
    sheet.style(BODY_PT + 1)
    sheet.say(clause.text, space=3)
    _support(sheet, clause)
    if clause.reservations:
        sheet.head(_("Reservations"), BODY_PT)
        for reservation in clause.reservations:
            sheet.say(reservation, indent=6)
    if clause.grounds:
        sheet.head(_("What it rests on"), BODY_PT)
        for ground in clause.grounds:
            if ground.quote:
                sheet.style()
                sheet.say(ground.quote, indent=6, space=0)
            sheet.style(SMALL_PT, SOFT)
            sheet.say(ground.origin, indent=6)
    sheet.ln(4)


def _support(sheet: Sheet, clause: Clause) -> None:
    sheet.style(SMALL_PT + 1)
    sheet.row(_("Group"), _("Support"), _("Oppose"))
    for cell in clause.cells:
        sheet.row(cell.groups, str(cell.support), str(cell.oppose))
    sheet.row(_("Everybody"), str(clause.support), str(clause.oppose))
    if clause.cells_of:
        sheet.say(clause.cells_are_of, space=0)
    if clause.reworded:
        sheet.say(clause.reworded, space=0)
    sheet.ln(3)


def _everything(outcome: Outcome) -> str:
    said = [ground.quote + ground.origin for clause in outcome.clauses for ground in clause.grounds]
    own = [clause.text + "".join(clause.reservations) for clause in outcome.clauses]
    cells = [cell.groups for clause in outcome.clauses for cell in clause.cells]
    return "".join([outcome.title, outcome.event, outcome.room, outcome.preamble, *own, *said, *cells])
