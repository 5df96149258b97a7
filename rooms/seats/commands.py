from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from deliberate.door.entrance import keeps_seats
from deliberate.door.fields import Line
from deliberate.door.registry import NoFields, command
from deliberate.roles import CREW, HOST, MODERATOR, PARTICIPANT
from rooms.seats import actions, ending, queries
from rooms.seats.models import Where


class SeatForm(forms.Form):
    """Name, group (its handle) and place; all of them optional but the place. Whose groups they are, the action asks."""

    name = Line(label=_("Your name in this room"), max_length=60, required=False)
    group = forms.SlugField(required=False, widget=forms.HiddenInput)
    place = forms.ChoiceField(
        label=_("Where are you?"), choices=Where.choices, initial=Where.HALL, widget=forms.RadioSelect
    )


class EndForm(forms.Form):
    """Something of the seat that is shown to whoever asks: "turn:<handle>" or "idea:<handle>"."""

    shown = forms.CharField(max_length=20, widget=forms.HiddenInput)


command("seats.pair", form=NoFields, who=[PARTICIPANT], per_minute=6, remembered=False)(actions.pair)
command("seats.rename", form=SeatForm, who=[PARTICIPANT], per_minute=20)(actions.rename)
command("seats.move", form=NoFields, who=[PARTICIPANT], per_minute=20)(actions.move)
command("seats.erase", form=NoFields, who=[PARTICIPANT, *CREW, HOST], remembered=False)(actions.erase)
command("seats.end", form=EndForm, who=[MODERATOR, HOST])(ending.end)

keeps_seats(queries)
