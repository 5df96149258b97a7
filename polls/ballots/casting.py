"""Ballots fall in: those of many seats at once, in one transaction of the door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate.door.registry import Answer, Asked
from deliberate.errors import Refused
from deliberate.live.stale import touch
from deliberate.shell import traces
from polls.ballots import core, paper, queries, sentences
from polls.ballots.models import BallotBox, NamedBallot, Participation, Poll, State

#: What shows how many have voted. Never the ballot itself: nobody's half-filled form is painted anew by others' votes.
COUNT = ("ballots.turnout", "ballots.wall")


def cast(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """Put seats' ballots in; fields: poll (its handle), choice (a list of texts, polls/ballots/paper.py). A secret one falls
    in once; a named one may be changed until the poll closes.

    Nothing is noted and no receipt is kept: that a seat has voted is the only thing that is stored of it."""
    answers: dict[int, Answer | Refused] = {}
    for handle in dict.fromkeys(each.fields["poll"] for each in asked):
        these = [number for number, each in enumerate(asked) if each.fields["poll"] == handle]
        answers |= zip(these, _cast(room, handle, [asked[number] for number in these]), strict=True)
    return [answers[number] for number in range(len(asked))]


def _cast(room: Any, handle: str, asked: Sequence[Asked]) -> list[Answer | Refused]:
    poll = queries.locked(room, handle)
    if poll is None:
        return [Refused(_("This poll is not there any more."))] * len(asked)
    if poll.state != State.OPEN:
        return [Refused(_("This poll is closed. A ballot that was in before counts."), code="closed")] * len(asked)
    prefetch_related_objects([poll], "options")
    seats = {each.by.pk for each in asked}
    box = _Box(poll, set(Participation.objects.filter(poll=poll, seat__in=seats).values_list("seat_id", flat=True)))
    answers = [box.take(each) for each in asked]
    box.store()
    if box.new:
        touch(room, *COUNT, crowd=True)
    return answers


class _Box:
    """Ballots on their way into one poll. `voted`: the keys of the seats that have voted already."""

    def __init__(self, poll: Poll, voted: set[int]) -> None:
        self.poll, self.voted = poll, voted
        self.question, self.texts = queries.question(poll), queries.texts(poll)
        self.new: dict[int, Any] = {}
        self.secret: list[tuple[str, str]] = []
        self.named: dict[int, NamedBallot] = {}
        self.read: dict[tuple[str, ...], str | core.BadChoice | paper.SameRank] = {}

    def take(self, asked: Asked) -> Answer | Refused:
        """Take one ballot, and say what the voter hears of it."""
        seat = asked.by
        with override(seat.language):
            first = seat.pk not in self.voted and seat.pk not in self.new
            if self.poll.secret and not first:
                return Answer(say=_("Your ballot is already in. It counts once."), on=self._marks())
            key = self._key(asked.fields["choice"])
            if not isinstance(key, str):
                return Refused(sentences.why_not(key), code="choice")
            if first:
                self.new[seat.pk] = seat
            if self.poll.secret:
                self.secret.append((seat.group.handle if seat.group else "", key))
                return Answer(say=_("Your ballot is in. Nobody can see how you voted."), on=self._marks())
            self.named[seat.pk] = NamedBallot(poll=self.poll, seat=seat, choice=key, name=seat.name)
            said = _("Your ballot is in: %(choice)s.") if first else _("Your ballot is changed: %(choice)s.")
            return Answer(say=said % {"choice": sentences.spelled(self.question, self.texts, key)})

    def _marks(self) -> tuple[str, ...]:
        """What the phone of somebody whose secret ballot is in learns; of a named one it learns what was chosen, too."""
        return (f"ballot:{self.poll.handle}",)

    def _key(self, choice: Sequence[str]) -> str | core.BadChoice | paper.SameRank:
        fields = tuple(choice)
        if fields not in self.read:  # a room chooses among a few
            try:
                self.read[fields] = paper.read(self.question, fields)
            except (core.BadChoice, paper.SameRank) as problem:
                self.read[fields] = problem
        return self.read[fields]

    def store(self) -> None:
        """Write what was taken. There is nothing in the order of rows: seats stand by their keys, the box is a multiset."""
        poll = self.poll
        if self.secret:
            box = BallotBox.objects.get(poll=poll)
            box.contents = core.add(box.contents, self.secret)
            box.save(update_fields=["contents"])
            # Else SQLite's log would keep the box as it was before.
            transaction.on_commit(traces.soon.ask, robust=True)
        if self.named:
            NamedBallot.objects.bulk_create(
                self.named.values(),
                update_conflicts=True,
                unique_fields=["poll", "seat"],
                update_fields=["choice", "name"],
            )
        if self.new:
            Participation.objects.bulk_create(Participation(poll=poll, seat_id=pk) for pk in sorted(self.new))
            Poll.objects.filter(pk=poll.pk).update(turnout=F("turnout") + len(self.new))
