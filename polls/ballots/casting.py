"""Ballots fall in: those of many seats at once, in one transaction of the door."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate import rows
from deliberate.door import receipts
from deliberate.door.registry import Answer, Asked
from deliberate.errors import Refused
from deliberate.languages import by_language
from deliberate.live.stale import touch
from deliberate.shell import traces
from polls.ballots import core, paper, queries, sentences
from polls.ballots.models import NamedBallot, Participation, State

#: What shows how many have voted. Never the ballot itself: nobody's half-filled form is painted anew by others' votes.
COUNT = ("ballots.turnout", "ballots.wall")

# Locked, so that no ballot falls in while it closes.
POLL = """
    SELECT id, kind, secret, blind, state, least, most FROM polls_poll
    WHERE room_id = %s AND handle = %s FOR NO KEY UPDATE
"""
OPTIONS = "SELECT handle, text FROM polls_option WHERE poll_id = %s ORDER BY position, id"
VOTED = "SELECT seat_id FROM polls_participation WHERE poll_id = %s AND seat_id = ANY(%s)"
BOX = "SELECT contents FROM polls_ballotbox WHERE poll_id = %s"
FILL = "UPDATE polls_ballotbox SET contents = %s WHERE poll_id = %s"
COUNTED = "UPDATE polls_poll SET turnout = turnout + %s WHERE id = %s"
CHANGED = "ON CONFLICT (poll_id, seat_id) DO UPDATE SET choice = excluded.choice, name = excluded.name"


def cast(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """Put seats' ballots in; fields: poll (its handle), choice (a list of texts, polls/ballots/paper.py). A secret one falls
    in once; a named one may be changed until the poll closes.

    Nothing is noted. Of a secret one no receipt is kept: that a seat has voted is the only thing that is stored of it. Of a
    named one there is a receipt: what was sent before a newer word, and comes again after it, changes nothing. It holds no
    words, for it outlives a poll that is discarded."""
    return each_poll(asked, lambda handle, these: _cast(room, handle, these))


def each_poll(
    asked: Sequence[Asked], work: Callable[[str, list[Asked]], list[Answer | Refused]]
) -> list[Answer | Refused]:
    """Let `work` answer what is asked of each poll (by its handle, all at once); the answers in the order of the asked."""
    answers: dict[int, Answer | Refused] = {}
    for handle in dict.fromkeys(each.fields["poll"] for each in asked):
        these = [number for number, each in enumerate(asked) if each.fields["poll"] == handle]
        answers |= zip(these, work(handle, [asked[number] for number in these]), strict=True)
    return [answers[number] for number in range(len(asked))]


class _Poll(NamedTuple):
    """What is asked of a poll's row."""

    pk: int
    kind: str
    secret: bool
    blind: bool
    state: str
    least: int
    most: int


def _cast(room: Any, handle: str, asked: Sequence[Asked]) -> list[Answer | Refused]:
    found = [_Poll(*row) for row in rows.read(POLL, room.pk, handle)]
    each_to_theirs = by_language(asked, lambda each: each.by.language)
    if not found or found[0].state != State.OPEN:
        answers: dict[int, Answer | Refused] = {
            place: not_open(bool(found), found[0].state if found else "") for place, _each in each_to_theirs
        }
    elif found[0].blind:
        why = _("This ballot is blind: it goes to the ballot box, which must not know you. Reload the page, please.")
        answers = {place: Refused(why, code="blind") for place, _each in each_to_theirs}
    else:
        box = _Box(found[0], handle, asked)
        answers = {place: box.take(each) for place, each in each_to_theirs}
        box.store(room.event.handle)
        if box.new:
            touch(room, *COUNT, crowd=True)
    return [answers[place] for place in range(len(asked))]


def not_open(there: bool, state: str) -> Refused:
    """Why no ballot can fall into a poll, or none of this kind."""
    if not there:
        return Refused(_("This poll is not there any more."), code="gone")
    if state == State.CLOSED:
        return Refused(_("This poll is closed. A ballot that was in before counts."), code="closed")
    return Refused(_("This poll is not open for blind ballots. Reload the page, please."), code="closed")


class _Box:
    """Ballots of these seats on their way into one open poll."""

    def __init__(self, poll: _Poll, handle: str, asked: Sequence[Asked]) -> None:
        self.poll = poll
        self.texts: dict[str, str] = dict(rows.read(OPTIONS, poll.pk))
        self.question = queries.question_of(poll.kind, poll.least, poll.most, self.texts)
        #: Who has voted already.
        self.voted = {seat for (seat,) in rows.read(VOTED, poll.pk, [each.by.pk for each in asked])}
        #: What the phone of somebody whose secret ballot is in learns; of a named one it learns what was chosen, too.
        self.marks = (f"ballot:{handle}",)
        self.new: set[int] = set()
        self.secret: list[tuple[str, str]] = []
        self.named: dict[int, tuple[str, str]] = {}
        #: Keys of acts with named ballots that are done, and of those that are now.
        self.done = set() if poll.secret else set(receipts.said_before([key for each in asked if (key := each.key())]))
        self.doing: set[str] = set()
        #: By what was sent: a room chooses among a few.
        self.read: dict[tuple[str, ...], str | core.BadChoice | paper.SameRank] = {}

    def take(self, asked: Asked) -> Answer | Refused:
        """Take one ballot, and say in the language of now what the voter hears of it."""
        seat = asked.by
        first = seat.pk not in self.voted and seat.pk not in self.new
        if self.poll.secret and not first:
            return Answer(say=_("Your ballot is already in. It counts once."), on=self.marks)
        act = "" if self.poll.secret else asked.key()
        if act in self.done or act in self.doing:
            return Answer(say=_("Your ballot is already in. It counts once."))
        key = self._key(asked.fields["choice"])
        if not isinstance(key, str):
            return Refused(sentences.why_not(key), code="choice")
        if first:
            self.new.add(seat.pk)
        if self.poll.secret:
            self.secret.append((seat.group, key))
            return Answer(
                say=_("Your ballot is in. Once the poll has closed, nothing that is kept says how you voted."),
                on=self.marks,
            )
        if act:
            self.doing.add(act)
        self.named[seat.pk] = (key, seat.name)
        said = _("Your ballot is in: %(choice)s.") if first else _("Your ballot is changed: %(choice)s.")
        return Answer(say=said % {"choice": sentences.spelled(self.question, self.texts, key)})

    def _key(self, choice: Sequence[str]) -> str | core.BadChoice | paper.SameRank:
        fields = tuple(choice)
        if fields not in self.read:
            try:
                self.read[fields] = paper.read(self.question, fields)
            except (core.BadChoice, paper.SameRank) as problem:
                self.read[fields] = problem
        return self.read[fields]

    def store(self, event: str) -> None:
        """Write what was taken. There is nothing in the order of rows: seats stand by their keys, the box is a multiset.

        `event`: the handle of the event, with which receipts go."""
        poll = self.poll
        if self.secret:
            [(contents,)] = rows.read(BOX, poll.pk)
            rows.write(FILL, json.dumps(core.add(json.loads(contents), self.secret)), poll.pk)
            # Else SQLite's log would keep the box as it was before.
            transaction.on_commit(traces.soon.ask, robust=True)
        named = [(poll.pk, seat, *ballot) for seat, ballot in sorted(self.named.items())]
        rows.insert(NamedBallot, ("poll", "seat", "choice", "name"), named, CHANGED)
        receipts.keep((act, event, Answer()) for act in self.doing)
        if self.new:
            rows.insert(Participation, ("poll", "seat"), [(poll.pk, seat) for seat in sorted(self.new)])
            rows.write(COUNTED, len(self.new), poll.pk)
