from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.compiled import Compiled
from deliberate.door.limits import room_for
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import resting_on
from deliberate.live.stale import touch, touch_seat
from deliberate.text import tidy
from rooms.events.models import Attribution
from rooms.floor.models import Turn
from rooms.floor.queries import on_floor
from rooms.journal.actions import locked, note
from rooms.seats.actions import eraser
from rooms.transcript import core, queries, sealed, search
from rooms.transcript.models import Interim, Revision, Segment
from rooms.transcript.pieces import continues, duration, pieces, spans
from rooms.transcript.sound import let_go
from rooms.transcript.struck import WITHDRAWN

LIVE = ("transcript.live", "transcript.speaking")
WORDS = (*LIVE, "transcript.recent", "transcript.captioner")


_interim = Compiled(lambda room: Interim.objects.filter(room=room)[:1])


@transaction.atomic
def interim(*, room: Any, by: Any, text: str) -> None:
    """Show `text` as what is being said right now. It is not kept; an empty text takes it away."""
    text = tidy(text)
    before = _interim.first(room.pk)
    if before is not None and sealed.rest_of(before, text):
        return
    if text == (before.text if before else "") and not (before and before.sealed):
        return
    fields: dict[str, Any] = {"text": text, **sealed.BARE}
    if before is None or not continues(before.text, text):
        turn = on_floor(room) if text else None
        sign(turn, room)
        fields |= {"turn": turn, "since": now() if text else None}
    if before is None:
        Interim.objects.update_or_create(room=room, defaults=fields)
    else:
        Interim.objects.filter(pk=before.pk).update(**fields)
    touch(room, *LIVE)


@transaction.atomic
def settle(*, room: Any, by: Any, text: str) -> Answer:
    """Keep what was said, in segments, in the turn and the item in which it began.

    The answer's data names the segments: {"segments": [handle, ...]}."""
    room = locked(room)
    texts = pieces(text)
    if not texts:
        raise Refused(_("There are no words to keep in this."))
    turn, start = _begun(room, text)
    item, end = queries.item_at(room, start), now()
    said = [
        Segment(room=room, turn=turn, item=item, text=piece, started_at=since, ended_at=until)
        for piece, (since, until) in zip(texts, spans(start, end, texts), strict=True)
    ]
    promise(turn, room.event)
    sign(turn, room)
    add(room, said)
    note(room, by, "settled", said[0], str(len(said)))
    return Answer(data={"segments": [segment.handle for segment in said]})


def _begun(room: Any, text: str) -> tuple[Turn | None, datetime]:
    """In which turn and when these words began: as they were seen to begin; unseen, now, at a speaker's usual pace."""
    seen = Interim.objects.filter(room=room).select_related("turn").first()
    goes_on = seen is not None and (continues(seen.text, tidy(text)) or sealed.rest_of(seen, tidy(text)))
    if seen is not None and seen.since is not None and goes_on:
        Interim.objects.filter(pk=seen.pk).update(text="", turn=None, since=None, **sealed.BARE)
        return seen.turn, seen.since
    at, turn = now(), on_floor(room)
    # Not before the last words ended, nor before the turn and the item began: an estimate ties words to nothing earlier.
    item = queries.item_at(room, at)
    bounds = (queries.last_end(room), turn and turn.called_at, item and item.started_at)
    return turn, min(at, max([at - duration(text), *(bound for bound in bounds if bound)]))


def promise(turn: Turn | None, event: Any) -> None:
    """Words stay under the rule they were said under, also where the event's rule shows more later."""
    level = queries.level_of(turn, event).value if turn else ""
    if turn and turn.attribution != level:
        Turn.objects.filter(pk=turn.pk).update(attribution=level)


def sign(turn: Turn | None, room: Any) -> None:
    """Decide by who sits in the room now whether the turn's group is named with it. Once it was too small it stays so."""
    if turn is None or turn.group is None or turn.group_named is False:
        return
    named = queries.group_stands_alone(turn, room)
    if turn.group_named != named:
        Turn.objects.filter(pk=turn.pk).exclude(group_named=False).update(group_named=named)
        touch(room, *(resting_on("attribution") if turn.group_named else ()))


def add(room: Any, said: Sequence[Segment]) -> None:
    """Number and store these segments behind those that are there; whoever spoke learns that their words stand here."""
    room_for(Segment.objects.filter(room=room), len(said))
    last = Segment.objects.filter(room=room).order_by("-number").values_list("number", flat=True).first() or 0
    for segment in said:
        if queries.withdrawn_with(segment.turn, segment.started_at):
            segment.text, segment.times, segment.approved = WITHDRAWN, None, 0
    for number, segment in enumerate(said, start=last + 1):
        segment.number, segment.folded = number, search.folded(segment.text)
    turns = {segment.turn for segment in said if segment.turn is not None and segment.turn.seat_id is not None}
    first = [turn for turn in turns if turn.ended_at or not Segment.objects.filter(turn=turn).exists()]
    Segment.objects.bulk_create(said, batch_size=500)
    touch(room, *WORDS, *resting_on("said"))
    for turn in first:
        assert turn.seat is not None
        touch_seat(turn.seat)


@transaction.atomic
def correct(*, room: Any, by: Any, segment: str, text: str, revision: int) -> Answer:
    """Replace the text of a segment that was corrected `revision` times so far; the earlier text is kept."""
    room = locked(room)
    found = Segment.objects.filter(room=room, handle=segment).select_related("turn__seat").first()
    text = tidy(text)
    if found is None or not text:
        raise Refused(_("There are no such words in this room. Reload the page, please."))
    if found.text == WITHDRAWN:
        raise Refused(_("Whoever spoke has withdrawn these words. They can't be written anew."))
    still_reads(found, revision)
    if found.text != text:
        Revision.objects.create(segment=found, number=found.revision, text=found.text, replaced_at=now())
        # What a captioner writes is not the speaker's own correction, whatever stood there before.
        Segment.objects.filter(pk=found.pk).update(
            text=text, folded=search.folded(text), revision=revision + 1, times=None, mended=False
        )
        note(room, by, "corrected", found, str(revision + 1))
        changed(room, found.turn)
    return Answer(say=_("Corrected."))


def still_reads(segment: Segment, revision: int) -> None:
    """Refused where a segment was corrected since it was read, `revision` times corrected."""
    if segment.revision != revision:
        raise Refused(
            _("Somebody else corrected this meanwhile. It now reads: %(text)s") % {"text": segment.text}, code="changed"
        )


def changed(room: Any, turn: Turn | None) -> None:
    """Words of a turn, or of none, read or stand otherwise now: all who show them, and whoever spoke, are to learn of it."""
    touch(room, *WORDS, *resting_on("words"))
    if turn is not None and turn.seat is not None:
        touch_seat(turn.seat)


@transaction.atomic
def lower(*, room: Any, by: Any, turn: str, level: str) -> Answer:
    """Show less of who spoke in one's own turn, from now on and wherever the words stand."""
    own = Turn.objects.filter(room=room, seat=by, words=turn).first()
    if own is None:
        raise Refused(_("You can change this for your own words alone."))
    return _show_less(room, by, own, level)


@transaction.atomic
def attribute(*, room: Any, by: Any, turn: str, level: str) -> Answer:
    """Show less of who spoke in a turn, on behalf of somebody who can't do it themselves."""
    found = Turn.objects.filter(room=room, words=turn).first()
    if found is None:
        raise Refused(_("There is no such turn in this room. Reload the page, please."))
    return _show_less(room, by, found, level)


def _show_less(room: Any, by: Any, turn: Turn, level: str) -> Answer:
    room = locked(room)
    turn.refresh_from_db(fields=["attribution"])
    asked, held = core.Level(level), core.Level(turn.attribution or core.Level.NAME.value)
    if core.lowest(asked, held) is not asked:
        raise Refused(_("These words are shown with less already. Who spoke can be shown less, never more."))
    Turn.objects.filter(pk=turn.pk).update(attribution=level)
    let_go(Q(turn=turn))
    note(room, by, "lowered", turn, level)
    touch(room, *resting_on("attribution"))
    return Answer(say=_("Done. This holds wherever these words stand."))


@eraser
def forget(seat: Any) -> None:
    """The words of an erased seat stay, said by nobody."""
    turns = Turn.objects.filter(seat=seat)
    for turn in turns.select_related("room"):
        touch(turn.room, *resting_on("attribution"))
    turns.update(attribution=Attribution.NOBODY)
