"""A board with ideas on it, for the tests of ideas and opinions."""

from __future__ import annotations

from polls.ideas import queries
from polls.ideas.core import Card
from polls.ideas.models import Idea
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make


def moderator(of: Event) -> Seat:
    return of.seats.filter(role="moderator").first() or make.seat(of, "moderator")


def post(by: Seat, text: str, *, signed: bool = False) -> Idea:
    """An idea posted through the door."""
    answer = make.act(by, "ideas.post", text=text, show_author=signed)
    return Idea.objects.get(handle=answer.data["idea"])


def ideas(of: Event, *texts: str) -> list[Idea]:
    """Ideas by as many people."""
    return [post(make.seat(of), text) for text in texts]


def people(of: Event, count: int) -> list[Seat]:
    return [make.seat(of) for _number in range(count)]


def upvote(idea: Idea, *seats: Seat) -> None:
    for seat in seats:
        make.act(seat, "ideas.upvote", idea=idea.handle)


def merge(idea: Idea, into: Idea) -> None:
    make.act(moderator(idea.room.event), "ideas.merge", idea=idea.handle, into=into.handle)


def board(of: Event) -> dict[str, int]:
    """Text -> support, in the order of the board."""
    return {card.text: card.support for card in cards(of)}


def cards(of: Event) -> list[Card]:
    return queries.shown(make.room(of))
