from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from deliberate.door.fields import Line
from deliberate.door.registry import command
from deliberate.roles import CAPTIONER, HOST, MODERATOR, PARTICIPANT
from rooms.events.models import Attribution
from rooms.transcript import actions, loading, say, sound, striking
from rooms.transcript import giving_back as giving_back  # what was said while somebody was called by mistake

#: Letters. What is typed live fits into one frame of a socket; what is settled or brought in may come as a plain form.
LONGEST_INTERIM, LONGEST_SETTLED, LONGEST_SEGMENT, LONGEST_FILE = 4_000, 100_000, 20_000, 400_000
LONGEST_STRUCK = 200


class InterimForm(forms.Form):
    """What is being said right now; empty to take it away."""

    text = forms.CharField(max_length=LONGEST_INTERIM, required=False)


class SettleForm(forms.Form):
    """What was said."""

    text = forms.CharField(label=_("What is being said"), max_length=LONGEST_SETTLED, widget=forms.Textarea)


class CorrectForm(forms.Form):
    """New words for a segment, and how often it had been corrected when they were written."""

    segment = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    text = forms.CharField(label=_("Corrected words"), max_length=LONGEST_SEGMENT, widget=forms.Textarea)
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class StrikeForm(forms.Form):
    """Words to strike from a segment for good; none for all of it."""

    segment = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    words = Line(label=_("Words to strike"), max_length=LONGEST_STRUCK, required=False)
    sure = forms.BooleanField(
        label=_("Yes, strike them for good"),
        error_messages={"required": _("Tick that you mean it: it can't be undone.")},
    )


class LoadForm(forms.Form):
    """A whole transcript as WebVTT, SubRip or plain text, and when its recording began, where that is known."""

    text = forms.CharField(label=_("Transcript"), max_length=LONGEST_FILE, widget=forms.Textarea)
    began = forms.DateTimeField(label=_("When the recording began"), required=False)


class LevelForm(forms.Form):
    """A turn, and how much is shown of who spoke in it."""

    turn = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    level = forms.ChoiceField(label=_("Show who spoke as"), choices=Attribution.choices)


class ApproveForm(forms.Form):
    """A turn, and what its words were known by when they were read."""

    turn = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class TakeBackForm(forms.Form):
    """A turn, and a piece of what was said in it; none for all of it."""

    turn = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    segment = forms.SlugField(max_length=12, required=False, widget=forms.HiddenInput)
    sure = forms.BooleanField(
        label=_("Yes, withdraw them"),
        error_messages={"required": _("Tick that you mean it: it can't be undone.")},
    )


class DeleteSoundForm(forms.Form):
    sure = forms.BooleanField(
        label=_("Yes, delete it"), error_messages={"required": _("Tick that you mean it: it can't be undone.")}
    )


# An interim replaces the one before it and an empty one harms nothing: no receipt.
command("transcript.interim", form=InterimForm, who=[CAPTIONER], remembered=False, marks=False)(actions.interim)
command("transcript.settle", form=SettleForm, who=[CAPTIONER], marks=False)(actions.settle)
command("transcript.correct", form=CorrectForm, who=[CAPTIONER], marks=False)(actions.correct)
command("transcript.strike", form=StrikeForm, who=[CAPTIONER, MODERATOR])(striking.strike)
command("transcript.load", form=LoadForm, who=[CAPTIONER], per_minute=6)(loading.load)
command("transcript.lower", form=LevelForm, who=[PARTICIPANT])(actions.lower)
command("transcript.attribute", form=LevelForm, who=[MODERATOR])(actions.attribute)
command("transcript.approve", form=ApproveForm, who=[PARTICIPANT, MODERATOR])(say.approve)
# Each looks through the whole text of the room, its pads and its settled versions.
command("transcript.mend", form=CorrectForm, who=[PARTICIPANT, MODERATOR], per_minute=10)(say.mend)
command("transcript.take_back", form=TakeBackForm, who=[PARTICIPANT, MODERATOR], per_minute=10)(say.take_back)
command("transcript.delete_sound", form=DeleteSoundForm, who=[HOST])(sound.delete_sound)
