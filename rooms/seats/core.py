"""Pseudonyms to suggest. Words that carry no gender, nation, faith or rank."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

QUALITIES = (
    "Amber", "Bright", "Calm", "Clear", "Copper", "Coral", "Dawn", "Early", "Eager", "Gentle", "Golden", "Green",
    "Hidden", "Ivory", "Keen", "Kind", "Lively", "Lunar", "Mellow", "Misty", "Nimble", "Noble", "Open", "Patient",
    "Plain", "Quiet", "Rapid", "Silver", "Steady", "Still", "Sunny", "Tidal", "Velvet", "Warm", "Wide", "Young",
)  # fmt: skip
THINGS = (
    "Acacia", "Alder", "Badger", "Birch", "Bridge", "Cedar", "Cloud", "Crane", "Delta", "Falcon", "Fern", "Field",
    "Finch", "Harbour", "Hazel", "Heron", "Island", "Juniper", "Kestrel", "Lantern", "Larch", "Lark", "Maple",
    "Meadow", "Olive", "Otter", "Pebble", "Pine", "River", "Robin", "Sparrow", "Spring", "Stone", "Stream",
    "Swallow", "Willow",
)  # fmt: skip


def suggestion(taken: Collection[str], choose: Callable[[Sequence[str]], str]) -> str:
    """A pseudonym such as "Quiet Heron" that nobody in `taken` has; `choose` picks one of a sequence.

    After twenty collisions a number is added, so that it always ends: 1,296 pairs serve most rooms."""
    name = ""
    for _attempt in range(20):
        name = f"{choose(QUALITIES)} {choose(THINGS)}"
        if name not in taken:
            return name
    number = 2
    while f"{name} {number}" in taken:
        number += 1
    return f"{name} {number}"
