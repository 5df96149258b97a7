"""Queries that are compiled once give what Django's own give, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from deliberate.compiled import Compiled
from rooms.events.models import Event, Room
from rooms.seats.models import Seat
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats() -> list[Seat]:
    event = make.event(rule={"by_group": True})
    return [make.seat(event, name=name, group=group) for name, group in (("Ann", "Youth"), ("Ben", ""), ("Cem", ""))]


def values(seat: Seat) -> dict[str, object]:
    return {field.attname: getattr(seat, field.attname) for field in Seat._meta.concrete_fields}


def test_it_gives_the_objects_of_the_query_with_those_they_refer_to(seats: list[Seat]) -> None:
    def asked(handle: str) -> QuerySet[Seat]:
        return Seat.objects.select_related("event", "group", "link").filter(handle=handle)

    find = Compiled(asked)
    for seat in seats:  # the second is asked by what was compiled for the first
        [found] = find(seat.handle)
        [expected] = asked(seat.handle)
        assert values(found) == values(expected)
        assert found.ended is False  # a truth, and no number, on SQLite too
        assert found.event.rule == {"by_group": True}
        assert found.event.retention_until == expected.event.retention_until
        with CaptureQueriesContext(connection) as queries:
            assert (found.group.name if found.group else None) == ("Youth" if seat.name == "Ann" else None)
            assert found.event.title == "A meeting"
            assert found.link is not None
        assert len(queries) == 0


def test_what_it_gives_is_as_stored_now(seats: list[Seat]) -> None:
    named = Compiled(lambda key: Seat.objects.filter(pk=key)[:1])
    assert [seat.name for seat in named(seats[0].pk)] == ["Ann"]
    Seat.objects.filter(pk=seats[0].pk).update(name="Aysel")
    found = named.first(seats[0].pk)
    assert found is not None
    assert found.name == "Aysel"
    assert named.first(0) is None
    assert named(0) == []


def test_numbers_and_texts_take_their_own_places_and_may_stand_twice(seats: list[Seat]) -> None:
    event = seats[0].event
    by = Compiled(lambda name, key: Seat.objects.filter(event=key, name=name, event__pk=key).exclude(name="Cem"))
    assert [seat.pk for seat in by("Ben", event.pk)] == [seats[1].pk]
    assert by("Cem", event.pk) == []
    assert by("Ben", event.pk + 1) == []
    assert by("%s 'Ben' --", event.pk) == []


def test_constants_limits_and_orders_stay(seats: list[Seat]) -> None:
    last = Compiled(lambda key: Seat.objects.filter(event=key, name__in=["Ann", "Ben"]).order_by("-pk")[:1])
    assert [seat.name for seat in last(seats[0].event_id)] == ["Ben"]


def test_a_lock_is_part_of_it(seats: list[Seat]) -> None:
    locked = Compiled(lambda key: Seat.objects.select_for_update(of=("self",), no_key=True).filter(pk=key))
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        assert locked(seats[0].pk) == [seats[0]]
        locked(seats[1].pk)
    if connection.vendor == "postgresql":
        assert all("FOR NO KEY UPDATE" in each["sql"] for each in queries)


def test_it_says_what_it_cannot_do(seats: list[Seat]) -> None:
    key = seats[0].event_id
    queries: tuple[Callable[[int], Any], ...] = (
        lambda key: Event.objects.filter(pk=key).annotate(n=Count("seats")),
        lambda key: Event.objects.filter(pk=key).values("title"),
        lambda key: Event.objects.filter(pk=key).prefetch_related("groups"),
    )
    for query in queries:
        with pytest.raises(ValueError, match="whole objects"):
            Compiled(query)(key)
    with pytest.raises(ValueError, match="come back"):
        Compiled(lambda name: Room.objects.filter(name__contains=name))("Ha")
    with pytest.raises(ValueError, match="empty"):
        Compiled(lambda key: Room.objects.filter(pk=key, pk__in=[]))(1)


def test_a_small_column_of_numbers_will_do(seats: list[Seat]) -> None:
    assert [room.name for room in Compiled(lambda place: Room.objects.filter(position=place))(0)] == ["Hall"]


@pytest.mark.django_db(transaction=True)
def test_a_lock_without_a_transaction_is_an_error_the_second_time_too() -> None:
    locked = Compiled(lambda key: Seat.objects.select_for_update().filter(pk=key))
    with transaction.atomic():
        assert locked(0) == []
    with pytest.raises(TransactionManagementError):
        locked(0)
