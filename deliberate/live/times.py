"""Times in pictures are absolute; a phone's script counts them. Plain pages are filled in here, at the moment of the page.

Days and moments are written here alone: the day in words of the reader's language, the time by 24 hours."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deliberate.clock import epoch_ms

_late = re.compile(r' data-late="(-?\d+)"')
_times = re.compile(r'(<(?:time|span)[^>]* data-(left|behind)="(-?\d+)"[^>]*>)[^<]*(</(?:time|span)>)')


def clock_text(seconds: int) -> str:
    """90 -> "1:30"; below zero "-0:05" (over time)."""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes}:{rest:02d}"


def behind_text(minutes: int) -> str:
    """How far the room is behind its plan, in words."""
    if minutes > 0:
        return _("%(minutes)d min behind") % {"minutes": minutes}
    if minutes < 0:
        return _("%(minutes)d min ahead") % {"minutes": -minutes}
    return _("on time")


def day_text(day: date) -> str:
    """ "22 November 2026" """
    return date_format(day, pgettext("how a day is written, in the letters of Django's date filter", "j F Y"))


def moment_text(moment: datetime) -> str:
    """ "22 November 2026, 14:05 CET": an aware datetime in the service's time zone."""
    local = localtime(moment)
    return f"{day_text(local)}, {date_format(local, 'H:i T')}"


def fill(html: str, moment: datetime) -> str:
    """Fill `<time data-left="epoch ms">` with minutes:seconds left, `<span data-behind="epoch ms">` with minutes behind.

    `data-late="ms"` beside data-behind says how late it was at least."""
    at = epoch_ms(moment)

    def word(match: re.Match[str]) -> str:
        start, kind, value, end = match.groups()
        gap = int(value) - at
        if kind == "left":
            return start + clock_text(round(gap / 1000)) + end
        late = _late.search(start)
        behind = max(-gap, int(late.group(1))) if late else -gap
        return start + behind_text(round(behind / 60_000)) + end

    return _times.sub(word, html)
