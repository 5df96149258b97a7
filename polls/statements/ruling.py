"""How an event decides on its texts: what the host chooses, and the page where."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from deliberate.door.entrance import Place
from deliberate.door.registry import Answer
from deliberate.live.parts import Context
from deliberate.live.stale import touch
from polls.statements import queries
from polls.statements.actions import TEXT
from polls.statements.models import Rules
from rooms.journal.actions import locked, note


class RulesForm(forms.Form):
    """Columns of Rules."""

    majority = forms.ChoiceField(
        label=_("A poll on the text carries with"),
        help_text=_("It holds for polls that are put from now on. Who abstains counts for neither side."),
        choices=Rules.Majority.choices,
        widget=forms.RadioSelect,
    )


@transaction.atomic
def change(*, room: Any, by: Any, **fields: Any) -> Answer:
    """Change how texts of the event are decided on. `fields`: columns of Rules (RulesForm)."""
    room = locked(room)
    rules = queries.rules(room.event)
    changed = [name for name, value in fields.items() if getattr(rules, name) != value]
    Rules.objects.update_or_create(event=room.event, defaults=fields)
    note(room, by, "changed the rules of the text", detail=", ".join(changed))
    for each in room.event.rooms.all():
        touch(each, *TEXT)
    return Answer(say=_now("Saved."))


def screen(request: HttpRequest, place: Place) -> Context:
    """The form, filled in with what holds."""
    rules = queries.rules(place.event)
    return {"form": RulesForm(initial={name: getattr(rules, name) for name in RulesForm.base_fields})}
