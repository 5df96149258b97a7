"""Striking words for good: from a segment, from its earlier texts, and from whatever quotes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.shell.traces import wipe
from rooms.journal.actions import locked, note
from rooms.transcript import queries, search
from rooms.transcript.actions import changed
from rooms.transcript.models import Revision, Segment
from rooms.transcript.sound import let_go
from rooms.transcript.struck import WITHDRAWN, Left
from rooms.transcript.struck import strike as struck_from

#: (room, who strikes, the segment, its texts by revision) -> sentences on where the words still stand.
Striker = Callable[[Any, Any, Segment, Mapping[int, Left]], list[str]]
_strikers: list[Striker] = []


def striker(strike: Striker) -> Striker:
    """Register what a later feature does when words are struck from a segment: strike them from what it took from there.

    It is called with the room locked, after the segment's own texts."""
    _strikers.append(strike)
    return strike


@transaction.atomic
def strike(*, room: Any, by: Any, segment: str, words: str, sure: bool = True) -> Answer:
    """Overwrite words, or without any the whole segment, in its text, in its earlier texts and in all quotes of them.

    The answer says where else they stand. The journal notes it without the words."""
    room = locked(room)
    found = Segment.objects.filter(room=room, handle=segment).select_related("turn__seat").first()
    if found is None:
        raise Refused(_("There are no such words in this room. Reload the page, please."))
    if found.text == WITHDRAWN:
        raise Refused(_("These words are withdrawn already."))
    texts = texts_of(found)
    struck = dict(zip(texts, struck_from(words, texts.values()), strict=True))
    if not any(each.places for each in struck.values()):
        raise Refused(
            _("These words do not stand there. Type them as they stand, or leave the field empty for all of it.")
        )
    note(room, by, "struck", found, str(found.revision + 1))
    approved = found.revision + 1 if found.approved == found.revision else found.approved
    still = overwrite(room, by, found, struck, approved=approved)
    return Answer(say=" ".join([_("Struck."), *_elsewhere(room, found, words), *still]))


def texts_of(segment: Segment) -> dict[int, str]:
    """The texts of a segment by revision, the one that stands among them."""
    return dict(segment.revisions.values_list("number", "text")) | {segment.revision: segment.text}


def overwrite(room: Any, by: Any, found: Segment, left: Mapping[int, Left], **columns: Any) -> list[str]:
    """Let nothing stand in a segment, in its earlier texts and in quotes of them but what is left of each, by revision; sentences
    on where the words still stand. `columns`: what else of the segment changes. Call it with the room locked."""
    for number, each in left.items():
        Revision.objects.filter(segment=found, number=number).update(text=each.left)
    # As a revision of its own: a correction that was begun before does not bring the words back.
    text = left[found.revision].left
    Revision.objects.create(segment=found, number=found.revision, text=text, replaced_at=now())
    columns |= {"text": text, "folded": search.folded(text), "revision": found.revision + 1, "times": None}
    Segment.objects.filter(pk=found.pk).update(**columns)
    let_go(Q(pk=found.pk))
    still = [sentence for strike in _strikers for sentence in strike(room, by, found, left)]
    changed(room, found.turn)
    transaction.on_commit(wipe)
    return still


def withdraw(room: Any, by: Any, found: Segment) -> list[str]:
    """Leave nothing of a segment, as whoever spoke wants it; sentences on where the words still stand."""
    texts = texts_of(found)
    left = dict(zip(texts, struck_from("", texts.values(), WITHDRAWN), strict=True))
    return overwrite(room, by, found, left, approved=found.revision + 1, mended=False)


def _elsewhere(room: Any, found: Segment, words: str) -> list[str]:
    """Whether other segments of the room may hold these words, now or in an earlier text."""
    if not words:
        return []
    count = queries.holding(room, words).exclude(pk=found.pk).count()
    said = ngettext(
        "A search finds them in one other piece of the transcript.",
        "A search finds them in %(count)d other pieces of the transcript.",
        count,
    )
    return [said % {"count": count}] if count else []
