from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from deliberate.door.registry import NoFields, command
from deliberate.roles import CAPTIONER, MODERATOR
from rooms.captions import actions, feeding
from rooms.transcript.commands import LONGEST_INTERIM


class FeedForm(forms.Form):
    """What was said since the text before it."""

    text = forms.CharField(label=_("What was said"), max_length=LONGEST_INTERIM)


command("captions.stop", form=NoFields, who=[CAPTIONER, MODERATOR], marks=False)(actions.stop)
# Its answer holds a key: the receipt must not.
command("captions.open_feed", form=NoFields, who=[CAPTIONER], wordless=True, marks=False)(feeding.open_feed)
command("captions.close_feed", form=NoFields, who=[CAPTIONER], marks=False)(feeding.close_feed)
# Its answer holds words that are still being said, and may be taken back.
command("captions.feed", form=FeedForm, who=[CAPTIONER], wordless=True, marks=False)(feeding.feed)
