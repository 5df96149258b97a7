"""The one list of features, in the order in which they may know each other: a later one may import an earlier one."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

FEATURES = (
    "rooms.journal",
    "rooms.events",
    "rooms.seats",
    "rooms.floor",
    "rooms.transcript",
    "rooms.captions",
    "rooms.wall",
    "polls.ballots",
    "polls.pseudonyms",
    "polls.ideas",
    "polls.opinions",
    "polls.statements",
    "polls.amendments",
    "polls.endorsements",
    "polls.suggestions",
    "polls.exports",
)


def load() -> None:
    """Import what each feature offers the door (commands) and the screens (pages, parts, marks). Called once at start-up."""
    for feature in FEATURES:
        for file in ("commands", "screens"):
            name = f"{feature}.{file}"
            if find_spec(name) is not None:
                import_module(name)
    import_module("frontend.pages")
