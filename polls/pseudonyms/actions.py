from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from deliberate.door.registry import Answer, Asked
from deliberate.errors import Refused
from deliberate.languages import by_language
from deliberate.live.marks import veiled_providers
from deliberate.live.stale import touch_marks
from polls.pseudonyms.models import Pseudonym


def own(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """What is personal to these pseudonyms on the room's pictures: {"marks": [mark, ...]}."""
    keys = list({each.by.pk for each in asked})
    found: dict[int, set[str]] = {key: set() for key in keys}
    for provider in veiled_providers.values():
        for key, some in provider(room, keys).items():
            found[key].update(some)
    return [Answer(data={"marks": sorted(found[each.by.pk])}) for each in asked]


def withdraw(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """Take away all that these pseudonyms did in the room."""
    for key in {each.by.pk for each in asked}:
        for take_away in _withdrawers:
            take_away(room, key)
    touch_marks(room)
    answers = {
        place: Answer(
            say=_("Your upvotes and stances are gone, and so are your ideas without a name."), data={"marks": []}
        )
        for place, _each in by_language(asked, lambda each: each.by.language)
    }
    return [answers[place] for place in range(len(asked))]


Withdrawer = Callable[[Any, int], None]
_withdrawers: list[Withdrawer] = []


def withdrawer(take_away: Withdrawer) -> Withdrawer:
    """Register what a later feature does when a pseudonym (its row's key) takes all back that it did in a room."""
    _withdrawers.append(take_away)
    return take_away


def mute(pseudonym: int, reason: str, *, hidden: bool) -> None:
    """Let nothing more be done under a pseudonym. `hidden`: what was, does not count either."""
    Pseudonym.objects.filter(pk=pseudonym).update(muted=reason, hidden=hidden)


def unmute(pseudonym: int) -> None:
    """Let a pseudonym act again; what it did counts again."""
    Pseudonym.objects.filter(pk=pseudonym).update(muted="", hidden=False)
