"""What somebody may try against a blind poll, each with its name. Others stand in test_races.py, test_polling.py, test_forged.py,
test_signer.py, test_verify.py and test_tallies.py; what a voter's phone makes of them in tests/stories/test_blind_attacks.py."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from django.db import DatabaseError, connection
from django.test import Client

from deliberate.errors import Refused
from polls.ballots import casting
from polls.ballots.blind import box as module
from polls.ballots.blind import falling, formats, published, verify_poll
from polls.ballots.models import BlindBallot, Poll, Published
from rooms.seats.queries import cookie_of
from tests import make
from tests.polls.ballots.blind.polling import all_vote, choice, file_of, polled, put, token, voter, votes
from tests.polls.ballots.make import closed, moderator, opened, people, prepared
from tests.polls.ballots.test_screens import picture, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=module.box, client=("203.0.113.77", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://box.test") as client:
        yield client


def ready(**fields: object) -> tuple[Poll, list[bytes]]:
    """An open poll, and a ballot of each of its five voters that is not in the box yet: each chooses another option."""
    _event, poll, seats = polled(5, **fields)  # type: ignore[arg-type]
    found = []
    for seat, text in zip(seats, ["Hearings", "A fund", "A report", "-", "Hearings"], strict=True):
        who = voter(poll)
        found.append(who.ballot(token(seat, poll, who), choice(poll, text)))
    return poll, found


async def in_thread(work: Any) -> Any:
    def done() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return await asyncio.to_thread(done)


async def test_a_cookie_sent_to_the_ballot_box_is_refused(http: httpx.AsyncClient) -> None:
    poll, (ballot, *_rest) = await in_thread(ready)
    form = await http.post(f"/{poll.handle}/sealed", data={"choice": "-"}, headers={"Cookie": "seat=somebody"})
    assert (form.status_code, "The ballot box takes no cookies" in form.text) == (400, True)
    assert "Go back with your browser" in form.text, "where it came from is not known"
    answer = await http.post(f"/{poll.handle}", content=ballot, headers={"Cookie": "seat=somebody"})
    assert (answer.status_code, answer.json()["code"]) == (400, "cookie")
    assert (await http.post(f"/{poll.handle}", content=ballot)).status_code == 200


async def test_the_box_sets_no_cookie_and_tells_no_referrer(http: httpx.AsyncClient) -> None:
    poll, (ballot, *_rest) = await in_thread(ready)
    answer = await http.post(f"/{poll.handle}", content=ballot)
    assert "set-cookie" not in answer.headers
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")


async def test_neither_receipt_nor_ballot_has_a_size_that_tells_the_choice(http: httpx.AsyncClient) -> None:
    poll, found = await in_thread(ready)
    answers = [await http.post(f"/{poll.handle}", content=ballot) for ballot in found]
    assert {len(answer.content) for answer in answers} == {64}
    assert len({len(str(sorted(answer.headers.items()))) for answer in answers}) == 1
    assert len({len(ballot) for ballot in found}) == 1


async def test_what_is_no_ballot_is_refused_in_words_and_leaves_no_trace_in_the_log(
    http: httpx.AsyncClient, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, (ballot, *_rest) = await in_thread(ready)
    assert (await http.post(f"/{poll.handle}", content=b"x" * 5000)).status_code == 413
    for octets in (b"", b"x", ballot[:-1], ballot[:-1] + bytes([ballot[-1] ^ 1])):
        answer = await http.post(f"/{poll.handle}", content=octets)
        assert (answer.status_code, answer.json()["say"]) == (422, "This is no ballot of this poll.")

    def fails(*_given: object) -> None:
        raise RuntimeError(f"with {ballot!r} in its words")

    monkeypatch.setattr(falling, "checked", fails)
    answer = await http.post(f"/{poll.handle}", content=ballot, headers={"User-Agent": "Telltale/1.0"})
    assert answer.status_code == 503
    out, err = capfd.readouterr()
    for word in ("deliberate ballot v1", "Telltale", "203.0.113.77", "in its words"):
        assert word not in out + err + answer.text


async def test_nothing_is_published_before_the_closing(http: httpx.AsyncClient) -> None:
    poll, (ballot, *_rest) = await in_thread(ready)
    await http.post(f"/{poll.handle}", content=ballot)
    for path in ("ballots.json", "list.txt"):
        answer = await http.get(f"/{poll.handle}/{path}")
        assert answer.status_code == 404
        assert formats.to_text(ballot)[:40] not in answer.text


def test_a_cast_at_the_closing_instant_is_counted_or_told_that_it_was_too_late() -> None:
    poll, found = ready()
    said: list[bytes | Refused] = []

    def casts(octets: bytes) -> None:
        try:
            said.extend(put(poll, octets))
        except Refused as late:
            said.append(late)
        finally:
            connection.close()

    threads = [threading.Thread(target=casts, args=(octets,)) for octets in found]
    for thread in threads:
        thread.start()
    closed(poll)
    for thread in threads:
        thread.join()
    file = json.loads(Published.objects.get(poll=poll).text)
    counted = set(file["ballots"])
    receipts = {each for each in said if isinstance(each, bytes)}
    key = formats.from_text(json.loads(poll.definition)["receipts"])
    poll_hash = formats.poll_hash(poll.definition)
    holding = [
        octets for octets in found if any(formats.receipt_holds(key, poll_hash, octets, each) for each in receipts)
    ]
    assert {formats.to_text(octets) for octets in holding} == counted
    assert len(said) == 5
    assert {each.code for each in said if isinstance(each, Refused)} <= {"closed"}
    assert not BlindBallot.objects.exists()


def test_a_ballot_that_the_server_dropped_is_proven_by_its_receipt() -> None:
    _event, poll, seats = polled(6)
    cast = all_vote(poll, seats, "Hearings", "A fund")
    dropped, octets, receipt = cast[0]
    BlindBallot.objects.filter(tracker=dropped.tracker).delete()
    text = file_of(poll)
    assert formats.to_text(octets) not in json.loads(text)["ballots"]
    key = formats.from_text(json.loads(poll.definition)["receipts"])
    assert formats.receipt_holds(key, dropped.poll, octets, receipt)


def test_a_ballot_that_the_server_altered_is_found_by_its_signature() -> None:
    _event, poll, seats = polled(6)
    _who, octets, _receipt = all_vote(poll, seats, "Hearings", "A fund")[0]
    file = json.loads(file_of(poll))
    altered = octets.replace(choice(poll, "Hearings").encode(), choice(poll, "A fund").encode())
    assert altered != octets
    file["ballots"] = [
        formats.to_text(altered) if each == formats.to_text(octets) else each for each in file["ballots"]
    ]
    report = verify_poll.verify(json.dumps(file).encode())
    assert not report.holds
    assert any("signed by the key that its token is for: WRONG" in line for line in report)


def test_an_earlier_ballot_put_in_place_of_the_last_is_missing_from_the_list() -> None:
    _event, poll, seats = polled(6, change="on")
    cast = all_vote(poll, seats, "Hearings", "A fund")
    who, first, _receipt = cast[0]
    token_of_it = formats.parse(first, who.poll, who.width).token
    last = who.ballot(token_of_it, choice(poll, "A report"), 2)
    [receipt] = put(poll, last)
    assert isinstance(receipt, bytes)
    BlindBallot.objects.filter(tracker=who.tracker).update(number=1, octets=formats.to_text(first))
    text = file_of(poll)
    assert verify_poll.verify(text.encode()).holds, "by the file alone nobody sees it"
    hashed = formats.to_text(hashlib.sha256(last).digest())
    assert hashed not in published.listed(text).split()
    assert formats.receipt_holds(formats.from_text(json.loads(poll.definition)["receipts"]), who.poll, last, receipt)


def test_the_list_that_phones_look_through_is_bound_by_the_words_that_the_wall_shows() -> None:
    event, poll, seats = polled(6)
    all_vote(poll, seats, "Hearings", "A fund")
    text = file_of(poll)
    poll.refresh_from_db()
    assert poll.result is not None
    bound = hashlib.sha256(published.listed(text).encode()).digest()
    closing = hashlib.sha256(b"deliberate closing v2" + formats.poll_hash(poll.definition) + bound)
    assert closing.hexdigest() == json.loads(text)["closing"]
    assert poll.result["words"] == formats.words(closing.digest())
    assert poll.result["words"] in picture(event, "ballots.wall", "wall")
    assert f"({poll.result['words']})" in "\n".join(verify_poll.verify(text.encode()))


def test_rows_that_are_changed_after_the_opening_change_nothing_that_anybody_reads() -> None:
    event, poll, seats = polled(6)
    before = picture(event, "ballots.open")
    one, other = poll.options.get(text="Hearings"), poll.options.get(text="A fund")
    type(one).objects.filter(pk=one.pk).update(text="A fund")
    type(one).objects.filter(pk=other.pk).update(text="Hearings")
    Poll.objects.filter(pk=poll.pk).update(question="Do you trust us?")
    assert picture(event, "ballots.open") == before
    for seat in seats[:5]:
        who = voter(poll)
        assert isinstance(put(poll, who.ballot(token(seat, poll, who), one.handle))[0], bytes)
    closed(poll)
    shown = words(picture(event, "ballots.results", "moderator"))
    assert "Hearings 100" in shown
    assert "Do you trust us?" not in shown


@pytest.mark.parametrize("secret", ["blind", "sealed"])
@pytest.mark.parametrize("count", [0, 1, 4])
def test_a_room_of_fewer_than_k_is_asked_no_secret_poll(secret: str, count: int) -> None:
    event = make.event(k=5)
    people(event, count)
    poll = prepared(event, secret=secret)
    with pytest.raises(Refused, match=f"needs 5 people who can vote, and there are {count}") as refused:
        make.act(moderator(event), "ballots.open", poll=poll.handle)
    assert refused.value.code == "few"
    people(event, 5 - count)
    make.act(moderator(event), "ballots.open", poll=poll.handle)


@pytest.mark.parametrize("secret", ["blind", "sealed"])
def test_a_vote_that_fails_under_debug_shows_no_choice(
    secret: str, settings: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.DEBUG = True
    event = make.event(k=5)
    seat, *_others = people(event, 5)
    poll = opened(event, secret=secret)
    handle = choice(poll, "A fund")

    def fails(*_given: object, **_named: object) -> None:
        chosen = handle
        raise DatabaseError(f"while {chosen} was written")

    monkeypatch.setattr(casting, "_cast", fails)
    client = Client(raise_request_exception=False)
    client.cookies["seat"] = cookie_of(seat)
    room = make.room(event).handle
    path = f"/at/{event.handle}/participant/{room}/do/ballots.cast"
    answer = client.post(
        path, {"poll": poll.handle, "choice": handle, "act": "act-123456"}, headers={"Origin": "http://testserver"}
    )
    out, err = capfd.readouterr()
    assert answer.status_code != 200
    assert handle not in answer.content.decode() + out + err


async def test_a_database_that_fails_under_debug_shows_no_ballot(
    http: httpx.AsyncClient, settings: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.DEBUG = True
    poll, (ballot, *_rest) = await in_thread(ready)

    def fails(*given: object) -> None:
        raise DatabaseError(f"while {given!r} was written")

    monkeypatch.setattr(falling, "_stored", fails)
    answer = await http.post(f"/{poll.handle}", content=ballot)
    out, err = capfd.readouterr()
    assert (answer.status_code, answer.json()["code"]) == (503, "away")
    for piece in (repr(ballot)[2:40], formats.to_text(ballot)[-60:], "was written", "Traceback"):
        assert piece not in out + err + answer.text


def test_ballots_that_the_server_stuffed_are_found_by_the_count() -> None:
    _event, poll, seats = polled(6)
    all_vote(poll, seats[:5], "Hearings", "A fund")
    stuffed = voter(poll)
    from polls.ballots.blind.signing import signer

    [signature] = signer().sign(poll.handle, "all", [stuffed.blinded])
    assert signature is not None
    [receipt] = put(poll, stuffed.ballot(stuffed.token(signature), choice(poll, "A fund")))
    assert isinstance(receipt, bytes)
    report = verify_poll.verify(file_of(poll).encode())
    assert not report.holds
    assert any("tokens" in line and "WRONG" in line for line in report), "\n".join(report)


def test_two_devices_of_one_seat_have_one_token_between_them() -> None:
    _event, poll, seats = polled()
    votes(seats[0], poll, "A fund")
    with pytest.raises(Refused, match="a seat votes once"):
        token(seats[0], poll, voter(poll))


def test_a_moderator_can_neither_vote_nor_have_a_token() -> None:
    event, poll, _seats = polled()
    with pytest.raises(Refused, match="Your seat may not do this"):
        token(moderator(event), poll, voter(poll))


def test_a_poll_of_another_room_gives_no_token() -> None:
    _event, poll, _seats = polled()
    stranger = make.seat(make.event("Elsewhere"))
    with pytest.raises(Refused, match="not there any more"):
        token(stranger, poll, voter(poll))
