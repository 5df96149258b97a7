"""The stakeholder groups people may say they belong to."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.door.registry import Answer
from deliberate.errors import Refused
from rooms.events import core
from rooms.events.models import Group
from rooms.events.setup.event import meant, opened, touch_all
from rooms.journal.actions import note


@transaction.atomic
def add_group(*, room: Any, by: Any, name: str) -> Answer:
    """One more group; its initial is chosen so that no other group has it."""
    room, event = opened(room)
    others = list(event.groups.all())
    if len(others) >= core.MOST_GROUPS:
        raise Refused(_("An event can have forty groups at most."))
    _only(name, others)
    group = Group.objects.create(
        event=event,
        name=name,
        initial=core.initial(name, [other.initial for other in others]),
        colour=_free_colour(others),
        position=max((other.position for other in others), default=-1) + 1,
    )
    note(room, by, "added a group", group)
    touch_all(event)
    return Answer(say=_("Added: %(name)s") % {"name": name}, data={"group": group.handle})


@transaction.atomic
def edit_group(*, room: Any, by: Any, group: str, name: str, letters: str) -> Answer:
    """Change a group's name, and its initial where one is given."""
    room, event = opened(room)
    found = meant(event.groups.filter(handle=group))
    others = list(event.groups.exclude(pk=found.pk))
    _only(name, others)
    taken = [other.initial for other in others]
    if letters.casefold() in {other.casefold() for other in taken}:
        raise Refused(_("Another group has the letters %(initial)s. Choose others.") % {"initial": letters})
    found.name, found.initial = name, letters or core.initial(name, taken)
    found.save(update_fields=["name", "initial"])
    note(room, by, "changed a group", found)
    touch_all(event)
    return Answer(say=_("Saved."))


@transaction.atomic
def remove_group(*, room: Any, by: Any, group: str) -> Answer:
    """Remove a group. Whoever chose it is without a group from now on."""
    room, event = opened(room)
    found = meant(event.groups.filter(handle=group))
    note(room, by, "removed a group", found)
    found.delete()
    touch_all(event)
    return Answer(say=_("Removed. Whoever chose this group is without a group now."))


def _only(name: str, others: list[Group]) -> None:
    if name.casefold() in {other.name.casefold() for other in others}:
        raise Refused(_("There is a group of this name already."))


def _free_colour(others: list[Group]) -> int:
    """The colour that fewest groups have."""
    used = [other.colour for other in others]
    return min(range(10), key=lambda colour: (used.count(colour), colour))
