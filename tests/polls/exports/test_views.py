from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pypdf import PdfReader

from polls.exports import pdf, views
from polls.exports.document import Document
from polls.exports.views import PER_MINUTE
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.transcript import striking
from rooms.transcript.models import Segment
from tests import make
from tests.polls.exports.rows import NAME, plenary
from tests.polls.statements.rows import clause, reopened, settled

pytestmark = pytest.mark.django_db
FILES = ("outcome.html", "outcome.md", "outcome.pdf", "outcome.docx", "outcome.odt", "outcome.akn")
RECORDS = ("record.html", "record.md", "record.pdf", "record.docx", "record.odt", "record.akn")


def fetched(seat: Seat, name: str, **query: str) -> Any:
    client = Client()
    client.cookies["seat"] = cookie_of(seat)
    return client.get(f"/at/{seat.event.handle}/{seat.role}/{make.room(seat.event).handle}/{name}", query)


@pytest.mark.parametrize("role", ["participant", "moderator", "drafter", "host"])
def test_the_outcome_is_there_to_read_and_to_take_away(role: str) -> None:
    held = plenary()
    settled(held.drafter)
    seat = make.seat(held.event, role)
    page = fetched(seat, "outcome/").content.decode()
    assert "We come back." in page
    assert "Who *pays* for it?" in page
    for name in FILES:
        assert f"../{name}?version=1" in page
        response = fetched(seat, name)
        assert response.status_code == 200
        assert response["Content-Disposition"] == f'attachment; filename="outcome-1.{name.partition(".")[2]}"'


@pytest.mark.parametrize(
    ("role", "status"), [("drafter", 200), ("host", 200), ("participant", 404), ("moderator", 404)]
)
def test_the_bundle_is_for_drafters_and_hosts(role: str, status: int) -> None:
    held = plenary()
    seat = make.seat(held.event, role)
    assert fetched(seat, "bundle.json").status_code == status
    assert ("bundle.json" in fetched(seat, "outcome/").content.decode()) is (status == 200)
    if status == 200:
        assert json.loads(fetched(seat, "bundle.json").content)["event"]["title"] == "Just governance"


@pytest.mark.parametrize("role", ["participant", "moderator", "captioner", "drafter", "host"])
def test_the_record_is_there_to_take_away(role: str) -> None:
    held = plenary()
    seat = make.seat(held.event, role)
    linked = fetched(seat, {"participant": "words/", "captioner": ""}.get(role, "outcome/")).content.decode()
    for name in RECORDS:
        assert f'{name}" download' in linked
        response = fetched(seat, name)
        assert response.status_code == 200
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    text = fetched(seat, "record.md").content.decode()
    assert "What trust costs a village is the second visit." in text
    assert NAME not in text.partition("## Ideas")[0]


def test_the_wall_has_no_record() -> None:
    event = make.event()
    for name in RECORDS:
        assert fetched(make.seat(event, "wall"), name).status_code == 404


@pytest.mark.parametrize("role", ["captioner", "wall"])
def test_other_roles_have_no_files(role: str) -> None:
    event = make.event()
    for name in (*FILES, "bundle.json"):
        assert fetched(make.seat(event, role), name).status_code == 404


def test_without_a_seat_there_is_nothing(client: Client) -> None:
    event = make.event()
    for name in (*FILES, *RECORDS, "bundle.json"):
        assert client.get(f"/at/{event.handle}/drafter/{make.room(event).handle}/{name}").status_code == 401


def test_one_can_ask_for_a_version_or_for_the_draft() -> None:
    event = make.event()
    drafter = make.seat(event, "drafter")
    row = clause(drafter, "We come back.")
    assert "We come back." in fetched(drafter, "outcome.md").content.decode()
    settled(drafter)
    reopened(event)
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We stay.", revision=0)
    settled(drafter)
    reopened(event)
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We go.", revision=1)
    for asked, words in (
        ("1", "We come back."),
        ("2", "We stay."),
        ("", "We stay."),
        ("draft", "We go."),
    ):
        assert words in fetched(drafter, "outcome.md", version=asked).content.decode()


def test_the_draft_is_offered_only_where_one_follows() -> None:
    event = make.event()
    drafter = make.seat(event, "drafter")
    clause(drafter, "We come back.")

    def offered() -> bool:
        return "the draft that follows" in fetched(drafter, "outcome/").content.decode()

    assert not offered(), "the page is the draft"
    settled(drafter)
    assert not offered(), "what stands is the text that was settled"
    reopened(event)
    assert offered()


@pytest.mark.parametrize("asked", ["99", "0", "none", "-1", "²", "9" * 20])
def test_a_version_that_there_is_not_is_not_there_in_place_of_another(asked: str) -> None:
    held = plenary()
    settled(held.drafter)
    for name in (*FILES, "outcome/"):
        assert fetched(held.drafter, name, version=asked).status_code == 404


def test_the_html_file_needs_nothing_else_and_runs_nothing() -> None:
    held = plenary()
    clause(held.drafter, "<script>alert(1)</script> <img src=x>")
    html = fetched(held.drafter, "outcome.html").content.decode()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert re.findall(r'(?:src|href)="', html) == []
    assert "url(" not in html


def test_names_are_a_list_and_no_quotes_and_people_s_words_are_of_no_language_that_is_known() -> None:
    held = plenary()
    settled(held.drafter)
    make.act(held.zoe, "endorsements.sign", version="1", organisation="Salt Carriers")
    html = fetched(held.drafter, "outcome.html").content.decode()
    assert '<ul class="stack" role="list"><li class="named" dir="auto">Salt Carriers (organisation)</li>' in html
    for words in (
        '<p class="text" lang="" dir="auto">We come back.',
        '<blockquote lang="" dir="auto">Who *pays* for it?',
    ):
        assert words in html
    assert '<p lang="" dir="auto">What trust costs' in fetched(held.drafter, "record.html").content.decode()


def test_a_neutral_event_has_no_telling_title() -> None:
    held = plenary()
    Event.objects.update(neutral=True, neutral_title="Notes")
    html = fetched(held.drafter, "outcome.html").content.decode()
    assert "<title>Notes</title>" in html
    about = PdfReader(io.BytesIO(fetched(held.drafter, "outcome.pdf").content)).metadata
    assert about is not None
    assert about.title == "Notes"


def test_a_seat_takes_twenty_files_a_minute_and_is_told_so_in_words() -> None:
    held = plenary()
    # On a slow machine some of the first come back to the seat before it has had them all.
    answers = [fetched(held.drafter, "outcome.md").status_code for _time in range(PER_MINUTE)]
    assert set(answers) == {200}
    assert 429 in (fetched(held.drafter, "outcome.md").status_code for _time in range(PER_MINUTE))
    for name in (*FILES, "bundle.json"):
        response = fetched(held.drafter, name)
        assert (response.status_code, response["Retry-After"]) == (429, "60")
        assert "more than 20 files in a minute" in response.content.decode()
    assert fetched(held.zoe, "outcome.pdf").status_code == 200
    assert fetched(held.drafter, "outcome/").status_code == 200


def test_a_pdf_that_takes_too_long_to_wait_for_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    held = plenary()
    make.act(held.drafter, "statements.name", title="Not drawn before", preamble="")
    monkeypatch.setattr(views._drawings, "wait_s", 0.01)
    with views._drawings._making:
        response = fetched(held.zoe, "outcome.pdf")
    assert response.status_code == 503
    assert "Many are asking for files now." in response.content.decode()
    assert fetched(held.zoe, "outcome.pdf").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_pdf_holds_no_connection_to_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    held = plenary()
    let_go: list[bool] = []
    monkeypatch.setattr(connection, "close", lambda: let_go.append(True))
    monkeypatch.setattr(views._drawings, "_found", lambda _key: b"drawn" if let_go else b"")
    assert fetched(held.zoe, "outcome.pdf").content == b"drawn"


def test_no_drawn_file_is_kept_past_the_words_that_were_taken_back(
    django_capture_on_commit_callbacks: Any,
) -> None:
    def drawn(text: bytes) -> bytes:
        return views._drawings.get(lambda: "drawn", lambda _key: text)

    drawn(b"with the words")
    assert views.forget in striking._strikers
    with django_capture_on_commit_callbacks(execute=True):
        assert views.forget(None, None, Segment(), {}) == []
        assert drawn(b"without") == b"with the words", "only once it is done"
    assert drawn(b"without") == b"without"


def test_a_pdf_that_is_being_drawn_while_words_are_taken_back_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    held, draw = plenary(), pdf.drawn
    drawn: list[bool] = []

    def slowly(document: Document, title: str) -> bytes:
        if not drawn:
            captioner = make.seat(held.event, "captioner")
            make.act(captioner, "transcript.strike", segment=held.words.handle, words="", sure="on")
            views._drawings.empty()
        drawn.append("second visit" in str(document))
        return draw(document, title)

    monkeypatch.setattr(pdf, "drawn", slowly)
    file = fetched(held.zoe, "record.pdf").content
    assert drawn == [True, False]
    assert "second visit" not in PdfReader(io.BytesIO(file)).pages[0].extract_text()
    assert fetched(held.zoe, "record.pdf").content == file
    assert len(drawn) == 2


def test_a_pdf_follows_what_holds_now() -> None:
    held = plenary()
    settled(held.drafter)
    first = fetched(held.zoe, "outcome.pdf").content
    assert fetched(held.others[0], "outcome.pdf").content == first
    make.act(make.seat(held.event, "moderator"), "ideas.hide", idea=held.idea.handle, reason="Off topic")
    assert fetched(held.zoe, "outcome.pdf").content != first
