"""The host reopens what is settled, with a reason: the one way back to drafting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from deliberate.clock import now
from deliberate.door.entrance import Place
from deliberate.door.fields import Line
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import Context
from deliberate.live.stale import touch
from polls.statements import core, in_force, queries
from polls.statements.models import Sealed
from polls.statements.rewording import TEXT
from rooms.journal.actions import locked, note


class ReopenForm(forms.Form):
    """Which clause, or without one the whole text; why; and that it is meant."""

    clause = forms.SlugField(max_length=12, required=False, widget=forms.HiddenInput)
    reason = Line(
        label=_("Your reason"), max_length=280, error_messages={"required": _("Give a reason: everybody can read it.")}
    )
    sure = forms.BooleanField(
        label=_("Yes, reopen it"),
        error_messages={"required": _("Tick that you mean it: what was settled can be changed then.")},
    )


@transaction.atomic
def reopen(*, room: Any, by: Any, reason: str, clause: str = "", sure: bool = True) -> Answer:
    """Let a settled clause, or without one the whole text, be changed again. What was settled stays as it is, with its page,
    which says when it was reopened and why. A clause settled by itself stays so when the whole text is reopened.

    The journal holds the hash of what was settled and of the reason; the reason stands beside what was settled."""
    room = locked(room)
    statement = queries.statement(room)
    whole = in_force.version(statement)
    found: Sealed | None = whole
    if clause:
        row = queries.clause(room, clause)
        found = in_force.clauses([row]).get(row.pk)
        if whole is not None:
            raise Refused(_now("The whole text is settled. Reopen that first, then the clause."), code="whole")
    if found is None:
        raise Refused(_now("This is not settled: it can be changed as it is."), code="open")
    found.reopened_at, found.reason = now(), reason
    found.save(update_fields=["reopened_at", "reason"])
    subject = f"version:{whole.number}" if whole is not None else f"clause:{clause}"
    note(room, by, "reopened", subject, core.seal({"hash": found.hash, "reason": reason}))
    touch(room, *TEXT)
    return Answer(say=_now("Reopened. Drafters can change it now."))


def screen(request: HttpRequest, place: Place) -> Context:
    """What is settled in this room now: the whole text, and clauses by themselves."""
    statement = queries.statement(place.room)
    numbered = queries.numbered(statement)
    done = in_force.clauses(row for _number, row in numbered)
    return {
        "version": in_force.version(statement),
        "clauses": [(number, row, done[row.pk]) for number, row in numbered if row.pk in done],
        "called": statement.title if statement else "",
    }
