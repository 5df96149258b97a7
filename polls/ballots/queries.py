from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from deliberate.compiled import Compiled
from deliberate.errors import Refused
from deliberate.live.parts import once
from polls.ballots import core, paper, sentences
from polls.ballots.blind import published
from polls.ballots.models import NamedBallot, Option, Participation, Poll, State
from polls.ballots.outcome import NO_GROUP, Named, Result
from rooms.events.queries import moved_on_at, participants
from rooms.floor.models import Turn
from rooms.journal.models import Entry

#: Fields of a blind poll that bind as its definition has them (polls/ballots/blind/frozen.py).
FROZEN = ("question", "kind", "least", "most", "change", "live", "verdict")
_open = Compiled(lambda room: Poll.objects.select_related("room__event").filter(room=room, state=State.OPEN)[:1])


@once
def open_poll(room: Any) -> Poll | None:
    """The poll that is open in the room: one at most."""
    found = _open.first(room.pk)
    return as_frozen(found) if found is not None else None


def as_frozen(poll: Poll) -> Poll:
    """The poll, of a blind one with all that was frozen and announced: its row could be changed since."""
    if poll.definition:
        frozen = json.loads(poll.definition)
        poll.low_label, poll.high_label = frozen["labels"]
        for name in FROZEN:
            setattr(poll, name, frozen[name])
    return poll


def locked(room: Any, handle: str) -> Poll | None:
    """The poll, locked until the end of the transaction: no ballot falls in while it closes."""
    polls = Poll.objects.select_for_update(of=("self",)).select_related("room__event")
    return polls.filter(room=room, handle=handle).first()


def prepared(room: Any) -> QuerySet[Poll]:
    """Polls that wait to be opened, as they were prepared."""
    return Poll.objects.filter(room=room, state=State.PREPARED).prefetch_related("options")


def closed(room: Any) -> QuerySet[Poll]:
    """Polls with their results, the latest first."""
    return Poll.objects.filter(room=room, state=State.CLOSED).prefetch_related("options").order_by("-closed_at", "-pk")


def fresh(room: Any) -> Poll | None:
    """The poll that closed last, while its result is what the room looks at: until somebody is called, the agenda moves
    on or another poll opens."""
    last = closed(room).first()
    if last is None or last.closed_at is None or open_poll(room) is not None:
        return None
    moved = moved_on_at(room)
    if moved is not None and moved > last.closed_at:
        return None
    return None if Turn.objects.filter(room=room, called_at__gt=last.closed_at).exists() else last


def question(poll: Poll) -> core.Question:
    """What a poll asks, for the pure rules."""
    if poll.definition:
        return published.question(poll.definition)
    return question_of(poll.kind, poll.least, poll.most, [option.handle for option in options_of(poll)])


def question_of(name: str, least: int, most: int, options: Iterable[str]) -> core.Question:
    """The same from columns: the kind's name, how many to choose (or the steps of a scale), and the options' handles."""
    kind = core.Kind(name)
    if kind is core.Kind.SCALE:
        return core.Question(kind, low=least, high=most)
    if kind is core.Kind.SEVERAL:
        return core.Question(kind, tuple(options), at_least=least, at_most=most)
    return core.Question(kind, tuple(options))


def options_of(poll: Poll) -> list[Option]:
    """The options in the order of the paper, of a blind poll as they were frozen."""
    if poll.definition:
        return [Option(poll=poll, handle=handle, text=text) for handle, text in json.loads(poll.definition)["options"]]
    return list(poll.options.all())


def texts(poll: Poll) -> dict[str, str]:
    """The options' texts by handle."""
    return {option.handle: option.text for option in options_of(poll)}


def eligible(poll: Poll) -> int:
    """Seats that can vote: every participant's in the room, and those that voted before they left it or ended. In a blind
    poll those that were there when it opened."""
    if poll.state == State.CLOSED or (poll.blind and poll.state == State.OPEN):
        return poll.eligible
    here = participants(poll.room)
    gone = Participation.objects.filter(poll=poll).exclude(seat__in=here).count()
    return int(here.count()) + gone


def noted_hash(poll: Poll) -> str:
    """The hash of a blind poll's definition as the room's journal has it, in hex."""
    noted = Entry.objects.filter(room=poll.room, verb="opened", subject=f"poll:{poll.handle}")
    return str(noted.values_list("detail", flat=True).first() or "")


def groups_with_seats(event: Any) -> list[Named]:
    """The groups of an event that somebody sits in, and the one without a name where somebody named none."""
    seats = {row["group"]: row["n"] for row in participants(event).values("group").annotate(n=Count("pk"))}
    found: list[Named] = [
        {"handle": group.handle, "name": group.name, "initial": group.initial, "colour": group.colour}
        for group in event.groups.all()
        if group.pk in seats
    ]
    return [*found, NO_GROUP] if None in seats else found


def result(poll: Poll) -> Result:
    """The published result of a closed poll. Refused for one that isn't closed: there is nothing to know yet."""
    if poll.result is None:
        raise Refused(_("This poll has no result yet. It comes when the poll closes."))
    return cast(Result, poll.result)


def as_text(poll: Poll) -> str:
    """The result in plain sentences, the same for ever: quotes are checked against it. Empty before the closing."""
    return result(poll)["text"] if poll.result is not None else ""


def who_chose(poll: Poll) -> list[tuple[str, list[str], int]]:
    """An open ballot's choices once it is closed: (the choice in words, names, how many without a name), most first.

    Empty for a secret poll, and while the poll runs."""
    if poll.secret or poll.state != State.CLOSED:
        return []
    asked, words = question(poll), texts(poll)
    cast_by = list(NamedBallot.objects.filter(poll=poll).order_by("name").values_list("choice", "name"))
    found = []
    for key in paper.by_popularity([key for key, _name in cast_by]):
        names = [name for other, name in cast_by if other == key]
        found.append((sentences.spelled(asked, words, key), [name for name in names if name], names.count("")))
    return found
