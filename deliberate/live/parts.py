"""The parts of screens. A part is a function (room, audience) -> context and one template, painted once per audience."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
Found = TypeVar("Found")
Context = dict[str, Any]
Paint = Callable[[Any, str], Context]
PagedPaint = Callable[[Any, str, int], Context]


@dataclass(frozen=True, slots=True)
class Part:
    """A named piece of a screen. `paged` parts are asked for as "name/2"; page 1 is the bare name."""

    name: str
    audiences: frozenset[str]
    context: Callable[..., Context]
    template: str
    paged: bool


parts: dict[str, Part] = {}
_resting: dict[str, tuple[str, ...]] = {}


def part(
    name: str, *, audiences: Iterable[str], template: str = "", paged: bool = False, also: Iterable[str] = ()
) -> Callable[[Callable[..., Context]], Callable[..., Context]]:
    """Register a part "feature.name". Its template is frontend/templates/feature/name.html unless named.

    `also`: what of earlier features it rests on ("seats", "attribution"): their actions touch `resting_on` that, and so
    need not know the features that come after them.
    The context may depend on the room and the audience alone: not on the viewer, and not on the moment of painting."""

    def register(context: Callable[..., Context]) -> Callable[..., Context]:
        if name in parts:
            raise ValueError(f"{name} is registered twice")
        parts[name] = Part(name, frozenset(audiences), context, template or f"{name.replace('.', '/')}.html", paged)
        for ground in also:
            _resting[ground] = (*resting_on(ground), name)
        return context

    return register


def resting_on(ground: str) -> tuple[str, ...]:
    """The names of the parts that were registered as resting on `ground` too."""
    return _resting.get(ground, ())


def split(name: str) -> tuple[str, int]:
    """ "ideas.board/3" -> ("ideas.board", 3); pages run from 1 to 99, anything else is page 1 of an unknown part."""
    base, _slash, page = name.partition("/")
    if not page:
        return base, 1
    return (base, int(page)) if page.isascii() and page.isdigit() and 1 < int(page) < 100 else ("", 1)


def known(name: str, audience: str) -> bool:
    """Whether `audience` may see the part called `name`."""
    base, page = split(name)
    found = parts.get(base)
    return found is not None and audience in found.audiences and (page == 1 or found.paged)


def once(find: Callable[Concatenate[Any, P], Found]) -> Callable[Concatenate[Any, P], Found]:
    """Let what `find(room, ...)` reads be read once a painting, for all parts, audiences and languages. None of them may
    change it, and it must not depend on the language. Anywhere else it is read anew each time."""

    @wraps(find)
    def found(room: Any, /, *args: P.args, **named: P.kwargs) -> Found:
        read: dict[object, Found] | None = getattr(room, "read_once", None)
        if read is None or named:
            return find(room, *args, **named)
        key = (find, args)
        if key not in read:
            read[key] = find(room, *args, **named)
        return read[key]

    return found
