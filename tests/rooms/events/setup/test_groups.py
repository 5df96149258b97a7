from __future__ import annotations

import pytest

from deliberate.errors import Refused
from rooms.events.models import Group
from tests import make

pytestmark = pytest.mark.django_db


def test_one_more_group_gets_letters_and_a_colour_that_no_other_has() -> None:
    event = make.event(groups=["Diplomats", "Youth"])
    answer = make.act(make.seat(event, "host"), "events.add_group", name="Displaced people")
    group = Group.objects.get(handle=answer.data["group"])
    assert (group.initial, group.colour, group.position) == ("Dp", 2, 2)


def test_two_groups_of_one_name_are_refused_whatever_their_case() -> None:
    event = make.event(groups=["Youth"])
    with pytest.raises(Refused, match="of this name"):
        make.act(make.seat(event, "host"), "events.add_group", name="YOUTH")


def test_name_and_letters_of_a_group_can_be_changed() -> None:
    event = make.event(groups=["Youth", "Artists"])
    group = event.groups.get(name="Youth")
    host = make.seat(event, "host")
    make.act(host, "events.edit_group", group=group.handle, name="Young people", letters="YP")
    group.refresh_from_db()
    assert (group.name, group.initial) == ("Young people", "YP")
    with pytest.raises(Refused, match="has the letters a"):
        make.act(host, "events.edit_group", group=group.handle, name="Young people", letters="a")
    make.act(host, "events.edit_group", group=group.handle, name="Elders", letters="")
    group.refresh_from_db()
    assert (group.name, group.initial) == ("Elders", "E")


def test_who_chose_a_removed_group_stays_without_one() -> None:
    event = make.event(groups=["Youth"])
    seat = make.seat(event, group="Youth")
    make.act(make.seat(event, "host"), "events.remove_group", group=event.groups.get().handle)
    seat.refresh_from_db()
    assert seat.group is None


def test_a_group_of_another_event_can_not_be_touched() -> None:
    event, other = make.event(), make.event()
    theirs = other.groups.all()[0]
    with pytest.raises(Refused, match="no longer there"):
        make.act(make.seat(event, "host"), "events.remove_group", group=theirs.handle)
    assert other.groups.filter(pk=theirs.pk).exists()
