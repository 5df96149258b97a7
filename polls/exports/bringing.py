"""`deliberate import`: a bundle becomes an event again: its rooms, what was said, thought and decided, and its journal.

Who was there is not in a bundle. Turns are of nobody; upvotes, stances, stands and co-signatures, which a bundle holds as
counts, are borne by pseudonyms whose key nobody has, and by seats that have ended and never were anybody's. What was brought in is exported once more before it is
kept: where that differs from the file, nothing is stored."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from deliberate.clock import now
from deliberate.errors import Refused
from deliberate.roles import PARTICIPANT, ROLES
from polls.ballots.models import Poll
from polls.ballots.shown import shown
from polls.exports import bringing_text
from polls.exports.bringing_rows import Kept, checked
from polls.exports.bundle import FORMAT, bundle
from polls.exports.models import Carried
from polls.exports.reading import BadBundle, Part, read
from polls.statements.models import Rules
from rooms.events.actions import create_link
from rooms.events.models import AgendaItem, Attribution, Event, Group, Room
from rooms.floor.models import State, Turn
from rooms.floor.queries import rule_of
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from rooms.transcript import search
from rooms.transcript.models import Segment
from rooms.transcript.struck import WITHHELD


def bring_in(text: str, *, until: date | None = None) -> Event:
    """The event of a bundle, stored with a new link for each role. `until`: to keep it to this day in place of its own.

    BadBundle, with nothing stored, where the file can't be read, its event is here already, its time is over, or what came
    out of it is not what is in it."""
    file = read(text, FORMAT)
    try:
        with transaction.atomic():
            event = _event(file, until)
            _compare(file.value, event, until)
            return event
    except IntegrityError:
        raise BadBundle("", "Something in this file is here already, or stands in it twice.") from None
    except Refused as refused:
        raise BadBundle("", str(refused)) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if isinstance(error, BadBundle):
            raise
        raise BadBundle("", f"What is in this file does not fit together ({type(error).__name__}: {error}).") from error


def _event(file: Part, until: date | None) -> Event:
    most = int(settings.LIMIT_ROWS)
    about = file.part("event")
    handle = about.handle("handle")
    if Event.objects.filter(handle=handle).exists():
        raise BadBundle("event.handle", "This event is here already. Delete it first, or keep it.")
    kept = until or about.day("retention_until")
    if kept < now().date():
        raise BadBundle(
            "event.retention_until", f"Its time ended on {kept}. Say with --keep-until how long to keep it."
        )
    seconds = about.part("seconds")
    event = checked(
        about,
        Event(
            handle=handle,
            title=about.text("title"),
            neutral=about.truth("neutral"),
            neutral_title=about.text("neutral_title"),
            exit_url=about.text("exit_url"),
            retention_until=kept,
            k=about.number("k"),
            names_on_list=about.text("names_on_list"),
            attribution=about.text("attribution"),
            silence=about.text("silence"),
            approve_ideas=about.truth("approve_ideas"),
            rule=about.part("rule").value,
            **{
                f"seconds_{kind}": seconds.number(kind, most=32_767) for kind in ("point", "reply", "question", "order")
            },
        ),
    )
    event.save()
    texts = {name: about.text(name) for name in ("majority", "settle_by", "reservations")}
    rules = Rules(event=event, quorum=about.number("quorum", most=100), public=about.truth("public"), **texts)
    checked(about, rules).save()
    for position, each in enumerate(file.parts("groups", 40)):
        names = {name: each.text(name) for name in ("name", "initial")}
        fields = {"handle": each.handle("handle"), "colour": each.number("colour"), "position": position}
        checked(each, Group(event=event, **names, **fields)).save()
    for role in ROLES:
        create_link(event, role)
    rooms = file.parts("rooms", most)
    people = {room.handle("handle"): room.part("people").value for room in rooms}
    Carried.objects.create(event=event, people={"all": file.part("people").count("all"), "rooms": people})
    bearers = _Bearers(event)
    for position, each in enumerate(rooms):
        _room(event, each, position, bearers)
    if not rooms:
        raise BadBundle("rooms", "an event has a room")
    return event


class _Bearers:
    """Seats that have ended and bear what a bundle counts; as many as the largest count needs."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.seats: list[Seat] = []

    def __call__(self, many: int) -> list[Seat]:
        missing = many - len(self.seats)
        if missing > 0:
            fresh = [Seat(event=self.event, role=PARTICIPANT, ended=True) for _seat in range(missing)]
            self.seats += Seat.objects.bulk_create(fresh)
        return self.seats[:many]


def _room(event: Event, about: Part, position: int, bearers: Any) -> None:
    names = {"handle": about.handle("handle"), "name": about.text("name"), "list_open": about.truth("list_open")}
    room = checked(about, Room(event=event, position=position, **names))
    room.save()
    kept = Kept(room, int(settings.LIMIT_ROWS))
    kept.add("item", AgendaItem, about.parts("agenda", kept.most), _item)
    _turns(kept, about)
    kept.add("segment", Segment, about.parts("segments", kept.most), _segment)
    bringing_text.bring_in(kept, about, bearers)
    _journal(room, about.part("journal"))


def _item(kept: Kept, row: Part, position: int) -> AgendaItem:
    return AgendaItem(
        room=kept.room,
        handle=row.handle("handle"),
        title=row.text("title"),
        minutes=row.number("minutes"),
        position=position,
        state=row.text("state"),
        started_at=row.moment_or_none("started_at"),
        ended_at=row.moment_or_none("ended_at"),
    )


def _turns(kept: Kept, about: Part) -> None:
    rows, begun = about.parts("turns", kept.most), dict[str, datetime]()
    for each in about.parts("segments", kept.most):
        begun.setdefault(each.named("turn"), each.moment("started_at"))
    kept.add("turn", Turn, rows, lambda kept, row, _at: _turn(kept, row, begun))
    for row in rows:
        if row.named("reply_to"):
            turn = kept.one("turn", row, "handle")
            turn.reply_to = kept.one("turn", row, "reply_to")
            turn.save(update_fields=["reply_to"])


def _turn(kept: Kept, row: Part, spoken: dict[str, datetime]) -> Turn:
    """A turn; `spoken`: when its first words were. One that was never called has no more than words, and is over."""
    called, begun, ended = (row.moment_or_none(name) for name in ("called_at", "started_at", "ended_at"))
    asked = called or spoken.get(row.handle("handle"))
    if asked is None:
        raise row.wrong("called_at", "this turn was never called, and no words belong to it")
    if called is None and row.text("state") != State.DONE:
        raise row.wrong("state", "a turn that was never called is over")
    level, said_by = row.text("shown_as"), row.text("said_by")
    if level not in Attribution.values:
        raise row.wrong("shown_as", "this is none of the ways to be shown")
    lasted = (ended - begun).total_seconds() if begun and ended else 0.0
    group = kept.group(said_by) if level == Attribution.GROUP else None
    return Turn(
        room=kept.room,
        item=kept.one_or_none("item", row, "item"),
        words=row.handle("handle"),
        name=said_by if level == Attribution.NAME else "",
        group=group,
        group_named=group is not None,
        attribution=level,
        silence=row.text("silence"),
        kind=row.text("kind"),
        state=row.text("state"),
        asked_at=asked,
        called_at=called,
        started_at=begun,
        ended_at=ended,
        paused_at=row.moment_or_none("paused_at"),
        paused_s=max(0.0, lasted - row.number("seconds")),
        seconds=row.number("granted"),
    )


def _segment(kept: Kept, row: Part, _position: int) -> Segment:
    text, revision = WITHHELD if row.truth("withheld") else row.text("text"), row.number("revision")
    return Segment(
        room=kept.room,
        item=kept.one_or_none("item", row, "item"),
        turn=kept.one_or_none("turn", row, "turn"),
        handle=row.handle("handle"),
        number=row.number("number"),
        text=text,
        folded=search.folded(text),
        started_at=row.moment("started_at"),
        ended_at=row.moment("ended_at"),
        revision=revision,
        approved=revision if row.truth("approved") else None,
        mended=row.truth("corrected_by_speaker"),
        times=row.spans("times", most=len(text.split())),
    )


def _journal(room: Room, about: Part) -> None:
    rows = [
        checked(
            row,
            Entry(
                room=room,
                number=row.number("number"),
                at=row.at_ms("at_ms"),
                **{name: row.text(name) for name in ("role", "verb", "subject", "detail", "hash")},
            ),
        )
        for row in about.parts("entries", 1_000_000)
    ]
    Entry.objects.bulk_create(rows, batch_size=500)


def _compare(file: dict[str, Any], event: Event, until: date | None) -> None:
    """Refuse what would not be the same again; the floor's rule is read and every published result shown once, too."""
    rule_of(event)
    for poll in Poll.objects.filter(room__event=event, state="closed").select_related("room__event"):
        shown(poll)
    found = json.loads(json.dumps(bundle(event)))
    expected = json.loads(json.dumps(file))
    if until is not None:
        expected["event"]["retention_until"] = until.isoformat()
    place = _differs(_told(expected), _told(found), "")
    if place is not None:
        raise BadBundle(place, "what was brought in is not what stands here")


def _told(whole: dict[str, Any]) -> dict[str, Any]:
    """Without what is not brought in, and without what is told in the language of whoever makes the file."""
    for room in whole["rooms"]:
        room["polls"] = [poll for poll in room["polls"] if poll["state"] == "closed"]
        closed = {poll["handle"] for poll in room["polls"]}
        by_turn = {turn["handle"]: turn["shown_as"] for turn in room["turns"]}
        for row in (*room["turns"], *room["segments"]):
            if by_turn.get(row.get("turn") or row["handle"]) == Attribution.ROLE:
                row["said_by"] = ""
        text = room["statement"]
        for clause in text["clauses"]:
            clause["support"].pop("not_heard", None)  # earlier services told it otherwise
        alone = [each for clause in (*text["clauses"], *text["removed"]) for each in clause["settled"]]
        for some in (text, *text["versions"], *alone):
            for who in (who for each in some["reserved_by"].values() for who in each):
                who["by"] = "" if who["shown_as"] == Attribution.ROLE else who["by"]
        for row in text["amendments"]:
            if row["poll"] not in closed:  # it was open, and comes as prepared
                row |= {"poll": None, "option": "", "majority": ""}
            if row["shown_as"] == Attribution.ROLE:
                row["proposed_by"] = ""
    return whole


def _differs(one: Any, other: Any, place: str) -> str | None:
    """The first place where two differ; None where they are equal."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        names = [(str(name), one[name], other[name]) for name in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        names = [(str(at), a, b) for at, (a, b) in enumerate(zip(one, other, strict=True))]
    else:
        return None if type(one) is type(other) and one == other else place or "the file"
    return next((found for name, a, b in names if (found := _differs(a, b, f"{place}.{name}".lstrip(".")))), None)
