"""What is settled stays as it reads: a clause, or the whole text, until the host reopens it (reopening.py)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext as _

from deliberate.errors import Refused
from polls.statements.models import Clause, Sealed, SettledClause, Statement, Version


def version(statement: Statement | int | None) -> Version | None:
    """The version (of a statement, or of the one with this key) that is in force; None while the text is being drafted."""
    newest = Version.objects.filter(statement=statement).order_by("-number").first() if statement else None
    return newest if newest is not None and newest.reopened_at is None else None


def clauses(some: Iterable[Clause]) -> dict[int, SettledClause]:
    """Of these clauses those that are settled by themselves, by their keys."""
    rows = SettledClause.objects.filter(clause__in=list(some), revision=F("clause__revision"), reopened_at=None)
    return {row.clause_id: row for row in rows}


def over(clause: Clause) -> Sealed | None:
    """What keeps a clause as it reads: the version in force, or that it is settled by itself; None where nothing does."""
    return version(clause.statement_id) or clauses([clause]).get(clause.pk)


def check_open(clause: Clause) -> None:
    """Refused where the clause is settled, with what to do about it. Call it with the room locked."""
    check_text_open(clause.statement_id)
    if clauses([clause]):
        said = _("This clause is settled and stays as it reads. To change it, ask the host to reopen it.")
        raise Refused(said, code="settled")


def check_text_open(statement: Statement | int) -> None:
    """Refused where the whole text is settled, with what to do about it. Call it with the room locked."""
    found = version(statement)
    if found is not None:
        said = _("Version %(number)d is settled and stays as it reads. To change the text, ask the host to reopen it.")
        raise Refused(said % {"number": found.number}, code="settled")
