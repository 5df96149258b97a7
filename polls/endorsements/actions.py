from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.door.limits import room_for
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch, touch_seat
from polls.endorsements import core, queries
from polls.endorsements.models import Endorsement, Told
from polls.statements import signing
from polls.statements.models import Version
from polls.statements.queries import versions
from rooms.journal.actions import locked, note
from rooms.seats.actions import eraser
from rooms.seats.models import Seat

#: What shows who signed.
SCREENS = ("endorsements.signed", "endorsements.wall")


@transaction.atomic
def sign(*, room: Any, by: Any, version: int, organisation: str, signed: str) -> Answer:
    """Sign a settled version, as a person or for an organisation. Doing it again changes how one is named. Refused to who has not
    signed where it was reopened.

    Not noted: it would tell who signed when."""
    room = locked(room)
    found = _version(room, version)
    rows = Endorsement.objects.filter(version=found)
    if organisation:
        theirs = next((row for row in rows if row.organisation.casefold() == organisation.casefold()), None)
        if theirs is not None and theirs.seat_id != by.pk:
            raise Refused(_("%(name)s has signed already.") % {"name": theirs.organisation})
        if theirs is None:
            _check_in_force(found)
            room_for(rows)
            Endorsement.objects.create(version=found, seat=by, organisation=organisation)
        said = _("%(name)s has signed version %(n)d.") % {"name": organisation, "n": found.number}
    else:
        mine = rows.filter(seat=by, organisation="").first()
        if mine is None:
            _check_in_force(found)
            room_for(rows)
        fields = signing.kept(room, by, signed)
        Endorsement.objects.update_or_create(version=found, seat=by, organisation="", defaults=fields)
        said = _("You have signed version %(n)d.") % {"n": found.number}
        if fields["level"] != "name":
            said = _("You have signed version %(n)d. You are counted, not named.") % {"n": found.number}
    _tell_anew(found)
    touch(room, *SCREENS)
    return Answer(say=said)


@transaction.atomic
def withdraw(*, room: Any, by: Any, version: int, organisation: str) -> Answer:
    """Take one's signature back, or that of an organisation one signed for. It is gone everywhere."""
    room = locked(room)
    found = _version(room, version)
    gone, _rows = Endorsement.objects.filter(version=found, seat=by, organisation=organisation).delete()
    if not gone:
        raise Refused(_("You have not signed this version."))
    _tell_anew(found)
    touch(room, *SCREENS)
    return Answer(say=_("The signature is taken back."))


@transaction.atomic
def strike(*, room: Any, by: Any, endorsement: str) -> Answer:
    """Take off the signature of an organisation that never gave it: anybody can type a name."""
    room = locked(room)
    rows = Endorsement.objects.filter(version__statement__room=room, handle=endorsement).exclude(organisation="")
    row = rows.select_related("seat").first()
    if row is None:
        raise Refused(_("This signature is no longer there."))
    row.delete()
    note(room, by, "struck a signature", row)
    touch(room, *SCREENS)
    if row.seat is not None:
        touch_seat(row.seat)
    return Answer(say=_("Struck: %(name)s.") % {"name": row.organisation})


def _version(room: Any, number: int) -> Version:
    found = versions(room).filter(number=number).first()
    if found is None:
        raise Refused(_("There is no such version. Only a settled text can be signed."))
    return found


def _check_in_force(version: Version) -> None:
    if version.reopened_at is not None:
        said = _("Version %(n)d was reopened: its words may change. Sign the next version once it is settled.")
        raise Refused(said % {"n": version.number}, code="reopened")


def _tell_anew(version: Version) -> None:
    """Count the groups anew where the k rule lets it."""
    told = Told.objects.filter(version=version).first() or Told(version=version)
    event = version.statement.room.event
    cells = core.told(queries.sizes(version), told.people, event.k)
    if cells is None:
        return
    names = {group.handle: group.name for group in event.groups.all()} | {"": ""}
    told.cells = [[[name for handle, name in names.items() if handle in groups], size] for groups, size in cells]
    told.people = queries.people(version).count()
    told.save()


@eraser
def forget(seat: Seat) -> None:
    """Name and group leave an erased person's signatures, which stay counted. An organisation's is of the organisation."""
    Endorsement.objects.filter(seat=seat).update(**signing.UNSIGNED)
    for room in seat.event.rooms.all():
        touch(room, *SCREENS)
