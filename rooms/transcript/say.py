"""The speaker's say: approving one's own words, correcting them, and taking them back. For somebody without a phone a moderator
does it, taking back also for somebody whose seat has ended, and the journal says so."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import resting_on
from deliberate.live.stale import touch
from deliberate.roles import MODERATOR
from deliberate.text import tidy
from rooms.events.models import Attribution
from rooms.floor.models import ON_FLOOR, Turn
from rooms.journal.actions import locked, note
from rooms.transcript import sealed
from rooms.transcript.actions import changed, still_reads
from rooms.transcript.models import Segment
from rooms.transcript.own import seen_of, whose
from rooms.transcript.striking import overwrite, texts_of, withdraw
from rooms.transcript.struck import WITHDRAWN, Reworded


@transaction.atomic
def approve(*, room: Any, by: Any, turn: str, seen: int) -> Answer:
    """Say that the words of a turn that is over are right as they were `seen` (own.seen_of): they stand, whatever the policy."""
    room = locked(room)
    found = _turn(room, by, Q(words=turn))
    if found.state in ON_FLOOR:
        raise Refused(_("You are still speaking. Look through your words once your turn has ended."))
    said = Segment.objects.filter(turn=found)
    if seen != seen_of(said):
        raise Refused(_("The words have changed since you read them. Read them again, please."), code="changed")
    said.exclude(approved=F("revision")).update(approved=F("revision"))
    note(room, by, "approved", found, _for_whom(by))
    changed(room, found)
    return Answer(say=_("Thank you. These words are approved."))


@transaction.atomic
def mend(*, room: Any, by: Any, segment: str, text: str, revision: int) -> Answer:
    """Correct a piece of one's own words that was corrected `revision` times so far. It says so from then on, wherever it stands;
    the earlier text stands nowhere any more, and quotes of it read as the correction does."""
    room = locked(room)
    found = Segment.objects.filter(room=room, handle=segment).select_related("turn__seat").first()
    _turn(room, by, Q(pk=found.turn_id if found else None))
    text = tidy(text)
    if found is None or not text:
        raise Refused(_("There are no such words in this room. Reload the page, please."))
    if found.text == WITHDRAWN:
        raise Refused(_("These words are withdrawn already."))
    still_reads(found, revision)
    if found.text == text:
        return Answer(say=_("Nothing is changed: that is how it reads."))
    left = {number: Reworded(old, text) for number, old in texts_of(found).items()}
    still = overwrite(room, by, found, left, approved=found.revision + 1, mended=True)
    note(room, by, "corrected", found, _for_whom(by) or "by the speaker")
    told = _("Corrected. The earlier words are gone from the transcript and from every quote of them.")
    return Answer(say=" ".join([told, *still]))


@transaction.atomic
def take_back(*, room: Any, by: Any, turn: str, segment: str = "", sure: bool = True) -> Answer:
    """Withdraw one piece of what was said in a turn, or without one all of it: the words are gone wherever they stand.

    With the whole turn goes who it is shown as said by, and what of it is still being written down."""
    room = locked(room)
    found = _turn(room, by, Q(words=turn), gone=True)
    said = Segment.objects.filter(room=room, turn=found).select_related("turn__seat").order_by("number")
    if segment:
        said = said.filter(handle=segment)
    pieces = [each for each in said if each.text != WITHDRAWN]
    if not pieces and (segment or found.withdrawn_at):
        raise Refused(_("These words are withdrawn already."))
    if not segment:
        Turn.objects.filter(pk=found.pk).update(withdrawn_at=now(), attribution=Attribution.NOBODY)
        sealed.seal(room, found)
        touch(room, *resting_on("attribution"))
    still: list[str] = []
    for each in pieces:
        still += withdraw(room, by, each)
    note(room, by, "took words back", pieces[0] if segment else found, _for_whom(by))
    changed(room, found)
    told = _("Withdrawn. The words are gone from the transcript and from every quote of them.")
    return Answer(say=" ".join([told, *dict.fromkeys(still)]))


def _turn(room: Any, by: Any, which: Q, *, gone: bool = False) -> Turn:
    """The turn that is meant, where it is this seat's, or nobody's and a moderator asks. `gone`: or of a seat that has ended."""
    spoke = Turn.objects.filter(which, whose(by, gone=gone), room=room, segments__isnull=False)
    found = spoke.select_related("seat").first()
    if found is None:
        if by.role == MODERATOR:
            raise Refused(_("You can do this for somebody without a phone. Others do it themselves."))
        raise Refused(_("You can decide on your own words alone."))
    return found


def _for_whom(by: Any) -> str:
    return "for the speaker" if by.role == MODERATOR else ""
