from __future__ import annotations

import pytest

from deliberate.clock import now
from deliberate.errors import Refused
from deliberate.roles import ROLES
from rooms.events import demo
from rooms.events.actions import create_event
from rooms.events.models import Event
from rooms.events.queries import addresses

pytestmark = pytest.mark.django_db


def test_a_new_event_has_groups_an_agenda_and_a_link_for_every_role() -> None:
    event = create_event(title="T", groups=["Diplomats", "Displaced people"], room="Hall", agenda=[("A", 5)])
    assert [(group.name, group.initial, group.colour) for group in event.groups.all()] == [
        ("Diplomats", "Di", 0),
        ("Displaced people", "Dp", 1),
    ]
    assert event.rooms.get().agenda.get().title == "A"
    assert sorted(addresses(event, "")) == sorted(ROLES)


def test_a_group_named_twice_is_one_group() -> None:
    assert create_event(title="T", groups=["Youth", "Youth"], room="Hall", agenda=[]).groups.count() == 1


def test_more_groups_than_initials_allow_are_refused() -> None:
    with pytest.raises(Refused, match="forty"):
        create_event(title="T", groups=[f"Group {number}" for number in range(41)], room="Hall", agenda=[])


def test_the_demo_keeps_its_event_whatever_the_host_makes_of_it() -> None:
    event = demo.ensure()
    Event.objects.filter(pk=event.pk).update(title="Renamed")
    event.links.filter(role="moderator").update(revoked_at=now())
    again = demo.ensure()
    assert again.pk == event.pk
    assert "moderator" in addresses(again, ""), "a role without a living link gets a new one"
