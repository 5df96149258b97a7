from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliberate.door.registry import NoFields, command
from deliberate.roles import CREW, HOST, PARTICIPANT
from rooms.events.models import Group
from rooms.seats import actions
from rooms.seats.models import Where


def one_line(text: str) -> str:
    """Text as one line without control and direction-override characters, which could disguise a name."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join("".join(letter for letter in kept if not "\u202a" <= letter <= "\u202e" and not "\u2066" <= letter <= "\u2069").split())


class SeatForm(forms.Form):
    """Name, group and place; all of them optional but the place."""

    name = forms.CharField(label=_("Name shown to others"), max_length=60, required=False)
    group = forms.ModelChoiceField(Group.objects.all(), to_field_name="handle", required=False, label=_("Group"))
    place = forms.ChoiceField(choices=Where.choices, label=_("Where you are"), initial=Where.HALL, widget=forms.RadioSelect)

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def __init__(self, *args: Any, event: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if event is not None:
            self.fields["group"].queryset = event.groups.all()  # type: ignore[attr-defined]


command("seats.pair", form=NoFields, who=[PARTICIPANT], per_minute=6, remembered=False)(actions.pair)
command("seats.rename", form=SeatForm, who=[PARTICIPANT], per_minute=20)(actions.rename)
command("seats.erase", form=NoFields, who=[PARTICIPANT, *CREW, HOST], remembered=False)(actions.erase)
