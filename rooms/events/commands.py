from __future__ import annotations

from django import forms

from deliberate.door.registry import NoFields, command
from deliberate.roles import MODERATOR
from rooms.events import actions


class MoveOnForm(forms.Form):
    """The handle of the agenda item seen as next."""

    item = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


command("events.move_on", form=MoveOnForm, who=[MODERATOR])(actions.move_on)
command("events.move_back", form=NoFields, who=[MODERATOR])(actions.move_back)
