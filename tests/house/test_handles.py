"""Every handle in every command, tried across rooms and events, and of rows that are off the table.

For each command an act is found that goes through (so that nothing but the handle can be what is refused); then each of
its handles is put in place by those of the same kind from elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django import forms

from deliberate.door import perform
from deliberate.door.entrance import Place
from deliberate.door.registry import Answer, commands
from deliberate.errors import Refused
from deliberate.roles import ROLES
from polls.pseudonyms import issuing
from polls.pseudonyms.models import PseudonymVoucher
from rooms.captions.actions import begin
from rooms.events.models import Event, Group, Room
from rooms.seats.models import Seat
from tests import busy, make
from tests.digest import stored, undone
from tests.fields import HANDLE_FIELDS, HANDLES, KINDS, OF_THE_EVENT

pytestmark = pytest.mark.django_db
WORD = "Zanzibar"


def _with_key(room: Room) -> Room:
    """The same room, once it has a key by which it issues pseudonyms, and nobody has one yet."""
    issuing.definition(room.handle)
    PseudonymVoucher.objects.filter(room=room).delete()
    return room


#: Values of fields, or what finds them in one's own room.
Fields = dict[str, str | Callable[[Room], str]]
#: What must have happened for a command to go through at all: (role, or who by name; command; fields).
FIRST: dict[str, list[tuple[str, str, Fields]]] = {
    "ballots.open": [("moderator", "ballots.close", {"poll": lambda room: room.polls.get(state="open").handle})],
    "ballots.token": [
        ("moderator", "ballots.close", {"poll": lambda room: room.polls.get(state="open").handle}),
        ("moderator", "ballots.prepare", {"question": "Blind?", "kind": "one", "options": "A\nB", "secret": "blind"}),
        ("moderator", "ballots.open", {"poll": lambda room: room.polls.get(blind=True).handle}),
    ],
    "floor.ask": [("Cem", "floor.withdraw", {})],
    "floor.start": [("moderator", "floor.call_next", {})],
    "floor.pause": [("moderator", "floor.call_next", {}), ("moderator", "floor.start", {})],
    "floor.resume": [("moderator", name, {}) for name in ("floor.call_next", "floor.start", "floor.pause")],
    "floor.extend": [("moderator", "floor.call_next", {}), ("moderator", "floor.start", {})],
    "floor.end": [("moderator", "floor.call_next", {}), ("moderator", "floor.start", {})],
    "floor.finish": [("moderator", "floor.call_next", {}), ("moderator", "floor.start", {})],
    "floor.erase": [("moderator", "floor.add", {"name": "Dan", "group": "", "place": "hall", "kind": "point"})],
    "floor.open_list": [("moderator", "floor.close_list", {})],
    "ideas.put_back": [("moderator", "ideas.take_up", {"idea": lambda room: room.ideas.get(number=1).handle})],
    "ideas.mute": [("Cem", "ideas.post", {"text": "Of nobody", "show_author": ""})],
    "ideas.unmute": [
        ("Cem", "ideas.post", {"text": "Of nobody", "show_author": ""}),
        ("moderator", "ideas.mute", {"idea": lambda room: room.ideas.get(text="Of nobody").handle, "reason": "Unkind"}),
    ],
    "ideas.unpin": [("moderator", "ideas.pin", {"idea": lambda room: room.ideas.get(number=1).handle})],
    "statements.reopen": [
        (
            "drafter",
            "statements.settle",
            {"clause": lambda room: room.statement.clauses.filter(removed=False)[0].handle},
        )
    ],
    "statements.reworded": [
        (
            "drafter",
            "statements.edit_clause",
            {
                "clause": lambda room: room.statement.clauses.filter(removed=False)[0].handle,
                "text": "We say: Trust costs a village nothing.",
                "revision": lambda room: str(room.statement.clauses.filter(removed=False)[0].revision),
            },
        ),
        (
            "moderator",
            "transcript.strike",
            {
                "segment": lambda room: room.segments.order_by("number")[0].handle,
                "words": "Trust costs a village",
                "sure": "on",
            },
        ),
    ],
    "statements.put": [("host", "statements.rules", {"majority": "half", "settle_by": "poll"})],
    "amendments.uncosign": [
        ("Ben", "amendments.cosign", {"amendment": lambda room: room.statement.amendments.get(number=1).handle})
    ],
    # The first version was reopened: nobody signs that any more.
    "endorsements.sign": [("drafter", "statements.settle", {"clause": ""})],
    "captions.close_feed": [("captioner", "captions.open_feed", {})],
    "pseudonyms.issue": [("moderator", "ideas.pin", {"idea": lambda room: _with_key(room).ideas.get(number=1).handle})],
    "wall.undo": [("moderator", "wall.show", {"scene": "welcome"})],
    "wall.auto": [("moderator", "wall.show", {"scene": "welcome"})],
}
#: Values of fields that are no handles, where any words will not do; by command and field, or by field.
SOME: dict[str, list[object]] = {
    "revision": ["0"],
    "statements.name revision": [""],
    "seconds": ["30"],
    "seen": ["1"],
    "minutes": ["7"],
    "k": ["3"],
    "retention_until": ["2101-01-01"],
    "began": [""],
    "exit_url": [""],
    "quote": ["Trust costs a village nothing."],
    "kind": ["one", "point"],
    "floor.ask kind": ["reply"],
    "amendments.propose kind": ["after"],
    "options": ["Here\nThere"],
    "blinded": ["AQ" * 256],
    "least": [""],
    "most": [""],
    "letters": [""],
    "words": ["Trust"],
    "floor.erase name": [""],
    "events.delete title": ["A meeting"],
    "role": ["moderator"],
    "patience": ["3"],
    "version": ["1"],
    "endorsements.sign version": ["2"],
    "endorsements.withdraw organisation": [""],
}
#: With a handle from elsewhere they do nothing, and say that nothing of the kind is left.
NOTHING_DONE = {("statements.withdraw", "source")}


@dataclass
class World:
    """Three rooms in which the same has happened: one's own, another one of the event, one of another event."""

    mine: Room
    others: list[Room]
    seats: list[Seat]
    works: dict[str, tuple[Seat, dict[str, Any]]] = field(default_factory=dict)

    def act(self, seat: Seat, name: str, fields: dict[str, Any]) -> Answer:
        perform.rest()
        return perform.perform(Place(seat, self.mine, self.mine.event, make.cookie(seat)), name, fields)

    def prepare(self, name: str) -> None:
        """Let happen what the command needs."""
        for who, earlier, fields in FIRST.get(name, []):
            seat = next(seat for seat in self.seats if who in (seat.role, seat.name))
            found = {each: value(self.mine) if callable(value) else value for each, value in fields.items()}
            self.act(seat, earlier, found)

    def goes_through(self, name: str) -> tuple[Seat, dict[str, Any]]:
        """Somebody, and fields with which the command is done here and changes something."""
        if name not in self.works:
            with undone():
                self.prepare(name)
                self.works[name] = next(tried for tried in self._tries(name) if self._does(name, *tried))
        return self.works[name]

    def _does(self, name: str, seat: Seat, fields: dict[str, Any]) -> bool:
        with undone():
            before = stored()
            try:
                self.act(seat, name, fields)
            except Refused:
                return False
            return stored() != before

    def _tries(self, name: str) -> Iterator[tuple[Seat, dict[str, Any]]]:
        form = commands[name].form.base_fields
        values = [self._values(name, each, form[each]) for each in form]
        for seat in self.seats:
            if seat.role in commands[name].who:
                for found in itertools.product(*values):
                    yield seat, dict(zip(form, found, strict=True))

    def _values(self, name: str, each: str, form_field: forms.Field) -> list[object]:
        some = SOME.get(f"{name} {each}", SOME.get(each))
        if each in HANDLES:
            return list(KINDS[HANDLES[each]](self.mine))
        if some is not None:
            return some
        if isinstance(form_field, forms.ChoiceField):
            return [str(value) for value, _label in form_field.choices]  # type: ignore[union-attr,misc]
        if isinstance(form_field, forms.IntegerField):
            return [str(form_field.min_value)]
        return ["on"] if isinstance(form_field, forms.BooleanField) else ["Some words"]


def leftovers(room: Room, seats: list[Seat]) -> None:
    """Rows that are off the table: an idea that waits and one that is merged, a clause removed, a proposal declined, a
    link revoked."""
    ann, moderator, drafter, host = (seats[at] for at in (0, 3, 5, 7))
    begin(room=room, by=seats[4])
    Event.objects.filter(pk=room.event_id).update(approve_ideas=True)
    room = Room.objects.select_related("event").get(pk=room.pk)
    waiting = make.act_in(room, ann, "ideas.post", text="Wait for me").data["idea"]
    Event.objects.filter(pk=room.event_id).update(approve_ideas=False)
    room = Room.objects.select_related("event").get(pk=room.pk)
    merged = make.act_in(room, ann, "ideas.post", text="Pay for the days").data["idea"]
    into = room.ideas.get(text__startswith="Pay for the day", number__lt=4).handle
    make.act_in(room, moderator, "ideas.merge", idea=merged, into=into)
    assert room.ideas.get(handle=waiting).state == "waiting"
    clause = make.act_in(room, drafter, "statements.add_clause", text="To be removed", after="").data["clause"]
    make.act_in(room, drafter, "statements.remove_clause", clause=clause)
    proposal = room.statement.proposals.order_by("-pk")[0].handle
    make.act_in(room, drafter, "statements.decline", proposal=proposal, reason="Not now")
    link = make.act_in(room, host, "events.new_link", role="wall").data["link"]
    make.act_in(room, host, "events.revoke_link", link=link)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        event, elsewhere = (make.event(title, k=2, attribution="group") for title in ("A meeting", f"Other {WORD}"))
        seats = busy.people(event)
        second = Room.objects.create(event=event, name=f"Second {WORD}", position=1)
        busy.people(event, second, f" {WORD}")
        leftovers(make.room(event), seats)
        make.act_in(second, seats[2], "seats.move")
        busy.people(elsewhere, None, f" {WORD}")
        for group in Group.objects.filter(event=elsewhere):
            Group.objects.filter(pk=group.pk).update(name=f"{group.name} {WORD}")
        living = list(
            Seat.objects.select_related("event", "group", "room", "link").filter(pk__in=[s.pk for s in seats])
        )
        yield World(make.room(event), [second, make.room(elsewhere)], living)


@pytest.mark.parametrize("name", sorted(commands))
def test_a_role_that_may_not_changes_nothing_with_fields_that_are_right(world: World, name: str) -> None:
    _seat, fields = world.goes_through(name)
    with undone():
        world.prepare(name)
        before = stored()
        for role in set(ROLES) - commands[name].who:
            with pytest.raises(Refused) as refused:
                world.act(next(seat for seat in world.seats if seat.role == role), name, fields)
            assert refused.value.code == "role"
        assert stored() == before


@pytest.mark.parametrize(("name", "taken"), HANDLE_FIELDS)
def test_a_handle_from_another_room_or_event_is_refused_and_tells_nothing(world: World, name: str, taken: str) -> None:
    seat, fields = world.goes_through(name)
    kind = HANDLES[taken]
    rooms = [room for room in world.others if kind not in OF_THE_EVENT or room.event_id != world.mine.event_id]
    handles = [handle for room in rooms for handle in KINDS[kind](room)]
    assert handles
    with undone():
        world.prepare(name)
        before = stored()
        for handle in handles:
            said = _answer(world, seat, name, {**fields, taken: handle})
            assert said.startswith("refused") or (name, taken) in NOTHING_DONE, f"{handle}: {said}"
            assert WORD not in said
            assert stored() == before


def _answer(world: World, seat: Seat, name: str, fields: dict[str, Any]) -> str:
    """What the one who asks is told, all of it."""
    try:
        answer = world.act(seat, name, fields)
    except Refused as refused:
        form = getattr(refused, "form", None)
        return f"refused {refused} {refused.instead} {form.as_p() if form else ''}"
    return f"done {answer.say} {answer.data} {answer.on} {answer.off}"


#: What is off the table, by kind of handle: queries of one's own room.
OFF: dict[str, Callable[[Room], list[str]]] = {
    "idea hidden": lambda room: _handles(room.ideas.filter(state="hidden")),
    "idea merged": lambda room: _handles(room.ideas.filter(state="merged")),
    "idea waiting": lambda room: _handles(room.ideas.filter(state="waiting")),
    "poll closed": lambda room: _handles(room.polls.filter(state="closed")),
    "poll prepared": lambda room: _handles(room.polls.filter(state="prepared")),
    "clause removed": lambda room: _handles(room.statement.clauses.filter(removed=True)),
    "amendment declined": lambda room: _handles(room.statement.amendments.filter(state="declined")),
    "amendment hidden": lambda room: _handles(room.statement.amendments.filter(state="hidden")),
    "proposal declined": lambda room: _handles(room.statement.proposals.filter(state="declined")),
    "link revoked": lambda room: _handles(room.event.links.exclude(revoked_at=None)),
    "turn done": lambda room: _handles(room.turns.filter(state="done")),
    "item begun": lambda room: _handles(room.agenda.exclude(state="ahead")),
}
#: The acts that are meant for what is off the table. Everything else is refused.
MEANT = {
    # What follows a row through its states.
    ("ballots.edit", "poll"): {"poll prepared"},
    ("ballots.open", "poll"): {"poll prepared"},
    ("ballots.discard", "poll"): {"poll prepared"},
    ("ideas.approve", "idea"): {"idea waiting"},
    ("ideas.hide", "idea"): {"idea waiting"},
    ("ideas.merge", "idea"): {"idea waiting"},
    ("ideas.unhide", "idea"): {"idea hidden"},
    ("ideas.unmerge", "idea"): {"idea merged"},
    ("statements.restore_clause", "clause"): {"clause removed"},
    ("amendments.reopen", "amendment"): {"amendment declined"},
    ("amendments.unhide", "amendment"): {"amendment hidden"},
    ("amendments.hide", "amendment"): {"amendment declined"},
    # One's own words can be taken back whatever became of them.
    ("amendments.withdraw", "amendment"): {"amendment declined", "amendment hidden"},
    # Done already: the same is said again, and nothing happens.
    ("ballots.close", "poll"): {"poll closed"},
    ("events.move_on", "item"): {"item begun"},
    ("statements.withdraw", "source"): {"idea hidden", "idea merged", "idea waiting", "poll closed", "poll prepared"},
    # Whose it was may have to go all the same.
    ("seats.end", "shown"): {"idea waiting", "idea hidden", "turn done"},
    # A merged idea lives on in the one that it counts for.
    ("ideas.merge", "into"): {"idea merged"},
    ("ideas.mute", "idea"): {"idea merged", "idea waiting"},
    ("ideas.unmute", "idea"): {"idea merged", "idea waiting"},
    ("ideas.upvote", "idea"): {"idea merged"},
    ("ideas.unvote", "idea"): {"idea merged"},
    ("opinions.say", "idea"): {"idea merged"},
    ("wall.show", "subject"): {"idea merged"},
    # What is over can be answered, quoted and renamed.
    ("floor.ask", "reply_to"): {"turn done"},
    ("statements.propose", "source"): {"poll closed"},
    ("statements.cite", "source"): {"poll closed"},
    ("events.edit_item", "item"): {"item begun"},
}


def _handles(rows: Any) -> list[str]:
    return list(rows.values_list("handle", flat=True))


def _off(world: World, taken: str) -> Iterator[tuple[str, str]]:
    """What is off the table and could be named in a field: (what it is, value)."""
    for off, handles in OFF.items():
        kind = off.split()[0]
        if HANDLES[taken] in (kind, "subject", "source", "shown"):
            yield from (
                (off, f"{kind}:{each}" if taken in ("source", "shown") else each) for each in handles(world.mine)
            )


@pytest.mark.parametrize(("name", "taken"), HANDLE_FIELDS)
def test_what_is_off_the_table_is_refused_but_for_the_acts_that_are_meant_for_it(
    world: World, name: str, taken: str
) -> None:
    seat, fields = world.goes_through(name)
    for off, value in _off(world, taken):
        with undone():
            world.prepare(name)
            before = stored()
            said = _answer(world, seat, name, {**fields, taken: value})
            if off not in MEANT.get((name, taken), ()):
                assert said.startswith("refused"), f"{off}: {said}"
                assert stored() == before


def test_there_is_something_of_everything_that_is_off_the_table(world: World) -> None:
    assert [off for off, handles in OFF.items() if not handles(world.mine)] == []
    assert MEANT.keys() <= set(HANDLE_FIELDS)
