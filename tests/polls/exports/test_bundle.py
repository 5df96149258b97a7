from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest

from deliberate.live.painter import paint
from polls.exports.bundle import bundle
from polls.statements.core import canonical
from rooms.events.models import Event, Room
from rooms.floor.queries import read as floor_of
from rooms.journal import core as journal
from rooms.seats.models import Seat
from tests import make
from tests.polls.exports.rows import NAME, Plenary, plenary
from tests.polls.statements.rows import asked, people, settled, thought

pytestmark = pytest.mark.django_db


def exported(held: Plenary) -> Any:
    """The bundle as somebody reads it who has only the file."""
    return json.loads(json.dumps(bundle(type(held.event).objects.get(pk=held.event.pk))))


def test_a_bundle_holds_the_whole_event() -> None:
    held = plenary()
    whole = exported(held)
    assert (whole["event"]["title"], whole["event"]["k"]) == ("Just governance", 3)
    assert [group["name"] for group in whole["groups"]] == ["Fieldworkers", "Diplomats", "Youth"]
    assert whole["people"]["all"] == 7
    (room,) = whole["rooms"]
    assert [item["title"] for item in room["agenda"]] == ["Short contributions", "Open plenary", "Statement"]
    (turn,) = room["turns"]
    assert (turn["handle"], turn["state"], turn["said_by"]) == (held.turn.words, "done", "")
    (segment,) = room["segments"]
    assert (segment["handle"], segment["turn"]) == (held.words.handle, turn["handle"])
    (idea,) = room["ideas"]
    assert [idea[name] for name in ("support", "agree", "pass", "disagree")] == [6, 3, 1, 2]
    (poll,) = room["polls"]
    assert (poll["turnout"], poll["result"]["figures"]["ballots"]) == (6, 6)
    (clause,) = room["statement"]["clauses"]
    assert [cited["source"].partition(":")[0] for cited in clause["citations"]] == ["segment", "idea", "poll"]


def test_nothing_of_the_list_tells_whose_words_are_whose() -> None:
    held = plenary()
    moderator = make.seat(held.event, "moderator")
    make.act(held.others[0], "floor.ask", kind="point")
    room = make.room(held.event)
    queue = paint(room, "floor.queue", "participant", "en").html
    waiting = re.findall(r'id="turn-([^"]+)"', queue)
    make.act(moderator, "floor.call_next", expected="")
    on_floor = re.findall(r'data-turn="([^"]+)"', paint(room, "floor.now", "participant", "en").html)
    assert waiting
    assert set(on_floor) == set(waiting)
    make.act(make.seat(held.event, "captioner"), "transcript.settle", text="I said this.")
    words = [paint(room, "transcript.recent", role, "en").html for role in ("participant", "moderator", "drafter")]
    words += [*make.marks_of("transcript", room, held.others[0]), json.dumps(exported(held))]
    assert any("spoke:" in each for each in words)
    for handle in (*waiting, held.turn.handle):
        assert not any(handle in each for each in words)


def test_every_quote_stands_in_the_bundle_where_it_says() -> None:
    (room,) = exported(plenary())["rooms"]
    texts = {f"segment:{each['handle']}": each["text"] for each in room["segments"]}
    texts |= {f"idea:{each['handle']}": each["text"] for each in room["ideas"]}
    texts |= {f"poll:{each['handle']}": each["as_text"] for each in room["polls"]}
    citations = room["statement"]["clauses"][0]["citations"]
    assert len(citations) == 3
    for cited in citations:
        assert texts[cited["source"]][cited["start"] : cited["end"]] == cited["quote"]


def test_anybody_can_check_the_journal_and_the_versions_with_the_file_alone() -> None:
    held = plenary()
    settled(held.drafter)
    (room,) = exported(held)["rooms"]
    last = journal.START
    for entry in room["journal"]["entries"]:
        fields = [entry[name] for name in ("number", "at_ms", "role", "verb", "subject", "detail")]
        line = json.dumps([last, *fields], ensure_ascii=False, separators=(",", ":"))
        assert entry["hash"] == hashlib.sha256(line.encode()).hexdigest()
        last = entry["hash"]
    assert room["journal"]["whole"] is True
    (version,) = room["statement"]["versions"]
    assert hashlib.sha256(canonical(version["content"])).hexdigest() == version["hash"]


def test_nothing_in_a_bundle_leads_to_a_seat() -> None:
    held = plenary()
    whole = json.dumps(exported(held))
    for seat in [held.zoe, held.drafter, *held.others]:
        assert seat.handle not in whole
    for link in held.event.links.all():
        assert link.handle not in whole
        assert link.code is None or link.code not in whole


@pytest.mark.parametrize("attribution", ["name", "group", "nobody"])
def test_a_speaker_is_named_as_far_as_the_attribution_allows(attribution: str) -> None:
    held = plenary(attribution=attribution)
    whole = exported(held)
    (room,) = whole["rooms"]
    shown = NAME if attribution == "name" else ""  # the one seat of Youth is fewer than k: no group either
    assert room["turns"][0]["said_by"] == room["segments"][0]["said_by"] == shown
    # Zoe wrote her idea under her name: she chose that herself.
    assert room["ideas"][0]["author"] == NAME
    make.act(held.zoe, "seats.erase")
    assert NAME not in json.dumps(exported(held))


def test_groups_are_counted_room_by_room_so_that_no_room_is_the_rest_of_its_event() -> None:
    event = make.event(k=5)
    hall = make.room(event)
    seats = people(event, *["Youth"] * 6, *["Diplomats"] * 6)
    Seat.objects.update(room=hall)
    Seat.objects.filter(pk=seats[0].pk).update(room=Room.objects.create(event=event, name="Workshop", position=2))
    whole = bundle(Event.objects.get(pk=event.pk))
    assert whole["people"] == {"all": 12}
    first, second = (room["people"] for room in whole["rooms"])
    assert first == {
        "all": 11,
        "by_group": [{"groups": ["Diplomats"], "people": 6}, {"groups": ["Youth"], "people": 5}],
    }
    assert second == {"all": 1, "by_group": []}
    assert [(cell.groups, cell.size) for cell in floor_of(hall).cells()] == [
        ((event.groups.get(name=cell["groups"][0]).handle,), cell["people"]) for cell in first["by_group"]
    ]


def test_what_was_hidden_stays_hidden_and_what_was_never_opened_stays_closed() -> None:
    held = plenary()
    hidden = thought(held.zoe, "Name the colonel")
    moderator = make.seat(held.event, "moderator")
    make.act(moderator, "ideas.hide", idea=hidden.handle, reason="Names somebody")
    make.act(moderator, "ballots.prepare", question="Not yet asked?", kind="one", options="Yes\nNo", secret="sealed")
    asked(held.event, "Asked just now?", close=False)
    whole = json.dumps(exported(held))
    assert "Name the colonel" not in whole
    assert "Not yet asked?" not in whole
    (room,) = exported(held)["rooms"]
    assert [idea["state"] for idea in room["ideas"]] == ["shown", "hidden"]
    assert [(poll["state"], poll["result"] is None) for poll in room["polls"]] == [("closed", False), ("open", True)]


def test_words_that_no_moderator_let_through_do_not_leave_by_way_of_a_merge() -> None:
    held = plenary()
    moderator = make.seat(held.event, "moderator")
    Event.objects.update(approve_ideas=True)
    waiting = thought(held.zoe, "Name the colonel", show_author="on")
    make.act(moderator, "ideas.merge", idea=waiting.handle, into=held.idea.handle)
    row = exported(held)["rooms"][0]["ideas"][-1]
    assert (row["state"], row["merged_into"]) == ("merged", held.idea.handle)
    assert (row["text"], row["author"]) == ("", "")


def test_words_merged_into_a_hidden_idea_are_hidden_with_it_and_shown_with_it() -> None:
    held = plenary()
    moderator = make.seat(held.event, "moderator")
    twin, target = thought(held.zoe, "Wells for all", show_author="on"), thought(held.zoe, "Water for all")
    make.act(moderator, "ideas.merge", idea=twin.handle, into=target.handle)
    make.act(moderator, "ideas.merge", idea=target.handle, into=held.idea.handle)
    assert "Wells for all" in json.dumps(exported(held)["rooms"][0]["ideas"])
    make.act(moderator, "ideas.hide", idea=held.idea.handle, reason="Off topic")
    ideas = exported(held)["rooms"][0]["ideas"]
    assert [(idea["text"], idea["author"]) for idea in ideas] == [("", "")] * 3
    make.act(moderator, "ideas.unhide", idea=held.idea.handle)
    assert [idea["text"] for idea in exported(held)["rooms"][0]["ideas"]][1:] == ["Wells for all", "Water for all"]


def test_a_quote_of_a_hidden_idea_leaves_the_bundle_and_the_versions_can_be_checked_all_the_same() -> None:
    held = plenary()
    settled(held.drafter)
    moderator = make.seat(held.event, "moderator")
    make.act(moderator, "ideas.hide", idea=held.idea.handle, reason="Off topic")
    assert "Dig" not in json.dumps(exported(held))
    statement = exported(held)["rooms"][0]["statement"]
    assert [cited.get("withheld", False) for cited in statement["clauses"][0]["citations"]] == [False, True, False]
    (version,) = statement["versions"]
    assert hashlib.sha256(canonical(version["content"])).hexdigest() == version["hash"]
    make.act(moderator, "ideas.unhide", idea=held.idea.handle)
    (version,) = exported(held)["rooms"][0]["statement"]["versions"]
    quotes = version["quotes"]
    for cited in version["content"]["clauses"][0]["citations"]:
        kept = quotes.pop(cited["quote_seal"])
        assert hashlib.sha256((kept["salt"] + kept["quote"]).encode()).hexdigest() == cited["quote_seal"]
    assert quotes == {}


def test_a_room_where_nothing_happened_has_its_place_too() -> None:
    (room,) = bundle(make.event())["rooms"]
    assert (room["turns"], room["ideas"], room["statement"]["clauses"]) == ([], [], [])
