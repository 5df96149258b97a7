"""Themes: what belongs together, what it is called, and that nothing taken back is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from polls.suggestions import core, kept
from polls.suggestions.finding import finder
from polls.suggestions.themes import Threads, themes
from rooms.events.models import Event, Room
from rooms.seats.models import Seat
from tests import make
from tests.polls.statements.rows import said, thought
from tests.polls.suggestions.test_screens import page, read

WATER = [
    "The wells run dry before the summer ends and the village waits",
    "Deeper wells would keep water in the village",
    "Wells need somebody who repairs the pumps",
    "Water from the wells must be tested twice a year",
]
SCHOOL = [
    "Teachers leave the school because nobody pays them",
    "A school without teachers is a building",
    "Pay the teachers of the school on time",
    "Teachers should live near the school",
]


def found(texts: list[str], most: int = 4) -> list[tuple[set[str], tuple[str, ...]]]:
    threads = Threads([(text, text, core.terms(text)) for text in texts])
    return [(set(theme.names), theme.words) for theme in themes(threads, most)]


def test_texts_about_one_thing_are_one_theme_called_by_its_words() -> None:
    both = found([*WATER, *SCHOOL])
    assert sorted(map(len, (names for names, _words in both))) == [4, 4]
    for names, words in both:
        assert names in (set(WATER), set(SCHOOL))
        assert set(words) & (
            {"wells", "village", "Wells"} if names == set(WATER) else {"school", "teachers", "Teachers"}
        )


def test_a_theme_is_called_by_words_as_they_are_written() -> None:
    texts = " ".join([*WATER, *SCHOOL])
    for _names, words in found([*WATER, *SCHOOL]):
        assert words
        assert all(re.search(rf"\b{word}\b", texts) for word in words)


def test_scripts_without_spaces_have_themes_too() -> None:
    texts = [
        "村の井戸が乾く",
        "井戸を深くする",
        "井戸の水を調べる",
        "学校の先生がいない",
        "先生に払う学校",
        "学校と先生を守る",
    ]
    both = found(texts, 2)
    assert {frozenset(names) for names, _words in both} == {frozenset(texts[:3]), frozenset(texts[3:])}
    assert all(words and all(word in "".join(names) for word in words) for names, words in both)


def test_too_little_is_no_theme() -> None:
    assert found(WATER[:3]) == []
    assert found([]) == []
    assert found(["alpha beta", "gamma delta", "epsilon zeta", "eta theta", "iota kappa", "lambda mu"]) == []


# ---- on the page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def event() -> Event:
    return make.event(attribution="name")


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event, name="Ann")


@pytest.fixture
def room(event: Event, ann: Seat) -> Room:
    kept._found.clear()
    for text in (*WATER, *SCHOOL):
        thought(ann, text)
    return make.room(event)


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    yield
    finder().close()


@pytest.mark.django_db
def test_everybody_reads_themes_with_quotes_that_lead_to_their_sources(room: Room, ann: Seat) -> None:
    for seat in (ann, make.seat(ann.event, "moderator"), make.seat(ann.event, "drafter")):
        html = page(seat, "themes/")
        text = read(html)
        assert "Found by a machine." in text
        assert "4 ideas" in text
        quoted = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", html)
        assert len(quoted) == len(re.findall(r"source/\?source=idea:\w+", html)) == 6
        assert set(quoted) <= {*WATER, *SCHOOL}, "verbatim"


@pytest.mark.django_db
def test_what_was_hidden_since_is_shown_by_no_theme_and_calls_none(room: Room, ann: Seat) -> None:
    ben = make.seat(ann.event, name="Ben")
    odd = [thought(ben, f"Zanzibar wells and Zanzibar water for the village {n}") for n in range(3)]
    assert "Zanzibar" in page(ann, "themes/")
    moderator = make.seat(ann.event, "moderator")
    for idea in odd:
        make.act(moderator, "ideas.hide", idea=idea.handle, reason="No")
    assert kept._found, "the themes found before are still fresh"
    assert "Zanzibar" not in page(ann, "themes/")


@pytest.mark.django_db
def test_struck_words_are_shown_by_no_theme(room: Room, ann: Seat) -> None:
    pieces = [
        said(
            ann.event,
            f"The Zanzibar wells of the village run dry every summer, said Zanzibar engineer number {n} to us",
            by=ann,
        )
        for n in range(4)
    ]
    assert "Zanzibar" in page(ann, "themes/")
    moderator = make.seat(ann.event, "moderator")
    for piece in pieces:
        make.act(moderator, "transcript.strike", segment=piece.handle, words="Zanzibar", sure="on")
    assert "Zanzibar" not in page(ann, "themes/")


@pytest.mark.django_db
def test_a_name_that_was_lowered_stands_at_no_quote(room: Room, ann: Seat) -> None:
    kept._found.clear()
    zoe = make.seat(ann.event, name="Zoe Quarrel")
    pieces = [
        said(
            ann.event,
            f"The floods of the river took our harvest and bridges away in the {n} spring after the war",
            by=zoe,
        )
        for n in ("first", "second", "third", "fourth")
    ]
    assert "Zoe Quarrel" in page(ann, "themes/")
    for piece in pieces:
        assert piece.turn is not None
        make.act(zoe, "transcript.lower", turn=piece.turn.words, level="nobody")
    assert "Zoe Quarrel" not in page(ann, "themes/")


@pytest.mark.django_db
def test_an_empty_room_says_what_will_come(event: Event) -> None:
    kept._found.clear()
    assert "Too little was said and written yet" in page(make.seat(event), "themes/")
