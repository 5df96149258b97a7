"""What of a turn an audience may see, in words. The one place where names and groups on the floor are let out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliberate.roles import MODERATOR
from rooms.events.models import Event, Group, Names
from rooms.floor.models import Turn
from rooms.floor.queries import Ahead, Floor
from rooms.floor.terms import Because, Place, PlaceBalance, Reason
from rooms.seats.models import Where
from rooms.seats.shown import Shown, shows_seat


@dataclass(frozen=True, slots=True)
class Row:
    """A turn as one audience sees it. `name` is empty where names are not shown, `group` None where it is not.

    `number` is its place in the order, 0 on the floor; `waiting` says so in a sentence to whoever waits."""

    turn: Turn
    name: str
    group: Group | None
    number: int = 0
    waiting: str = ""
    reason: str = ""

    @property
    def where(self) -> str:
        """What stands in place of a name that is not shown."""
        return str(Where(self.turn.place).label)


def names_shown(event: Event, audience: str) -> bool:
    """Whether this audience sees names on the list and on the floor: the host's choice."""
    return _among(event.names_on_list, audience)


def name_shown(event: Event, turn: Turn, audience: str) -> bool:
    """Whether this audience sees the name on a turn: by the host's choice now, and by that of when the turn was asked."""
    return names_shown(event, audience) and _among(turn.names_on_list or Names.ALL, audience)


def _among(shown_to: str, audience: str) -> bool:
    return shown_to == Names.ALL or (shown_to == Names.MODERATORS and audience == MODERATOR)


def group_of(floor: Floor, turn: Turn, audience: str) -> Group | None:
    """The group of a turn where it may be named: beside a name that is shown, else only where it is not folded with others."""
    if turn.group is None:
        return None
    named = name_shown(floor.event, turn, audience) or turn.group.handle in floor.alone
    return turn.group if named else None


def row(floor: Floor, turn: Turn, audience: str) -> Row:
    """A turn that has or had the floor, with why it was called."""
    return _row(floor, turn, audience, reason=why(floor, turn, audience))


def rows(floor: Floor, audience: str) -> list[Row]:
    """Those waiting, in order."""
    return [
        _row(
            floor,
            ahead.turn,
            audience,
            number=number,
            waiting=place_text(number, ahead.wait_s),
            reason=reason_text(floor, ahead.reason, ahead.turn, audience),
        )
        for number, ahead in enumerate(floor.line, start=1)
    ]


def proposed(floor: Floor, audience: str) -> Row | None:
    """Who comes next by the rule, with the reason; None when nobody waits."""
    following: Ahead | None = floor.line[0] if floor.line else None
    if following is None:
        return None
    reason = reason_text(floor, following.reason, following.turn, audience)
    return _row(floor, following.turn, audience, number=1, reason=reason)


def _row(floor: Floor, turn: Turn, audience: str, **more: Any) -> Row:
    name = turn.name if name_shown(floor.event, turn, audience) else ""
    return Row(turn, name, group_of(floor, turn, audience), **more)


@shows_seat("turn")
def whose_turn(room: Any, handle: str, audience: str) -> Shown | None:
    """Whose request or turn bears this handle, which stood on the list; its name only where this audience sees it."""
    turn = Turn.objects.filter(room=room, handle=handle, seat__isnull=False).select_related("seat").first()
    if turn is None or turn.seat is None:
        return None
    name = turn.name if name_shown(room.event, turn, audience) else ""
    what = f"{turn.get_kind_display()} · {turn.get_state_display()}"
    return Shown(turn.seat, name or str(Where(turn.place).label), what)


def place_text(number: int, wait_s: float) -> str:
    """ "You are 3rd, about 6 minutes" """
    if number == 1:
        return _("You are next, %(wait)s") % {"wait": wait_text(wait_s)}
    return _("You are %(ordinal)s, %(wait)s") % {"ordinal": ordinal(number), "wait": wait_text(wait_s)}


def wait_text(seconds: float) -> str:
    """ "about 6 minutes": whole minutes, since more would be a promise."""
    if seconds < 45:
        return _("less than a minute")
    minutes = max(1, round(seconds / 60))
    return ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}


def why(floor: Floor, turn: Turn, audience: str) -> str:
    """Why a turn was called: the moderator's own words, or the rule's reason in a sentence."""
    stored = turn.why
    if "words" in stored:
        return _("Called out of order: %(words)s") % {"words": stored["words"]}
    if "code" not in stored:
        return ""
    if stored["code"] == Because.ONLY_ONE:
        return _("Nobody else was waiting.")  # others may wait by now
    return reason_text(floor, Reason(Because(stored["code"]), stored.get("values", {})), turn, audience)


def reason_text(floor: Floor, reason: Reason, turn: Turn, audience: str) -> str:
    """A reason of the rule in one sentence. A group is named only where this audience may see it."""
    values = reason.values
    match reason.code:
        case Because.POINT_OF_ORDER:
            return _("A point of order comes first.")
        case Because.PASSED_OVER:
            times = int(values["times"])
            said = ngettext(
                "%(n)d person who asked later was called before.",
                "%(n)d people who asked later were called before.",
                times,
            )
            return said % {"n": times}
        case Because.REPLY:
            said = _("A direct reply to the point being discussed, number %(number)s of %(limit)s allowed.")
            return said % {"number": values["number"], "limit": values["limit"]}
        case Because.FIRST_TIME:
            return _("Has not spoken yet.")
        case Because.GROUP:
            if (group := group_of(floor, turn, audience)) is not None:
                return _("Least heard for their share of the seats: %(group)s.") % {"group": group.name}
            return _("Those of small groups, or of none, were heard least for their share of the seats.")
        case Because.PLACE:
            return _place_reason(floor, str(values["place"]))
        case Because.FIRST_ASKED:
            return _("Asked first.")
        case Because.ONLY_ONE:
            return _("Nobody else is waiting.")


def _place_reason(floor: Floor, place: str) -> str:
    if floor.rule.place_balance is PlaceBalance.BY_SHARE:
        if place == Place.REMOTE:
            return _("Those who are remote were heard least for their share of the seats.")
        return _("Those in the hall were heard least for their share of the seats.")
    if place == Place.REMOTE:
        return _("The hall and those who are remote take turns: now remote.")
    return _("The hall and those who are remote take turns: now the hall.")
