"""Acts without a seat: whoever asks is known by a pseudonym, and nothing stored joins that to the seat.

The feature that keeps pseudonyms answers for the door, as the one that keeps seats does (entrance.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from deliberate.door.entrance import Place
from deliberate.errors import Refused
from deliberate.roles import PARTICIPANT


@dataclass(frozen=True, slots=True)
class Nobody:
    """Who stands in the place of a seat where an act came signed by a pseudonym, and without a cookie.

    `pk`: the pseudonym's public key as a text; `number`: of the act, higher with each; `digest`: of the octets that came."""

    pk: str
    number: int
    digest: str
    language: str
    role: str = PARTICIPANT


class Veil(Protocol):
    """What the door asks of whoever keeps the pseudonyms."""

    def admit(self, places: Sequence[Place]) -> list[Refused | None]:
        """Why these can't act under a pseudonym; None where they can. In a transaction of its own, before that of the acts:
        it may note that a seat has one, and must not stand beside what is done under it."""

    def behind(self, places: Sequence[Place], always: Sequence[bool]) -> list[Any]:
        """Within the transaction of the acts: who acts at each of these places (with `pk`, `language`), or Refused.
        `always`: what the muted may do, too."""

    def known(self, places: Sequence[Place]) -> list[Any]:
        """The key of the pseudonym's row for each of these places; None where there is none."""


_veils: list[Veil] = []


def keeps_pseudonyms(veil: Veil) -> None:
    """Register the one that answers: a module with these functions, too."""
    _veils[:] = [veil]


def veil() -> Veil:
    """Whoever keeps the pseudonyms."""
    return _veils[0]
