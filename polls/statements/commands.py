from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from deliberate.door.fields import Line
from deliberate.door.registry import command
from deliberate.roles import CAPTIONER, DRAFTER, HOST, MODERATOR, PARTICIPANT
from deliberate.text import paragraphs
from polls.statements import actions, citing, core, in_own_words, reopening, ruling, settling, signing
from polls.statements import striking as striking  # words that are taken back are struck from the statement, too
from polls.statements.core import LONGEST_CLAUSE
from polls.statements.models import Support
from polls.statements.reopening import ReopenForm
from polls.statements.ruling import RulesForm


class Paragraphs(forms.CharField):
    """A text of several lines."""

    widget = forms.Textarea

    def clean(self, value: Any) -> Any:
        return super().clean(paragraphs(value or ""))


class Handle(forms.CharField):
    """The handle of a row that the page knows."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=12, **options)


class SourceName(forms.CharField):
    """ "segment:…", "idea:…" or "poll:…"."""

    widget = forms.HiddenInput
    default_validators = [RegexValidator(r"^(segment|idea|poll):[a-z0-9]{1,12}\Z", _("That is nothing to quote from."))]


class ProposeForm(forms.Form):
    source = SourceName()
    note = Line(label=_("Why it belongs there"), max_length=280, required=False)


class WithdrawForm(forms.Form):
    source = SourceName()


class DeclineForm(forms.Form):
    proposal = Handle()
    reason = Line(
        label=_("Your reason"), max_length=160, error_messages={"required": _("Give a reason: everybody can read it.")}
    )


class NameForm(forms.Form):
    title = Line(label=_("Title"), max_length=160)
    preamble = Paragraphs(label=_("Preamble"), max_length=4000, required=False)
    revision = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


WRITE = {"required": _("Write the clause first.")}


class AddForm(forms.Form):
    text = Paragraphs(label=_("New clause"), max_length=LONGEST_CLAUSE, error_messages=WRITE)
    after = Handle(required=False)


class EditForm(forms.Form):
    clause = Handle()
    text = Paragraphs(label=_("Wording"), max_length=LONGEST_CLAUSE, error_messages=WRITE)
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ClauseForm(forms.Form):
    clause = Handle()


class SettleForm(forms.Form):
    """Which clause; without one the whole text."""

    clause = Handle(required=False)


class RewordedForm(forms.Form):
    """Which clause; without one the title and the preamble. `own`: it stays as it is, for its words are the drafters' own."""

    clause = Handle(required=False)
    own = forms.BooleanField(required=False)


class MoveForm(ClauseForm):
    direction = forms.ChoiceField(choices=[("up", _("Up")), ("down", _("Down"))])


class CiteForm(forms.Form):
    clause = Handle(required=False)
    source = SourceName()
    quote = forms.CharField(
        label=_("The words to quote"),
        max_length=8000,
        strip=False,
        widget=forms.Textarea,
        error_messages={"required": _("Choose the words to quote.")},
    )


class UnciteForm(forms.Form):
    citation = Handle()


class StandForm(forms.Form):
    clause = Handle()
    revision = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    value = forms.ChoiceField(
        choices=[*Support.Value.choices, ("same", _("As before")), ("none", _("No view"))], label=_("Where you stand")
    )
    reservation = Line(label=_("Your reservation"), max_length=500, required=False)
    signed = forms.ChoiceField(label=_("Signed with"), choices=signing.SIGNED, required=False)

    def clean(self) -> dict[str, Any]:
        fields = self.cleaned_data
        if fields.get("value") in core.WRITTEN and not fields.get("reservation"):
            self.add_error("reservation", _("Write your reservation: say what you can't agree to."))
        if fields.get("value") not in core.WRITTEN:
            fields["reservation"] = ""
        return fields


command("statements.propose", form=ProposeForm, who=[PARTICIPANT, MODERATOR, CAPTIONER], per_minute=30)(citing.propose)
command("statements.withdraw", form=WithdrawForm, who=[PARTICIPANT, MODERATOR, CAPTIONER])(citing.withdraw)
command("statements.decline", form=DeclineForm, who=[DRAFTER])(citing.decline)
command("statements.name", form=NameForm, who=[DRAFTER])(actions.name)
command("statements.add_clause", form=AddForm, who=[DRAFTER])(actions.add_clause)
command("statements.edit_clause", form=EditForm, who=[DRAFTER])(actions.edit_clause)
command("statements.move_clause", form=MoveForm, who=[DRAFTER])(actions.move_clause)
command("statements.remove_clause", form=ClauseForm, who=[DRAFTER])(actions.remove_clause)
command("statements.restore_clause", form=ClauseForm, who=[DRAFTER])(actions.restore_clause)
command("statements.cite", form=CiteForm, who=[DRAFTER])(citing.cite)
command("statements.uncite", form=UnciteForm, who=[DRAFTER])(citing.uncite)
command("statements.stand", form=StandForm, who=[PARTICIPANT], wordless=True)(citing.stand)
command("statements.rules", form=RulesForm, who=[HOST])(ruling.change)
command("statements.reworded", form=RewordedForm, who=[DRAFTER])(in_own_words.reworded)
command("statements.settle", form=SettleForm, who=[DRAFTER])(settling.settle)
command("statements.put", form=SettleForm, who=[MODERATOR])(settling.put)
command("statements.reopen", form=ReopenForm, who=[HOST])(reopening.reopen)
