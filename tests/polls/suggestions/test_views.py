"""Ideas that may say the same, while somebody types one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from deliberate.door.views import SEAT_COOKIE, seat_path
from deliberate.live.pages import PLAIN_COOKIE
from polls.ideas.models import Idea
from polls.suggestions import finding, views
from polls.suggestions.finding import finder
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import make, traces
from tests.polls.statements.rows import thought

pytestmark = pytest.mark.django_db
SAME = "voting age sixteen would be fair"


@pytest.fixture
def event() -> Event:
    return make.event()


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event)


@pytest.fixture(autouse=True)
def rested() -> None:
    views._asks.empty()


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    yield
    finder().close()


def typed(seat: Seat, text: str, *, scripts: bool = True, **fields: str) -> Any:
    client = Client()
    client.cookies[SEAT_COOKIE] = cookie_of(seat)
    more: dict[str, Any] = {"HTTP_HX_REQUEST": "true"} if scripts else {}
    if not scripts:
        client.cookies[PLAIN_COOKIE] = "1"
    base = f"{seat_path(seat.event.handle, seat.role)}{make.room(seat.event).handle}/"
    return client.post(f"{base}alike/", {"text": text, **fields}, **more)


def read(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_idea_that_says_the_same_comes_up_with_its_source_and_the_way_to_support_it(ann: Seat) -> None:
    idea = thought(ann, "Lower the voting age to sixteen")
    thought(ann, "Build a well in every village")
    answer = read(typed(ann, SAME))
    assert "Lower the voting age to sixteen" in answer
    assert "Found by a machine while you type" in answer
    assert f"source/?source=idea:{idea.handle}" in answer
    assert "do/ideas.upvote" in answer
    assert "well" not in answer
    assert "<html" not in answer


def test_what_says_something_else_or_next_to_nothing_brings_nothing_up(ann: Seat) -> None:
    thought(ann, "Lower the voting age to sixteen")
    for text in ("", "   ", "voting", "voting age", "Plant trees along the coast road"):
        assert read(typed(ann, text)).strip() == ""


def test_only_ideas_on_this_room_s_board_come_up(ann: Seat) -> None:
    hidden = thought(ann, "Lower the voting age to sixteen")
    make.act(make.seat(ann.event, "moderator"), "ideas.hide", idea=hidden.handle, reason="No")
    other = make.event("Another", approve_ideas=True)
    thought(make.seat(other), "Lower the voting age to sixteen")
    assert "Lower" not in read(typed(ann, SAME))
    assert "Lower" not in read(typed(make.seat(other), SAME)), "it waits for a moderator"


def test_what_is_typed_is_kept_nowhere(ann: Seat, capfd: pytest.CaptureFixture[str]) -> None:
    thought(ann, "Lower the voting age to sixteen")
    typed(ann, f"{SAME} Quizzicalzebra")
    typed(ann, f"{SAME} Quizzicalzebra", scripts=False)
    assert traces.columns_with("Quizzicalzebra") == set()
    assert traces.database_files_with("Quizzicalzebra") == set()
    assert "Quizzicalzebra" not in "".join(capfd.readouterr())
    assert Idea.objects.count() == 1


def test_without_scripts_a_page_shows_them_with_the_form_as_it_was_filled_in(ann: Seat) -> None:
    thought(ann, "Lower the voting age to sixteen")
    answer = read(typed(ann, SAME, scripts=False, show_author="on"))
    assert "Lower the voting age to sixteen" in answer
    assert f">{SAME}</textarea>" in answer
    assert 'name="show_author" checked' in answer
    assert "do/ideas.post" in answer
    assert "Nothing was found that says the same" in read(typed(ann, "Plant trees along the road", scripts=False))


def test_nobody_is_kept_from_posting_while_there_is_no_answer(ann: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_WAITING", 0)
    assert typed(ann, SAME).status_code == 204
    answer = typed(ann, SAME, scripts=False)
    assert answer.status_code == 200
    assert "You can post your idea all the same" in read(answer)


def test_whoever_asks_without_end_is_not_answered_any_more_and_others_are(ann: Seat) -> None:
    thought(ann, "Lower the voting age to sixteen")
    statuses = {typed(ann, SAME).status_code for _time in range(views.PER_MINUTE + 3)}
    assert statuses == {200, 204}
    assert typed(make.seat(ann.event, name="Ben"), SAME).status_code == 200


@pytest.mark.parametrize("role", ["moderator", "drafter", "wall"])
def test_it_is_for_those_who_post_ideas(event: Event, role: str) -> None:
    assert typed(make.seat(event, role), SAME).status_code == 404


def test_without_a_seat_nothing_is_compared(ann: Seat) -> None:
    base = f"{seat_path(ann.event.handle, ann.role)}{make.room(ann.event).handle}/"
    assert Client().post(f"{base}alike/", {"text": SAME}).status_code == 401
