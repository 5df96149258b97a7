from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliberate.door.fields import Line
from deliberate.door.registry import command
from deliberate.roles import MODERATOR, PARTICIPANT
from deliberate.text import one_line
from polls.ballots import actions, casting
from polls.ballots.blind import formats, issuing
from polls.ballots.core import MOST_OPTIONS
from polls.ballots.models import Kind

MOST_STEPS = 11
LONGEST_OPTION = 160


class BlindByDefault(forms.Select):
    """A field that is left out means blind; only an empty value means open."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, "blind")


class PollForm(forms.Form):
    """Which poll."""

    poll = forms.SlugField(max_length=12, widget=forms.HiddenInput)


class PaperForm(forms.Form):
    """What a poll asks. Options stand one a line; those of a scale are left out.

    `least` and `most`: for several choices, how many (empty: one to all); for a scale, its ends (empty: 1 to 5)."""

    question = Line(
        label=gettext_lazy("Question"), max_length=280, error_messages={"required": gettext_lazy("Write a question.")}
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    options = forms.CharField(
        label=gettext_lazy("Options, one a line"), required=False, max_length=4000, widget=forms.Textarea
    )
    least = forms.IntegerField(
        label=gettext_lazy("Choose at least; of a scale, its lowest number"),
        required=False,
        min_value=-100,
        max_value=100,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Choose at most; of a scale, its highest number"),
        required=False,
        min_value=-100,
        max_value=100,
    )
    low_label = Line(label=gettext_lazy("What the lowest number of a scale means"), required=False, max_length=40)
    high_label = Line(label=gettext_lazy("What the highest number of a scale means"), required=False, max_length=40)
    secret = forms.ChoiceField(
        label=gettext_lazy("Ballots"),
        choices=[
            ("blind", gettext_lazy("Secret: blind")),
            ("sealed", gettext_lazy("Secret: sealed")),
            ("", gettext_lazy("Open, with names")),
        ],
        required=False,
        widget=BlindByDefault,
    )
    change = forms.BooleanField(
        label=gettext_lazy("Voters may change a blind ballot until the poll closes"), required=False
    )

    live = forms.BooleanField(label=gettext_lazy("Show the tally of a blind poll while it runs"), required=False)

    verdict = forms.BooleanField(
        label=gettext_lazy("Of fewer than 20 ballots publish only whether the first option passed"), required=False
    )

    def clean_options(self) -> list[str]:
        lines = [one_line(line) for line in self.cleaned_data["options"].splitlines()]
        return [line for line in lines if line]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        cleaned["blind"] = cleaned["secret"] == "blind"
        cleaned["secret"] = cleaned["secret"] != ""
        cleaned["change"] = cleaned["change"] and cleaned["blind"]
        cleaned["live"] = cleaned["live"] and cleaned["blind"]
        cleaned["verdict"] = cleaned["verdict"] and cleaned["blind"]
        if cleaned["verdict"] and (cleaned["kind"] != Kind.ONE or cleaned["live"]):
            self.add_error("verdict", _("Only one choice, without a tally, can be published as passed or not."))
        if cleaned["live"] and cleaned["change"]:
            said = _("A tally can be watched only where ballots can't be changed: else it would show who changed what.")
            self.add_error("live", said)
        if cleaned["kind"] == Kind.SCALE:
            self._scale(cleaned)
        else:
            self._choices(cleaned)
        return cleaned

    def _scale(self, cleaned: dict[str, Any]) -> None:
        cleaned["options"] = []
        low = cleaned["least"] = 1 if cleaned["least"] is None else cleaned["least"]
        high = cleaned["most"] = 5 if cleaned["most"] is None else cleaned["most"]
        if not low < high < low + MOST_STEPS:
            said = _("A scale runs from a lower to a higher number, in %(n)d steps at most.")
            self.add_error("least", said % {"n": MOST_STEPS})

    def _choices(self, cleaned: dict[str, Any]) -> None:
        options = cleaned["options"]
        several = cleaned["kind"] == Kind.SEVERAL
        least = cleaned["least"] if several and cleaned["least"] is not None else 1
        most = cleaned["most"] if several and cleaned["most"] is not None else len(options) if several else 1
        cleaned["least"], cleaned["most"] = least, most
        if not 2 <= len(options) <= MOST_OPTIONS:
            self.add_error("options", _("Write two to %(n)d options, one a line.") % {"n": MOST_OPTIONS})
        elif len({option.casefold() for option in options}) < len(options):
            self.add_error("options", _("Two options are the same."))
        elif any(len(option) > LONGEST_OPTION for option in options):
            self.add_error("options", _("An option is longer than %(n)d letters.") % {"n": LONGEST_OPTION})
        elif not 1 <= least <= most <= len(options):
            self.add_error("least", _("How many to choose: from 1 up to the number of options."))


class CloseForm(PollForm):
    """Which poll. `sure`: also where all chose the same, and the result tells how each of them voted."""

    sure = forms.BooleanField(required=False)


class EditForm(PaperForm, PollForm):
    """Which poll, and what it shall ask."""


class Choices(forms.Field):
    """What a ballot sends: one text or several (polls/ballots/paper.py says which)."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        found = [str(each) for each in value or []]
        if len(found) > 2 * MOST_OPTIONS or any(len(each) > 32 for each in found):
            raise forms.ValidationError(_("That is not on this ballot. Reload the page, then choose again."))
        return found


class CastForm(PollForm):
    """A ballot. An empty one is refused in words by the action, as is whatever does not stand on the paper."""

    choice = Choices(required=False)


class Octets(forms.CharField):
    """Octets in base64url without padding, so many of them."""

    def __init__(self, *, octets: int, **more: Any) -> None:
        super().__init__(max_length=-(-octets * 4 // 3), **more)
        self.octets = octets

    def clean(self, value: Any) -> bytes:
        try:
            found = formats.from_text(super().clean(value))
        except ValueError:
            found = b""
        if len(found) != self.octets:
            raise forms.ValidationError(_("This page sent something unreadable. Reload it, please."))
        return found


class TokenForm(PollForm):
    """Which poll, and the blinded message that its voter wants signed."""

    blinded = Octets(octets=formats.MODULUS)


command("ballots.prepare", form=PaperForm, who=[MODERATOR])(actions.prepare)
command("ballots.edit", form=EditForm, who=[MODERATOR])(actions.edit)
command("ballots.open", form=PollForm, who=[MODERATOR], before=actions.keys)(actions.open_poll)
command("ballots.close", form=CloseForm, who=[MODERATOR])(actions.close)
command("ballots.discard", form=PollForm, who=[MODERATOR])(actions.discard)
# The door keeps no receipt: of a secret ballot it would be one more trace. The action does, of ballots with names alone.
command("ballots.cast", form=CastForm, who=[PARTICIPANT], remembered=False, crowd=True)(casting.cast)
# Nor of who has a token: the voucher says so while the poll is open. Asked twice, the answer is the same.
command(
    "ballots.token",
    form=TokenForm,
    who=[PARTICIPANT],
    remembered=False,
    crowd=True,
    marks=False,
    afterwards=issuing.sign,
)(issuing.token)
