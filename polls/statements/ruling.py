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
    settle_by = forms.ChoiceField(
        label=_("A text is settled by"),
        choices=Rules.Way.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    quorum = forms.IntegerField(
        label=_("Percent of those in the room who must have taken a stand on a clause"),
        help_text=_("For consensus, and where enough must support it or live with it. 0: one person is enough."),
        min_value=0,
        max_value=100,
        required=False,
    )
    public = forms.BooleanField(
        label=_("Settled versions have a public page"),
        help_text=_("Whoever has its address can read it, without joining."),
        required=False,
    )
    reservations = forms.ChoiceField(
        label=_("Reservations are published with"),
        help_text=_("Whoever writes one can sign with less. More than now counts for what is written from then on."),
        choices=Rules.Signed.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def clean_settle_by(self) -> str:
        return self.cleaned_data["settle_by"] or Rules.Way.DRAFTERS.value

    def clean_quorum(self) -> int:
        return self.cleaned_data["quorum"] or 0

    def clean_reservations(self) -> str:
        return self.cleaned_data["reservations"] or Rules.Signed.NOBODY.value


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
