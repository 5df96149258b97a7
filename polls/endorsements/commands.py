from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from deliberate.door.fields import Line
from deliberate.door.registry import command
from deliberate.roles import HOST, MODERATOR, PARTICIPANT
from polls.endorsements import actions, queries
from polls.statements.commands import Handle


class VersionForm(forms.Form):
    """Which settled version, and for whom: oneself, or an organisation."""

    version = forms.IntegerField(min_value=1, max_value=100_000, widget=forms.HiddenInput)
    organisation = Line(label=_("Organisation"), max_length=120, required=False)


class SignForm(VersionForm):
    """How one is named: by name or not at all. Everybody is counted by their group."""

    signed = forms.ChoiceField(label=_("Signed with"), choices=queries.NAMED, required=False)

    def clean_signed(self) -> str:
        """Nothing asked is nobody; asked and not chosen is not taken for a choice."""
        if self.data.get("signed") == "" and not self.cleaned_data.get("organisation"):
            raise forms.ValidationError(_("Choose what you are named by."))
        return self.cleaned_data["signed"] or "nobody"


class StrikeForm(forms.Form):
    """Which signature."""

    endorsement = Handle()


command("endorsements.sign", form=SignForm, who=[PARTICIPANT], per_minute=10)(actions.sign)
command("endorsements.withdraw", form=VersionForm, who=[PARTICIPANT])(actions.withdraw)
command("endorsements.strike", form=StrikeForm, who=[MODERATOR, HOST])(actions.strike)
