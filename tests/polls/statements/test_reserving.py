"""Dissent is kept: four stands, written where they are against, signed as the host and the writer allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deliberate.errors import Refused
from polls.exports.bundle import bundle
from polls.exports.outcome import outcome
from polls.statements.content import drafted, intact
from polls.statements.content import settled as read
from polls.statements.core import seal
from polls.statements.models import Clause, Reserved, SettledClause, Support, Version
from polls.statements.queries import rules, versions
from polls.statements.reserving import as_now, writers, writers_then
from rooms.events.models import Event
from rooms.seats.actions import erase
from rooms.seats.models import Seat
from tests import make
from tests.polls.statements.rows import clause, settled
from tests.polls.statements.test_pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event(k=2, attribution="name")


@pytest.fixture
def row(drafter: Seat) -> Clause:
    return clause(drafter, "We come back.")


@pytest.fixture
def ann(event: Event) -> Seat:
    (
        make.seat(event, name="Ben", group="Youth"),
        make.seat(event, group="Diplomats"),
        make.seat(event, group="Diplomats"),
    )
    return make.seat(event, name="Ann", group="Youth")


def policy(event: Event, level: str) -> None:
    make.act(make.seat(event, "host"), "statements.rules", majority="half", reservations=level)


def reserve(by: Seat, row: Clause, text: str = "Too soon.", value: str = "reserve", **fields: str) -> str:
    return str(make.act(by, "statements.stand", "", clause=row.handle, value=value, reservation=text, **fields).say)


def shown(event: Event, version: Version | None = None) -> list[str]:
    return [each.said for each in outcome(make.room(event), version).clauses[0].reservations]


@pytest.mark.parametrize("value", ["reserve", "block"])
def test_who_is_against_says_why(ann: Seat, row: Clause, value: str) -> None:
    with pytest.raises(Refused, match="Write your reservation"):
        make.act(ann, "statements.stand", clause=row.handle, value=value, reservation=" ")
    reserve(ann, row, value=value)
    assert (Support.objects.get().value, Support.objects.get().reservation) == (value, "Too soon.")


def test_who_can_live_with_it_writes_nothing(ann: Seat, row: Clause) -> None:
    assert reserve(ann, row, "Left over.", "live") == "You can live with this clause."
    assert (Support.objects.get().value, Support.objects.get().reservation) == ("live", "")


def test_without_a_rule_of_the_host_nobody_is_named(event: Event, ann: Seat, row: Clause) -> None:
    assert "without your name" in reserve(ann, row, signed="name")
    assert shown(event) == ["Reservation"]
    assert (Support.objects.get().author, Support.objects.get().group) == ("", None)


@pytest.mark.parametrize(
    ("rule", "signed", "said"),
    [
        ("name", "", "Reservation of Ann"),
        ("name", "group", "Reservation of Youth"),
        ("name", "nobody", "Reservation"),
        ("group", "", "Reservation of Youth"),
        ("group", "name", "Reservation of Youth"),
    ],
)
def test_it_is_signed_as_the_host_says_and_with_less_where_the_writer_wants(
    event: Event, ann: Seat, row: Clause, rule: str, signed: str, said: str
) -> None:
    policy(event, rule)
    reserve(ann, row, signed=signed)
    assert shown(event) == [said]


def test_raising_the_rule_counts_for_what_is_written_from_then_on(event: Event, ann: Seat, row: Clause) -> None:
    reserve(ann, row)
    policy(event, "name")
    assert shown(event) == ["Reservation"]
    reserve(ann, row, "Much too soon.")
    assert shown(event) == ["Reservation of Ann"]


def test_lowering_it_holds_everywhere_at_once(event: Event, drafter: Seat, ann: Seat, row: Clause) -> None:
    policy(event, "name")
    reserve(ann, row, value="block")
    version = settled(drafter)
    assert (shown(event), shown(event, version)) == (["Cannot accept it: Ann"],) * 2
    policy(event, "group")
    assert shown(event, version) == ["Cannot accept it: Youth"]
    Event.objects.update(attribution="nobody")
    event.refresh_from_db()
    assert shown(event, version) == ["Cannot accept it"]


def test_a_group_that_is_folded_is_not_named(event: Event, drafter: Seat, row: Clause) -> None:
    policy(event, "group")
    reserve(make.seat(event, name="Ann", group="Youth"), row)
    assert shown(event) == ["Reservation"]


@pytest.mark.parametrize("how", ["less", "back", "erase"])
def test_a_name_can_be_taken_off_a_settled_version_whose_hash_still_holds(
    event: Event, drafter: Seat, ann: Seat, row: Clause, how: str
) -> None:
    policy(event, "name")
    reserve(ann, row)
    version = settled(drafter)
    assert shown(event, version) == ["Reservation of Ann"]
    if how == "less":
        reserve(ann, row, signed="nobody")
    elif how == "back":
        make.act(ann, "statements.stand", clause=row.handle, value="none")
    else:
        erase(room=make.room(event), by=ann)
    version.refresh_from_db()
    assert shown(event, version) == ["Reservation"]
    assert intact(version)
    assert "Ann" not in str(bundle(event))
    assert not Reserved.objects.exclude(author="", group=None).exists()


def test_names_stand_beside_the_words_they_wrote(event: Event, drafter: Seat, ann: Seat, row: Clause) -> None:
    policy(event, "name")
    ben, cem = (make.seat(event, name=name) for name in ("Ben", "Cem"))
    for who, text in ((cem, "A word."), (ann, "Z word."), (ben, "M word.")):
        reserve(who, row, text)
    version = settled(drafter)
    room = make.room(event)
    both = (writers(drafted(version.statement).written, event)[row.handle], writers_then(version, event)[row.handle])
    assert [[who.text for who in some] for some in both] == [["Cem", "Ben", "Ann"]] * 2
    texts = [each.text for each in outcome(room, version).clauses[0].reservations]
    assert texts == ["A word.", "M word.", "Z word."]


def meanwhile(by: Seat, row: Clause, act: Callable[..., Any]) -> Callable[..., Any]:
    """As `act`, but before it is done somebody takes a stand, whose words come before all others."""

    def acted(*args: Any) -> Any:
        fields = {"value": "reserve", "reservation": "A word.", "level": "name", "author": by.name}
        Support.objects.get_or_create(clause=row, seat=by, defaults=fields)
        return act(*args)

    return acted


@pytest.mark.parametrize("whole", [True, False])
def test_a_stand_taken_while_a_text_is_settled_gives_nobody_the_words_of_another(
    event: Event, drafter: Seat, ann: Seat, row: Clause, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    policy(event, "name")
    reserve(ann, row, "Z word.")
    ben = make.seat(event, name="Ben")
    monkeypatch.setattr("polls.statements.core.seal", meanwhile(ben, row, seal))
    make.act(drafter, "statements.settle", clause="" if whole else row.handle)
    assert Support.objects.filter(clause=row).count() == 2
    found = Version.objects.get() if whole else SettledClause.objects.get()
    reserved: Any = found.content["clauses"][0]["support"]["reservations"]
    assert [each["text"] for each in reserved] == ["Z word."]
    assert [who.text for who in writers_then(found, event)[row.handle]] == ["Ann"]


@pytest.mark.parametrize("where", ["outcome", "page", "bundle"])
def test_a_stand_taken_while_a_draft_is_read_gives_nobody_the_words_of_another(
    event: Event, ann: Seat, row: Clause, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    policy(event, "name")
    reserve(ann, row, "Z word.")
    ben = make.seat(event, name="Ben")
    monkeypatch.setattr("polls.statements.reserving.rules", meanwhile(ben, row, rules))
    if where == "outcome":
        assert shown(event) == ["Reservation of Ann"]
    elif where == "page":
        assert "Z word. Reservation of Ann" in page(ann, "support/")
    else:
        text: Any = bundle(event)["rooms"][0]["statement"]
        assert text["reserved_by"] == {row.handle: [{"by": "Ann", "shown_as": "name"}]}
    assert Support.objects.filter(clause=row).count() == 2


def test_a_version_that_knew_two_stands_is_read_with_four(event: Event, drafter: Seat, row: Clause) -> None:
    version = settled(drafter)
    stood = version.content["clauses"][0]["support"]
    for name in ("live", "reserve", "block", "not_heard"):
        stood.pop(name)
    stood |= {
        "oppose": 2,
        "reservations": ["Too soon."],
        "by_group": [{"groups": ["Youth"], "support": 1, "oppose": 2}],
    }
    Version.objects.filter(pk=version.pk).update(content=version.content)
    now: Any = read(versions(make.room(event))[0])
    stood = now["clauses"][0]["support"]
    assert (stood["block"], stood["live"], "oppose" in stood) == (2, 0, False)
    assert stood["by_group"] == [{"groups": ["Youth"], "support": 1, "live": 0, "reserve": 0, "block": 2}]
    assert stood["reservations"] == [{"text": "Too soon.", "stand": "block"}]
    assert stood["not_heard"] == []
    assert as_now(now) == now
    assert (
        outcome(make.room(event), versions(make.room(event))[0]).clauses[0].reservations[0].said == "Cannot accept it"
    )
