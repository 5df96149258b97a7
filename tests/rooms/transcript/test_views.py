from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from deliberate.roles import ROLES
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.transcript.models import Segment, Sound
from rooms.transcript.sound import header
from tests import make
from tests.rooms.transcript.rows import said, speaks

pytestmark = pytest.mark.django_db


def file(seat: Seat, name: str) -> Any:
    client = Client()
    client.cookies["seat"] = cookie_of(seat)
    return client.get(f"/at/{seat.event.handle}/{seat.role}/{make.room(seat.event).handle}/{name}")


def test_everybody_but_the_wall_takes_the_transcript_away() -> None:
    event = make.event(attribution="name")
    speaks(make.seat(event, name="Asha"))
    said(make.seat(event, "captioner"), "I was there.")
    for role in ROLES:
        plain, captions = file(make.seat(event, role), "transcript.txt"), file(make.seat(event, role), "transcript.vtt")
        if role == "wall":
            assert (plain.status_code, captions.status_code) == (404, 404)
            assert file(make.seat(event, role), "transcript.srt").status_code == 404
            continue
        assert plain.content.decode() == "NAME: WORDS\n\nAsha: I was there.\n"
        assert plain["Content-Type"] == "text/plain; charset=utf-8"
        assert "<v Asha>I was there.</v>" in captions.content.decode()
        assert captions["Content-Type"] == "text/vtt; charset=utf-8"
        assert captions["Content-Disposition"] == 'attachment; filename="transcript.vtt"'
        subrip = file(make.seat(event, role), "transcript.srt")
        assert subrip.content.decode().partition("\n")[2].startswith("00:00:00,000 --> ")
        assert subrip.content.decode().endswith("\nAsha: I was there.\n")
        assert subrip["Content-Type"] == "application/x-subrip; charset=utf-8"


def test_a_name_withheld_is_in_no_file() -> None:
    event = make.event()
    speaks(make.seat(event, name="Asha"))
    said(make.seat(event, "captioner"), "I was there.")
    for name in ("transcript.txt", "transcript.vtt", "transcript.srt"):
        written = file(make.seat(event, "host"), name).content.decode()
        assert "I was there." in written
        assert "Asha" not in written


def test_without_a_seat_there_is_no_file() -> None:
    event = make.event()
    assert Client().get(f"/at/{event.handle}/participant/{make.room(event).handle}/transcript.txt").status_code == 401


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-1", 206, "bytes 0-1/3244"),
        ("bytes=44-", 206, "bytes 44-3243/3244"),
        ("bytes=3200-9999", 206, "bytes 3200-3243/3244"),
        ("", 200, None),
        ("bytes=9999-", 200, None),
        ("bytes=5-2", 200, None),
        ("bytes=-5", 200, None),
        ("bytes=0-1,5-6", 200, None),
    ],
)
def test_a_browser_may_ask_for_a_range_of_the_sound(asked: str, status: int, part: str | None) -> None:
    event = make.event(attribution="name")
    turn = speaks(make.seat(event, name="Asha"))
    captioner = make.seat(event, "captioner")
    words = said(captioner, "I was there.")
    heard = bytes(range(200)) * 16
    Segment.objects.update(sound=Sound.objects.create(room=turn.room, started_at=words.started_at, octets=heard))
    whole = header(3200) + heard
    client = Client(headers={"Range": asked} if asked else {})
    client.cookies["seat"] = cookie_of(captioner)
    response = client.get(f"/at/{event.handle}/captioner/{make.room(event).handle}/sound/{words.handle}.wav")
    assert response.status_code == status
    assert response["Accept-Ranges"] == "bytes"
    assert response.get("Content-Range") == part
    start, end = (int(each) for each in part.split("/")[0].removeprefix("bytes ").split("-")) if part else (0, 3243)
    assert response.content == whole[start : end + 1]


def test_what_is_not_there_is_no_failure(capfd: pytest.CaptureFixture[str]) -> None:
    event = make.event()
    assert file(make.seat(event, "captioner"), "sound/none.wav").status_code == 404
    assert "a page failed" not in capfd.readouterr().err
