"""What a drafter's page says of its pads."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _


def words() -> str:
    """The few words that the script of pads says by itself, in the page's language, as JSON."""
    return json.dumps(
        {
            "as": _("You write here as %s."),
            "beside": _("Also writing here: %s"),
            "alone": _("You write here alone now."),
            "kept": _("Kept. Readers see it within seconds."),
            "keeping": _("Keeping …"),
            "away": _("No line. What you type waits here and is kept once the line is back."),
            "empty": _("Without words this is no clause: readers see the wording before."),
            "long": _("%d letters too many: readers see the wording before."),
            "gone": _("This clause can't be changed now."),
            "unfit": _("This could not be kept. You see the words as they are kept."),
        },
        ensure_ascii=False,
    )
