"""An event that went out as a bundle comes in again as the same event."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from deliberate.clock import now
from deliberate.errors import Refused
from deliberate.live.pages import pages
from deliberate.roles import ROLES
from polls.amendments import queries as amendments
from polls.amendments.models import Amendment
from polls.exports.bringing import bring_in
from polls.exports.bundle import bundle
from polls.exports.outcome import outcome
from polls.exports.outline import document
from polls.exports.reading import BadBundle
from polls.exports.record import document as record
from polls.statements.content import intact
from polls.statements.models import Citation, ClauseRevision, SettledClause, Version
from rooms.events.models import Event, Room
from rooms.journal.actions import locked
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.transcript.queries import as_vtt
from rooms.transcript.spoken import Word
from rooms.transcript.spoken import said as spoken
from tests import busy, make
from tests.polls.amendments.rows import TEXT, proposed
from tests.polls.exports.documents import HOSTILE
from tests.polls.exports.rows import plenary
from tests.polls.statements.rows import asked, clause, people, reopened, said, settled, texts, thought

pytestmark = pytest.mark.django_db


def out(event: Event) -> str:
    """The bundle as it is downloaded."""
    return json.dumps(bundle(Event.objects.get(pk=event.pk)), ensure_ascii=False, indent=1)


def again(event: Event) -> tuple[str, str, Event]:
    """The bundle of an event; the event is deleted and brought in from it; the bundle of that."""
    before = out(event)
    event.delete()
    found = bring_in(before)
    return before, out(found), found


def held_and_settled(attribution: str = "nobody") -> Any:
    held = plenary(attribution=attribution)
    make.act(held.drafter, "statements.settle", clause=held.clause.handle)
    settled(held.drafter)
    reopened(held.event)
    reopened(held.event, held.clause.handle)
    make.act(held.drafter, "statements.edit_clause", clause=held.clause.handle, text="We stay.", revision=0)
    make.act(held.others[0], "statements.propose", source=f"idea:{held.idea.handle}", note="It is what we came for")
    return held


@pytest.mark.parametrize("attribution", ["name", "role", "group", "nobody"])
def test_a_plenary_with_its_text_is_the_same_byte_for_byte(attribution: str) -> None:
    before, after, found = again(held_and_settled(attribution).event)
    assert after == before
    assert all(intact(version) for version in Version.objects.filter(statement__room__event=found))


def test_a_room_in_which_everything_happened_is_the_same_but_for_its_open_poll() -> None:
    event = make.event(k=2)
    busy.people(event)
    before, after, _found = again(event)
    was, now_is = json.loads(before), json.loads(after)
    polls = was["rooms"][0]["polls"]
    assert "open" in [poll["state"] for poll in polls]
    was["rooms"][0]["polls"] = [poll for poll in polls if poll["state"] == "closed"]
    assert now_is == was


def test_hidden_struck_merged_and_withheld_words_stay_what_they_are() -> None:
    held = held_and_settled()
    moderator = make.seat(held.event, "moderator")
    make.act(moderator, "transcript.strike", segment=held.words.handle, words="second", sure="on")
    twin, other = thought(held.zoe, "Wells for all", show_author="on"), thought(held.others[0], "Name the colonel")
    make.act(moderator, "ideas.merge", idea=twin.handle, into=held.idea.handle)
    make.act(moderator, "ideas.hide", idea=other.handle, reason="Names somebody")
    make.act(moderator, "ideas.hide", idea=held.idea.handle, reason="Off topic")
    Event.objects.filter(pk=held.event.pk).update(approve_ideas=True)
    waiting = thought(held.zoe, "Not let through yet")
    target = thought(held.others[1], "Let through")
    make.act(moderator, "ideas.approve", idea=target.handle)
    make.act(moderator, "ideas.merge", idea=waiting.handle, into=target.handle)
    before, after, _found = again(held.event)
    assert after == before
    for words in ("Name the colonel", "Dig *wells*", "Not let through yet", "second visit"):
        assert words not in after


def test_a_clause_that_was_settled_once_and_taken_out_keeps_what_was_settled() -> None:
    held = held_and_settled()
    make.act(held.drafter, "statements.remove_clause", clause=held.clause.handle)
    stands = clause(held.drafter, "We stay at the well.")
    moderator = make.seat(held.event, "moderator")
    other = said(held.event, "We stay at the well.")
    make.act(moderator, "transcript.strike", segment=other.handle, words="at the well", sure="on")
    before, after, found = again(held.event)
    was, now_is = json.loads(before), json.loads(after)
    assert now_is == was
    assert [clause["to_reword"] for clause in now_is["rooms"][0]["statement"]["clauses"]] == [True]
    assert SettledClause.objects.filter(clause__statement__room__event=found, clause__removed=True).exists()
    assert stands.handle in after


def test_a_bundle_written_in_another_language_comes_in_with_what_was_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    held = plenary(attribution="role")
    make.act(make.seat(held.event, "host"), "statements.rules", "", majority="half", reservations="name")
    other = clause(held.drafter, "We pay.")
    for row in (held.clause, other):
        make.act(held.zoe, "statements.stand", clause=row.handle, value="block", reservation="Who pays?")
        make.act(held.drafter, "statements.settle", clause=row.handle)
    settled(held.drafter)
    reopened(held.event)
    reopened(held.event, other.handle)
    make.act(held.drafter, "statements.remove_clause", clause=other.handle)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("polls.statements.signing._", lambda _text: "Teilnehmerin")
        before = out(held.event)
    assert before.count("Teilnehmerin") == 5, "in the draft, in both settled by themselves, twice in the version"
    held.event.delete()
    assert "Teilnehmerin" not in out(bring_in(before))


def test_words_are_taken_back_from_a_clause_that_once_quoted_them_as_before() -> None:
    held = plenary()
    for kind in ("segment", "idea"):
        cited = Citation.objects.get(**{f"{kind}__isnull": False})
        make.act(held.drafter, "statements.uncite", citation=cited.handle)
    before, after, found = again(held.event)
    assert after == before
    [told] = [clause["former_citations"] for clause in json.loads(after)["rooms"][0]["statement"]["clauses"]]
    assert [each["source"] for each in told] == [f"segment:{held.words.handle}", f"idea:{held.idea.handle}"]
    assert all(each.keys() == {"source", "start", "end", "revision"} for each in told), "not their words"
    drafter, row = make.seat(found, "drafter"), held.clause.handle
    make.act(drafter, "statements.edit_clause", clause=row, text="It is the second visit.", revision=0)
    make.act(drafter, "statements.edit_clause", clause=row, text="We come again.", revision=1)
    make.act(make.seat(found, "captioner"), "transcript.strike", segment=held.words.handle, words="", sure="on")
    wordings = ClauseRevision.objects.filter(clause__handle=row).values_list("text", flat=True)
    assert list(wordings) == ["We come back.", "It is [struck]."]


def test_what_was_taken_back_or_muted_under_a_pseudonym_stays_so() -> None:
    held = plenary()
    moderator = make.seat(held.event, "moderator")
    one, other = held.others[:2]
    back, muted = thought(one, "Name the general"), thought(other, "Unkind words")
    source = {"clause": held.clause.handle, "source": f"idea:{back.handle}"}
    make.act(held.drafter, "statements.cite", **source, quote="the general")
    settled(held.drafter)
    upvotes = _support_of(held)
    make.act(one, "pseudonyms.withdraw")
    make.act(moderator, "ideas.mute", idea=muted.handle, reason="Attacks a person", hidden=True)
    assert _support_of(held) == upvotes - 2
    before, after, found = again(held.event)
    assert after == before
    assert all(intact(version) for version in Version.objects.filter(statement__room__event=found))
    for words in ("general", "Unkind words"):
        assert words not in after


def _support_of(held: Any) -> int:
    ideas = json.loads(out(held.event))["rooms"][0]["ideas"]
    return int(next(idea["support"] for idea in ideas if idea["handle"] == held.idea.handle))


def heard(event: Event, text: str) -> Any:
    """Words that a machine heard, each of them 300 ms long."""
    since, captioner = now() - timedelta(minutes=1), make.seat(event, "captioner")
    moments = [since + timedelta(milliseconds=300 * at) for at in range(len(text.split()) + 1)]
    words = [Word(word, *pair) for word, pair in zip(text.split(), pairwise(moments), strict=True)]
    with transaction.atomic():
        [segment] = spoken(room=locked(make.room(event)), by=captioner, words=words, since=since)
    return segment


def test_when_each_word_was_said_comes_in_again_until_words_were_taken_back_or_corrected() -> None:
    held = held_and_settled()
    heard(held.event, "What trust costs.")
    struck, corrected = heard(held.event, "Zoe Quarrel told me."), heard(held.event, "Two wells a year.")
    make.act(make.seat(held.event, "moderator"), "transcript.strike", segment=struck.handle, words="Zoe", sure="on")
    make.act(
        make.seat(held.event, "captioner"),
        "transcript.correct",
        segment=corrected.handle,
        text="Ten wells a year.",
        revision=0,
    )
    before, after, found = again(held.event)
    assert after == before
    times = {segment["text"]: segment["times"] for segment in json.loads(after)["rooms"][0]["segments"]}
    assert times["What trust costs."] == [[0, 300], [300, 600], [600, 900]]
    assert times["[struck] Quarrel told me."] is None, "how long it took to say them is gone with the words"
    assert times["Ten wells a year."] is None
    assert as_vtt(make.room(found), words=True).count("<00:") == 2


def test_texts_that_look_like_anything_else_come_in_as_they_are() -> None:
    event = make.event()
    ann, drafter = make.seat(event), make.seat(event, "drafter")
    for words in HOSTILE:
        said(event, words, by=ann)
        thought(ann, words)
        clause(drafter, words)
    before, after, _found = again(event)
    assert after == before


def test_files_made_of_it_say_the_same_and_its_pages_are_there() -> None:
    held = held_and_settled("name")
    asked(held.event, "Once more?", *held.others)
    room = make.room(held.event)
    before = [document(outcome(room, None)).blocks[:-3], record(room).blocks[:-2]]
    _was, _is, found = again(held.event)
    room = make.room(found)
    assert [document(outcome(room, None)).blocks[:-3], record(room).blocks[:-2]] == before
    for role, screen in pages:
        seat = make.seat(found, role)
        client = Client()
        client.cookies["seat"] = cookie_of(seat)
        address = (
            f"/at/{found.handle}/{role}/{room.handle}/{screen}/"
            if screen
            else f"/at/{found.handle}/{role}/{room.handle}/"
        )
        assert client.get(address).status_code == 200, (role, screen)


def test_nobody_sits_in_it_until_somebody_comes_by_a_new_link() -> None:
    _before, after, found = again(held_and_settled().event)
    assert json.loads(after)["people"] == {"all": 7}
    assert not found.seats.filter(ended=False).exists()
    seat = make.seat(found, "participant", name="Somebody new")
    assert json.loads(out(found))["people"] == {"all": 1}
    make.act(seat, "ideas.post", text="We go on")
    make.act(make.seat(found, "moderator"), "events.move_on")
    assert json.loads(out(found))["rooms"][0]["journal"]["whole"] is True, "the journal goes on from its last hash"


def test_an_event_that_is_here_is_not_brought_in_twice() -> None:
    held = plenary()
    with pytest.raises(BadBundle, match="here already"):
        bring_in(out(held.event))


def test_an_event_whose_time_is_over_is_brought_in_only_with_a_new_day() -> None:
    event = make.event()
    Event.objects.update(retention_until=now().date() - timedelta(days=1))
    text = out(event)
    event.delete()
    with pytest.raises(BadBundle, match="Its time ended"):
        bring_in(text)
    day = now().date() + timedelta(days=9)
    assert bring_in(text, until=day).retention_until == day


NEWER = "We ask for six hearings a year in every village."


def overtaken() -> tuple[Event, list[Amendment]]:
    """A clause that was reworded in the very words that two amendments change, beside a third that still fits, one that asks
    that it goes and one for a clause after it."""
    event = make.event()
    drafter, (ann, ben) = make.seat(event, "drafter"), people(event, "", "")
    row = clause(drafter, TEXT)
    rows = [
        proposed(ann, row, TEXT.replace("four", "twelve")),
        proposed(ben, row, TEXT.replace("four", "two")),
        proposed(ann, row, TEXT.replace("village", "town")),
        proposed(ann, row, kind="delete"),
        proposed(ben, row, "We come back.", "after"),
    ]
    make.act(drafter, "statements.edit_clause", clause=row.handle, text=NEWER, revision=0)
    return event, rows


def accepted(event: Event, amendment: str) -> str:
    """What the drafter is told who accepts an amendment."""
    try:
        return str(make.act(make.seat(event, "drafter"), "amendments.accept", amendment=amendment).say)
    except Refused as refused:
        return str(refused)


def test_an_amendment_shows_the_same_change_and_an_overtaken_one_is_refused_as_before() -> None:
    event, rows = overtaken()
    shown = [
        (each.words, each.overtaken, each.rivals)
        for each in amendments.shown(make.room(event), Amendment.objects.order_by("number"))
    ]
    assert [each[1] for each in shown] == [True, True, False, False, False]
    before, after, found = again(event)
    assert after == before
    told = json.loads(after)["rooms"][0]["statement"]["amendments"]
    assert [row["amends"] for row in told] == [TEXT, TEXT, TEXT, TEXT, None]
    room = make.room(found)
    assert [
        (each.words, each.overtaken, each.rivals)
        for each in amendments.shown(room, Amendment.objects.order_by("number"))
    ] == shown
    assert list(ClauseRevision.objects.values_list("number", "text")) == [(0, TEXT)]
    for row in (rows[0], rows[1], rows[3]):
        assert "have changed since" in accepted(found, row.handle)
    assert texts(found) == [NEWER]
    assert accepted(found, rows[2].handle) == "Amendment 3 stands in the text."
    assert texts(found) == [NEWER.replace("village", "town")]


def test_a_hidden_amendment_brings_no_earlier_wording_and_puts_nothing_in_place_of_later_words() -> None:
    event, rows = overtaken()
    moderator = make.seat(event, "moderator")
    for row in rows[:4]:
        make.act(moderator, "amendments.hide", amendment=row.handle, reason="It names somebody.")
    before, after, found = again(event)
    assert after == before
    for words in (TEXT, "twelve", "four"):
        assert words not in after
    for row in rows[:4]:
        make.act(make.seat(found, "moderator"), "amendments.unhide", amendment=row.handle)
        assert "have changed since" in accepted(found, row.handle)
    assert texts(found) == [NEWER]


def test_an_amendment_that_was_withdrawn_leaves_no_earlier_wording_in_a_bundle() -> None:
    event, rows = overtaken()
    ann, ben = event.seats.filter(role="participant").order_by("pk")
    for row in rows:
        make.act(ann if row.seat_id == ann.pk else ben, "amendments.withdraw", amendment=row.handle)
    before, after, _found = again(event)
    assert after == before
    assert "four" not in after


def test_words_that_were_taken_back_leave_the_wording_that_an_amendment_changes() -> None:
    event, _rows = overtaken()
    captioner, words = make.seat(event, "captioner"), said(event, "hearings a year in every village")
    make.act(captioner, "transcript.strike", segment=words.handle, words="", sure="on")
    before, after, _found = again(event)
    assert after == before
    told = json.loads(after)["rooms"][0]["statement"]["amendments"]
    assert told[0]["amends"] == "We ask for four [struck]."


@pytest.mark.parametrize(
    ("name", "to", "told"),
    [
        ("amends", 1, "0.amends: a text"),
        ("amends", "Another", "amends: another amendment says"),
        ("revision", 1, "0.amends: this clause has no such earlier wording"),
    ],
)
def test_an_earlier_wording_that_can_not_be_stores_nothing(name: str, to: Any, told: str) -> None:
    event, _rows = overtaken()
    whole = json.loads(out(event))
    event.delete()
    _set(*ROOM, "statement", "amendments", 0, name, to=to)(whole)
    with pytest.raises(BadBundle, match=told):
        bring_in(json.dumps(whole))
    assert not Event.objects.exists()


def _set(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(whole: Any) -> None:
        for step in path[:-1]:
            whole = whole[step]
        whole[path[-1]] = to

    return change


ROOM = ("rooms", 0)
WRONG = {
    "another format": (_set("format", to="deliberate.bundle/9"), "^format: "),
    "no title": (_set("event", "title", to=None), "event.title: a text"),
    "a title that is too long": (_set("event", "title", to="x" * 161), "event.title: "),
    "an attribution that there is not": (_set("event", "attribution", to="all"), "event.attribution: "),
    "a rule that is none": (_set("event", "rule", to={"measure": "dances"}), "does not fit together"),
    "letters that turn others": (
        _set(*ROOM, "segments", 0, "text", to="a\u202eb"),
        "segments.0.text: there are letters",
    ),
    "words of a turn that is not there": (_set(*ROOM, "segments", 0, "turn", to="zzzzzzzz"), "no such turn"),
    "times that fall": (_set(*ROOM, "segments", 0, "times", to=[[5, 6], [4, 9]]), "segments.0.times: these are no"),
    "times that are texts": (_set(*ROOM, "segments", 0, "times", to=[["0", "1"]]), "segments.0.times: these are no"),
    "times of more words": (_set(*ROOM, "segments", 0, "times", to=[[0, 1]] * 99), "segments.0.times: these are the"),
    "a moment without a zone": (_set(*ROOM, "segments", 0, "started_at", to="2026-11-22T10:00:00"), "no time zone"),
    "more people than there are": (_set(*ROOM, "ideas", 0, "support", to=10**9), "ideas.0.support: a number"),
    "a truth for a number": (_set(*ROOM, "ideas", 0, "support", to=True), "ideas.0.support: a whole number"),
    "an idea merged into itself": (_set(*ROOM, "ideas", 0, "state", to="merged"), "."),
    "a result that is none": (_set(*ROOM, "polls", 0, "result", to={"text": "x"}), "does not fit together"),
    "a quote of nothing": (
        _set(*ROOM, "statement", "clauses", 0, "citations", 0, "source", to="segment:zzzzzzzz"),
        "no such source",
    ),
    "a quote where it does not say": (_set(*ROOM, "statement", "title", to="Other\r"), "letters"),
    "a handle that stands twice": (_set(*ROOM, "agenda", 1, "handle", to=None), "agenda.1.handle: a text"),
    "a key that nobody knows": (_set(*ROOM, "agenda", 0, "more", to=1), "agenda.0: what was brought in"),
    "a journal that says it is whole": (
        _set(*ROOM, "journal", "entries", 0, "verb", to="x"),
        "journal.whole: what was",
    ),
    "a list that is an object": (_set(*ROOM, "polls", to={}), "rooms.0.polls: a list"),
}


@pytest.mark.parametrize(("change", "said_of_it"), WRONG.values(), ids=WRONG)
def test_a_file_that_is_not_whole_stores_nothing_and_says_where(change: Callable[[Any], None], said_of_it: str) -> None:
    held = held_and_settled()
    whole = json.loads(out(held.event))
    held.event.delete()
    change(whole)
    with pytest.raises(BadBundle, match=said_of_it):
        bring_in(json.dumps(whole))
    assert (Event.objects.count(), Room.objects.count(), Seat.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"format": 1}', "[" * 100_000])
def test_what_is_no_bundle_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadBundle):
        bring_in(text)


def test_the_command_reads_a_file_and_prints_the_links(tmp_path: Path) -> None:
    held = held_and_settled()
    path, said_back = tmp_path / "bundle.json", StringIO()
    path.write_text(out(held.event))
    with pytest.raises(CommandError, match=r"Nothing was stored\. event\.handle"):
        call_command("bring_in", str(path))
    held.event.delete()
    call_command("bring_in", str(path), "--url", "https://plenary.example/", stdout=said_back)
    lines = said_back.getvalue().splitlines()
    assert lines[0].startswith("Just governance: brought in, to be kept until ")
    assert [line.partition(":")[0] for line in lines[1:]] == list(ROLES)
    assert all("https://plenary.example/" in line for line in lines[1:])
    with pytest.raises(CommandError, match="can't be read"):
        call_command("bring_in", str(tmp_path / "nothing.json"))


def test_the_command_notes_what_no_longer_fits_and_what_was_open(tmp_path: Path) -> None:
    held = held_and_settled()
    asked(held.event, "Now?", close=False)
    room = make.room(held.event)
    room.journal.filter(number=1).update(verb="changed")
    Version.objects.update(hash="0" * 64)
    SettledClause.objects.update(hash="0" * 64)
    path, said_back = tmp_path / "bundle.json", StringIO()
    path.write_text(out(held.event))
    held.event.delete()
    call_command("bring_in", str(path), stdout=said_back)
    text = said_back.getvalue()
    assert "Note: the journal of Hall does not fit its hashes from entry 1 on." in text
    assert "Note: version 1 of the statement of Hall does not fit its hash." in text
    assert "Note: a clause of the statement of Hall, settled by itself on " in text
    assert 'Note: the poll "Now?" was open' in text


def test_a_clause_that_was_taken_out_comes_without_words_and_is_not_put_back() -> None:
    event = make.event()
    drafter = make.seat(event, "drafter")
    row = clause(drafter, "We dig.")
    make.act(drafter, "statements.remove_clause", clause=row.handle)
    _before, _after, found = again(event)
    with pytest.raises(Refused, match="were not brought in"):
        make.act(make.seat(found, "drafter"), "statements.restore_clause", clause=row.handle)
    assert texts(found) == []
