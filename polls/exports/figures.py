"""A process in figures: how many came, spoke, wrote, voted. Groups are folded; nobody is counted apart."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Min, Sum
from django.utils.translation import gettext as _

from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.exports.models import Carried
from polls.ideas.models import Idea, Upvote
from polls.ideas.queries import withheld
from polls.opinions.models import Stance
from polls.statements.content import together
from polls.statements.models import Citation, Version
from rooms.events.queries import participants
from rooms.floor.models import State, Turn
from rooms.floor.queries import read
from rooms.transcript.queries import word_count


def seconds(turn: Turn) -> int:
    """How long a turn lasted that has ended, without its pauses; 0 for one that never began."""
    if turn.started_at is None or turn.ended_at is None:
        return 0
    return max(0, round((turn.ended_at - turn.started_at).total_seconds() - turn.paused_s))


def _lasted(turn: Any) -> float:
    return seconds(turn) if turn.started_at is not None else (turn.heard - turn.began).total_seconds()


def process(room: Any) -> tuple[tuple[str, int], ...]:
    """Label and figure of what happened in a room, in the order of a plenary."""
    began, heard = Min("segments__started_at"), Max("segments__ended_at")
    # One whose time nobody started is a turn, too, where its words were taken down; it lasted as long as they did.
    done = Turn.objects.filter(room=room, state=State.DONE).annotate(began=began, heard=heard)
    turns = list(done.exclude(started_at=None, began=None))
    polls = Poll.objects.filter(room=room, state=PollState.CLOSED)
    ideas = Idea.objects.filter(room=room).exclude(handle__in=withheld(room))
    return (
        (_("Turns to speak"), len(turns)),
        (_("Minutes spoken"), round(sum(_lasted(turn) for turn in turns) / 60)),
        (_("Words in the transcript"), word_count(room)),
        (_("Ideas"), ideas.count()),
        (_("Upvotes on ideas"), Upvote.objects.filter(idea__in=ideas, pseudonym__hidden=False).count()),
        (_("Stances on ideas"), Stance.objects.filter(idea__in=ideas, pseudonym__hidden=False).count()),
        (_("Polls"), polls.count()),
        (_("Ballots cast"), polls.aggregate(all=Sum("turnout"))["all"] or 0),
        (
            _("Quotes that clauses rest on"),
            Citation.objects.filter(clause__statement__room=room, clause__removed=False).count(),
        ),
        (_("Settled versions"), Version.objects.filter(statement__room=room).count()),
    )


def seats(room: Any) -> tuple[int, list[tuple[list[str], int]]]:
    """How many take part in a room now, and by group, small ones folded: (names of groups, "" for none given; people).

    The cells are those of the floor's balance, and no figure counts the groups of a whole event: two partings of the same
    people, or a room beside its event, could be subtracted. Only the total where no breakdown may be shown. Of an event
    that was brought in from a file, what stood there, until somebody comes."""
    carried = Carried.objects.filter(event=room.event_id).first()
    if carried is not None and not people_now(room.event):
        came = carried.people["rooms"].get(room.handle, {"all": 0, "by_group": []})
        return came["all"], [(cell["groups"], cell["people"]) for cell in came["by_group"]]
    floor = read(room)
    names = {group.handle: group.name for group in room.event.groups.all()} | {"": ""}
    by_group = [
        ([name for handle, name in names.items() if handle in cell.groups], cell.size) for cell in floor.cells()
    ]
    return sum(floor.sizes.values()), by_group


def people_now(event: Any) -> int:
    """How many take part in an event now."""
    return int(participants(event).count())


def people_of(event: Any) -> int:
    """How many take part in an event; of one that was brought in, how many did, until somebody comes."""
    carried = Carried.objects.filter(event=event).first()
    return people_now(event) or (carried.people["all"] if carried else 0)


def people(room: Any) -> tuple[tuple[str, int], ...]:
    """The same in words, the total first."""
    total, by_group = seats(room)
    return ((_("People in the room"), total), *((together(groups), count) for groups, count in by_group))
