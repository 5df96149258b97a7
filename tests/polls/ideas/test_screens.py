from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from deliberate.door.views import SEAT_COOKIE
from deliberate.live import marks
from deliberate.live.pages import PLAIN_COOKIE
from deliberate.live.painter import paint
from deliberate.live.parts import parts
from polls.ideas import core
from polls.ideas.models import Idea
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.wall.models import Projection
from tests import make
from tests.polls.ideas.make import ideas, merge, moderator, people, post, upvote

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r"<(\w+)[^>]* hidden>.*?</\1>")


@pytest.fixture
def event() -> Event:
    return make.event()


def picture(event: Event, name: str, audience: str = "participant") -> str:
    return paint(make.room(event), name, audience, "en").html


def every_picture(event: Event) -> dict[tuple[str, str], str]:
    """All parts of all features as every audience is sent them."""
    room = make.room(event)
    return {(name, to): paint(room, name, to, "en").html for name, part in parts.items() for to in part.audiences}


def seen(by: Seat, name: str) -> str:
    """The words of a part as one seat sees it."""
    room = make.room(by.event)
    held = {mark for some in marks.every(make.place(room, by)).values() for mark in some}
    html = marks.apply(picture(by.event, name, by.role), held)
    while HIDDEN.search(html):
        html = HIDDEN.sub("", html)
    return " ".join(strip_tags(html).split())


def as_browser(by: Seat, *, plain: bool = False) -> Client:
    client = Client()
    client.cookies[SEAT_COOKIE] = cookie_of(by)
    if plain:
        client.cookies[PLAIN_COOKIE] = "1"
    return client


def address(by: Seat) -> str:
    return f"/at/{by.event.handle}/{by.role}/{make.room(by.event).handle}/ideas/"


def hide(idea: Idea, reason: str) -> None:
    make.act(moderator(idea.room.event), "ideas.hide", idea=idea.handle, reason=reason)


def test_a_card_names_its_author_only_if_they_signed(event: Event) -> None:
    ann, ben = make.seat(event, name="Ann"), make.seat(event, name="Ben")
    post(ann, "Dig wells")
    post(ben, "Open courts", signed=True)
    board = seen(ann, "ideas.board")
    assert "Ben" in board
    assert "Ann" not in board


def test_words_of_people_are_shown_as_words(event: Event) -> None:
    post(make.seat(event, name="<i>Ann</i>"), "<script>alert(1)</script>", signed=True)
    html = picture(event, "ideas.board")
    assert "&lt;script&gt;" in html
    assert "&lt;i&gt;Ann" in html
    assert "<script" not in html


def test_a_page_holds_ten_cards_and_leads_to_the_next(event: Event) -> None:
    ideas(event, *(f"Idea text {number}" for number in range(12)))
    first, second = picture(event, "ideas.newest"), picture(event, "ideas.newest/2")
    assert first.count('class="idea card"') == 10
    assert "?sort=newest&amp;page=2" in first
    assert [text in second for text in ("Idea text 1<", "Idea text 0<", "Idea text 2<")] == [True, True, False]
    assert picture(event, "ideas.newest/9").count('class="idea card"') == 2


def test_an_author_knows_their_own_idea_and_nobody_else_learns_whose_it_is(event: Event) -> None:
    ann, ben = people(event, 2)
    post(ann, "Dig wells")
    assert "Yours" in seen(ann, "ideas.board")
    assert "Yours" not in seen(ben, "ideas.board")


def test_support_shows_as_mine_also_where_it_was_given_to_an_idea_merged_later(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    ann, ben = people(event, 2)
    upvote(water, ann)
    merge(water, wells)
    room = make.room(event)
    shared = picture(event, "ideas.board")
    for seat, pressed in ((ann, True), (ben, False)):
        html = marks.apply(shared, set(marks.of("ideas", make.place(room, seat))))
        assert ("hidden" not in re.findall(r'<button form="unvote"[^>]*>', html)[0]) is pressed
        assert ("hidden" in re.findall(r'<button form="upvote"[^>]*>', html)[0]) is pressed


def test_what_i_said_of_an_idea_shows_as_pressed(event: Event) -> None:
    (wells,) = ideas(event, "Dig wells")
    ann, ben = people(event, 2)
    make.act(ann, "opinions.say", idea=wells.handle, value="disagree")
    assert "✓ Disagree" in seen(ann, "ideas.board")
    assert "✓" not in seen(ben, "ideas.board")


def test_whoever_posted_reads_where_their_idea_stands_though_it_is_on_another_page(event: Event) -> None:
    for number in range(core.PER_PAGE):
        post(make.seat(event), f"Thought {number}")
    ann, ben = make.seat(event), make.seat(event)
    post(ann, "Dig wells")
    place = core.PER_PAGE + 1
    assert seen(ann, "ideas.mine") == f"Your idea {place}, “Dig wells”, stands at place {place} of {place}. Go to it"
    assert "?page=2#idea-" in picture(event, "ideas.mine")
    assert seen(ben, "ideas.mine") == ""


def test_a_hidden_idea_is_explained_to_its_author_and_its_words_go_to_nobody(event: Event) -> None:
    ann, ben = people(event, 2)
    hide(post(ann, "Mr X is a thief"), "It names a person")
    assert seen(ann, "ideas.mine") == "Your idea 1 was taken off the board: It names a person"
    assert seen(ben, "ideas.mine") == ""
    for (name, audience), html in every_picture(event).items():
        if audience != "moderator":
            assert "thief" not in html, (name, audience)
            assert "names a person" not in html, (name, audience)
    moderators = every_picture(event)["ideas.aside", "moderator"]
    assert "thief" in moderators
    assert "It names a person" in moderators


def test_a_waiting_idea_is_known_to_its_author_and_its_words_to_moderators_alone(event: Event) -> None:
    Event.objects.update(approve_ideas=True)
    ann, ben = people(event, 2)
    post(ann, "Dig wells")
    assert seen(ann, "ideas.mine") == "Your idea 1 waits for a moderator to read it."
    assert seen(ben, "ideas.mine") == ""
    assert "wells" not in picture(event, "ideas.mine") + picture(event, "ideas.board")
    for name in ("ideas.console", "ideas.waiting"):
        assert "Dig wells" in seen(moderator(event), name)


def test_the_author_of_a_merged_idea_learns_where_it_counts(event: Event) -> None:
    (wells,) = ideas(event, "Dig wells")
    ann = make.seat(event)
    merge(post(ann, "Water for all"), wells)
    assert seen(ann, "ideas.mine").startswith("Your idea 2 counts for idea 1 now")


def test_a_card_says_in_which_clause_it_stands_also_for_an_idea_merged_into_it(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    drafter = make.seat(event, "drafter")
    added = make.act(drafter, "statements.add_clause", text="We dig wells.", after="")
    cited = {"clause": added.data["clause"], "source": f"idea:{water.handle}", "quote": "Water for all"}
    make.act(drafter, "statements.cite", "", **cited)
    merge(water, wells)
    for name, audience in (("ideas.board", "participant"), ("ideas.console", "moderator")):
        assert "In clause 1" in picture(event, name, audience)


def test_drafters_read_the_board_and_have_nothing_to_press(event: Event) -> None:
    (wells,) = ideas(event, "Dig wells")
    upvote(wells, *people(event, 2))
    html = picture(event, "ideas.board", "drafter")
    assert "<b>2</b> support this" in html
    assert "<button" not in html


def test_the_wall_shows_five_ideas_and_a_phone_three(event: Event) -> None:
    ideas(event, *(f"Idea text {number}" for number in range(7)))
    assert picture(event, "ideas.top", "wall").count("<li") == 5
    assert picture(event, "ideas.top").count("<li") == 3


def test_the_wall_shows_one_idea_alone_where_the_moderator_put_it_there(event: Event) -> None:
    _wells, courts, radio = ideas(event, "Dig wells", "Open courts", "Fund radio")
    merge(radio, courts)
    projection = Projection.objects.create(room=make.room(event), scene="ideas", subject=radio.handle)
    assert seen(make.seat(event, "wall"), "ideas.top") == "Idea 2 0 support this Open courts"
    Projection.objects.filter(pk=projection.pk).update(scene="queue")
    assert "Dig wells" in seen(make.seat(event, "wall"), "ideas.top")


def test_the_console_has_every_act_at_hand_and_the_way_back(event: Event) -> None:
    wells, water, courts = ideas(event, "Dig wells", "Water for all", "Open courts")
    merge(water, wells)
    hide(courts, "Off topic")
    html = picture(event, "ideas.console", "moderator")
    for command in ("hide", "merge", "pin", "take_up", "unmerge", "unhide"):
        assert f'data-command="ideas.{command}"' in html
    assert 'data-command="wall.show"' in html
    assert f'name="subject" value="{wells.handle}"' in html


@pytest.mark.parametrize("name", ["ideas.console", "ideas.desk", "ideas.waiting", "ideas.aside"])
def test_no_two_elements_of_a_moderators_part_share_an_id(event: Event, name: str) -> None:
    Event.objects.update(approve_ideas=True)
    waiting = ideas(event, *(f"Idea {number}" for number in range(6)))
    for idea in waiting[:4]:
        make.act(moderator(event), "ideas.approve", idea=idea.handle)
    merge(waiting[0], waiting[1])
    hide(waiting[2], "Off topic")
    found = re.findall(r' id="([^"]+)"', picture(event, name, "moderator"))
    assert len(found) == len(set(found)) > 0


def test_a_console_of_many_ideas_takes_as_few_queries_as_one_of_few(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ideas(event, *(f"Idea {number}" for number in range(30)))
    for name, audience in (("ideas.console", "moderator"), ("ideas.board", "participant"), ("ideas.desk", "moderator")):
        with django_assert_max_num_queries(8):
            picture(event, name, audience)


def test_the_page_shows_the_part_that_its_address_asks_for(event: Event) -> None:
    ann = make.seat(event)
    ideas(event, *(f"Idea {number}" for number in range(12)))
    browser = as_browser(ann)
    for asked, name in (("", "board"), ("?sort=newest", "newest"), ("?page=2", "board/2"), ("?page=x&sort=y", "board")):
        assert f'data-part="ideas.{name}"' in browser.get(address(ann) + asked).content.decode()


@pytest.mark.parametrize("asked", ["99", "100", "500", "999", "99999999", "-1", "²"])
def test_a_page_beyond_the_last_is_the_last(event: Event, asked: str) -> None:
    ideas(event, *(f"Idea {number}" for number in range(1, 12)))
    by = moderator(event)
    for query, seat, name in (("page", make.seat(event), "board"), ("page", by, "desk"), ("aside", by, "aside")):
        response = as_browser(seat).get(address(seat), {query: asked})
        last = "/2" if name == "board" and asked.isascii() and asked.isdigit() else ""
        assert response.status_code == 200
        assert f'data-part="ideas.{name}{last}"' in response.content.decode()


def test_a_plain_page_comes_anew_by_itself_but_not_while_somebody_writes(event: Event) -> None:
    ann = make.seat(event)
    browser = as_browser(ann, plain=True)
    reading, writing = (browser.get(address(ann) + asked).content.decode() for asked in ("", "?write=1"))
    assert ('http-equiv="refresh"' in reading, "<textarea" in reading) == (True, False)
    assert ('http-equiv="refresh"' in writing, "<textarea" in writing) == (False, True)


def test_a_plain_form_posts_and_leads_back_to_the_board(event: Event) -> None:
    ann = make.seat(event)
    browser = as_browser(ann, plain=True)
    back = f"{address(ann)}?sort=newest"
    answer = browser.post(
        address(ann).replace("/ideas/", "/do/ideas.post"), {"text": "Dig wells", "show_author": "on", "next": back}
    )
    assert (answer.status_code, answer["Location"]) == (302, back)
    page = browser.get(back).content.decode()
    assert "Your idea is on the board. It is number 1." in page
    assert "Dig wells" in page


def test_a_refused_plain_form_comes_back_with_what_was_typed_and_no_list_of_ideas(event: Event) -> None:
    (idea,) = ideas(event, "Dig wells")
    ann, mod = make.seat(event), moderator(event)
    too_long = as_browser(ann).post(address(ann).replace("/ideas/", "/do/ideas.post"), {"text": "y" * 300})
    assert too_long.status_code == 422
    assert "y" * 300 in too_long.content.decode()
    no_reason = as_browser(mod).post(address(mod).replace("/ideas/", "/do/ideas.hide"), {"idea": idea.handle})
    html = no_reason.content.decode()
    assert "Say in a few words why" in html
    assert f'value="{idea.handle}"' in html
    assert "<option" not in html
    assert "Dig wells" not in html


def test_the_moderators_page_holds_all_ideas_by_what_became_of_them(event: Event) -> None:
    _wells, courts = ideas(event, "Dig wells", "Open courts")
    hide(courts, "Off topic")
    html = as_browser(mod := moderator(event)).get(address(mod)).content.decode()
    for name in ("ideas.waiting", "ideas.desk", "ideas.aside"):
        assert f'data-part="{name}"' in html
    assert "Open courts" in html
