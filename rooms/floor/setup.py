"""What a host sets of the floor: how long turns last, and how the rule weighs who comes next."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from deliberate.door.entrance import Place
from deliberate.door.registry import Answer
from deliberate.roles import HOST
from rooms.events.setup.event import opened, touch_all
from rooms.floor import queries, shown
from rooms.floor.terms import Measure, PlaceBalance, Rule
from rooms.journal.actions import note

WEIGHTS = [
    (0, _("Not at all: groups are left out")),
    (2, _("A little: only large differences count")),
    (4, _("Evenly: a quarter of a fair share counts")),
    (12, _("Strictly: the smallest difference counts")),
]
MEASURES = [(Measure.TURNS.value, _("how often it spoke")), (Measure.SECONDS.value, _("how long it spoke"))]
BALANCES = [
    (PlaceBalance.OFF.value, _("Does not matter")),
    (PlaceBalance.BY_TURNS.value, _("Hall and remote by turns")),
    (PlaceBalance.BY_SHARE.value, _("By their share of the seats")),
]
LONGEST_S = 3600


def _seconds(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=10, max_value=LONGEST_S)


class FloorForm(forms.Form):
    """Seconds a turn lasts, by kind; and the fields of the rule (rooms/floor/terms.py) under their own names."""

    seconds_point = _seconds(_("Seconds for a new point"))
    seconds_reply = _seconds(_("Seconds for a direct reply"))
    seconds_question = _seconds(_("Seconds for a question"))
    seconds_order = _seconds(_("Seconds for a point of order"))
    point_of_order_first = forms.BooleanField(label=_("A point of order goes before everything else"), required=False)
    orders_in_a_row = forms.IntegerField(label=_("Points of order in a row, at most"), min_value=1, max_value=20)
    replies_per_turn = forms.IntegerField(
        label=_("Direct replies to one turn, at most"),
        help_text=_("They go before new points. 0: a reply waits like everybody else."),
        min_value=0,
        max_value=20,
    )
    patience = forms.IntegerField(
        label=_("Nobody is passed over more often than this"),
        help_text=_("After so many calls that went to somebody who asked later, it is their turn."),
        min_value=1,
        max_value=100,
    )
    first_time_first = forms.BooleanField(label=_("Who has not spoken yet goes before who has"), required=False)
    group_weight = forms.TypedChoiceField(
        label=_("Groups heard least go first"), choices=WEIGHTS, coerce=int, widget=forms.RadioSelect
    )
    measure = forms.ChoiceField(
        label=_("What a group was heard is counted by"), choices=MEASURES, widget=forms.RadioSelect
    )
    place_balance = forms.ChoiceField(label=_("Hall and remote"), choices=BALANCES, widget=forms.RadioSelect)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                queries.rule_from(cleaned)
            except ValueError:
                raise forms.ValidationError(_now("These do not go together. Change one of them.")) from None
        return cleaned


RULE_FIELDS = tuple(each.name for each in fields(Rule))


@transaction.atomic
def settings(*, room: Any, by: Any, **chosen: Any) -> Answer:
    """Change speaking times and the rule's weights (FloorForm) for every room of the event.

    Turns that are on keep the time they were given."""
    room, event = opened(room)
    rule, usual = asdict(queries.rule_from(chosen)), asdict(Rule())
    event.rule = {name: value for name, value in rule.items() if value != usual[name]}
    seconds = [name for name in chosen if name.startswith("seconds_")]
    for name in seconds:
        setattr(event, name, chosen[name])
    event.save(update_fields=["rule", *seconds])
    note(room, by, "changed the floor's rule", detail=", ".join(sorted(event.rule)))
    touch_all(event)
    return Answer(say=_now("Saved."))


def screen(request: HttpRequest, place: Place) -> dict[str, Any]:
    event, floor = place.event, queries.read(place.room)
    held = [shown.row(floor, floor.now, HOST)] if floor.now is not None else []
    form = FloorForm(initial={**vars(event), **asdict(queries.rule_of(event))})
    return {
        "times": [form[name] for name in form.fields if name.startswith("seconds_")],
        "weights": [form[name] for name in form.fields if name in RULE_FIELDS],
        "seated": [row for row in [*held, *shown.rows(floor, HOST)] if row.turn.seat_id],
    }
