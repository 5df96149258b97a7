"""Rows of a room that is brought in: each looked at, stored together, and found again by its handle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model

from polls.exports.reading import Part
from rooms.events.models import Group, Room

Row = TypeVar("Row", bound=Model)
#: (how many) -> seats that bear what is counted.
Bearers = Callable[[int], list[Any]]


def checked(about: Part, row: Row, *, but: tuple[str, ...] = ()) -> Row:
    """The row, if each of its columns takes its value. `but`: columns that may be empty here."""
    columns = row._meta.fields
    others = [each.name for each in columns if isinstance(each, ForeignKey)]
    others += [each.name for each in columns if each.has_default() and getattr(row, each.attname) == each.get_default()]
    try:
        row.clean_fields(exclude=[*others, *but, "id"])
    except ValidationError as error:
        name, why = next(iter(error.message_dict.items()))
        raise about.wrong(name, " ".join(why)) from None
    return row


class Kept:
    """What a room holds so far, by kind and handle. `most`: rows of one kind at most."""

    def __init__(self, room: Room, most: int) -> None:
        self.room, self.most = room, most
        self.rows: dict[str, dict[str, Any]] = {}
        self._groups = {group.name: group for group in room.event.groups.all()}

    def group(self, name: str) -> Group | None:
        return self._groups.get(name)

    def add(
        self,
        kind: str,
        model: type[Row],
        parts: list[Part],
        make: Callable[[Kept, Part, int], Row],
        *,
        but: tuple[str, ...] = (),
    ) -> None:
        """Store a row for each part, in order."""
        rows = [checked(part, make(self, part, position), but=but) for position, part in enumerate(parts)]
        stored = model._default_manager.bulk_create(rows, batch_size=500)
        here = self.rows.setdefault(kind, {})
        for part, row in zip(parts, stored, strict=True):
            if part.value.get("handle") is not None:
                here[part.handle("handle")] = row

    def one(self, kind: str, part: Part, name: str) -> Any:
        """The row that a part names. BadBundle where the room has none."""
        found = self.rows.get(kind, {}).get(part.handle(name))
        if found is None:
            raise part.wrong(name, f"this room has no such {kind}")
        return found

    def one_or_none(self, kind: str, part: Part, name: str) -> Any:
        return self.one(kind, part, name) if part.named(name) else None
