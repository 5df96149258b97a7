"""A blind poll ends: its ballots are published, and everything by which one could be tied to a seat is destroyed."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings

from polls.ballots import core
from polls.ballots.blind import falling, formats, frozen, published
from polls.ballots.blind.signing import signer
from polls.ballots.blind.wire import SignerError
from polls.ballots.models import BlindBallot, Poll, Published, State, Voucher
from rooms.events.models import Room
from rooms.journal.actions import note
from rooms.journal.queries import told

log = structlog.get_logger("deliberate.ballots")
#: What the signer's names of rooms begin with, by whose keys pseudonyms are issued; no poll's handle holds such a letter.
OF_ROOM = "room_"


def contents(poll: Poll) -> core.Contents:
    """What lies in the box as a multiset, of no group."""
    known = falling.definition(poll.handle)
    ballots = (formats.parse(octets, known.poll, known.width) for octets in _octets(poll))
    return core.rows([("", ballot.choice, 1) for ballot in ballots])


def publish(poll: Poll, by: Any, *, ballots: bool) -> str:
    """Note what binds the ballots in the journal, and write the file where the `ballots` are published. Within the closing's
    transaction. The four words of the closing hash: whoever is shown other ballots is shown other words."""
    found = _octets(poll)
    issued = {frozen.EVERYBODY: Voucher.objects.filter(poll=poll).exclude(asked="").count()}
    noted = published.noted_at_closing(poll.definition, found, issued)
    for verb, detail in noted:
        note(poll.room, by, verb, poll, detail)
    if ballots:
        Published.objects.create(poll=poll, text=published.published(poll.definition, told(poll.room), found, issued))
    _closed, closing = noted[-1]
    return formats.words(bytes.fromhex(closing))


def forget(poll: Poll) -> None:
    """Take away the box's rows and the vouchers. The salt goes with the box (actions.py), the keys after the commit."""
    BlindBallot.objects.filter(poll=poll).delete()
    Voucher.objects.filter(poll=poll).delete()


def destroy_keys(handle: str) -> None:
    """After the commit that ended a poll: nothing can be signed for it any more. What fails is done by `tidy`."""
    try:
        signer().forget(handle)
    except SignerError:
        log.warning("the keys of a closed poll could not be destroyed; the next purge does it")


def tidy() -> None:
    """Destroy the keys of polls that are not waiting or open any more: of a process that died between commit and `destroy_keys`.
    And those of rooms that are gone, by which pseudonyms were issued (polls/pseudonyms/issuing.py)."""
    folder = settings.KEYS_DIR / "polls"  # without starting a signer for nothing
    held = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    living = set(
        Poll.objects.filter(handle__in=held, state__in=(State.PREPARED, State.OPEN)).values_list("handle", flat=True)
    )
    rooms = {name.removeprefix(OF_ROOM): name for name in held if name.startswith(OF_ROOM)}
    living |= {rooms[handle] for handle in Room.objects.filter(handle__in=rooms).values_list("handle", flat=True)}
    for handle in held:
        if handle not in living:
            destroy_keys(handle)


def _octets(poll: Poll) -> list[bytes]:
    return [formats.from_text(text) for text in BlindBallot.objects.filter(poll=poll).values_list("octets", flat=True)]
