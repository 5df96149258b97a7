"""What a speaker reads of their own words, to decide on them; and what a moderator reads for somebody without a phone, or whose
seat has ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from deliberate.roles import MODERATOR
from rooms.events.models import Event, Silence
from rooms.floor.models import ON_FLOOR, Turn
from rooms.transcript import queries
from rooms.transcript.models import Segment
from rooms.transcript.struck import WITHDRAWN

#: Turns on a page, and letters of the words that the first screen shows of the turn that ended last.
PER_PAGE, GIST = 8, 1_500


class Own(NamedTuple):
    """A turn with its words, in order. `seen`: what they are known by (`seen_of`); `who`: as whom they are shown, empty for nobody;
    `lower`: levels that would show less; `silence`: the policy that holds for it."""

    turn: Turn
    segments: list[Segment]
    seen: int
    who: str
    lower: list[tuple[str, str]]
    silence: Silence

    @property
    def over(self) -> bool:
        return self.turn.state not in ON_FLOOR

    @property
    def gone(self) -> bool:
        """Whether whoever spoke no longer has a seat: a moderator may take words back for them, and show less of them."""
        return self.turn.seat is not None and self.turn.seat.ended

    @property
    def withdrawn(self) -> bool:
        """Whether nothing of it is left."""
        return all(segment.text == WITHDRAWN for segment in self.segments)

    @property
    def approved(self) -> bool:
        """Whether all of it was approved as it reads."""
        return all(segment.approved == segment.revision for segment in self.segments)

    @property
    def handle(self) -> str:
        return self.turn.words


def silence_of(turn: Turn, event: Event) -> Silence:
    """What silence on a turn's words means: as it was when the turn was called."""
    return Silence(turn.silence or event.silence)


def seen_of(segments: Iterable[Segment]) -> int:
    """What the words of a turn are known by when they are approved: it grows with each piece and each change."""
    return sum(1 + segment.revision for segment in segments)


def whose(seat: Any, *, gone: bool = False) -> Q:
    """The turns on whose words this seat decides: its own; for a moderator those of nobody's seat. `gone`: and those of seats that
    have ended, of which a moderator may take words back."""
    if seat.role != MODERATOR:
        return Q(seat=seat)
    return Q(seat=None) | Q(seat__ended=True) if gone else Q(seat=None)


def turns_of(room: Any, seat: Any, *, gone: bool = False) -> QuerySet[Turn]:
    """The turns with words on which this seat decides (`whose`), the latest first."""
    spoke = Turn.objects.filter(whose(seat, gone=gone), room=room, segments__isnull=False).distinct()
    return spoke.select_related("group", "item", "seat").order_by(F("called_at").desc(nulls_last=True), "-pk")


def own(turns: Sequence[Turn], event: Event) -> list[Own]:
    """These turns with their words: one query."""
    by_turn: dict[Any, list[Segment]] = {turn.pk: [] for turn in turns}
    for segment in Segment.objects.filter(turn__in=turns).order_by("number"):
        by_turn[segment.turn_id].append(segment)
    return [
        Own(
            turn,
            said := by_turn[turn.pk],
            seen_of(said),
            queries.attribution_of(turn, event),
            queries.lower_levels(turn, event),
            silence_of(turn, event),
        )
        for turn in turns
    ]


def waiting(room: Any, seats: Iterable[Any]) -> dict[Any, str]:
    """By the seat's key, for those whose turn that ended last has words that nobody approved: these words."""
    turns: dict[Any, Turn] = {}
    over = Turn.objects.filter(room=room, seat__in=seats, segments__isnull=False).exclude(state__in=ON_FLOOR)
    for turn in over.distinct().order_by(F("called_at").asc(nulls_first=True), "pk"):
        turns[turn.seat_id] = turn
    found: dict[Any, list[Segment]] = {}
    by_turn: dict[Any, Any] = {turn.pk: seat for seat, turn in turns.items()}
    for segment in Segment.objects.filter(turn__in=by_turn).order_by("number"):
        found.setdefault(by_turn[segment.turn_id], []).append(segment)
    return {
        seat: gist(segments)
        for seat, segments in found.items()
        if any(segment.approved != segment.revision for segment in segments)
    }


def gist(segments: Sequence[Segment]) -> str:
    """The words of a turn, cut where they are long."""
    text = " ".join(segment.text for segment in segments)
    return text if len(text) <= GIST else f"{text[:GIST].rsplit(' ', 1)[0]} …"
