"""Words whose turn was never called, and what polls that are prepared or open decide: their bundles come in again, too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberate.errors import Refused
from polls.amendments.models import Amendment
from polls.ballots.models import Poll
from polls.exports.bringing import bring_in
from polls.exports.bundle import bundle
from polls.exports.reading import BadBundle
from polls.exports.record import document as record
from polls.statements.models import Clause, SettledClause, Settling, Version
from rooms.events.models import Event
from rooms.floor.models import Turn
from rooms.floor.queries import read
from rooms.transcript.queries import as_text, as_vtt
from tests import make
from tests.polls.amendments.rows import TEXT, proposed, put, vote
from tests.polls.exports.test_bringing import again, out
from tests.polls.statements.rows import clause, people, said

pytestmark = pytest.mark.django_db

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Bob>We need wells\n\n00:02.000 --> 00:03.000\n<v Eve>And schools\n"


def undone(event: Event) -> None:
    """Zoe speaks; then Ben, whose call is undone once words were taken down as his."""
    said(event, "Zoe says hello.", by=make.seat(event, name="Zoe"))
    said(event, "Still Zoe speaking.", by=make.seat(event, name="Ben"))
    never = {"called_at": None, "started_at": None, "ended_at": None}
    Turn.objects.filter(name="Ben").update(state="waiting", silence="", item=None, **never)


def files_of(event: Event) -> list[Any]:
    """Files of what was said; captions without their times, which a bundle cuts to milliseconds."""
    room = make.room(event)
    captions = [line for line in as_vtt(room).splitlines() if "-->" not in line]
    return [as_text(room), captions, record(room).blocks[:-2]]


@pytest.mark.parametrize("attribution", ["name", "role", "group", "nobody"])
def test_a_transcript_that_was_loaded_with_names_comes_in_again(attribution: str) -> None:
    event = make.event(attribution=attribution)
    said(event, "Before we begin.", by=make.seat(event, name="Zoe"))
    make.act(make.seat(event, "captioner"), "transcript.load", text=VTT)
    files = files_of(event)
    before, after, found = again(event)
    assert after == before
    assert files_of(found) == files
    turns = json.loads(after)["rooms"][0]["turns"]
    if attribution == "name":
        assert [turn["said_by"] for turn in turns] == ["Zoe", "Bob", "Eve"]
    assert [turn["called_at"] is None for turn in turns] == [False, True, True]


def test_words_of_a_call_that_was_undone_come_in_again_and_nobody_waits() -> None:
    event = make.event(attribution="name")
    undone(event)
    make.act(make.seat(event, name="Eve"), "floor.ask", kind="point")
    files = files_of(event)
    before, after, found = again(event)
    assert after == before
    assert "Eve" not in after, "who asked and said nothing is in no bundle"
    assert files_of(found) == files
    assert not read(make.room(found)).waiting
    assert [turn["said_by"] for turn in json.loads(after)["rooms"][0]["turns"]] == ["Zoe", "Ben"]


def test_a_reply_to_a_turn_that_is_not_in_the_bundle_comes_in_as_a_reply() -> None:
    event = make.event()
    said(event, "Hello.", by=make.seat(event, name="Zoe"))
    unspoken = Turn.objects.create(room=make.room(event), asked_at=make.room(event).turns.get().asked_at)
    Turn.objects.exclude(pk=unspoken.pk).update(kind="reply", reply_to=unspoken)
    before, after, _found = again(event)
    assert after == before
    [turn] = json.loads(after)["rooms"][0]["turns"]
    assert (turn["kind"], turn["reply_to"]) == ("reply", None)


@pytest.mark.parametrize(
    ("name", "to", "told"),
    [("state", "speaking", "turns.1.state: a turn that was never"), ("handle", "zzzzzzzz", "turns.1.called_at: this")],
)
def test_a_turn_that_was_never_called_has_words_and_is_over(name: str, to: str, told: str) -> None:
    event = make.event(attribution="name")
    undone(event)
    whole = json.loads(out(event))
    event.delete()
    turns = whole["rooms"][0]["turns"]
    turns[1][name] = to
    with pytest.raises(BadBundle, match=told):
        bring_in(json.dumps(whole))


def test_an_amendment_whose_poll_is_only_prepared_comes_in_as_waiting() -> None:
    event = make.event()
    row = clause(make.seat(event, "drafter"), TEXT)
    change = proposed(make.seat(event, name="Ann"), row, TEXT.replace("four", "five"))
    make.act(make.seat(event, "moderator"), "amendments.put", amendment=change.handle, with_rivals="")
    before, after, _found = again(event)
    assert after == before
    kept = Amendment.objects.get()
    assert (kept.state, kept.poll, kept.option, kept.majority) == ("open", None, "", "")


def test_an_amendment_whose_poll_was_open_comes_in_beside_that_poll() -> None:
    event = make.event(k=2)
    ann, _ben = people(event, "", "")
    row = proposed(ann, clause(make.seat(event, "drafter"), TEXT), TEXT.replace("four", "five"))
    poll = put(make.seat(event, "moderator"), row).handle
    [told] = bundle(Event.objects.get())["rooms"][0]["statement"]["amendments"]
    assert (told["poll"], told["option"], told["majority"]) == (poll, "For: adopt it", "half")
    again(event)
    kept = Amendment.objects.get()
    assert kept.poll is not None
    asked = (kept.poll.handle, kept.poll.state, kept.option, kept.majority)
    assert asked == (poll, "prepared", "For: adopt it", "half")


def to_settle(event: Event, whole: bool) -> tuple[Clause, Poll]:
    """An open poll that settles a clause, or the whole text."""
    rules: dict[str, Any] = {
        "majority": "two_thirds",
        "settle_by": "poll",
        "quorum": 0,
        "public": "on",
        "reservations": "name",
    }
    make.act(make.seat(event, "host"), "statements.rules", **rules)
    moderator, row = make.seat(event, "moderator"), clause(make.seat(event, "drafter"), TEXT)
    people(event, "", "")
    made = make.act(moderator, "statements.put", clause="" if whole else row.handle).data["poll"]
    Poll.objects.filter(handle=made).update(blind=False)
    make.opens(moderator, made)
    return row, Poll.objects.get(handle=made)


def carries(event: Event) -> None:
    """The poll that came in is opened again, and everybody is for it."""
    poll, moderator = Poll.objects.get(), make.seat(event, "moderator")
    Poll.objects.update(blind=False)
    voters = people(event, "", "")
    make.opens(moderator, poll.handle)
    for seat in voters:
        vote(seat, poll, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")


@pytest.mark.parametrize("whole", [False, True])
def test_a_poll_that_was_open_settles_what_it_was_put_on(whole: bool) -> None:
    event = make.event(k=2)
    row, _poll = to_settle(event, whole)
    before, _after, found = again(event)
    assert Settling.objects.get().digest not in before
    with pytest.raises(Refused, match="prepared for this already"):
        make.act(make.seat(found, "moderator"), "statements.put", clause="" if whole else row.handle)
    assert Settling.objects.get().majority == "two_thirds"
    carries(found)
    assert (SettledClause.objects.count(), Version.objects.count()) == ((0, 1) if whole else (1, 0))


def test_a_poll_on_words_that_were_reworded_since_settles_nothing_after_it_came_in_either() -> None:
    event = make.event(k=2)
    row, _poll = to_settle(event, False)
    make.act(make.seat(event, "drafter"), "statements.edit_clause", clause=row.handle, text="We ask.", revision=0)
    _before, _after, found = again(event)
    carries(found)
    assert not SettledClause.objects.exists()
    assert make.room(found).journal.order_by("-number")[0].detail == "reworded"


def test_what_a_closed_poll_settled_is_in_no_bundle() -> None:
    event = make.event(k=2)
    _row, poll = to_settle(event, False)
    make.act(make.seat(event, "moderator"), "ballots.close", poll=poll.handle, sure="on")
    before, after, _found = again(event)
    assert after == before
    assert json.loads(after)["rooms"][0]["polls"][0]["settles"] is None
    assert not Settling.objects.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"settles": 1}, "polls.0.settles: what this poll"),
        ({"settles": {"clause": "zzzzzzzz"}}, "polls.0.settles.clause: this room has no such clause"),
        ({"settles": {"clause": None, "option": "x", "majority": "all", "as_put": True}}, "settles.majority: this is"),
    ],
)
def test_what_a_poll_can_not_settle_stores_nothing(change: dict[str, Any], told: str) -> None:
    event = make.event(k=2)
    to_settle(event, False)
    whole = json.loads(out(event))
    event.delete()
    whole["rooms"][0]["polls"][0] |= change
    with pytest.raises(BadBundle, match=told):
        bring_in(json.dumps(whole))
    assert not Event.objects.exists()


def test_an_amendment_in_which_words_were_taken_back_is_put_into_a_text_that_must_be_reworded() -> None:
    event = make.event()
    words, row = said(event, "clean water for four villages"), clause(make.seat(event, "drafter"), TEXT)
    proposed(make.seat(event, name="Ann"), row, "We ask for clean water for four villages.")
    make.act(make.seat(event, "captioner"), "transcript.strike", segment=words.handle, words="", sure="on")
    assert Amendment.objects.get().to_reword
    before, after, found = again(event)
    assert after == before
    drafter = make.seat(found, "drafter")
    make.act(drafter, "amendments.accept", amendment=Amendment.objects.get().handle)
    with pytest.raises(Refused) as refusal:
        make.act(drafter, "statements.settle")
    assert refusal.value.code == "to_reword"
