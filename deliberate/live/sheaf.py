"""Hints, and what many of them come to when they are gathered."""

from __future__ import annotations

import json
from dataclasses import dataclass

#: Beyond so many rooms or seats it is shorter to say that everything is to be looked at.
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Hint:
    """Parts of a room went stale, by what a whole `crowd` does at once or by what one person did; or a seat's marks did
    (`seat`), or the seat itself has ended (`end`); or `everything` may have, because hints were lost; or something could not
    be stored (`unstored`), which the crew at other processes is told too; or a feature tells itself something about a room
    (`told`: what it is about, and a short text; of several about the same the newest holds)."""

    room: int | None = None
    parts: tuple[str, ...] = ()
    seat: int | None = None
    end: bool = False
    crowd: bool = False
    everything: bool = False
    unstored: bool = False
    told: tuple[str, str] | None = None


class Sheaf:
    """Many hints bound into one: each part of a room once, each seat once. Its size has a bound."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """None is left."""
        self.rooms: dict[int, dict[str, bool]] = {}  # room: part: whether a crowd alone touched it
        self.seats: dict[int, None] = {}
        self.ended: dict[int, None] = {}
        self.told: dict[tuple[int, str], str] = {}  # (room, what it is about): text
        self.everything = self.unstored = False

    def __bool__(self) -> bool:
        return bool(self.everything or self.unstored or self.rooms or self.seats or self.ended or self.told)

    def add(self, hint: Hint) -> None:
        """Let this hint be one of them."""
        self.unstored |= hint.unstored
        if hint.end and hint.seat is not None:
            self.ended[hint.seat] = None  # never folded into "everything": that closes nobody's line
        elif hint.everything or self.everything:
            self._all()
        else:
            if hint.room is not None and hint.told is not None:
                self.told[hint.room, hint.told[0]] = hint.told[1]
            elif hint.room is not None:
                parts = self.rooms.setdefault(hint.room, {})
                parts.update({part: parts.get(part, True) and hint.crowd for part in hint.parts})
            if hint.seat is not None:
                self.seats[hint.seat] = None
            if max(len(self.rooms), len(self.seats), len(self.told)) > MOST:
                self._all()

    def _all(self) -> None:
        self.everything = True
        self.rooms.clear()
        self.seats.clear()
        self.told.clear()

    def drain(self) -> list[Hint]:
        """The hints that it came to; none is left."""
        found = []
        for room, touched in self.rooms.items():
            for crowd in (False, True):
                parts = tuple(part for part, by_crowd in touched.items() if by_crowd == crowd)
                if parts:
                    found.append(Hint(room=room, parts=parts, crowd=crowd))
        found += [Hint(room=room, told=(about, text)) for (room, about), text in self.told.items()]
        found += [Hint(seat=seat) for seat in self.seats]
        found += [Hint(seat=seat, end=True) for seat in self.ended]
        if self.everything:
            found.append(Hint(everything=True))
        if self.unstored:
            found.append(Hint(unstored=True))
        self.clear()
        return found

    def written(self) -> str:
        """As it travels."""
        rooms = {str(room): {part: int(crowd) for part, crowd in parts.items()} for room, parts in self.rooms.items()}
        whole = {"rooms": rooms, "seats": list(self.seats), "ended": list(self.ended), "everything": self.everything}
        whole |= {"unstored": self.unstored, "told": [[*about, text] for about, text in self.told.items()]}
        return json.dumps({name: some for name, some in whole.items() if some}, separators=(",", ":"))

    @classmethod
    def read(cls, text: str | bytes) -> Sheaf:
        """What `written` gave. ValueError, AttributeError or TypeError where it is something else."""
        whole, found = json.loads(text), cls()
        for room, parts in whole.get("rooms", {}).items():
            found.rooms[int(room)] = {str(part): bool(crowd) for part, crowd in parts.items()}
        found.seats = dict.fromkeys(int(seat) for seat in whole.get("seats", ()))
        found.ended = dict.fromkeys(int(seat) for seat in whole.get("ended", ()))
        found.told = {(int(room), str(about)): str(text) for room, about, text in whole.get("told", ())}
        found.everything, found.unstored = bool(whole.get("everything")), bool(whole.get("unstored"))
        return found
