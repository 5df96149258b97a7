"""The page "This belongs in the statement"."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from polls.statements.models import Proposal
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import make
from tests.polls.statements.rows import said, thought

pytestmark = pytest.mark.django_db


def base(seat: Seat) -> str:
    return f"/at/{seat.event.handle}/{seat.role}/{make.room(seat.event).handle}/"


def opened(client: Client, seat: Seat, sources: str, came: str = "") -> str:
    client.cookies["seat"] = cookie_of(seat)
    response = client.get(f"{base(seat)}propose/?source={sources}", headers={"Referer": came} if came else {})
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize("role", ["participant", "moderator", "captioner"])
def test_a_source_is_proposed_with_a_note_and_one_is_back_where_one_was(
    client: Client, event: Event, role: str
) -> None:
    seat, words = make.seat(event, role), said(event, "Pay interpreters first.")
    html = opened(client, seat, f"segment:{words.handle}", f"http://testserver{base(seat)}?q=pay")
    assert "Pay interpreters first." in html
    back = re.findall(r'name="next" value="([^"]+)"', html)[0]
    assert back == f"{base(seat)}?q=pay#seg-{words.handle}"
    fields = {"source": f"segment:{words.handle}", "note": "Its heart.", "next": back}
    answer = client.post(f"{base(seat)}do/statements.propose", fields)
    assert answer.headers["Location"] == back
    assert Proposal.objects.get().note == "Its heart."
    again = opened(client, seat, f"segment:{words.handle}")
    assert "Its heart." in again
    assert "Take it back" in again


def test_of_several_pieces_one_is_chosen(client: Client, event: Event) -> None:
    one, other = said(event, "Pay interpreters."), said(event, "First.")
    html = opened(client, make.seat(event), f"segment:{one.handle}+segment:{other.handle}")
    assert len(re.findall(r'type="radio" name="source"', html)) == 2


def test_somebody_elses_note_stands_on_nobodys_page(client: Client, event: Event) -> None:
    ann, ben = make.seat(event), make.seat(event, name="Ben")
    source = f"idea:{thought(ann, 'Dig wells').handle}"
    make.act(ann, "statements.propose", source=source, note="Its heart.")
    html = opened(client, ben, source)
    assert "Its heart." not in html
    assert "Take it back" not in html


def test_without_anything_to_propose_the_page_says_so(client: Client, event: Event) -> None:
    ann = make.seat(event)
    for asked in ("", "idea:nothere", "%00", "poll:"):
        assert "Choose words, an idea or a poll first" in opened(client, ann, asked, "https://elsewhere.example/")
