"""What is personal on a shared picture: a set of marks a seat has, such as "turn:k3b9" or "ballot:x7".

A template says `{% when "turn" handle %}` (shown to who has the mark) or `{% unless "ballot" handle %}` (hidden from
them). The phone's script shows and hides; for plain pages `apply` does the same on the server. So one template, painted
once, serves everybody, with scripts and without.

A mark may carry words that only this seat may read, "why:k3b9=It names a person": `<q {% told "why" handle %}></q>` is empty
in the shared picture and filled in the same two places."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import escape

from deliberate.door.entrance import Place
from deliberate.door.registry import Answer, Command
from deliberate.door.veil import veil

Held = Mapping[Any, Iterable[str]]
Provider = Callable[[Any, Sequence[Any]], Held]
providers: dict[str, Provider] = {}


def marks(feature: str) -> Callable[[Provider], Provider]:
    """Register (room, seats) -> the marks that `feature` gives each of these seats in this room, by the seat's key; a seat
    without any may be missing. As many queries for a thousand seats as for one: a room comes in, and comes back, at once."""

    return _into(providers, feature)


veiled_providers: dict[str, Provider] = {}


def veiled_marks(feature: str) -> Callable[[Provider], Provider]:
    """Register the same for pseudonyms: (room, keys of their rows) -> the marks that `feature` gives each, by that key.

    They reach whoever acts under a pseudonym made of their cookie. A phone with one of its own keeps its marks itself."""

    return _into(veiled_providers, feature)


def _into(known: dict[str, Provider], feature: str) -> Callable[[Provider], Provider]:
    def register(provider: Provider) -> Provider:
        if feature in known:
            raise ValueError(f"the marks of {feature} are registered twice")
        known[feature] = provider
        return provider

    return register


def of(feature: str, place: Place) -> list[str]:
    """The marks of one feature for whoever is at `place`, sorted; none where the feature gives none."""
    return _every_of([place], (feature,))[0].get(feature, [])


def known_after(command: Command, answer: Answer) -> dict[str, object] | None:
    """What the phone must learn of its marks after an act, where nothing has to be looked up for it; else None."""
    if answer.on or answer.off:
        return {"turned": {command.feature: [list(answer.on), list(answer.off)]}}
    return None if command.marks else {}


def after(command: Command, place: Place, answer: Answer) -> dict[str, object]:
    """What the phone must learn of its marks after an act: what changed where that is known, else all of the feature."""
    known = known_after(command, answer)
    return known if known is not None else {"marks": {command.feature: of(command.feature, place)}}


def every(place: Place) -> dict[str, list[str]]:
    """All marks of the seat at `place`, by feature."""
    return every_of([place])[0]


def every_of(places: Sequence[Place]) -> list[dict[str, list[str]]]:
    """All marks of whoever is at these places, by feature, in their order: of their seats and of their pseudonyms."""
    return _every_of(places, providers.keys() | veiled_providers.keys())


def _every_of(places: Sequence[Place], features: Collection[str]) -> list[dict[str, list[str]]]:
    of_seats = {name: provider for name, provider in providers.items() if name in features}
    of_pseudonyms = {name: provider for name, provider in veiled_providers.items() if name in features}
    rooms: dict[Any, list[int]] = {}
    for number, place in enumerate(places):
        rooms.setdefault(place.room.pk, []).append(number)
    found: dict[int, dict[str, list[str]]] = {}
    names = veil().known(places) if of_pseudonyms else [None] * len(places)
    for numbers in rooms.values():
        room = places[numbers[0]].room
        seats = list({places[number].seat.pk: places[number].seat for number in numbers}.values())
        given = {feature: provider(room, seats) for feature, provider in of_seats.items()}
        keys = list({names[number] for number in numbers} - {None})
        veiled = {feature: provider(room, keys) for feature, provider in of_pseudonyms.items()} if keys else {}
        for number in numbers:
            seat, key = places[number].seat.pk, names[number]
            found[number] = {
                feature: sorted({*given.get(feature, {}).get(seat, ()), *veiled.get(feature, {}).get(key, ())})
                for feature in (*given, *(of_pseudonyms.keys() - given.keys()))
            }
    return [found[number] for number in range(len(places))]


_conditions = re.compile(r'data-(when|unless)="([^"]*)"( hidden)?')
_told = re.compile(r'(data-told="([^"]*)"[^>]*>)(?=</)')
_checks = re.compile(r'data-checked-when="([^"]*)"( checked)?')


def apply(html: str, held: set[str]) -> str:
    """`html` as the seat that holds these marks sees it. A condition names marks by blanks; one of them is enough."""

    def condition(match: re.Match[str]) -> str:
        kind, names = match.group(1), match.group(2)
        has = not held.isdisjoint(names.split())
        return f'data-{kind}="{names}"' + (" hidden" if has != (kind == "when") else "")

    def check(match: re.Match[str]) -> str:
        names = match.group(1)
        return f'data-checked-when="{names}"' + ("" if held.isdisjoint(names.split()) else " checked")

    words = dict(mark.split("=", 1) for mark in held if "=" in mark)

    def told(match: re.Match[str]) -> str:
        return match.group(1) + escape(words.get(match.group(2), ""))

    return _told.sub(told, _checks.sub(check, _conditions.sub(condition, html)))
