"""What somebody might try who wants to count twice, act as another, or learn who acts."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection
from starlette.testclient import TestClient

from deliberate.errors import Refused
from polls.ballots.blind import formats
from polls.ideas.models import Idea, Upvote
from polls.opinions.models import Stance
from polls.pseudonyms import octets
from polls.pseudonyms.box import box
from polls.pseudonyms.models import Pseudonym, PseudonymVoucher
from rooms.events.models import Event, Room
from rooms.journal.models import Entry
from tests import make
from tests.polls.ideas.make import board, ideas
from tests.polls.pseudonyms.pen import Phone, asking, did, phone, phones, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event()


def code(of: Callable[[], object]) -> str:
    """Why something is refused."""
    with pytest.raises(Refused) as why:
        of()
    return why.value.code


def test_the_same_octets_a_hundred_times_count_once(event: Event) -> None:
    [wells], [ann] = ideas(event, "Dig wells"), phones(event, 1)
    sent = ann.act("ideas.upvote", idea=wells.handle)
    for _time in range(50):
        did(send(ann.room, sent))
    send(ann.room, *[sent] * 50)
    assert board(event) == {"Dig wells": 1}


def test_an_older_act_that_comes_in_again_is_refused_and_changes_nothing(event: Event) -> None:
    [wells], [ann] = ideas(event, "Dig wells"), phones(event, 1)
    given = ann.act("ideas.upvote", idea=wells.handle)
    did(send(ann.room, given))
    ann.does("ideas.unvote", idea=wells.handle)
    assert code(lambda: did(send(ann.room, given))) == "old"
    assert board(event) == {"Dig wells": 0}


def test_two_acts_with_one_number_in_one_breath_are_one(event: Event) -> None:
    [wells, radio], [ann] = ideas(event, "Dig wells", "A radio"), phones(event, 1)
    told = send(ann.room, *[ann.act("ideas.upvote", number=1, idea=each.handle) for each in (wells, radio)])
    assert [isinstance(each, Refused) for each in told] == [False, True]
    assert Upvote.objects.count() == 1


def test_a_seat_has_one_pseudonym_and_is_told_so_on_its_second_device(event: Event) -> None:
    ann = make.seat(event)
    first, second = phone(event, ann), phone(event, ann)
    first.issued()
    assert first.ask().data["token"] == first.ask().data["token"]  # an answer that was lost is asked for again
    assert code(second.ask) == "other"


def test_a_seat_whose_phone_has_a_pseudonym_gets_no_second_one_of_its_cookie(event: Event) -> None:
    [wells], ann = ideas(event, "Dig wells"), make.seat(event)
    phone(event, ann).issued().does("ideas.upvote", idea=wells.handle)
    assert code(lambda: make.act(ann, "ideas.upvote", idea=wells.handle)) == "other"
    assert board(event) == {"Dig wells": 1}


def test_a_seat_that_acted_by_its_cookie_gets_none_for_its_phone(event: Event) -> None:
    [wells], ann = ideas(event, "Dig wells"), make.seat(event)
    make.act(ann, "ideas.upvote", idea=wells.handle)
    assert code(phone(event, ann).ask) == "other"


def test_a_second_cookie_of_one_seat_counts_for_nothing(event: Event) -> None:
    [wells], ann = ideas(event, "Dig wells"), make.seat(event)
    make.act(ann, "ideas.upvote", idea=wells.handle)
    place = replace(make.place(make.room(event), ann), secret="another cookie of the same seat")
    assert code(lambda: make.at(place, "ideas.upvote", idea=wells.handle)) == "other"
    assert board(event) == {"Dig wells": 1}


def test_who_comes_without_a_cookie_has_no_pseudonym(event: Event) -> None:
    [wells], ann = ideas(event, "Dig wells"), make.seat(event)
    place = replace(make.place(make.room(event), ann), secret="")
    assert code(lambda: make.at(place, "ideas.upvote", idea=wells.handle)) == "other"


def test_an_act_that_another_signed_is_refused(event: Event) -> None:
    [wells], [ann, ben] = ideas(event, "Dig wells"), phones(event, 2)
    forged = replace(ben, seed=ann.seed)  # the key is another one then, the token stays Ben's
    assert code(lambda: asking(ann.room, forged.act("ideas.upvote", idea=wells.handle))) == "token"
    sent = bytearray(ann.act("ideas.upvote", idea=wells.handle))
    sent[-1] ^= 1
    assert code(lambda: asking(ann.room, bytes(sent))) == "signature"


@pytest.mark.parametrize("place", range(0, 800, 40))
def test_no_octet_of_an_act_can_be_another(event: Event, place: int) -> None:
    [wells], [ann] = ideas(event, "Dig wells"), phones(event, 1)
    sent = bytearray(ann.act("ideas.upvote", idea=wells.handle))
    sent[place % len(sent)] ^= 4
    assert code(lambda: asking(ann.room, bytes(sent))) in ("form", "place", "signature", "token")


def test_a_pseudonym_that_nobody_signed_is_refused(event: Event) -> None:
    ann = phone(event)
    for token in (secrets.token_bytes(384), bytes(384), b"\xff" * 384):
        ann.token = token
        sent = ann.act("pseudonyms.own")
        assert code(lambda sent=sent: asking(ann.room, sent)) == "token"  # type: ignore[misc]


def test_a_pseudonym_of_another_room_is_refused(event: Event) -> None:
    [ann] = phones(event, 1)
    other = phones(make.event(), 1)[0].room
    sent = ann.act("pseudonyms.own")
    assert code(lambda: asking(other, sent)) == "place"
    moved = replace(ann, room=other, definition=phone_of(other).definition)
    assert code(lambda: asking(other, moved.act("pseudonyms.own"))) == "token"


def phone_of(room: Room) -> Phone:
    return phone(room.event)


def test_a_token_of_a_poll_is_no_pseudonym() -> None:
    place, key = secrets.token_bytes(32), secrets.token_bytes(32)
    assert formats.token_message(place, "all", key) != octets.token_message(place, key)
    assert not formats.token_message(place, "all", key).startswith(octets.TOKEN)


@pytest.mark.parametrize("blinded", [0, 1, "n - 1", "n", "n + 1"])
def test_what_nobody_honest_sends_is_not_signed(event: Event, blinded: int | str) -> None:
    ann = phone(event)
    n = ann.issues.key.n
    number = blinded if isinstance(blinded, int) else {"n - 1": n - 1, "n": n, "n + 1": n + 1}[blinded]
    sent = formats.to_text(number.to_bytes(384))
    assert code(lambda: make.act(ann.seat, "pseudonyms.issue", blinded=sent)) == "blinded"
    ann.issued()  # and that used nothing up


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("floor.ask", {"kind": "point"}),
        ("seats.erase", {}),
        ("ideas.hide", {"idea": "x", "reason": "y"}),
        ("ideas.post", {"text": "Signed", "show_author": True}),
        ("pseudonyms.issue", {"blinded": "x"}),
    ],
)
def test_nothing_that_needs_a_seat_is_done_under_a_pseudonym(
    event: Event, name: str, fields: dict[str, object]
) -> None:
    [ann] = phones(event, 1)
    assert code(lambda: ann.does(name, **fields)) in ("role", "seat_only", "fields")
    assert Idea.objects.count() == 0


def test_a_cookie_sent_along_is_refused(event: Event) -> None:
    client = TestClient(box, headers={"Cookie": "seat=somebody"})
    answer = client.post(f"/{make.room(event).handle}", content=b"an act")
    assert (answer.status_code, answer.json()["code"]) == (400, "cookie")


def test_a_muted_pseudonym_is_told_why_and_a_new_one_is_not_to_be_had(event: Event) -> None:
    ann, moderator = phone(event).issued(), make.seat(event, "moderator")
    posted = ann.does("ideas.post", text="Something unkind").data["idea"]
    make.act(moderator, "ideas.mute", idea=posted, reason="Attacks a person")
    with pytest.raises(Refused, match="Attacks a person") as why:
        ann.does("ideas.post", text="Something else")
    assert why.value.code == "muted"
    assert code(phone(event, ann.seat).ask) == "other"
    assert code(lambda: make.act(ann.seat, "ideas.post", text="By the cookie", show_author=False)) == "other"


def test_what_a_moderator_is_told_of_a_muted_author_is_no_seat(event: Event) -> None:
    ann, moderator = phone(event, make.seat(event, name="Ann Unmistakable")).issued(), make.seat(event, "moderator")
    posted = ann.does("ideas.post", text="Something unkind").data["idea"]
    told = make.act(moderator, "ideas.mute", idea=posted, reason="Attacks a person")
    words = f"{told.say} {told.data} {[(each.verb, each.subject, each.detail) for each in Entry.objects.all()]}"
    assert not [held for held in ("Unmistakable", ann.seat.handle) if held in words]


def test_no_table_holds_seat_and_pseudonym(event: Event) -> None:
    """Of all columns none that refers to a pseudonym stands in a table that refers to a seat, but an idea's, of which one is
    empty: the database says so."""
    seat, pseudonym = apps.get_model("rooms", "Seat"), Pseudonym
    both = [
        model.__name__
        for model in apps.get_models()
        if {seat, pseudonym} <= {field.related_model for field in model._meta.concrete_fields}
    ]
    assert both == ["Idea"]
    [ann], [idea] = phones(event, 1), ideas(event, "Dig wells")
    ann.does("opinions.say", idea=idea.handle, value="agree")
    ann.does("ideas.upvote", idea=idea.handle)
    held = {name: " ".join(map(str, rows)) for name, rows in everything().items()}
    key, voucher = (
        formats.to_text(ann.key),
        PseudonymVoucher.objects.get(asked__gt="", room=ann.room, seat__in=vouchers(ann)),
    )
    assert [name for name, text in held.items() if key in text] == ["polls_pseudonym"]
    assert [name for name, text in held.items() if voucher.seat in text] == ["polls_pseudonymvoucher"]
    assert [name for name, text in held.items() if str(ann.row().pk) in text] == [
        "polls_pseudonym",
        "polls_stance",
        "polls_upvote",
    ]
    assert (Stance.objects.count(), Upvote.objects.count()) == (1, 1)


def vouchers(of: Phone) -> list[str]:
    import hashlib

    asked = hashlib.sha256(of.blinded).hexdigest()
    return list(PseudonymVoucher.objects.filter(asked=asked).values_list("seat", flat=True))


def everything() -> dict[str, list[tuple[object, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = cursor.fetchall()
    return found
