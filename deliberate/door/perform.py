"""The one way in: who asks, may they, is it well formed; then one transaction, and an answer after its commit."""

from __future__ import annotations

import json
import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import structlog
from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate.door import limits, receipts
from deliberate.door.entrance import Place, entrance
from deliberate.door.registry import Answer, Asked, Command, commands
from deliberate.door.veil import Nobody, veil
from deliberate.errors import Refused
from deliberate.shell import metrics

log = structlog.get_logger("deliberate.door")
_acts = limits.Buckets(settings.LIMIT_ACTS_PER_MINUTE)
_by_command: dict[str, limits.Buckets] = {}

Fields = Mapping[str, object]
#: How much longer a text may be as it comes in than as it is kept, and the letters of a field that names no length.
TIDIED, LONGEST_UNNAMED = 4, 2_000
ACT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class BadFields(Refused):
    """Fields that don't fit the form. `form` holds what was typed and what is wrong with it."""

    def __init__(self, reason: object, form: Any = None) -> None:
        super().__init__(reason, code="fields")
        self.form = form


def perform(place: Place, name: str, fields: Fields, act: str = "") -> Answer:
    """Do the act `name` for the seat at `place`, exactly once for each `act` (the phone's own id, 8 to 64 letters).

    The same id with other fields is another act: a page restored by a browser brings its old id to new words.

    Returns the answer after the commit. Raises Refused, with nothing changed, where the act may not be done."""
    answer = stored(place, name, fields, act)
    afterwards = commands[name].afterwards
    if afterwards is None:
        return answer
    with override(language_of(place)):
        [found] = afterwards([answer])
    if isinstance(found, Refused):
        raise found
    return cast(Answer, found)


def stored(place: Place, name: str, fields: Fields, act: str = "") -> Answer:
    """The same without what the command does after the commit."""
    started = time.perf_counter()
    try:
        with override(language_of(place)):
            asked = prepared(place, name, fields, act)
            answer = _done(asked)
    except BaseException as problem:
        told(place, name, problem, time.perf_counter() - started)
        raise
    told(place, name, None, time.perf_counter() - started)
    return answer


def language_of(place: Place) -> str:
    return str(place.seat.language or settings.LANGUAGE_CODE)


def told(place: Place, name: str, problem: BaseException | None, seconds: float) -> None:
    """Log and count how an act went."""
    metrics.acts.labels(*outcome(place, name, problem)).inc()
    metrics.act_seconds.observe(seconds)


def outcome(place: Place, name: str, problem: BaseException | None) -> tuple[str, str]:
    """The command and how an act of it went: done, refused or failed. What was not done is logged."""
    known = name if name in commands else "unknown"
    if problem is None:
        return known, "done"
    if isinstance(problem, Refused):
        log.info("refused", command=known, role=place.seat.role, code=problem.code)
        return known, "refused"
    log.error("failed", command=known, exc_info=problem)
    return known, "failed"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An act that may be done as far as is known before the transaction. `fields` are cleaned; `said` is the command with
    its fields as they came, in one spelling for all lines; `act` is the phone's id for it, "" for none."""

    place: Place
    command: Command
    fields: dict[str, Any]
    said: str
    act: str

    @property
    def veiled(self) -> bool:
        """Whether who acts is a pseudonym."""
        return self.command.hides_seat(self.fields)

    def key(self) -> str:
        """What this act is known by, should it come again; "" where the phone gave it no id."""
        return receipts.key_of(self.place.seat.pk, self.act, self.said)

    def receipt(self) -> str:
        """The key of the receipt that the door keeps of it; "" for none."""
        return self.key() if self.command.remembered else ""


def prepared(place: Place, name: str, fields: Fields, act: str) -> Prepared:
    """Look at an act: is there such a command, may this role ask it, not too often, well formed. Raises Refused."""
    asked = commands.get(name)
    if asked is None:
        raise Refused(_("This page asked for something that does not exist. Reload it, please."), code="unknown")
    if place.seat.role not in asked.who:
        raise Refused(_("Your seat may not do this."), code="role")
    if act and not ACT_ID.fullmatch(act):
        raise Refused(_("This page sent something unreadable. Reload it, please."), code="act")
    _limit(place, asked)
    read = _read_before(asked, fields, language_of(place)) if asked.crowd else _read(asked, fields)
    found = Prepared(place, asked, *read, act)
    if isinstance(place.seat, Nobody) and not found.veiled:
        raise Refused(_("This can't be done without your seat."), code="seat_only")
    return found


def _read(asked: Command, fields: Fields) -> tuple[dict[str, Any], str]:
    """The fields, cleaned; and the command with them as it came."""
    query = _known(asked, fields)
    return _clean(asked, query), json.dumps([asked.name, sorted(query.lists())])


_lately: OrderedDict[tuple[str, str, str], tuple[dict[str, Any], str]] = OrderedDict()
#: What was sent by a crowd lately, so many different things of it.
MOST_READ = 1000


def _read_before(asked: Command, fields: Fields, language: str) -> tuple[dict[str, Any], str]:
    """The same for a crowd: a whole room sends the same few, and a form is slower than all else. Not for forms whose reading
    depends on anything but the fields."""
    key = (asked.name, language, repr(sorted(fields.items())))
    found = _lately.get(key)
    if found is None:
        found = _lately[key] = _read(asked, fields)
        while len(_lately) > MOST_READ:
            _lately.popitem(last=False)
    cleaned, said = found
    return dict(cleaned), said


def seats_of(asked: list[Prepared]) -> list[Any]:
    """What is known now of the seats of a crowd; None for each that has ended.

    A seat was read before the transaction: since then it may have been erased, and must not sign anything more. They are
    locked, all in one order, so what one seat asks of several processes is done by one after the other. All of these are
    veiled or none is: of the veiled it is the pseudonyms, and no seat is touched."""
    if asked and asked[0].veiled:
        return veil().behind([each.place for each in asked], [each.command.muted_too for each in asked])
    return list(entrance().all_still_here([each.place.seat for each in asked]))


def do_all(asked: list[Prepared], seats: list[Any]) -> list[Answer | Refused]:
    """Do a crowd's acts of one command in one room, within the transaction in which their seats were locked.

    One that is refused has changed nothing."""
    pairs = zip(seats, asked, strict=True)
    there = [Asked(seat, each.fields, each.key) for seat, each in pairs if not _absent(seat)]
    command, room = asked[0].command, asked[0].place.room
    done = iter(command.action(room=room, asked=there) if there else ())
    return [absent(seat, each) or next(done) for seat, each in zip(seats, asked, strict=True)]


def _absent(seat: Any) -> bool:
    return seat is None or isinstance(seat, Refused)


def absent(seat: Any, asked: Prepared) -> Refused | None:
    """Why whoever asked this can't act at all, given what is known of them now; None where they can."""
    return seat if isinstance(seat, Refused) else _ended(asked.place) if seat is None else None


def _done(asked: Prepared) -> Answer:
    """Do it, in one transaction. The seat is locked first: what it asks of several processes at once is done by one after the
    other, and what it asks twice is found done by the second."""
    key, crowd = asked.receipt(), asked.command.crowd
    more = asked.command.before(asked.place, **asked.fields) if asked.command.before else {}
    answer: Answer | Refused
    here: Any
    if asked.veiled and (problem := veil().admit([asked.place])[0]):
        raise problem
    with transaction.atomic():
        here = seats_of([asked])[0] if crowd else entrance().still_here(asked.place)
        if problem := absent(here, asked):
            raise problem
        before = receipts.said_before([key]) if key else {}
        if key in before:
            return before[key]
        if crowd:
            [answer] = do_all([asked], [here])
        else:
            answer = asked.command.action(room=here.room, by=here.seat, **asked.fields, **more) or Answer()
        if isinstance(answer, Refused):
            raise answer
        if key:
            receipts.keep([(key, asked.place.event.handle, asked.command.kept(answer))])
    return answer


def _ended(place: Place) -> Refused:
    with override(language_of(place)):
        return Refused(_("Your seat has ended. Join again, please."), code="seat")


def rest() -> None:
    """Forget how often anybody has acted and looked, in this process."""
    limits.pages.empty()
    _acts.empty()
    _by_command.clear()


def _limit(place: Place, asked: Command) -> None:
    key = f"{place.seat.pk}"
    if not _acts.take(key):
        raise Refused(_("That was a lot at once. Wait a moment, then try again."), code="limit")
    if asked.per_minute is not None:
        bucket = _by_command.setdefault(asked.name, limits.Buckets(asked.per_minute))
        if not bucket.take(key):
            raise Refused(_("That was a lot at once. Wait a moment, then try again."), code="limit")


def _known(asked: Command, fields: Fields) -> QueryDict:
    unknown = set(fields) - set(asked.form.base_fields)
    if unknown:
        raise Refused(_("This page sent a field that does not belong here. Reload it, please."), code="unknown_field")
    return as_query(fields)


def _clean(asked: Command, query: QueryDict) -> dict[str, Any]:
    for name, field in asked.form.base_fields.items():
        # Tidying shortens, so a field counts afterwards; what can't fit by far is not even tidied: that takes seconds.
        most = TIDIED * (getattr(field, "max_length", None) or LONGEST_UNNAMED)
        if any(len(text) > most for text in query.getlist(name)):
            raise Refused(_("That was too long to be sent at once. Make it shorter, please."), code="size")
    form = asked.form(query)
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        raise BadFields(said, form)
    return form.cleaned_data


def as_query(fields: Fields) -> QueryDict:
    """Fields from JSON (texts, numbers, booleans, or lists of texts) in the shape that Django's forms read."""
    query = QueryDict(mutable=True)
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(each, (str, int, float, bool)) or each is None for each in values):
            raise Refused(_("This page sent something unreadable. Reload it, please."), code="shape")
        texts = ["on" if each is True else "" if each is None or each is False else str(each) for each in values]
        if any("\x00" in text for text in texts):
            raise Refused(_("The text holds a character that cannot be stored. Type it again, please."), code="nul")
        query.setlist(name, texts)
    return query


def _is_text(text: str | bytes, value: object) -> bool:
    """Whether all of it is Unicode: JSON can write half of a character, which no database and no frame can hold."""
    if b"\\u" not in (text.encode() if isinstance(text, str) else text):
        return True
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def parsed(text: str | bytes) -> dict[str, Any]:
    """The JSON object in a frame, or Refused."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not _is_text(text, value):
        raise Refused(_("This page sent something unreadable. Reload it, please."), code="json")
    return value
