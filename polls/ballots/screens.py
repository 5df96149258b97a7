from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliberate.door.entrance import Place
from deliberate.errors import Refused
from deliberate.live.marks import Held, marks
from deliberate.live.pages import page
from deliberate.live.parts import Context, part
from deliberate.roles import CREW, DRAFTER, MODERATOR, PARTICIPANT, WALL
from polls.ballots import queries
from polls.ballots.blind import formats, sealed
from polls.ballots.core import ABSTAIN, picks
from polls.ballots.models import Kind, NamedBallot, Participation, Poll
from polls.ballots.paper import ABSTENTION
from polls.ballots.shown import Bar, Shown, shown, so_far
from rooms.wall.queries import showing
from rooms.wall.scenes import scene

RESULTS = "results"
#: Turnout of a blind poll is shown in steps of so many.
STEP = 5
#: Lines of text that a hall can read beside the agenda's and the turnout's, letters of a question in one of them, and
#: how much of a question stands above its result.
WALL_LINES = 5
WALL_LETTERS = 48
WALL_QUESTION = 90
#: The picture of a scale on the wall: its width and height, and what its columns may take of the height.
WIDTH, HEIGHT, TALLEST = 120, 32, 22


@marks("ballots")
def mine(room: Any, seats: Sequence[Any]) -> Held:
    """ "ballot:<poll>" for whoever has voted in the open poll; "chose:<poll>:<what>" for their own named ballot."""
    poll = queries.open_poll(room)
    if poll is None:
        return {}
    keys = [seat.pk for seat in seats]
    voted = Participation.objects.filter(poll=poll, seat__in=keys).values_list("seat_id", flat=True)
    found = {seat: {f"ballot:{poll.handle}"} for seat in voted}
    if found and not poll.secret:
        question = queries.question(poll)
        for seat, key in NamedBallot.objects.filter(poll=poll, seat__in=found).values_list("seat_id", "choice"):
            chosen = picks(question, key) if key != ABSTAIN else (ABSTENTION,)
            found[seat] |= {f"chose:{poll.handle}:{each}" for each in chosen}
    return found


@part("ballots.open", audiences=[PARTICIPANT])
def ballot(room: Any, audience: str) -> Context:
    """The open poll as a ballot to fill in; nothing where none is open. Says nothing of who has voted."""
    poll = queries.open_poll(room)
    if poll is None:
        return {"poll": None}
    return _paper(poll)


def _paper(poll: Poll) -> Context:
    options = queries.options_of(poll)
    return {
        "poll": poll,
        "options": options,
        "steps": range(poll.least, poll.most + 1) if poll.kind == Kind.SCALE else [],
        "ranks": range(1, (poll.most if poll.definition else len(options)) + 1),
        "hint": _hint(poll, len(options)),
        "abstention": ABSTENTION,
    }


@part("ballots.frozen", audiences=[PARTICIPANT])
def frozen(room: Any, audience: str) -> Context:
    """What a phone's script needs of an open blind poll, whatever page it shows: the definition, where the box is, what the
    journal says, and what to say of a wrong choice."""
    poll = queries.open_poll(room)
    if poll is None or not poll.blind:
        return {"poll": None}
    return {
        "poll": poll,
        "box": settings.BALLOT_BOX,
        "noted": queries.noted_hash(poll),
        "said": {
            "nothing": _("Nothing is chosen yet. Choose, or abstain."),
            "both": _("You abstained and chose as well. Do one of the two."),
            "few": _("Choose at least %d."),
            "many": _("Choose at most %d."),
            "twice": _("Two options have the same number. Give each number once."),
            "away": _("The ballot box does not answer. Your ballot is kept on this phone; try again."),
            "busy": _("Your ballot is on its way. Wait a moment."),
            "done": _("This phone has voted already, in another window. Your ballot is in."),
            "changed": _("This is not the poll that this phone was shown before. Don't vote; tell a moderator."),
            "other": _("This poll is not the one that was announced. Don't vote; tell a moderator."),
        },
    }


@part("ballots.call", audiences=[PARTICIPANT])
def call(room: Any, audience: str) -> Context:
    """Where scripts are off: that a poll is open, and the way to its ballot, on a page of its own that keeps still."""
    return {"poll": queries.open_poll(room)}


@part("ballots.elsewhere", audiences=[PARTICIPANT])
def elsewhere(room: Any, audience: str) -> Context:
    """On the phone's other screens: that a poll is open, and the way to it, until one has voted as far as that is known."""
    return {"poll": queries.open_poll(room)}


def _hint(poll: Poll, options: int) -> str:
    match poll.kind:
        case Kind.ONE:
            return _("Choose one.")
        case Kind.SCALE:
            return _("Choose a number.")
        case Kind.RANKING:
            if poll.definition and poll.most < options:
                said = _("1 is what you want most. Rank %(n)d at most: a longer list could tell who you are.")
                return said % {"n": poll.most}
            return _("1 is what you want most. You may leave some out.")
    if poll.least == poll.most:
        return _("Choose %(n)d.") % {"n": poll.least}
    if poll.least == 1 and poll.most == options:
        return _("Choose as many as you like.")
    return _("Choose %(least)d to %(most)d.") % {"least": poll.least, "most": poll.most}


@part("ballots.turnout", audiences=[PARTICIPANT, MODERATOR, WALL], also=["seats"])
def turnout(room: Any, audience: str) -> Context:
    """How many have voted in the open poll, of how many who could. The moderator reads when so few could be told apart."""
    poll = queries.open_poll(room)
    if poll is None:
        return {"poll": None}
    found = _turnout(poll)
    # By what is shown, which goes in steps: else this would tell when it is k.
    few = audience == MODERATOR and poll.secret and found["voted"] < room.event.k
    return {"poll": poll, "few": few, "k": room.event.k, **found}


def _turnout(poll: Poll) -> Context:
    """`voted`: of a blind poll in steps of five, so that no single ballot is seen to fall. `words`: those that all must see."""
    return {
        "seats": queries.eligible(poll),
        "voted": poll.turnout // STEP * STEP if poll.blind else poll.turnout,
        "about": STEP if poll.blind else 0,
        "words": formats.words(formats.poll_hash(poll.definition)) if poll.blind else "",
        "tally": so_far(poll),
    }


@part("ballots.console", audiences=[MODERATOR])
def console(room: Any, audience: str) -> Context:
    """The moderator's polls: the open one to close, the prepared ones to open, and a form for a new one."""
    return {"poll": queries.open_poll(room), "prepared": queries.prepared(room), "kinds": Kind.choices}


@part("ballots.fresh", audiences=[PARTICIPANT], template="ballots/results.html", also=["floor", "agenda"])
def fresh(room: Any, audience: str) -> Context:
    """Where the ballot stood: the poll that closed last, as long as its result is what the room looks at."""
    poll = queries.fresh(room)
    return {"shown": shown(poll) if poll else None, "heading": _heading(audience)}


@part("ballots.results", audiences=[PARTICIPANT, MODERATOR, DRAFTER, WALL], also=["floor", "agenda"])
def results(room: Any, audience: str) -> Context:
    """The poll that closed last, until the next one opens. Participants find the earlier ones behind a link, and what has just
    closed further up."""
    every = queries.closed(room)
    poll = every.first() if queries.open_poll(room) is None else None
    if audience == WALL:
        return _on_wall(shown(poll)) if poll else {"shown": None}
    earlier = every.count() - bool(poll) if audience == PARTICIPANT else 0
    if audience == PARTICIPANT and queries.fresh(room) is not None:
        poll = None
    return {"shown": shown(poll) if poll else None, "heading": _heading(audience), "earlier": earlier}


@part("ballots.closed", audiences=[DRAFTER, PARTICIPANT])
def closed(room: Any, audience: str) -> Context:
    """Every closed poll with its result in sentences, to read again and to quote."""
    return {"polls": [shown(poll) for poll in queries.closed(room)]}


@part("ballots.wall", audiences=[WALL], also=["seats"])
def wall(room: Any, audience: str) -> Context:
    """The open poll and its turnout, large; after it, or where a moderator put results up, those of the last that closed."""
    poll = queries.open_poll(room)
    if poll is not None and showing(room).scene != RESULTS:
        return {"poll": poll, **_turnout(poll)}
    last = queries.closed(room).first()
    return {"poll": None, **_on_wall(shown(last))} if last else {"poll": None, "shown": None}


def _on_wall(found: Shown) -> Context:
    """As many bars as a hall can read; a scale as columns side by side."""
    question = Truncator(found.poll.question).chars(WALL_QUESTION)
    if found.poll.kind == Kind.SCALE:
        return {"shown": found, "question": question, "columns": _columns(found.bars), "width": WIDTH, "height": HEIGHT}
    left = WALL_LINES - ceil(len(question) / WALL_LETTERS) - len(found.lines[:1])
    bars = found.bars[: max(2, left)]
    return {"shown": found, "question": question, "bars": bars, "more": len(found.bars) - len(bars)}


def _columns(bars: list[Bar]) -> list[dict[str, Any]]:
    """The columns of a scale: where each stands in a picture of WIDTH x HEIGHT, its step and its votes."""
    most = max((bar.votes for bar in bars), default=0) or 1
    step = WIDTH / len(bars)
    found = []
    for place, bar in enumerate(bars):
        tall = round(TALLEST * bar.votes / most, 2)
        x = round(step * (place + 0.1), 2)
        found.append(
            {
                "bar": bar,
                "x": x,
                "middle": round(x + step * 0.4, 2),
                "y": 27 - tall,
                "tall": tall,
                "wide": round(step * 0.8, 2),
            }
        )
    return found


def _vote_page(request: HttpRequest, place: Place) -> Context:
    return {"none_open": queries.open_poll(place.room) is None}


def _sealed_page(request: HttpRequest, place: Place) -> Context:
    """The ballot of whoever votes without scripts: what it carries is made now, in memory."""
    poll = queries.open_poll(place.room)
    if poll is None or not poll.blind:
        return {"poll": None}
    who = sealed.voter(request, poll.definition)
    found = {**_paper(poll), "box": settings.BALLOT_BOX, "words": formats.words(who.poll)}
    found["is_in"] = sealed.is_in(poll, who)
    if found["is_in"] and not poll.change:
        return found
    try:
        return {**found, "ticket": sealed.ticket(place, poll, who)}
    except Refused as why:
        return {**found, "why": str(why)}


def _heading(audience: str) -> str:
    return "h3" if audience in CREW else "h2"


def _asked(room: Any) -> bool:
    return queries.open_poll(room) is not None


def _just_closed(room: Any) -> bool:
    return queries.fresh(room) is not None


def _question(room: Any) -> list[str]:
    poll = queries.open_poll(room)
    return [poll.question] if poll is not None else _result(room)


def _result(room: Any) -> list[str]:
    """The question of the poll that closed last, and what came out in a line."""
    poll = queries.closed(room).first()
    if poll is None:
        return [_("No poll yet")]
    found = shown(poll)
    most = max((bar.votes for bar in found.bars), default=0)
    leading = [f"{bar.text}: {bar.percent}\u00a0%" for bar in found.bars if bar.votes == most]
    return [poll.question, *found.lines[:1]] if found.lines or len(leading) > 1 else [poll.question, *leading]


page("vote", roles=[PARTICIPANT], template="phone/vote.html", extra=_vote_page)
page("sealed", roles=[PARTICIPANT], template="phone/sealed.html", extra=_sealed_page)
page("promise", roles=[PARTICIPANT], template="phone/promise.html")
page("polls", roles=[PARTICIPANT], template="phone/polls.html", refresh_s=60)
scene("poll", _asked, 80, title=gettext_lazy("Poll"), key="v", gist=_question)
scene(RESULTS, _just_closed, 40, title=gettext_lazy("Results"), key="r", gist=_result, parts=("ballots.wall",))
