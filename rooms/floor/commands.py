from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from deliberate.door.fields import Line
from deliberate.door.registry import NoFields, command
from deliberate.roles import HOST, MODERATOR, PARTICIPANT
from rooms.events.models import Group
from rooms.floor import actions, erasing, setup, time_actions
from rooms.floor.models import Kind
from rooms.seats.models import Where


class AskForm(forms.Form):
    """What somebody wants to speak for. `reply_to` is the handle of the turn that a direct reply answers."""

    kind = forms.ChoiceField(choices=Kind.choices, label=_("Kind"))
    reply_to = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


class NextForm(forms.Form):
    """The handle of the turn seen as proposed."""

    expected = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """A waiting turn's handle, and words that are shown."""

    turn = forms.CharField(max_length=12, widget=forms.HiddenInput)
    reason = Line(max_length=140, label=_("Reason"))


class RemoveForm(ReasonForm):
    """As ReasonForm, where the reason may be left out."""

    reason = Line(max_length=140, required=False, label=_("Reason"))


class SeenForm(forms.Form):
    """The handle of the turn seen on the floor."""

    turn = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


class ExtendForm(SeenForm):
    """Seconds more."""

    seconds = forms.IntegerField(min_value=5, max_value=600, label=_("Seconds"))


class AddForm(forms.Form):
    """Somebody without a phone."""

    name = Line(max_length=60, label=_("Name"))
    group = forms.ModelChoiceField(Group.objects.all(), to_field_name="handle", required=False, label=_("Group"))
    place = forms.ChoiceField(choices=Where.choices, label=_("Where they are"))
    kind = forms.ChoiceField(choices=Kind.choices, label=_("Kind"))


class EraseForm(forms.Form):
    """Somebody without a phone: the handle of one of their turns, or their name as it was typed."""

    turn = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    name = Line(max_length=60, required=False, label=_("Name"))


command("floor.ask", form=AskForm, who=[PARTICIPANT])(actions.ask)
command("floor.withdraw", form=NoFields, who=[PARTICIPANT])(actions.withdraw)
command("floor.finish", form=NoFields, who=[PARTICIPANT])(actions.finish)

command("floor.call_next", form=NextForm, who=[MODERATOR])(actions.call_next)
command("floor.call", form=ReasonForm, who=[MODERATOR])(actions.call)
command("floor.end", form=SeenForm, who=[MODERATOR])(actions.end)
command("floor.undo_end", form=NoFields, who=[MODERATOR])(actions.undo_end)
command("floor.add", form=AddForm, who=[MODERATOR])(actions.add)
command("floor.remove", form=RemoveForm, who=[MODERATOR])(actions.remove)
command("floor.erase", form=EraseForm, who=[MODERATOR, HOST])(erasing.erase)
command("floor.open_list", form=NoFields, who=[MODERATOR])(actions.open_list)
command("floor.close_list", form=NoFields, who=[MODERATOR])(actions.close_list)

command("floor.start", form=SeenForm, who=[MODERATOR])(time_actions.start)
command("floor.pause", form=SeenForm, who=[MODERATOR])(time_actions.pause)
command("floor.resume", form=SeenForm, who=[MODERATOR])(time_actions.resume)
command("floor.extend", form=ExtendForm, who=[MODERATOR])(time_actions.extend)

command("floor.settings", form=setup.FloorForm, who=[HOST])(setup.settings)
