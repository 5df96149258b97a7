from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from deliberate import tokens
from deliberate.door.entrance import Place
from deliberate.live.marks import Held, marks
from deliberate.live.pages import page
from deliberate.live.parts import Context, part
from deliberate.roles import CAPTIONER, CREW, HOST, MODERATOR, PARTICIPANT, ROLES, WALL
from deliberate.text import tidy
from rooms.floor.models import Turn
from rooms.floor.queries import on_floor
from rooms.transcript import core, own, queries, search, sound
from rooms.transcript.commands import (
    LONGEST_FILE,
    LONGEST_INTERIM,
    LONGEST_SEGMENT,
    LONGEST_SETTLED,
    LONGEST_STRUCK,
    DeleteSoundForm,
)
from rooms.transcript.models import Segment
from rooms.transcript.struck import WITHDRAWN


@part("transcript.live", audiences=ROLES, also=["attribution", "floor"])
def live(room: Any, audience: str) -> Context:
    """The last words and what is being said right now; on the wall also who says it.

    Words of the speaker before are told as such, as long as whoever was called has none of their own."""
    said, turn = queries.live(room), on_floor(room)
    earlier = turn is not None and bool(said.lines or said.interim) and said.turn != turn
    who = queries.attribution_of(said.turn, room.event) if audience == WALL else ""
    return {"lines": said.lines, "interim": said.interim, "who": who, "earlier": earlier}


@part("transcript.speaking", audiences=[WALL], also=["floor"])
def speaking(room: Any, audience: str) -> Context:
    """The last words of whoever has the floor. Once a room is captioned the space for them is always kept."""
    said = queries.speaking(room)
    return {"lines": said.lines, "interim": said.interim, "captioned": queries.captioned(room)}


@part("transcript.recent", audiences=(PARTICIPANT, *CREW), also=["attribution", "agenda"])
def recent(room: Any, audience: str) -> Context:
    """The latest words as paragraphs by turn, newest first, with what may be done with them."""
    return queries.recent(room)._asdict()


@part("transcript.captioner", audiences=[CAPTIONER], also=["attribution"])
def captioner(room: Any, audience: str) -> Context:
    """The latest segments, newest first, each to be corrected."""
    return queries.older(room, None, most=queries.RECENT_SEGMENTS)._asdict()


@part("transcript.say", audiences=[PARTICIPANT])
def say(room: Any, audience: str) -> Context:
    """After one's turn: one's words as they were taken down, and the way to decide on them. Everybody's phone holds this picture;
    the words are in a mark of whoever said them."""
    return {}


@marks("transcript")
def spoke(room: Any, seats: Sequence[Any]) -> Held:
    """The turns in which a seat's words stand (spoke:<turn>), and those of them it spoke for a group (grouped:<turn>); `words`
    where there are any; `say` and say=<words> while nobody approved those of its turn that ended last."""
    turns = Turn.objects.filter(room=room, seat__in=[seat.pk for seat in seats], segments__isnull=False).distinct()
    found: dict[Any, set[str]] = {}
    for seat, words, group in turns.values_list("seat", "words", "group"):
        found.setdefault(seat, set()).update({f"spoke:{words}", f"grouped:{words}"} if group else {f"spoke:{words}"})
        found[seat].add("words")
    for seat, words in own.waiting(room, [seat.pk for seat in seats]).items():
        found[seat] |= {"say", f"say={words}"}
    return found


def _words(request: HttpRequest, place: Place) -> Context:
    """The transcript's screen: the latest words live, or a page of older ones, or what a search finds."""
    query = tidy(request.GET.get("q", ""))[: search.LONGEST_QUERY]
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    context: Context = {"audience": place.seat.role, "query": query, "before": number}
    if query or number is not None:
        context |= {"found": queries.older(place.room, number, query), "refresh_s": 0}
    return context


def _desk(request: HttpRequest, place: Place) -> Context:
    """The captioner's page: what `_words` gives, and the segment that is being corrected with its earlier texts."""
    asked = tidy(request.GET.get("correct", ""))
    segment = Segment.objects.filter(room=place.room, handle=asked).first() if asked else None
    texts = [*segment.revisions.values_list("text", flat=True), segment.text] if segment else []
    return {
        **_words(request, place),
        "segment": segment,
        "changes": [core.diff(old, new) for old, new in pairwise(texts)],
        "act": tokens.handle(16),
        "zone": timezone.get_current_timezone_name(),
        "longest": {"interim": LONGEST_INTERIM, "settled": LONGEST_SETTLED, "file": LONGEST_FILE},
    }


def _strike(request: HttpRequest, place: Place) -> Context:
    """Where words stand that are looked for (?q=), and the segment to strike them from (?of=) with its earlier texts."""
    query, asked = tidy(request.GET.get("q", ""))[: search.LONGEST_QUERY], tidy(request.GET.get("of", ""))
    found = queries.holding(place.room, query) if query else Segment.objects.filter(room=place.room).order_by("-number")
    segment = Segment.objects.filter(room=place.room, handle=asked).first() if asked else None
    return {
        "query": query,
        "found": found[: queries.PAGE_SEGMENTS],
        "segment": segment,
        "earlier": set(segment.revisions.values_list("text", flat=True)) - {segment.text} if segment else set(),
        "act": tokens.handle(16),
        "longest": LONGEST_STRUCK,
    }


def _say(request: HttpRequest, place: Place) -> Context:
    """A seat's own words by turn, the latest first (?turn=: one turn alone; ?page=2: earlier ones); a moderator's page holds those
    of people without a phone, or whose seat has ended."""
    turns = own.turns_of(place.room, place.seat, gone=True)
    one, asked = tidy(request.GET.get("turn", "")), request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    first = (max(1, number) - 1) * own.PER_PAGE
    chosen = list(turns.filter(words=one) if one else turns[first : first + own.PER_PAGE + 1])
    return {
        "own": own.own(chosen[: own.PER_PAGE], place.event),
        "one": one,
        "earlier": number + 1 if len(chosen) > own.PER_PAGE else None,
        "act": tokens.handle(16),
        "gone": WITHDRAWN,
        "longest": LONGEST_SEGMENT,
        "audience": place.seat.role,
    }


def _sound(request: HttpRequest, place: Place) -> Context:
    """How much sound of each room is kept."""
    seconds = sound.kept_s(place.room)
    return {
        "keeps": place.event.keeps_sound,
        "minutes": ceil(seconds / 60),
        "megabytes": ceil(seconds * 2 * sound.RATE / 1_000_000),
        "form": DeleteSoundForm(),
        "act": tokens.handle(16),
    }


page("say", roles=[PARTICIPANT], template="phone/say.html", extra=_say, still="statements.gone")
page("say", roles=[MODERATOR], template="transcript/behalf.html", extra=_say, still="statements.gone")
page("words", roles=[PARTICIPANT], template="phone/words.html", extra=_words, refresh_s=20, still="statements.gone")
page("", roles=[CAPTIONER], template="captioner.html", extra=_desk, still="statements.gone")
page("strike", roles=[CAPTIONER, MODERATOR], template="transcript/strike.html", extra=_strike, still="statements.gone")
page("sound", roles=[HOST], template="host/sound.html", extra=_sound)
