"""What may be asked from outside. Each feature registers its commands here; the door knows nothing else of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms


@dataclass(frozen=True, slots=True)
class Answer:
    """What the one who acted gets back, after the commit. `say` is shown to them; `data` is for programs.

    `on` and `off`: the marks that the act gave the seat and took from it, where the action knows; else the door looks
    up all marks of the feature. `forget_seat` tells the door to end the cookie of whoever asked."""

    say: object = ""
    data: dict[str, Any] = field(default_factory=dict)
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    forget_seat: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What one seat asks of a crowd's action: what is known of the seat now (Entrance.all_still_here), and the cleaned fields.

    `key` gives what the act is known by, "" for none: for actions that keep receipts of some of their acts alone."""

    by: Any
    fields: dict[str, Any]
    key: Callable[[], str]


class NoFields(forms.Form):
    """The form of a command that needs nothing but its name."""


#: Gives an Answer or None; where a crowd asks, a list of Answers and Refused.
Action = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that may be asked: its name, form, roles, and the action behind it."""

    name: str
    form: type[forms.Form]
    who: frozenset[str]
    action: Action
    per_minute: int | None
    remembered: bool
    wordless: bool
    crowd: bool
    marks: bool
    veiled: bool | Callable[[dict[str, Any]], bool]
    muted_too: bool
    before: Callable[..., dict[str, Any]] | None = None
    afterwards: Callable[[Sequence[Answer]], Sequence[Any]] | None = None

    @property
    def feature(self) -> str:
        return self.name.partition(".")[0]

    def hides_seat(self, fields: dict[str, Any]) -> bool:
        """Whether an act with these fields is one of a pseudonym."""
        return self.veiled(fields) if callable(self.veiled) else self.veiled

    def kept(self, answer: Answer) -> Answer:
        """What the receipt of an act holds, to be told when it comes again."""
        return Answer() if self.wordless else answer


commands: dict[str, Command] = {}


def command(
    name: str,
    *,
    form: type[forms.Form],
    who: Iterable[str],
    per_minute: int | None = None,
    remembered: bool = True,
    wordless: bool = False,
    crowd: bool = False,
    marks: bool = True,
    veiled: bool | Callable[[dict[str, Any]], bool] = False,
    muted_too: bool = False,
    before: Callable[..., dict[str, Any]] | None = None,
    afterwards: Callable[[Sequence[Answer]], Sequence[Any]] | None = None,
) -> Callable[[Action], Action]:
    """Offer `action(*, room, by, **cleaned fields)` under `name` ("feature.verb") to the roles in `who`.

    `crowd`: a whole room does this at once. The action is `action(*, room, asked)`: it does what several seats asked, in
    their order, within the door's transaction, and gives an Answer or a Refused for each.

    `per_minute` limits one seat beyond the general limit. `remembered=False` keeps no receipt, for acts whose
    repetition is harmless by itself, however late it comes, or that must leave no trace; `wordless`: its receipt says that
    it was done, and not what was answered. `marks=False` looks up no marks
    afterwards, for acts that change none of whoever asks.

    `veiled`: who acts is a pseudonym (veil.py): always, or where the cleaned fields say so. Only a crowd's can be.
    `muted_too`: a muted one may do it as well.

    For what takes time and must not be done within the transaction: `before(place, **cleaned fields)` gives keywords for the
    action; `afterwards(answers)` takes the answers of a crowd after their commit and gives others in their place."""

    def register(action: Action) -> Action:
        if name in commands:
            raise ValueError(f"{name} is registered twice")
        commands[name] = Command(
            name, form, frozenset(who), action, per_minute, remembered, wordless, crowd, marks, veiled, muted_too,
            before, afterwards,
        )  # fmt: skip
        return action

    return register
