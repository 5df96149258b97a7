"""What a host may type, with its words and limits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator, URLValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from deliberate.clock import now
from deliberate.door.fields import Line
from deliberate.roles import CREW, HOST, PARTICIPANT, WALL
from rooms.events.core import LONGEST_MINUTES
from rooms.events.models import Attribution, Names, Silence

ROLE_CHOICES = [
    (PARTICIPANT, _("Participants")),
    *zip(CREW, (_("Moderator"), _("Captioner"), _("Drafter")), strict=True),
    (WALL, _("Wall")),
    (HOST, _("Host")),
]

#: What stands beside words in the transcript and in the outcome, by the event's attribution.
SIGNED = [
    (Attribution.NAME, _("Name: “Asha Okafor”")),
    (Attribution.ROLE, _("Role: “Participant”, the same for everybody")),
    (Attribution.GROUP, _("Group: “Fieldworkers”, where the group is large enough")),
    (Attribution.NOBODY, _("Nobody: the words alone (Chatham House rule)")),
]


class SettingsForm(forms.Form):
    """Columns of Event that say what it is called and how it treats people."""

    title = Line(label=_("Title"), max_length=160)
    neutral = forms.BooleanField(
        label=_("Neutral titles and link previews"),
        help_text=_("Browser tabs, histories and previews in messengers then show the neutral title."),
        required=False,
    )
    neutral_title = Line(label=_("Neutral title"), help_text=_("Empty: “Meeting”."), max_length=80, required=False)
    exit_url = forms.URLField(
        label=_("Where Exit leads"),
        help_text=_("A page nobody wonders about, such as a weather report. Empty: a blank page of ours."),
        max_length=200,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    names_on_list = forms.ChoiceField(
        label=_("Names on the speakers’ list are shown to"),
        help_text=_("Showing them to more people counts for whoever asks to speak from now on."),
        choices=Names.choices,
        widget=forms.RadioSelect,
    )
    attribution = forms.ChoiceField(
        label=_("What is said is signed with"),
        help_text=_("Speakers can lower it for their own words. Raising it counts for what is said from now on."),
        choices=SIGNED,
        widget=forms.RadioSelect,
    )
    silence = forms.ChoiceField(
        label=_("Words that their speaker has not looked through may be quoted, and leave the room in files"),
        help_text=_(
            "Speakers look through their words on their phones after their turn. Changing this counts for turns begun later."
        ),
        choices=Silence.choices,
        widget=forms.RadioSelect,
        required=False,  # nothing: as it is
    )
    keeps_sound = forms.BooleanField(
        label=_("Keep the sound of what is said"),
        help_text=_(
            "Where a microphone writes captions, and only where words are signed with the name. It goes with words that are taken back or shown with less, and what is there stays until you delete it, under Keeping. Counts for whoever asks to speak from now on, and they are told before."
        ),
        required=False,
    )
    k = forms.IntegerField(
        label=_("Smallest group that is counted by itself"),
        help_text=_("Results of fewer people from one group are folded together before anybody sees them."),
        min_value=2,
        max_value=50,
    )
    approve_ideas = forms.BooleanField(label=_("A moderator approves ideas before others see them"), required=False)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if asked.get("keeps_sound") and asked.get("attribution", Attribution.NAME) != Attribution.NAME:
            self.add_error(
                "keeps_sound",
                _now(
                    "A voice tells who speaks. Sound can be kept only where what is said is signed with the name: choose that, or untick this."
                ),
            )
        return asked


class RetentionForm(forms.Form):
    """Until when everything is kept."""

    retention_until = forms.DateField(
        label=_("Keep everything until"),
        help_text=_("After that day it is all deleted. Export the outcome before."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_retention_until(self) -> date:
        day: date = self.cleaned_data["retention_until"]
        if day < now().date():
            raise forms.ValidationError(
                _now("This day is over. Choose today or a later one, or delete the event below.")
            )
        return day


class DeleteForm(forms.Form):
    title = Line(label=_("The event’s title, to be sure"), max_length=160)


class GroupForm(forms.Form):
    name = Line(label=_("Name of the group"), max_length=60)


class EditGroupForm(GroupForm):
    group = forms.SlugField(widget=forms.HiddenInput)
    letters = Line(
        label=_("Letters"),
        max_length=2,
        required=False,
        validators=[RegexValidator(r"^\w+$", _("One or two letters or digits."))],
    )


class ThisGroupForm(forms.Form):
    group = forms.SlugField(widget=forms.HiddenInput)


class RoomForm(forms.Form):
    name = Line(label=_("Name of the room"), max_length=80)


class ItemForm(forms.Form):
    title = Line(label=_("Point"), max_length=160)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=LONGEST_MINUTES)


class EditItemForm(ItemForm):
    item = forms.SlugField(widget=forms.HiddenInput)


class ThisItemForm(forms.Form):
    item = forms.SlugField(widget=forms.HiddenInput)


class MoveItemForm(ThisItemForm):
    direction = forms.ChoiceField(choices=[("up", _("Up")), ("down", _("Down"))], widget=forms.HiddenInput)


class LinkForm(forms.Form):
    """A role, and the room it is for (a handle); without one it is for all rooms, and leads to the event's first."""

    role = forms.ChoiceField(label=_("For"), choices=ROLE_CHOICES)
    room = forms.SlugField(label=_("Room"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # `room` is the room one stands in; what is asked for here goes by another name.
        cleaned["leads_to"] = cleaned.pop("room", "")
        return cleaned


class ThisLinkForm(forms.Form):
    link = forms.SlugField(widget=forms.HiddenInput)


class MoveOnForm(forms.Form):
    """The handle of the agenda item seen as next: whoever presses second moves on nothing."""

    item = forms.SlugField(max_length=12, required=False, widget=forms.HiddenInput)
