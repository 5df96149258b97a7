"""A room with a clause to amend, for the tests of this feature."""

from __future__ import annotations

from polls.amendments.models import Amendment
from polls.ballots.models import Poll
from polls.statements.models import Clause
from rooms.seats.models import Seat
from tests import make

TEXT = "We ask for four hearings a year in every village."


def proposed(by: Seat, of: Clause, text: str = "", kind: str = "change", **fields: object) -> Amendment:
    """An amendment of the clause as it reads now."""
    of.refresh_from_db()
    given = {"reason": "It is what we heard.", "signed": "nobody", "revision": of.revision, **fields}
    made = make.act(by, "amendments.propose", "", clause=of.handle, kind=kind, text=text, **given).data["amendment"]
    return Amendment.objects.get(handle=made)


def again(row: Amendment) -> Amendment:
    """The amendment as it is stored now."""
    return Amendment.objects.get(pk=row.pk)


def put(moderator: Seat, row: Amendment, *, with_rivals: bool = False, blind: bool = False) -> Poll:
    """The open poll that decides it; made a sealed one, as a moderator may, unless it is said to stay blind."""
    asked = {"amendment": row.handle, "with_rivals": "on" if with_rivals else ""}
    poll = Poll.objects.get(handle=make.act(moderator, "amendments.put", **asked).data["poll"])
    if not blind:
        Poll.objects.filter(pk=poll.pk).update(blind=False)
    make.opens(moderator, poll.handle)
    poll.refresh_from_db()
    return poll


def vote(by: Seat, poll: Poll, *places: int) -> None:
    """Vote for the options at these places of the paper, of a ranking best first."""
    options = [option.handle for option in poll.options.all()]
    chosen = [options[place] for place in places]
    if poll.kind == "ranking":
        chosen = [f"{option}:{rank}" for rank, option in enumerate(chosen, start=1)]
    make.act(by, "ballots.cast", poll=poll.handle, choice=chosen)
