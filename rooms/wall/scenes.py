"""What the wall can show. A feature registers its scenes here; the wall knows no feature that comes after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Claim = Callable[[Any], bool]
Gist = Callable[[Any], list[str]]
Holds = Callable[[Any, str], bool]


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing the wall can show. `title` and `key` are those of its button on the console.

    `claim`: whether the room's state asks for it now; None where only a moderator puts it up. Of the scenes that claim
    the wall the one with the highest `rank` shows. `gist`: what it says, in up to three short texts, for the console's
    preview. `parts`: the parts that show its subject, painted anew when a moderator chooses another one. `holds`: whether
    a room has something of this handle for the scene to show; None where it shows no single thing."""

    name: str
    title: Any
    key: str
    rank: int
    claim: Claim | None
    gist: Gist | None
    parts: tuple[str, ...]
    holds: Holds | None


scenes: dict[str, Scene] = {}


def scene(
    name: str,
    claim: Claim | None = None,
    rank: int = 0,
    *,
    title: Any,
    key: str,
    gist: Gist | None = None,
    parts: tuple[str, ...] = (),
    holds: Holds | None = None,
) -> None:
    """Register a scene. What it shows is a part in wall.html; wall.css shows that part while this scene is on.

    A claim may depend on what is stored alone, not on the moment; whoever changes what it depends on touches
    "wall.scene"."""
    if name in scenes:
        raise ValueError(f"the scene {name} is registered twice")
    scenes[name] = Scene(name, title, key, rank, claim, gist, parts, holds)


def claimed(room: Any) -> str:
    """The scene that the room's state asks for: of those that claim the wall the one with the highest rank."""
    for one in sorted(scenes.values(), key=lambda one: one.rank, reverse=True):
        if one.claim is not None and one.claim(room):
            return one.name
    raise LookupError("no scene claims an idle wall")
