"""A room with a poll in it, for the tests of this feature."""

from __future__ import annotations

from polls.ballots.models import Poll
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make

OPTIONS = ["Hearings", "A fund", "A report"]


def moderator(of: Event) -> Seat:
    return of.seats.filter(role="moderator").first() or make.seat(of, "moderator")


def prepared(of: Event, kind: str = "one", **fields: object) -> Poll:
    """A poll prepared through the door, sealed unless said otherwise: three options, or a scale from 1 to 5."""
    asked: dict[str, object] = {"question": "Which first?", "kind": kind, "secret": "sealed"}
    if kind != "scale":
        asked["options"] = "\n".join(OPTIONS)
    answer = make.act(moderator(of), "ballots.prepare", "", **{**asked, **fields})
    return Poll.objects.get(handle=answer.data["poll"])


def opened(of: Event, kind: str = "one", **fields: object) -> Poll:
    """A poll that is open, a sealed one also where fewer than k sit."""
    poll = prepared(of, kind, **fields)
    make.opens(moderator(of), poll.handle)
    poll.refresh_from_db()
    return poll


def option(poll: Poll, text: str) -> str:
    return poll.options.get(text=text).handle


def vote(by: Seat, poll: Poll, *choice: str) -> str:
    """Cast through the door: options by their texts, anything else as it is. Gives what the voter is told."""
    handles = {each.text: each.handle for each in poll.options.all()}
    return str(make.act(by, "ballots.cast", poll=poll.handle, choice=[handles.get(each, each) for each in choice]).say)


def people(of: Event, count: int, group: str = "") -> list[Seat]:
    return [make.seat(of, group=group, name=f"{group or 'Person'} {number}") for number in range(1, count + 1)]


def closed(poll: Poll) -> Poll:
    """The poll after its closing."""
    make.act(moderator(poll.room.event), "ballots.close", poll=poll.handle, sure="on")
    poll.refresh_from_db()
    return poll
