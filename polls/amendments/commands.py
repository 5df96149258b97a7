from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from deliberate.door.fields import Line
from deliberate.door.registry import command
from deliberate.roles import DRAFTER, MODERATOR, PARTICIPANT
from polls.amendments import actions, deciding
from polls.amendments.models import Kind
from polls.statements.commands import Handle, Paragraphs
from polls.statements.core import LONGEST_CLAUSE
from polls.statements.signing import SIGNED
from rooms.transcript.core import Level


class ProposeForm(forms.Form):
    """What shall change about a clause, and why."""

    clause = Handle()
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("What shall change"), choices=Kind.choices)
    text = Paragraphs(label=_("How it shall read"), max_length=LONGEST_CLAUSE, required=False)
    reason = Line(
        label=_("Your reason"),
        max_length=500,
        error_messages={"required": _("Say why: others decide by your reason whether to stand behind it.")},
    )
    signed = forms.ChoiceField(label=_("Signed with"), choices=SIGNED, required=False)

    def clean_signed(self) -> str:
        return self.cleaned_data["signed"] or Level.NOBODY.value

    def clean(self) -> dict[str, Any]:
        fields = self.cleaned_data
        if fields.get("kind") == Kind.DELETE:
            fields["text"] = ""
        elif "text" in fields and not fields["text"]:
            self.add_error("text", _now("Write how the clause shall read."))
        return fields


class AmendmentForm(forms.Form):
    """Which amendment."""

    amendment = Handle()


class AnswerForm(AmendmentForm):
    """A no says why."""

    reason = Line(
        label=_("Your reason"), max_length=280, error_messages={"required": _("Give a reason: everybody can read it.")}
    )


class Others(forms.Field):
    """Handles of further amendments: one text or several."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        found = [str(each) for each in value or [] if each]
        if len(found) > actions.MOST_WAITING or any(len(each) > 12 for each in found):
            raise forms.ValidationError(_now("These are no amendments. Reload the page, then choose again."))
        return found


class MergeForm(AmendmentForm):
    """How the clause shall read, and which other amendments that settles too."""

    text = Paragraphs(
        label=_("Wording"), max_length=LONGEST_CLAUSE, error_messages={"required": _("Write the clause first.")}
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = Line(
        label=_("What became of it"),
        max_length=280,
        error_messages={"required": _("Say what became of it: everybody can read it.")},
    )
    also = Others(required=False)


class PutForm(AmendmentForm):
    """Whether the amendments that touch the same words are put together."""

    with_rivals = forms.BooleanField(required=False)


command("amendments.propose", form=ProposeForm, who=[PARTICIPANT, MODERATOR], per_minute=10)(actions.propose)
command("amendments.withdraw", form=AmendmentForm, who=[PARTICIPANT, MODERATOR])(actions.withdraw)
command("amendments.cosign", form=AmendmentForm, who=[PARTICIPANT])(actions.cosign)
command("amendments.uncosign", form=AmendmentForm, who=[PARTICIPANT])(actions.uncosign)
command("amendments.accept", form=AmendmentForm, who=[DRAFTER])(deciding.accept)
command("amendments.merge", form=MergeForm, who=[DRAFTER])(deciding.merge)
command("amendments.decline", form=AnswerForm, who=[DRAFTER])(deciding.decline)
command("amendments.reopen", form=AmendmentForm, who=[DRAFTER])(deciding.reopen)
command("amendments.put", form=PutForm, who=[MODERATOR])(deciding.put)
command("amendments.hide", form=AnswerForm, who=[MODERATOR])(actions.hide)
command("amendments.unhide", form=AmendmentForm, who=[MODERATOR])(actions.unhide)
