"""How much and how often: pages a minute, and rows of a kind; refused in words, and nobody else is held up."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from deliberate.door import limits
from deliberate.door.views import SEAT_COOKIE
from deliberate.errors import Refused
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import make

pytestmark = pytest.mark.django_db


def page(seat: Seat, screen: str = "") -> Any:
    client = Client()
    client.cookies[SEAT_COOKIE] = cookie_of(seat)
    return client.get(f"/at/{seat.event.handle}/{seat.role}/{make.room(seat.event).handle}/{screen}")


def test_who_asks_for_very_many_pages_waits_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "pages", limits.Buckets(3))
    event = make.event()
    hasty, calm = make.seat(event), make.seat(event)
    assert [page(hasty, screen).status_code for screen in ("", "ideas/", "transcript.vtt", "")] == [200, 200, 200, 429]
    late = page(hasty)
    assert "Wait a moment, then try again" in late.content.decode()
    assert late.headers["Retry-After"]
    assert page(calm).status_code == 200


@pytest.mark.parametrize("sent", [{"text": "x" * 4_300_000}, {f"f{number}": "" for number in range(1001)}])
def test_a_form_that_is_too_large_is_refused_in_words(sent: dict[str, str]) -> None:
    seat, client = make.seat(make.event(), "captioner"), Client()
    client.cookies[SEAT_COOKIE] = cookie_of(seat)
    where = f"/at/{seat.event.handle}/captioner/{make.room(seat.event).handle}/do/transcript.load"
    answer = client.post(where, urlencode(sent), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "too long to be sent at once" in answer.content.decode()


def test_what_is_no_form_at_all_is_no_error_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    seat, client = make.seat(make.event(), "captioner"), Client(raise_request_exception=False)
    client.cookies[SEAT_COOKIE] = cookie_of(seat)
    where = f"/at/{seat.event.handle}/captioner/{make.room(seat.event).handle}/do/transcript.settle"
    for kind in ("multipart/form-data", "multipart/form-data; boundary=" + "x" * 300):
        assert client.post(where, b"--x\r\nnonsense", content_type=kind).status_code == 400
    assert "level=error" not in "".join(capsys.readouterr())


ROWS: list[tuple[str, str, dict[str, object]]] = [
    ("participant", "ideas.post", {"text": "Open the books"}),
    ("participant", "floor.ask", {"kind": "point"}),
    ("moderator", "floor.add", {"name": "Ann", "place": "hall", "kind": "point"}),
    ("moderator", "ballots.prepare", {"question": "Shall we?", "kind": "one", "options": "Yes\nNo"}),
    ("captioner", "transcript.settle", {"text": "Some words."}),
    ("captioner", "transcript.load", {"text": "Some words.\nAnd some more."}),
    ("host", "events.add_room", {"name": "Workshop"}),
    ("host", "events.add_item", {"title": "Lunch", "minutes": "60"}),
    ("host", "events.new_link", {"role": "wall"}),
]


@pytest.mark.parametrize(("role", "command", "fields"), ROWS, ids=[command for _role, command, _fields in ROWS])
def test_a_room_and_an_event_hold_so_many_of_a_kind(
    settings: Any, role: str, command: str, fields: dict[str, object]
) -> None:
    seat = make.seat(make.event(), role)
    settings.LIMIT_ROWS = 0
    with pytest.raises(Refused, match="no room for more") as refused:
        make.act(seat, command, "", **fields)
    assert refused.value.code == "full"


def test_clauses_proposals_and_quotes_are_so_many_too(settings: Any) -> None:
    event = make.event()
    said = make.act(make.seat(event, "captioner"), "transcript.settle", text="Trust costs nothing.").data["segments"][0]
    settings.LIMIT_ROWS = 0
    with pytest.raises(Refused, match="no room for more"):
        make.act(make.seat(event), "statements.propose", source=f"segment:{said}", note="")
    with pytest.raises(Refused, match="no room for more"):
        make.act(
            make.seat(event, "drafter"),
            "statements.cite",
            clause="",
            source=f"segment:{said}",
            quote="Trust costs nothing.",
        )
