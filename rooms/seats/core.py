"""Pseudonyms to suggest. Words that carry no gender, nation, faith or rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def suggestion(choose: Callable[[Sequence[str]], str]) -> str:
    """A pseudonym such as "Quiet Heron", one of 1,296; `choose` picks one of a sequence."""
    return f"{choose(QUALITIES)} {choose(THINGS)}"
