from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from deliberate.door.fields import Line
from deliberate.door.registry import command
from deliberate.roles import MODERATOR, PARTICIPANT
from polls.ideas import actions, core, muting, posting, upvoting


class PostForm(forms.Form):
    """A new idea. Its length is counted after tidying, so that line ends and accents don't use it up."""

    text = forms.CharField(
        label=_("Your idea"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("There is nothing to post yet. Write your idea first.")},
    )
    show_author = forms.BooleanField(label=_("With my name"), required=False)

    def clean_text(self) -> str:
        try:
            return core.text(self.cleaned_data["text"])
        except core.BadIdea as amiss:
            if amiss.code is core.Amiss.EMPTY:
                raise forms.ValidationError(_("There is nothing to post yet. Write your idea first.")) from None
            over = amiss.length - amiss.limit
            said = ngettext(
                "Your idea is %(over)d character too long. Shorten it, please.",
                "Your idea is %(over)d characters too long. Shorten it, please.",
                over,
            )
            raise forms.ValidationError(said % {"over": over}) from None


class OneIdeaForm(forms.Form):
    """An act on one idea, named by its handle."""

    idea = forms.SlugField(max_length=12, widget=forms.HiddenInput)


class HideForm(OneIdeaForm):
    """Hiding says why; the author reads it."""

    reason = Line(
        label=_("Why? Its author reads this."),
        max_length=160,
        error_messages={"required": _("Say in a few words why. Its author reads it.")},
    )


class MergeForm(OneIdeaForm):
    """Merging names the idea that stays, by its number or its handle."""

    into = forms.CharField(label=_("Number of the idea that stays"), max_length=12)

    def clean_into(self) -> str:
        typed: str = self.cleaned_data["into"]
        return typed.lstrip("#").strip()


class MuteForm(HideForm):
    """Muting says why, to whoever is muted. `hidden`: what they did does not count, either."""

    hidden = forms.BooleanField(label=_("Take away what they did, too"), required=False)


command(
    "ideas.post",
    form=PostForm,
    who=[PARTICIPANT],
    per_minute=settings.LIMIT_IDEAS_PER_MINUTE,
    crowd=True,
    veiled=posting.unsigned,
)(posting.post)
command("ideas.upvote", form=OneIdeaForm, who=[PARTICIPANT], crowd=True, veiled=True)(upvoting.upvote)
command("ideas.unvote", form=OneIdeaForm, who=[PARTICIPANT], crowd=True, veiled=True)(upvoting.unvote)
command("ideas.approve", form=OneIdeaForm, who=[MODERATOR])(actions.approve)
command("ideas.hide", form=HideForm, who=[MODERATOR])(actions.hide)
command("ideas.unhide", form=OneIdeaForm, who=[MODERATOR])(actions.unhide)
command("ideas.mute", form=MuteForm, who=[MODERATOR])(muting.mute)
command("ideas.unmute", form=OneIdeaForm, who=[MODERATOR])(muting.unmute)
command("ideas.merge", form=MergeForm, who=[MODERATOR])(actions.merge)
command("ideas.unmerge", form=OneIdeaForm, who=[MODERATOR])(actions.unmerge)
command("ideas.pin", form=OneIdeaForm, who=[MODERATOR])(actions.pin)
command("ideas.unpin", form=OneIdeaForm, who=[MODERATOR])(actions.unpin)
command("ideas.take_up", form=OneIdeaForm, who=[MODERATOR])(actions.take_up)
command("ideas.put_back", form=OneIdeaForm, who=[MODERATOR])(actions.put_back)
