"""A plenary that was held from its first word to a settled statement, for the tests of exports."""

from __future__ import annotations

from dataclasses import dataclass

from polls.ballots.models import Poll
from polls.ideas.models import Idea
from polls.statements.models import Clause
from rooms.events.models import Event
from rooms.floor.models import Turn
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from tests import make
from tests.polls.statements.rows import asked, clause, people, said, thought

NAME = "Zoe Quarrel"


@dataclass(frozen=True, slots=True)
class Plenary:
    event: Event
    drafter: Seat
    zoe: Seat
    others: list[Seat]
    turn: Turn
    words: Segment
    idea: Idea
    poll: Poll
    clause: Clause


def plenary(*, attribution: str = "nobody") -> Plenary:
    """Zoe speaks and writes under her name, six others vote; one clause rests on all of it."""
    event = make.event("Just governance", k=3, attribution=attribution)
    zoe = make.seat(event, name=NAME, group="Youth")
    others = people(event, *["Fieldworkers"] * 3, *["Diplomats"] * 3)
    words = said(event, "What trust costs a village is the second visit.", by=zoe)
    idea = thought(zoe, "Dig *wells* in every village", show_author="on")
    for seat in others:
        make.act(seat, "ideas.upvote", idea=idea.handle)
    for seat, value in zip(others, ["agree", "agree", "agree", "pass", "disagree", "disagree"], strict=True):
        make.act(seat, "opinions.say", idea=idea.handle, value=value)
    poll = asked(event, "Shall we come back?", *others)
    drafter = make.seat(event, "drafter")
    make.act(drafter, "statements.name", title="What we promise", preamble="We met.\n\nWe listened.")
    row = clause(drafter, "We come back.")
    quotes = {
        f"segment:{words.handle}": "the second visit",
        f"idea:{idea.handle}": "Dig *wells*",
        f"poll:{poll.handle}": "Shall we come back?",
    }
    for source, quote in quotes.items():
        make.act(drafter, "statements.cite", clause=row.handle, source=source, quote=quote)
    for seat in others:
        make.act(seat, "statements.stand", clause=row.handle, value="support")
    make.act(zoe, "statements.stand", clause=row.handle, value="block", reservation="Who *pays* for it?")
    assert words.turn is not None
    return Plenary(event, drafter, zoe, others, words.turn, words, idea, poll, row)
