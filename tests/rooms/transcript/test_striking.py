"""A name that somebody said or typed into a caption, taken out for good."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from deliberate.errors import Refused
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.transcript import queries
from rooms.transcript.models import Revision, Segment
from tests import make
from tests.rooms.transcript.rows import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def captioner() -> Seat:
    return make.seat(make.event(), "captioner")


def strike(by: Seat, segment: Segment, words: str = "") -> str:
    answer = make.act(by, "transcript.strike", segment=segment.handle, words=words, sure="on")
    segment.refresh_from_db()
    return str(answer.say)


def stored(words: str) -> list[str]:
    """The columns of the database in which these letters stand."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                name = connection.ops.quote_name(column.name)
                cursor.execute(
                    f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}"
                    f" WHERE LOWER(CAST({name} AS TEXT)) LIKE %s",
                    [f"%{words.lower()}%"],
                )
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column.name}")
        return found


def test_a_name_leaves_the_text_its_earlier_texts_and_the_search(captioner: Seat) -> None:
    segment = said(captioner, "Asha Obi was their.")
    make.act(captioner, "transcript.correct", segment=segment.handle, text="Asha Obi was there.", revision=0)
    assert strike(captioner, segment, "asha obi") == "Struck."
    assert segment.text == "[struck] was there."
    assert list(Revision.objects.values_list("number", "text")) == [
        (0, "[struck] was their."),
        (1, "[struck] was there."),
    ]
    assert queries.older(make.room(captioner.event), None, "asha").paragraphs == []
    assert stored("asha") == []


def test_a_name_that_was_only_corrected_away_is_struck_from_the_earlier_text(captioner: Seat) -> None:
    segment = said(captioner, "Asha was there.")
    make.act(captioner, "transcript.correct", segment=segment.handle, text="Somebody was there.", revision=0)
    strike(captioner, segment, "Asha")
    assert segment.text == "Somebody was there."
    assert stored("asha") == []


def test_without_words_the_whole_piece_is_struck(captioner: Seat) -> None:
    segment = said(captioner, "Asha was there.")
    strike(captioner, segment)
    assert segment.text == "[struck]"
    assert stored("was there") == []


def test_a_correction_begun_before_does_not_bring_the_words_back(captioner: Seat) -> None:
    segment = said(captioner, "Asha was their.")
    strike(captioner, segment, "Asha")
    with pytest.raises(Refused, match="It now reads"):
        make.act(captioner, "transcript.correct", segment=segment.handle, text="Asha was there.", revision=0)


def test_the_journal_notes_it_without_the_words(captioner: Seat) -> None:
    segment = said(captioner, "Asha was there.")
    strike(make.seat(captioner.event, "moderator"), segment, "Asha")
    entry = Entry.objects.get(verb="struck")
    assert (entry.role, entry.subject, entry.detail) == ("moderator", f"segment:{segment.handle}", "1")
    assert broken_at(make.room(captioner.event)) is None


def test_the_answer_says_that_other_pieces_hold_them_too(captioner: Seat) -> None:
    segment, other = said(captioner, "Asha was there."), said(captioner, "I saw Asha.")
    assert "in one other piece" in strike(captioner, segment, "Asha")
    make.act(captioner, "transcript.correct", segment=other.handle, text="I saw her.", revision=0)
    third = said(captioner, "Asha it was.")
    assert "in one other piece" in strike(captioner, third, "Asha")


def test_words_that_do_not_stand_there_and_an_act_not_meant_are_refused(captioner: Seat) -> None:
    segment = said(captioner, "Asha was there.")
    with pytest.raises(Refused, match="do not stand there"):
        strike(captioner, segment, "Ben")
    with pytest.raises(Refused):
        make.act(captioner, "transcript.strike", segment=segment.handle, words="Asha")
    other = make.seat(make.event(), "captioner")
    with pytest.raises(Refused, match="no such words"):
        make.act(other, "transcript.strike", segment=segment.handle, words="Asha", sure="on")
    assert not Revision.objects.exists()


@pytest.mark.parametrize("role", ["captioner", "moderator"])
def test_it_works_by_plain_forms(role: str) -> None:
    event = make.event()
    captioner = make.seat(event, "captioner")
    segment = said(captioner, "Asha was their.")
    make.act(captioner, "transcript.correct", segment=segment.handle, text="Somebody was there.", revision=0)
    seat = make.seat(event, role)
    client = Client()
    client.cookies["seat"] = cookie_of(seat)
    base = f"/at/{event.handle}/{role}/{make.room(event).handle}/"

    def page(**query: Any) -> str:
        response = client.get(f"{base}strike/", query)
        assert response.status_code == 200
        return response.content.decode()

    assert f"?of={segment.handle}&amp;q=asha" in page(q="asha"), "earlier texts are searched too"
    assert "They stand nowhere" in page(q="ben")
    assert "Asha was their." in page(of=segment.handle, q="asha")
    fields = {"segment": segment.handle, "words": "asha", "next": f"{base}strike/", "act": "act-123456"}
    client.post(f"{base}do/transcript.strike", fields, HTTP_ORIGIN="http://testserver")
    assert stored("asha"), "without the tick nothing happens"
    client.post(f"{base}do/transcript.strike", {**fields, "sure": "on"}, HTTP_ORIGIN="http://testserver")
    assert not stored("asha")
