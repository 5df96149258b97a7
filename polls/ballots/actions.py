from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate.clock import now
from deliberate.door.entrance import Place
from deliberate.door.limits import room_for
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import resting_on
from deliberate.live.stale import touch
from polls.ballots import core, outcome, queries, sentences
from polls.ballots.blind import closing, formats, issuing
from polls.ballots.blind.signing import signer
from polls.ballots.casting import COUNT
from polls.ballots.deciding import decide
from polls.ballots.models import BallotBox, NamedBallot, Option, Participation, Poll, State
from polls.ballots.storage import forget_old_pages
from rooms.events.queries import current_item, participants
from rooms.journal.actions import locked, note
from rooms.seats.actions import eraser

#: What shows that a poll was opened or closed.
STAGE = (
    "ballots.open",
    "ballots.frozen",
    "ballots.call",
    "ballots.elsewhere",
    "ballots.turnout",
    "ballots.results",
    "ballots.fresh",
    "ballots.console",
    "ballots.wall",
    "wall.scene",
)


@transaction.atomic
def prepare(*, room: Any, by: Any, options: list[str], **fields: Any) -> Answer:
    """A new poll, not shown to anybody but moderators until it opens.

    `fields`: question, kind, least, most, low_label, high_label, secret, blind, change."""
    room = locked(room)
    room_for(Poll.objects.filter(room=room))
    last = Poll.objects.filter(room=room).aggregate(last=Max("position"))["last"] or 0
    poll = Poll.objects.create(room=room, position=last + 1, **fields)
    _offer(poll, options)
    if poll.blind:
        transaction.on_commit(lambda: signer().warm(), robust=True)
    note(room, by, "prepared", poll)
    touch(room, "ballots.console")
    return Answer(say=_("The poll is prepared. Nobody sees it until you open it."), data=_named(poll))


@transaction.atomic
def edit(*, room: Any, by: Any, poll: str, options: list[str], **fields: Any) -> Answer:
    """Change a poll that nobody has seen yet. The fields are those of `prepare`."""
    room = locked(room)
    found = _poll(room, poll)
    if found.state != State.PREPARED:
        raise Refused(_("This poll has been opened, so it can't be changed any more."))
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    found.options.all().delete()
    _offer(found, options)
    note(room, by, "changed", found)
    touch(room, "ballots.console", *resting_on("polls"))
    return Answer(say=_("Saved."), data=_named(found))


def keys(place: Place, poll: str) -> dict[str, Any]:
    """Before `open_poll`, outside its transaction: the keys that a blind poll will be signed with."""
    found = Poll.objects.filter(room=place.room, handle=poll, state=State.PREPARED, blind=True).first()
    return {"moduli": issuing.keys(found) if found is not None else None}


@transaction.atomic
def open_poll(*, room: Any, by: Any, poll: str, moduli: dict[str, bytes] | None = None) -> Answer:
    """Put a prepared poll to the room. One at a time. `moduli`: of a blind poll, by its groups."""
    room = locked(room)
    found = _poll(room, poll)
    if found.state == State.OPEN:
        return Answer(say=_("The poll is open."))
    if found.state == State.CLOSED:
        raise Refused(_("This poll is closed. Prepare a new one to ask again."))
    if queries.open_poll(room) is not None:
        raise Refused(_("Another poll is open. Close it first."))
    found.state, found.opened_at, found.item = State.OPEN, now(), current_item(room)
    if found.blind:
        if moduli is None:  # it became a blind one just now
            raise Refused(_("The poll was changed meanwhile. Open it once more."))
        issuing.open_box(found, moduli)
    elif found.secret:
        issuing.check_enough(room.event.k, participants(room).count())
        BallotBox.objects.create(poll=found)
    found.save(update_fields=["state", "opened_at", "item", "definition", "eligible", "least", "most"])
    note(room, by, "opened", found, formats.poll_hash(found.definition).hex() if found.blind else "")
    touch(room, *STAGE, *resting_on("polls"))
    return Answer(say=_("The poll is open."))


@transaction.atomic
def close(*, room: Any, by: Any, poll: str, sure: bool = False) -> Answer:
    """End the voting, count once, publish; of a secret poll only the result is left.

    A secret poll in which everybody voted, and all alike, is closed only by who is `sure`: it tells what each of them chose."""
    room = locked(room)
    found = _poll(room, poll)
    if found.state == State.PREPARED:
        raise Refused(_("This poll has not been opened yet."))
    if found.state == State.CLOSED:
        return Answer(say=_("The poll is closed."))
    found = queries.as_frozen(found)
    found.eligible = queries.eligible(found)
    contents = _contents(found)
    if found.secret and not sure and outcome.unanimous(contents, found.eligible):
        said = _("Everybody has voted, and all alike: the result would tell how each of them voted.")
        more = _("Discard the poll, or close it with the box ticked that you are sure.")
        raise Refused(f"{said} {more}", code="unanimous")
    found.result = _count(found, contents)
    bare = found.verdict and found.result["figures"]["ballots"] < outcome.VERDICT_BELOW
    if bare:
        found.result = _told(found, outcome.verdict(found.result))
    if found.blind:
        words = closing.publish(found, by, ballots=not bare)
        if not bare:
            found.result["words"] = words
    else:
        note(room, by, "closed", found)
    found.state, found.closed_at = State.CLOSED, now()
    found.save(update_fields=["eligible", "result", "state", "closed_at"])
    # Before the old pages are done away with, which may take a second: everybody sees the result at once.
    touch(room, *STAGE, *resting_on("polls"), "ballots.closed", "statements.newest")
    decide(room, by, found)
    _forget(found)
    return Answer(say=_("The poll is closed. Everybody sees the result."))


@transaction.atomic
def discard(*, room: Any, by: Any, poll: str) -> Answer:
    """Throw away a poll that was prepared, or one that is open with its ballots uncounted."""
    room = locked(room)
    found = _poll(room, poll)
    if found.state == State.CLOSED:
        raise Refused(_("This poll has a result, so it stays."))
    note(room, by, "discarded", found)
    if found.state == State.OPEN:
        touch(room, *STAGE, *resting_on("polls"))
        _forget(found)
        found.delete()
        return Answer(say=_("The poll is discarded. Its ballots were not counted."))
    again = _fields(found)
    found.delete()
    touch(room, "ballots.console", *resting_on("polls"))
    return Answer(say=_("The poll is discarded."), data={"undo": {"command": "ballots.prepare", "fields": again}})


@eraser
def forget(seat: Any) -> None:
    """Take an erased person's name off their named ballots. Their ballots stay: they were counted, or will be."""
    NamedBallot.objects.filter(seat=seat).update(name="")
    for room in seat.event.rooms.all():
        touch(room, *COUNT, "ballots.results", "ballots.fresh", "ballots.closed")


def _poll(room: Any, handle: str) -> Poll:
    found = queries.locked(room, handle)
    if found is None:
        raise Refused(_("This poll is not there any more."))
    return found


def _offer(poll: Poll, options: list[str]) -> None:
    Option.objects.bulk_create(Option(poll=poll, text=text, position=place) for place, text in enumerate(options))


def _named(poll: Poll) -> dict[str, Any]:
    return {"poll": poll.handle, "options": [option.handle for option in queries.options_of(poll)]}


def _fields(poll: Poll) -> dict[str, str]:
    """What `prepare` needs to make this poll once more."""
    return {
        "question": poll.question,
        "kind": poll.kind,
        "options": "\n".join(queries.texts(poll).values()),
        "least": str(poll.least),
        "most": str(poll.most),
        "low_label": poll.low_label,
        "high_label": poll.high_label,
        "secret": "blind" if poll.blind else "sealed" if poll.secret else "",
        "change": "on" if poll.change else "",
        "live": "on" if poll.live else "",
        "verdict": "on" if poll.verdict else "",
    }


def _contents(poll: Poll) -> core.Contents:
    """What was cast in a poll, as a multiset."""
    if poll.blind:
        return closing.contents(poll)
    if poll.secret:
        return core.rows(poll.box.contents)
    ballots = NamedBallot.objects.filter(poll=poll).values_list("seat__group__handle", "choice")
    return core.rows([(group or "", key, 1) for group, key in ballots])


def _count(poll: Poll, contents: core.Contents) -> outcome.Result:
    """The result of a poll whose voting ends now, its sentences in the service's own language."""
    event, asked = poll.room.event, queries.question(poll)
    groups: list[outcome.Named] = [] if poll.blind else queries.groups_with_seats(event)
    return _told(poll, outcome.result(asked, contents, poll.eligible, groups, event.k))


def _told(poll: Poll, found: outcome.Result) -> outcome.Result:
    """A result with its sentences."""
    asked = queries.question(poll)
    with override(settings.LANGUAGE_CODE):
        ends = (poll.low_label, poll.high_label)
        found["text"] = sentences.told(poll.question, asked, queries.texts(poll), ends, poll.secret, found)
    return found


def _forget(poll: Poll) -> None:
    """Who has voted, and for a secret poll the box: gone with this transaction, and their old pages and keys after it."""
    Participation.objects.filter(poll=poll).delete()
    BallotBox.objects.filter(poll=poll).delete()
    if poll.blind:
        closing.forget(poll)
        handle = poll.handle
        transaction.on_commit(lambda: closing.destroy_keys(handle), robust=True)
    if poll.secret:
        transaction.on_commit(forget_old_pages, robust=True)
