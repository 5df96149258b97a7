from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from polls.endorsements.models import Endorsement, Told
from polls.statements import signing
from polls.statements.content import together
from polls.statements.models import Version
from rooms.events.queries import group_sizes
from rooms.transcript.core import Level

#: How a person may sign. Not with their group: whoever signs is counted in it, and shown no other way.
NAMED = [choice for choice in signing.SIGNED if choice[0] != Level.GROUP.value]


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a version: `named`, the people who gave a name, by their letters; `organisations` likewise;
    `people`: how many in all; `cells`: (names of groups, how many) as told by the k rule,
    when `counted` people had signed."""

    organisations: tuple[tuple[str, str], ...]
    named: tuple[str, ...]
    people: int
    cells: tuple[tuple[list[str], int], ...]
    counted: int

    @property
    def by_group(self) -> list[tuple[str, int]]:
        """The cells in words."""
        return [(together(names), count) for names, count in self.cells]

    @property
    def unnamed(self) -> int:
        """People who signed and are counted alone."""
        return self.people - len(self.named)

    @property
    def any(self) -> bool:
        return bool(self.people or self.organisations)


def of(version: Version, event: Any) -> Signed:
    """Who signed the version, as far as it is shown now. In the order of the letters: that of signing would tell when."""
    rows = list(Endorsement.objects.filter(version=version).select_related("group"))
    people = [row for row in rows if not row.organisation]
    named = sorted(row.author for row in people if row.author and signing.shown(row, event) == row.author)
    told = Told.objects.filter(version=version).first()
    return Signed(
        organisations=tuple(sorted((row.organisation, row.handle) for row in rows if row.organisation)),
        named=tuple(named),
        people=len(people),
        cells=tuple((names, count) for names, count in (told.cells if told else [])),
        counted=told.people if told else 0,
    )


def choices(event: Any) -> list[tuple[str, Any]]:
    """What one may choose from under the event's attribution."""
    return [choice for choice in signing.choices(event) if choice in NAMED]


def sizes(version: Version) -> dict[str, int]:
    """How many people of each group signed, every group that has seats in the room, "" for no group."""
    found = dict.fromkeys(group_sizes(version.statement.room), 0)
    rows = people(version).order_by().values_list("seat__group__handle").annotate(n=Count("pk"))
    for group, count in rows:
        found[group or ""] = found.get(group or "", 0) + count
    return found


def people(version: Version) -> QuerySet[Endorsement]:
    """Signatures of people, not of organisations."""
    return Endorsement.objects.filter(version=version, organisation="")
