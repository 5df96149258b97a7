"""Short facts of a later feature on an earlier one's rows: "in clause 3" on an idea's card.

A later feature registers who provides them; the earlier one's template asks by kind and handle, and knows nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: room -> {handle of a row: what there is to say of it}
Provider = Callable[[Any], dict[str, list[str]]]
_providers: dict[str, list[Provider]] = {}


def facts(kind: str) -> Callable[[Provider], Provider]:
    """Register a provider of facts on rows of one kind ("segment", "idea", "poll", "turn")."""

    def register(provider: Provider) -> Provider:
        _providers.setdefault(kind, []).append(provider)
        return provider

    return register


def known(kind: str, room: Any) -> dict[str, list[str]]:
    """Everything there is to say of the rows of `kind` in `room`, by handle; one query or two a provider."""
    found: dict[str, list[str]] = {}
    for provider in _providers.get(kind, ()):
        for handle, said in provider(room).items():
            found.setdefault(handle, []).extend(said)
    return found
