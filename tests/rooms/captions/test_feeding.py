from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from deliberate.door.models import Receipt
from deliberate.errors import Refused
from rooms.captions import feeding
from rooms.captions.models import Feed
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from rooms.transcript.queries import live
from tests import make
from tests.rooms.transcript.rows import speaks
from tests.traces import columns_with

pytestmark = pytest.mark.django_db
LINE = "We drove two days to a village that had been promised a well."


@pytest.fixture
def captioner() -> Any:
    return make.seat(make.event(), "captioner")


def address(captioner: Seat) -> str:
    return str(make.act(captioner, "captions.open_feed", "open-feed-1").data["path"])


def bring(path: str, text: str, seq: int | None = None) -> tuple[int, str]:
    query = "" if seq is None else f"?seq={seq}&lang=en-US"
    answer = Client().post(f"{path}{query}", data=text, content_type="text/plain")
    return answer.status_code, answer.content.decode()


def test_words_show_at_once_and_settle_by_the_piece(captioner: Any) -> None:
    path, room = address(captioner), make.room(captioner.event)
    for number in range(1, 3):
        assert bring(path, LINE, number) == (200, str(number))
    assert live(room).interim == [f"{LINE} {LINE}"]
    bring(path, f"{LINE} And then", 3)
    assert [segment.text for segment in Segment.objects.all()] == [f"{LINE} {LINE} {LINE}"]
    assert live(room).interim == ["And then"]


def test_the_same_number_with_the_same_words_counts_once(captioner: Any) -> None:
    path = address(captioner)
    for _time in range(2):
        bring(path, "We begin.", 1)
    bring(path, "We begin.", 2)
    assert live(make.room(captioner.event)).interim == ["We begin. We begin."]
    assert Client().get(f"{path}seq").content == b"2"


def test_a_retry_of_the_number_nought_counts_once_too(captioner: Any) -> None:
    path = address(captioner)
    assert [bring(path, "We begin.", 0) for _time in range(2)] == [(200, "0")] * 2
    assert live(make.room(captioner.event)).interim == ["We begin."]


def test_a_new_address_counts_from_the_beginning(captioner: Any) -> None:
    bring(address(captioner), "We begin.", 1)
    bring(str(make.act(captioner, "captions.open_feed").data["path"]), "We begin.", 1)
    assert live(make.room(captioner.event)).interim == ["We begin. We begin."]


def test_no_receipt_keeps_the_words_that_came(captioner: Any) -> None:
    ann, path = make.seat(captioner.event, name="Ann"), address(captioner)
    turn = speaks(ann)
    bring(path, "Quaggazebu was there.", 1)
    assert columns_with("Quaggazebu") == {"rooms.Interim.text"}
    make.act(captioner, "transcript.settle", text="Quaggazebu was there.")
    bring(path, "And Quaggazebu came back.", 2)
    make.act(ann, "transcript.take_back", turn=turn.words, segment="", sure="on")
    assert Receipt.objects.exists()
    assert columns_with("Quaggazebu") == set()
    bring(path, "Thank you.", 3)
    assert live(make.room(captioner.event)).interim == ["Thank you."]


def test_what_was_said_in_a_turn_that_is_over_settles_in_it(captioner: Any) -> None:
    path = address(captioner)
    first = speaks(make.seat(captioner.event, name="Asha"))
    bring(path, "Thank you, chair.", 1)
    second = speaks(make.seat(captioner.event, name="Bola"))
    bring(path, "Good morning.", 2)
    feeding.settle_rest(room=make.room(captioner.event), by=captioner, rest="Good morning.")
    assert [(segment.text, segment.turn) for segment in Segment.objects.select_related("turn")] == [
        ("Thank you, chair.", first),
        ("Good morning.", second),
    ]


def test_what_came_last_settles_unless_more_came(captioner: Any) -> None:
    path, room = address(captioner), make.room(captioner.event)
    bring(path, "We begin", 1)
    feeding.settle_rest(room=room, by=captioner, rest="We")
    assert not Segment.objects.exists()
    feeding.settle_rest(room=room, by=captioner, rest="We begin")
    assert [segment.text for segment in Segment.objects.all()] == ["We begin"]


def test_an_address_ends_when_it_is_closed_when_another_is_made_and_with_its_seat(captioner: Any) -> None:
    first, second = address(captioner), str(make.act(captioner, "captions.open_feed").data["path"])
    assert bring(first, "One.")[0] == 403
    assert bring(second, "One.")[0] == 200
    Seat.objects.filter(pk=captioner.pk).update(ended=True)
    assert bring(second, "Two.")[0] == 403
    Seat.objects.filter(pk=captioner.pk).update(ended=False)
    make.act(captioner, "captions.close_feed")
    assert bring(second, "Three.")[0] == 403
    with pytest.raises(Refused):
        make.act(captioner, "captions.close_feed")


def test_nobody_guesses_an_address_and_none_is_kept(captioner: Any) -> None:
    path = address(captioner)
    key = path.strip("/").rpartition("/")[2]
    assert len(key) == feeding.KEY
    assert key not in repr(list(Feed.objects.values())) + repr(list(Receipt.objects.values()))
    assert bring("/captions/bcdfghjk/", "One.")[0] == 403
    assert Client().get("/captions/bcdfghjk/seq").status_code == 403


def test_what_is_no_text_is_refused(captioner: Any) -> None:
    path = address(captioner)
    assert bring(path, "x" * 20_000)[0] == 413
    assert bring(path, "", 7) == (200, "0")
    assert Client().get(path).status_code == 405
    assert (
        Client().post(path, data="One.", content_type="text/plain", headers={"Origin": "https://x.example"}).status_code
        == 403
    )
    assert live(make.room(captioner.event)).interim == []
