from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from deliberate.door.registry import command
from deliberate.roles import PARTICIPANT
from polls.opinions import actions
from polls.opinions.models import Value
from polls.opinions.queries import WORDS

NOTHING = "nothing"


class StanceForm(forms.Form):
    """What a seat thinks of an idea: agree, disagree, pass, or nothing (any more)."""

    idea = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    value = forms.ChoiceField(
        label=_("What you think of it"),
        choices=[*((word, Value(value).label) for value, word in WORDS.items()), (NOTHING, _("Nothing any more"))],
        widget=forms.RadioSelect,
    )

    def clean_value(self) -> int | None:
        word: str = self.cleaned_data["value"]
        return None if word == NOTHING else Value[word.upper()].value


command("opinions.say", form=StanceForm, who=[PARTICIPANT], crowd=True, veiled=True)(actions.say)
