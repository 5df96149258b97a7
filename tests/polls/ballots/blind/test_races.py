"""What several processes do to a blind poll at one moment: each thread has a connection of its own, as a process has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from deliberate.errors import Refused
from polls.ballots.blind import formats
from polls.ballots.models import BlindBallot, Voucher
from tests import make
from tests.polls.ballots.blind.polling import choice, polled, put, token, voter

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """What each gives, or the refusal that it raises; all begin at one moment."""
    said: list[Any] = [None] * len(works)
    ready = threading.Barrier(len(works))

    def run(place: int) -> None:
        connection.ensure_connection()
        try:
            ready.wait(30)
            said[place] = works[place]()
        except Refused as why:
            said[place] = why
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert None not in said
    return said


def test_one_token_and_several_choices_in_parallel_leave_one_ballot() -> None:
    _event, poll, seats = polled(6)
    for seat in seats[:3]:
        who = voter(poll)
        given = token(seat, poll, who)
        texts = ["Hearings", "A fund", "A report", "-", "Hearings", "A fund"]
        ballots = [who.ballot(given, choice(poll, text)) for text in texts]
        said = at_once([lambda octets=octets: put(poll, octets)[0] for octets in ballots])  # type: ignore[misc]
        held = BlindBallot.objects.get(poll=poll, tracker=who.tracker)
        for octets, answer in zip(ballots, said, strict=True):
            if formats.to_text(octets) == held.octets:
                assert isinstance(answer, bytes)
            else:
                assert isinstance(answer, Refused)
                assert answer.code == "again"
    poll.refresh_from_db()
    assert poll.turnout == 3


def test_a_changed_mind_in_parallel_leaves_the_highest_number() -> None:
    _event, poll, seats = polled(6, change="on")
    who = voter(poll)
    given = token(seats[0], poll, who)
    ballots = [who.ballot(given, choice(poll, "Hearings"), number) for number in range(1, AT_ONCE + 1)]
    at_once([lambda octets=octets: put(poll, octets)[0] for octets in ballots])  # type: ignore[misc]
    assert BlindBallot.objects.get(poll=poll).number == AT_ONCE


def test_several_devices_of_one_seat_in_parallel_are_given_one_token() -> None:
    _event, poll, seats = polled(6)
    devices = [voter(poll) for _device in range(AT_ONCE)]

    def asks(who: Any) -> Any:
        return make.act(seats[0], "ballots.token", poll=poll.handle, blinded=formats.to_text(who.blinded))

    said = at_once([lambda who=who: asks(who) for who in devices])  # type: ignore[misc]
    assert [answer.code for answer in said if isinstance(answer, Refused)] == ["other"] * (AT_ONCE - 1)
    assert Voucher.objects.exclude(asked="").count() == 1
