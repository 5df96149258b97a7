"""What hears: an engine. It is given sound as it comes, and tells what is being said and what was said.

Whisper on this machine (whisper.py) is one. Another model, or a program that passes the sound on to people who write, is a
class of the same shape, named by CAPTIONS_ENGINE ("package.module:Class"). It lives in a process of its own, started anew
where it ends; so it may block, and may fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Options:
    """What the settings say: the model (a folder, or a size that lies on this machine), the language spoken ("" where the
    model is to find out), threads, and the precision it computes with."""

    model: str = ""
    language: str = "en"
    threads: int = 1
    precision: str = "int8"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word, with the samples from and to which it was said, counted from the first that was given."""

    text: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Saying:
    """What is being said, in a phrase that began at the sample `since`. It replaces what was told of that phrase before."""

    since: int
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase that is over, and will not be told again. No words: it was no speech."""

    since: int
    until: int
    words: tuple[Spoken, ...]


class Unfit(Exception):
    """The engine can't begin: a model is missing, or what it is made of. The text says what, for the operator."""


class Engine(Protocol):
    """What hears one microphone."""

    #: What must be installed for it, by the names under which it is imported.
    needs: tuple[str, ...]
    #: Samples before this one are needed no more: should the engine die, the one that follows begins there.
    free: int

    def __init__(self, options: Options) -> None:
        """Load what it takes, which may take seconds. Raises Unfit."""

    def hear(self, sound: bytes, *, hurry: bool = False) -> Iterable[Saying | Said]:
        """Take sound (signed 16 bit, little-endian, 16,000 samples a second, mono) and tell what is new.

        `hurry`: more waits already, so tell only what is over."""

    def end(self) -> Iterable[Saying | Said]:
        """No more comes: tell what is left."""


def engine_of(path: str) -> type[Engine]:
    """The class named by "package.module:Class"."""
    module, _colon, name = path.partition(":")
    found: type[Engine] = getattr(import_module(module), name)
    return found


def installed(path: str) -> bool:
    """Whether there is such an engine here, with all that it needs. Nothing of it is loaded."""
    try:
        return all(find_spec(each) is not None for each in engine_of(path).needs)
    except (ImportError, AttributeError):
        return False
