"""Words whose turn was never called, and polls that are only prepared: their bundles come in again, too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polls.amendments.models import Amendment
from polls.exports.bringing import bring_in
from polls.exports.bundle import bundle
from polls.exports.reading import BadBundle
from polls.exports.record import document as record
from rooms.events.models import Event
from rooms.floor.models import Turn
from rooms.floor.queries import read
from rooms.transcript.queries import as_text, as_vtt
from tests import make
from tests.polls.amendments.rows import TEXT, proposed, put
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
