"""Ending somebody's seat: by what is shown of it, for good, and with nothing else of them told or taken."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from deliberate.door.views import SEAT_COOKIE
from deliberate.errors import Refused
from polls.ballots.queries import as_text, eligible
from polls.ideas.models import Idea
from rooms.events.models import Event, Names
from rooms.events.queries import participants, path_of
from rooms.floor.models import State, Turn
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.seats.actions import take_paired
from rooms.seats.models import Pairing, Seat
from rooms.seats.queries import cookie_of, seat_of, why_ended
from tests import make
from tests.polls.ballots.make import OPTIONS, closed, opened, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event()


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event, name="Ann")


@pytest.fixture
def moderator(event: Event) -> Seat:
    return make.seat(event, "moderator")


def asked(seat: Seat) -> str:
    """A request of the seat on the list, as it is named for ending the seat."""
    return f"turn:{make.act(seat, 'floor.ask', kind='point').data['turn']}"


def posted(seat: Seat, signed: str = "on") -> str:
    return f"idea:{make.act(seat, 'ideas.post', text='Open the books', show_author=signed).data['idea']}"


def browser(seat: Seat, **cookies: str) -> Client:
    found = Client()
    for name, value in {SEAT_COOKIE: cookie_of(seat), **cookies}.items():
        found.cookies[name] = value
    return found


def home(seat: Seat) -> str:
    return f"/at/{seat.event.handle}/{seat.role}/{make.room(seat.event).handle}/"


@pytest.mark.parametrize("role", ["moderator", "host"])
def test_an_ended_seat_has_no_way_in_leaves_the_list_and_counts_no_more(event: Event, ann: Seat, role: str) -> None:
    shown, cookie = asked(ann), cookie_of(ann)
    make.act(make.seat(event, role), "seats.end", shown=shown)
    ann.refresh_from_db()
    assert (seat_of(cookie), seat_of(cookie_of(ann)), why_ended(cookie)) == (None, None, "hosts")
    assert Turn.objects.get().state == State.WITHDRAWN
    assert not participants(make.room(event)).exists()
    with pytest.raises(Refused, match="ended"):
        make.act(ann, "floor.ask", kind="point")


def test_whoever_has_the_floor_loses_it_and_gets_it_back_by_no_undo(event: Event, ann: Seat, moderator: Seat) -> None:
    shown = asked(ann)
    make.act(moderator, "floor.call_next")
    make.act(moderator, "floor.start")
    make.act(moderator, "seats.end", shown=shown)
    turn = Turn.objects.get()
    assert turn.state == State.DONE
    assert turn.ended_at is not None
    assert "undo:floor.undo_end" not in make.marks_of("floor", make.room(event), moderator)
    with pytest.raises(Refused, match="too late"):
        make.act(moderator, "floor.undo_end")


def test_an_undo_of_the_call_after_it_puts_back_who_was_called_and_reopens_nothing(
    event: Event, ann: Seat, moderator: Seat
) -> None:
    shown, waits = asked(ann), asked(make.seat(event, name="Ben"))
    for name in ("floor.call_next", "floor.start"):
        make.act(moderator, name)
    make.act(moderator, "floor.call_next", expected=waits.partition(":")[2])
    make.act(moderator, "seats.end", shown=shown)
    make.act(moderator, "floor.undo_end")
    assert list(Turn.objects.order_by("pk").values_list("state", flat=True)) == [State.DONE, State.WAITING]


def test_requests_in_every_room_leave_their_lists(event: Event, ann: Seat, moderator: Seat) -> None:
    host = make.seat(event, "host")
    workshop = event.rooms.get(handle=make.act(host, "events.add_room", name="Workshop").data["room"])
    shown = asked(ann)
    make.act_in(workshop, ann, "floor.ask", kind="point")
    make.act(moderator, "seats.end", shown=shown)
    assert set(Turn.objects.values_list("state", flat=True)) == {State.WITHDRAWN}
    assert [broken_at(room) for room in event.rooms.all()] == [None, None]


def test_what_they_said_wrote_and_voted_stays(event: Event, ann: Seat, moderator: Seat) -> None:
    shown, poll = posted(ann), opened(event)
    vote(ann, poll, OPTIONS[0])
    make.act(moderator, "seats.end", shown=shown)
    assert eligible(poll) == 1
    assert Idea.objects.get().author == "Ann"
    done = closed(poll)
    assert (done.eligible, f"{OPTIONS[0]}: 1" in as_text(done)) == (1, True), as_text(done)


def test_the_journal_says_that_a_seat_was_ended_and_not_whose(event: Event, ann: Seat, moderator: Seat) -> None:
    make.act(moderator, "seats.end", shown=asked(ann))
    told = list(Entry.objects.order_by("-number").values_list("role", "verb", "detail")[:2])
    assert told == [("moderator", "ended a seat", ""), ("moderator", "removed", "")]
    assert Entry.objects.get(verb="ended a seat").subject == ""


def test_an_idea_without_a_name_leads_to_nobody(event: Event, ann: Seat, moderator: Seat) -> None:
    shown = posted(ann, signed="")
    with pytest.raises(Refused, match="Nobody’s seat"):
        make.act(moderator, "seats.end", shown=shown)
    assert Idea.objects.get().seat is None
    page = browser(moderator).get(f"{home(moderator)}seat/?of={shown}").content.decode()
    assert ("Ann" in page, "Nobody’s seat" in page) == (False, True)


@pytest.mark.parametrize("shown", ["", "turn", "turn:", "turn:nothing", "poll:x", "idea:nothing", ":"])
def test_what_names_nothing_ends_nothing(ann: Seat, moderator: Seat, shown: str) -> None:
    with pytest.raises(Refused):
        make.act(moderator, "seats.end", shown=shown)
    ann.refresh_from_db()
    assert not ann.ended


def test_the_words_of_a_turn_do_not_lead_to_its_seat(ann: Seat, moderator: Seat) -> None:
    asked(ann)
    with pytest.raises(Refused, match="Nobody’s seat"):
        make.act(moderator, "seats.end", shown=f"turn:{Turn.objects.get().words}")


def test_somebody_without_a_phone_has_no_seat_to_end(event: Event, moderator: Seat) -> None:
    put = make.act(moderator, "floor.add", name="Dan", group="", place="hall", kind="point").data["turn"]
    with pytest.raises(Refused, match="Nobody’s seat"):
        make.act(moderator, "seats.end", shown=f"turn:{put}")
    assert f"of=turn:{put}" not in browser(moderator).get(home(moderator)).content.decode()


def test_ending_an_ended_seat_says_so_and_changes_nothing(event: Event, ann: Seat, moderator: Seat) -> None:
    shown = asked(ann)
    make.act(moderator, "seats.end", shown=shown)
    noted = Entry.objects.count()
    assert "already" in str(make.act(moderator, "seats.end", shown=shown).say)
    assert Entry.objects.count() == noted
    assert "ended already" in browser(moderator).get(f"{home(moderator)}seat/?of={shown}").content.decode()


@pytest.mark.parametrize("kind", [asked, posted])
def test_without_scripts_it_is_asked_on_a_page_that_the_console_leads_to(
    ann: Seat, moderator: Seat, kind: object
) -> None:
    assert callable(kind)
    shown, client = kind(ann), browser(moderator, plain="1")
    leads = f"{home(moderator)}seat/?of={shown}"
    assert f'href="{leads}"' in client.get(home(moderator)).content.decode()
    page = client.get(leads).content.decode()
    assert ("Ann" in page, "End this seat?" in page) == (True, True)
    ann.refresh_from_db()
    assert not ann.ended, "looking at the page ends nothing"
    answer = client.post(f"{home(moderator)}do/seats.end", {"shown": shown, "next": home(moderator)})
    assert answer.headers["Location"] == home(moderator)
    ann.refresh_from_db()
    assert ann.ended


def test_nobody_is_named_on_the_page_where_names_are_not_shown(event: Event, ann: Seat) -> None:
    Event.objects.filter(pk=event.pk).update(names_on_list=Names.MODERATORS)
    shown = asked(ann)
    named = {}
    for role in ("moderator", "host"):
        seat = make.seat(event, role)
        named[role] = "Ann" in browser(seat).get(f"{home(seat)}seat/?of={shown}").content.decode()
    assert named == {"moderator": True, "host": False}


def test_the_host_finds_who_waits_beside_the_settings_of_the_floor(event: Event, ann: Seat) -> None:
    host, shown = make.seat(event, "host"), asked(ann)
    assert f"{home(host)}seat/?of={shown}" in browser(host).get(f"{home(host)}floor/").content.decode()
    make.act(host, "seats.end", shown=shown)
    assert "of=turn" not in browser(host).get(f"{home(host)}floor/").content.decode()


@pytest.mark.parametrize("page", ["", "floor/", "ideas/", "you/", "transcript.txt"])
def test_whose_seat_the_hosts_ended_reads_so_on_any_page_and_whom_to_ask(ann: Seat, moderator: Seat, page: str) -> None:
    shown, client = asked(ann), browser(ann, plain="1")
    make.act(moderator, "seats.end", shown=shown)
    answer = client.get(home(ann) + page)
    html = answer.content.decode()
    assert answer.status_code == 401
    assert ("Your seat was ended" in html, "ask a moderator" in html) == (True, True)
    assert client.post(f"{home(ann)}do/floor.ask", {"kind": "point"}).status_code == 401


def test_the_ticket_and_the_pairing_code_of_an_ended_seat_give_no_way_back(event: Event, moderator: Seat) -> None:
    client = Client()
    client.get(path_of(event.links.get(role="participant")))
    ticket, welcome = client.cookies["ticket"].value, f"/at/{event.handle}/participant/welcome/"
    client.post(welcome, {"name": "Ann", "place": "hall"})
    seat = Seat.objects.get(role="participant")
    paired = make.act(seat, "seats.pair").data["code"]
    make.act(moderator, "seats.end", shown=asked(seat))
    client.cookies["ticket"] = ticket
    assert "Type the code once more" in client.post(welcome, {"name": "Ann", "place": "hall"}).content.decode()
    assert (take_paired(code=paired), Pairing.objects.count()) == (None, 0)
    assert Seat.objects.filter(role="participant").count() == 1


def test_the_code_that_everybody_shares_lets_them_in_as_somebody_new_until_it_is_renewed(
    event: Event, ann: Seat, moderator: Seat
) -> None:
    make.act(moderator, "seats.end", shown=asked(ann))
    old, host, client = event.links.get(role="participant"), make.seat(event, "host"), browser(ann)
    client.get(f"/join/{old.code}/")
    client.post(f"/at/{event.handle}/participant/welcome/", {"name": "Ann", "place": "hall"})
    assert Seat.objects.filter(role="participant", ended=False).count() == 1
    make.act(host, "events.new_link", role="participant")
    make.act(host, "events.revoke_link", link=old.handle)
    assert Client().get(path_of(old)).status_code == 404
    assert Seat.objects.filter(role="participant", ended=False).count() == 1, "whoever is in stays in"


def test_whose_seat_was_ended_can_still_be_erased_by_whoever_held_it(event: Event, ann: Seat, moderator: Seat) -> None:
    shown, client = posted(ann), browser(ann)
    ended = f"/at/{event.handle}/participant/ended/"
    client.post(ended)
    ann.refresh_from_db()
    assert not ann.ended, "a living seat is erased by its own command alone"
    make.act(moderator, "seats.end", shown=shown)
    assert "Erase me" in client.get(ended).content.decode()
    assert "You are erased" in client.post(ended).content.decode()
    ann.refresh_from_db()
    assert (ann.name, Idea.objects.get().author, client.cookies[SEAT_COOKIE].value) == ("", "", "")


@pytest.mark.django_db(transaction=True)
def test_two_moderators_who_end_one_seat_while_it_acts_end_it_once(event: Event, ann: Seat, moderator: Seat) -> None:
    shown, other = posted(ann), make.seat(event, "moderator")
    start = Barrier(3)

    def one(seat: Seat, name: str, fields: dict[str, str]) -> None:
        try:
            start.wait()
            with suppress(Refused):  # asked to speak too late
                make.act(seat, name, **fields)
        finally:
            connection.close()

    acts = [(moderator, "seats.end", {"shown": shown}), (other, "seats.end", {"shown": shown})]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda act: one(*act), [*acts, (ann, "floor.ask", {"kind": "point"})]))
    assert Entry.objects.filter(verb="ended a seat").count() == 1
    assert not Turn.objects.filter(state=State.WAITING).exists()
    assert broken_at(make.room(event)) is None
