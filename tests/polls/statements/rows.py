"""A room with words, ideas and polls to draw a statement from, for the tests of statements and exports."""

from __future__ import annotations

from typing import Any

from polls.ballots.models import Poll
from polls.ideas.models import Idea
from polls.statements import in_force
from polls.statements.models import Clause, Statement, Version
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from tests import make


def said(event: Event, text: str, *, by: Seat | None = None) -> Segment:
    """Words on the transcript, in a turn of `by` that has ended."""
    moderator = make.seat(event, "moderator")
    if by is not None:
        make.act(by, "floor.ask", kind="point")
        make.act(moderator, "floor.call_next", expected="")
        make.act(moderator, "floor.start")
    (handle,) = make.act(make.seat(event, "captioner"), "transcript.settle", text=text).data["segments"]
    if by is not None:
        make.act(moderator, "floor.end")
    return Segment.objects.get(handle=handle)


def thought(by: Seat, text: str, **fields: Any) -> Idea:
    """An idea on the board."""
    return Idea.objects.get(handle=make.act(by, "ideas.post", text=text, **fields).data["idea"])


def asked(event: Event, question: str, *yes: Seat, close: bool = True) -> Poll:
    """A poll of two options in which these seats voted for the first."""
    moderator = make.seat(event, "moderator")
    make.act(moderator, "ballots.prepare", question=question, kind="one", options="Yes\nNo", secret="sealed")
    poll = Poll.objects.get(question=question)
    make.opens(moderator, poll.handle)
    for seat in yes:
        make.act(seat, "ballots.cast", poll=poll.handle, choice=poll.options.all()[0].handle)
    if close:
        make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    return Poll.objects.get(pk=poll.pk)


def clause(drafter: Seat, text: str, after: Clause | None = None) -> Clause:
    """A clause that the drafter adds."""
    added = make.act(drafter, "statements.add_clause", text=text, after=after.handle if after else "")
    return Clause.objects.get(handle=added.data["clause"])


def texts(event: Event) -> list[str]:
    """The clauses that stand, in order."""
    return list(Clause.objects.filter(statement__room=make.room(event), removed=False).values_list("text", flat=True))


def settled(drafter: Seat) -> Version:
    """The version that the drafter settles; one that is in force is reopened first."""
    if in_force.version(Statement.objects.filter(room=make.room(drafter.event)).first()) is not None:
        reopened(drafter.event)
    number = make.act(drafter, "statements.settle").data["version"]
    return Version.objects.get(statement__room=make.room(drafter.event), number=number)


def reopened(event: Event, clause: str = "") -> None:
    """The host reopens the whole text, or a clause that is settled by itself."""
    asked = {"clause": clause, "reason": "A figure was wrong.", "sure": "on"}
    make.act(make.seat(event, "host"), "statements.reopen", **asked)


def people(event: Event, *groups: str) -> list[Seat]:
    """One participant for each of these groups, "" for none."""
    return [make.seat(event, name=f"Person {n}", group=group) for n, group in enumerate(groups)]
