from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client

from deliberate.door.entrance import Place
from deliberate.live import marks
from deliberate.live.facts import facts
from deliberate.live.painter import paint
from deliberate.live.parts import parts
from polls.ballots.models import Poll
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.wall.scenes import claimed
from tests import make
from tests.polls.ballots.make import closed, moderator, opened, option, people, prepared, vote

pytestmark = pytest.mark.django_db
KINDS = ["one", "several", "scale", "ranking"]


def picture(of: Event, name: str, audience: str = "participant") -> str:
    """A part as it is painted now, on one line."""
    html = paint(make.room(of), name, audience, "en").html
    return re.sub(r"\s+", " ", html)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def everybody(of: Event) -> dict[tuple[str, str], str]:
    found = [
        (name, audience) for name, each in parts.items() if name.startswith("ballots.") for audience in each.audiences
    ]
    return {(name, audience): picture(of, name, audience) for name, audience in found}


def of_voter(of: Event, seat: Seat) -> str:
    """The ballot as one seat sees it."""
    return marks.apply(picture(of, "ballots.open"), make.marks_of("ballots", make.room(of), seat))


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_ballot_stands_on_the_phone_while_the_poll_is_open(kind: str) -> None:
    event = make.event()
    assert picture(event, "ballots.open") == ""
    poll = opened(event, kind)
    html = picture(event, "ballots.open")
    assert f'data-command="ballots.cast" data-reset data-unless="ballot:{poll.handle}"' in html
    assert "<legend><h2>Which first?</h2></legend>" in html
    assert html.count("<label") == (6 if kind == "scale" else 4)
    assert 'value="abstain"' in html
    closed(poll)
    assert picture(event, "ballots.open") == ""


@pytest.mark.parametrize("secret", ["sealed", ""])
def test_a_voter_is_told_before_voting_whether_names_are_shown(secret: str) -> None:
    event = make.event()
    opened(event, secret=secret)
    told = "This ballot is sealed" if secret else "your name stands beside your choice"
    assert told in words(picture(event, "ballots.open"))


def test_the_ballot_is_not_painted_anew_when_others_vote() -> None:
    event = make.event()
    poll = opened(event)
    before = picture(event, "ballots.open")
    for seat in people(event, 3):
        vote(seat, poll, "Hearings")
    assert picture(event, "ballots.open") == before
    assert "3 of 3" in picture(event, "ballots.turnout")


def test_who_has_voted_sees_that_the_ballot_is_in_and_others_see_the_form() -> None:
    event = make.event()
    poll = opened(event)
    ann, ben = people(event, 2)
    vote(ann, poll, "Hearings")
    assert make.marks_of("ballots", make.room(event), ann) == {f"ballot:{poll.handle}"}
    assert make.marks_of("ballots", make.room(event), ben) == set()
    assert re.search(r"<form[^>]* hidden>", of_voter(event, ann))
    assert not re.search(r"<form[^>]* hidden>", of_voter(event, ben))
    assert re.search(r'<div class="mine card"[^>]* hidden>', of_voter(event, ben))


@pytest.mark.parametrize("secret", ["sealed", ""])
def test_every_other_screen_of_the_phone_leads_to_the_open_poll_until_one_has_voted(secret: str) -> None:
    event = make.event()
    assert picture(event, "ballots.elsewhere").strip() == ""
    poll = opened(event, secret=secret)
    ann, ben = people(event, 2)
    vote(ann, poll, "Hearings")
    html = picture(event, "ballots.elsewhere")
    seen = {seat: marks.apply(html, make.marks_of("ballots", make.room(event), seat)) for seat in (ann, ben)}
    assert "A poll is open: vote" in words(html)
    assert re.search(r"<b[^>]* hidden>", seen[ann])
    assert not re.search(r"<b[^>]* hidden>", seen[ben])
    closed(poll)
    assert picture(event, "ballots.elsewhere").strip() == ""


def test_the_mark_of_a_ballot_is_gone_when_the_poll_has_closed() -> None:
    event = make.event()
    poll, ann = opened(event), make.seat(event)
    vote(ann, poll, "Hearings")
    closed(poll)
    assert make.marks_of("ballots", make.room(event), ann) == set()


@pytest.mark.parametrize(
    ("kind", "choice"), [("one", "Hearings"), ("several", "Hearings"), ("scale", "3"), ("one", "abstain")]
)
def test_a_named_ballot_can_be_read_again_and_changed_by_its_voter_alone(kind: str, choice: str) -> None:
    event = make.event()
    poll = opened(event, kind, secret="")
    ann, ben = people(event, 2)
    vote(ann, poll, choice)
    sent = option(poll, choice) if choice == "Hearings" else choice
    mark = f"chose:{poll.handle}:{sent}"
    assert make.marks_of("ballots", make.room(event), ann) == {f"ballot:{poll.handle}", mark}
    assert f'data-checked-when="{mark}" checked' in of_voter(event, ann)
    assert " checked" not in of_voter(event, ben)
    assert "data-checked-when" not in picture_of_secret(kind)


def picture_of_secret(kind: str) -> str:
    event = make.event()
    opened(event, kind)
    return picture(event, "ballots.open")


@pytest.mark.parametrize("secret", ["sealed", ""])
@pytest.mark.parametrize("kind", KINDS)
def test_while_a_poll_runs_no_picture_depends_on_what_was_chosen(kind: str, secret: str) -> None:
    event = make.event()
    poll = opened(event, kind, secret=secret)
    ann = make.seat(event, name="Ann")
    rank = ":1" if kind == "ranking" else ""
    choices = ["1", "5"] if kind == "scale" else [f"{each.handle}{rank}" for each in poll.options.all()]
    seen = [after(event, ann, poll, choice) for choice in [*choices, "abstain"]]
    assert all(pictures == seen[0] for pictures in seen)
    assert "Ann" not in "".join(seen[0].values())


def after(of: Event, seat: Seat, poll: Poll, choice: str) -> dict[tuple[str, str], str]:
    """Every picture as it would be if the seat had chosen so."""
    with transaction.atomic():
        vote(seat, poll, choice)
        found = everybody(of)
        transaction.set_rollback(True)
    return found


def test_the_moderator_is_warned_while_a_secret_poll_has_fewer_than_k_ballots() -> None:
    event = make.event(k=2)
    poll = opened(event)
    assert "Fewer than 2 ballots" in words(picture(event, "ballots.turnout", "moderator"))
    assert "Fewer than" not in words(picture(event, "ballots.turnout", "wall"))
    for seat in people(event, 2):
        vote(seat, poll, "Hearings")
    told = words(picture(event, "ballots.turnout", "moderator"))
    assert "Fewer than" not in told
    assert "four seconds" not in told, "a sealed ballot is in at once"


def test_the_moderator_of_a_blind_poll_is_told_to_wait_for_ballots_that_are_on_their_way() -> None:
    event = make.event(k=2)
    poll = opened(event)
    Poll.objects.filter(pk=poll.pk).update(blind=True, turnout=5)
    assert "Say that the vote ends, wait for five" in words(picture(event, "ballots.turnout", "moderator"))
    assert "four seconds" not in words(picture(event, "ballots.turnout", "wall"))


def test_the_console_offers_what_fits() -> None:
    event = make.event()
    empty = picture(event, "ballots.console", "moderator")
    assert "ballots.prepare" in empty
    assert "ballots.open" not in empty
    poll = prepared(event)
    assert 'data-command="ballots.open"' in picture(event, "ballots.console", "moderator")
    assert 'data-command="ballots.edit"' in picture(event, "ballots.console", "moderator")
    make.opens(moderator(event), poll.handle)
    assert 'data-command="ballots.open"' not in picture(event, "ballots.console", "moderator")
    running = picture(event, "ballots.turnout", "moderator")
    assert "Which first?" in running
    assert "0 of 0" in running
    assert 'data-command="ballots.close"' in running, "the question, its turnout and its end stand in one picture"


def test_results_that_a_moderator_puts_up_are_those_of_the_last_poll_while_the_next_one_runs() -> None:
    event = make.event()
    first = opened(event, question="First?")
    vote(make.seat(event), first, "Hearings")
    closed(first)
    opened(event, question="Second?")
    assert "Second?" in picture(event, "ballots.wall", "wall")
    make.act(moderator(event), "wall.show", scene="results")
    assert "First?" in picture(event, "ballots.wall", "wall")
    preview = words(picture(event, "wall.scene", "moderator"))
    assert "First? Hearings: 100 %" in preview
    assert "Second?" not in preview


@pytest.mark.parametrize("kind", KINDS)
def test_results_stand_as_labelled_bars_with_turnout_and_abstentions(kind: str) -> None:
    event = make.event()
    poll = opened(event, kind)
    ann, ben, *_rest = people(event, 3)
    first = option(poll, "Hearings") if kind != "scale" else "4"
    vote(ann, poll, f"{first}:1" if kind == "ranking" else first)
    vote(ben, poll, "abstain")
    assert picture(event, "ballots.fresh") == ""
    closed(poll)
    html = picture(event, "ballots.fresh")
    assert "2 of 3 voted, 1 abstained." in words(html)
    name = "4" if kind == "scale" else "Hearings"
    assert re.search(
        rf'<label class="bar"><span>{name}</span> <span><b>100 %</b> <span class="meta">1 vote</span></span> <progress value="100"',
        html,
    )
    assert ("Median 4" in html, "wins by instant-runoff" in html) == (kind == "scale", kind == "ranking")


def test_results_give_way_to_the_next_poll_and_stay_among_the_closed_ones() -> None:
    event = make.event()
    first = closed(opened(event, question="First?"))
    assert "First?" in picture(event, "ballots.fresh")
    second = opened(event, question="Second?")
    assert "First?" not in picture(event, "ballots.fresh")
    assert "1 earlier poll" in picture(event, "ballots.results"), "a link to those that have closed"
    closed(second)
    assert "Second?" in picture(event, "ballots.fresh")
    standing = picture(event, "ballots.closed", "drafter")
    assert standing.index(f'id="poll-{second.handle}"') < standing.index(f'id="poll-{first.handle}"')


def test_what_has_just_closed_stands_where_the_ballot_stood_until_the_room_moves_on() -> None:
    event = make.event()
    closed(opened(event, question="First?"))
    assert "First?" in picture(event, "ballots.fresh")
    assert "First?" not in picture(event, "ballots.results")
    speaker = make.seat(event)
    turn = make.act(speaker, "floor.ask", kind="point").data["turn"]
    make.act(moderator(event), "floor.call_next", expected=turn)
    assert "First?" not in picture(event, "ballots.fresh")
    assert "First?" in picture(event, "ballots.results")


def by_groups() -> tuple[Event, Poll]:
    event = make.event(k=3)
    poll = opened(event)
    for group, count in (("Fieldworkers", 4), ("Diplomats", 2), ("Youth", 1)):
        for seat in people(event, count, group):
            vote(seat, poll, "Hearings")
    return event, closed(poll)


def test_results_by_group_fold_the_small_ones() -> None:
    event, _poll = by_groups()
    html = picture(event, "ballots.fresh")
    columns = re.findall(r'<span class="unseen">([^<]+)</span></th>', html)
    assert columns == ["Fieldworkers", "Diplomats and Youth together"]
    assert '<th scope="row">Ballots (number)</th><td class="figure">4</td><td class="figure">3</td>' in html


def test_a_result_keeps_the_names_its_groups_had() -> None:
    event, poll = by_groups()
    before = picture(event, "ballots.fresh")
    event.groups.filter(name="Youth").update(name="Young people")
    event.groups.filter(name="Diplomats").delete()
    assert picture(event, "ballots.fresh") == before
    assert "Young people" not in Poll.objects.get(pk=poll.pk).result["text"]  # type: ignore[index]


def test_an_open_ballot_lists_who_chose_what_and_a_secret_one_never() -> None:
    event = make.event()
    ann = make.seat(event, name="Ann")
    for secret in ("sealed", ""):
        poll = opened(event, secret=secret)
        vote(ann, poll, "Hearings")
        closed(poll)
        assert ("<dd>Ann</dd>" in picture(event, "ballots.fresh")) is not bool(secret)


def test_what_later_features_say_of_a_poll_stands_on_its_result(monkeypatch: pytest.MonkeyPatch) -> None:
    event = make.event()
    poll = closed(opened(event))
    monkeypatch.setattr("deliberate.live.facts._providers", {})
    facts("poll")(lambda room: {poll.handle: ["In clause 3"]})
    assert "In clause 3" in picture(event, "ballots.fresh")
    assert "In clause 3" in picture(event, "ballots.closed", "drafter")


def test_the_wall_shows_the_question_and_turnout_and_later_the_bars() -> None:
    event = make.event()
    assert "No poll yet" in picture(event, "ballots.wall", "wall")
    poll = opened(event, options="\n".join(f"Option {number}" for number in range(9)))
    vote(make.seat(event), poll, "Option 3")
    running = picture(event, "ballots.wall", "wall")
    assert ">Which first?</h1>" in running
    assert "1 of 1" in running
    closed(poll)
    after = picture(event, "ballots.wall", "wall")
    assert after.count("<li>") == 4
    assert after.index("Option 3") < after.index("Option 0")


def test_marks_come_with_all_marks_of_a_seat() -> None:
    event = make.event()
    poll, ann = opened(event), make.seat(event)
    vote(ann, poll, "Hearings")
    assert marks.every(Place(ann, make.room(event), event))["ballots"] == [f"ballot:{poll.handle}"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_id_stands_twice_on_a_page(kind: str) -> None:
    event = make.event()
    closed(opened(event, kind))
    prepared(event, kind)
    prepared(event, kind)
    opened(event, kind)
    for audience in ("participant", "moderator", "drafter", "wall"):
        html = "".join(html for (_name, who), html in everybody(event).items() if who == audience)
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        assert all(
            re.search(rf' id="{name}"', html)
            for names in re.findall(r'aria-describedby="([^"]+)"', html)
            for name in names.split()
        )


def on_the_wall(of: Event) -> str:
    return claimed(make.room(of))


def test_an_open_poll_takes_the_wall_and_its_result_keeps_it_until_the_room_moves_on() -> None:
    event = make.event()
    poll = opened(event)
    assert on_the_wall(event) == "poll"
    closed(poll)
    assert on_the_wall(event) == "results"
    make.act(moderator(event), "events.move_on")
    assert on_the_wall(event) == "welcome"


def test_the_next_speaker_takes_the_wall_from_a_result() -> None:
    event = make.event()
    closed(opened(event))
    make.act(make.seat(event), "floor.ask", kind="point")
    make.act(moderator(event), "floor.call_next")
    assert on_the_wall(event) == "speaker"


def test_the_console_s_preview_says_which_poll_is_on_the_wall() -> None:
    event = make.event()
    opened(event)
    assert "Which first?" in picture(event, "wall.scene", "moderator")


def test_who_votes_in_a_sealed_poll_reads_that_it_is_not_safe_from_everybody_while_it_is_open() -> None:
    event = make.event()
    poll = opened(event)
    seat = make.seat(event)
    told = "Whoever runs this service, or copies its disks while the poll is open, could find out how you vote."
    assert told in words(picture(event, "ballots.open"))
    vote(seat, poll, "A fund")
    assert "Once the poll has closed, nothing that is stored links it to you." in words(of_voter(event, seat))


def test_who_prepares_a_poll_reads_that_blind_is_the_safer_one() -> None:
    assert "Blind is the safer one." in words(picture(make.event(), "ballots.console", "moderator"))


def test_what_a_sealed_poll_promises_says_who_may_find_out_all_the_same(client: Client) -> None:
    event = make.event()
    client.cookies["seat"] = cookie_of(make.seat(event))
    page = client.get(f"/at/{event.handle}/participant/{make.room(event).handle}/promise/").content.decode()
    sealed = words(page.partition('id="sealed-title"')[2].partition("</section>")[0])
    assert "may find out how you voted: whoever copies the disks of this service while the poll is open" in sealed
    assert "A blind poll does not have this." in sealed
