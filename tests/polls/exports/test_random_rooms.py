"""Rooms in which people do what they like, in any order: quotes stay verbatim, no clause is emptied, what was withdrawn or struck is
in no file and no earlier wording, and the bundle comes in again as the same event. What a room did stands in what a failure shows."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import transaction

from deliberate.door import perform
from deliberate.errors import Refused
from polls.amendments.models import Amendment
from polls.ballots.models import Poll
from polls.exports import akoma, markdown, record
from polls.exports.bringing import bring_in
from polls.exports.bundle import bundle
from polls.exports.outcome import outcome
from polls.exports.outline import document
from polls.ideas.models import Idea
from polls.statements.content import intact
from polls.statements.models import Citation, Clause, ClauseRevision, Proposal, SettledClause, Version
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from rooms.transcript.own import seen_of
from rooms.transcript.queries import as_srt, as_text, as_vtt, text_at
from rooms.transcript.struck import WITHDRAWN
from tests import make

pytestmark = pytest.mark.django_db

#: More of them on a day with time: RANDOM_ROOMS=200.
SEEDS, STEPS = range(int(os.environ.get("RANDOM_ROOMS", "6"))), 110


class Wild:
    """A room, its people, and the words of theirs that are to be nowhere any more."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.event = make.event(
            k=2,
            attribution=self.chance.choice(["name", "role", "group", "nobody"]),
            silence=self.chance.choice(["stands", "stands", "approved"]),
        )
        self.room = make.room(self.event)
        self.people = [
            make.seat(self.event, name=f"P{number}", group=self.chance.choice(["Youth", "Diplomats", ""]))
            for number in range(5)
        ]
        self.host, self.moderator, self.captioner, self.drafter = (
            make.seat(self.event, role) for role in ("host", "moderator", "captioner", "drafter")
        )
        settle_by = self.chance.choice(["drafters", "drafters", "poll", "consensus"])
        self.act(self.host, "statements.rules", majority="half", settle_by=settle_by, quorum=0, public="on")
        self.gone: set[str] = set()
        self.done: list[str] = []
        self._made = 0

    def act(self, who: Seat, name: str, /, **fields: object) -> Any:
        """What came of it; None where it was refused."""
        perform.rest()
        try:
            with transaction.atomic():
                return make.act_in(make.room(self.event), who, name, "", **fields).data
        except Refused:
            return None

    def words(self, count: int) -> str:
        """Words that stand nowhere else."""
        found = []
        for _word in range(count):
            self._made += 1
            found.append(f"q{self._made}z" + "".join(self.chance.choices("aeiou", k=4)))
        return " ".join(found)

    def some(self, rows: Any) -> Any:
        """One of these rows; None where there is none."""
        found = sorted(rows, key=lambda row: row.pk)
        return self.chance.choice(found) if found else None

    @property
    def somebody(self) -> Seat:
        return self.chance.choice(self.people)

    def segment(self) -> Any:
        return self.some(Segment.objects.filter(room=self.room).select_related("turn__seat"))

    def clause(self) -> Any:
        return self.some(Clause.objects.filter(statement__room=self.room, removed=False))

    def amendment(self) -> Any:
        return self.some(Amendment.objects.filter(statement__room=self.room).select_related("clause", "seat"))

    def poll(self, state: str) -> Any:
        return self.some(Poll.objects.filter(room=self.room, state=state))

    def words_of(self, *segments: Segment) -> set[str]:
        """All that stands in these now, in earlier texts too, but marks of what is gone already."""
        texts = [text for each in segments for text in (each.text, *each.revisions.values_list("text", flat=True))]
        return {word for text in texts for word in text.split() if not word.startswith("[")}

    # -- what people do ----------------------------------------------------------------------------------------------------

    def speak(self) -> None:
        self.act(self.somebody, "floor.ask", kind="point")
        self.act(self.moderator, "floor.call_next", expected="")
        self.act(self.moderator, "floor.start")
        self.act(self.captioner, "transcript.settle", text=self.words(6))
        if self.chance.random() < 0.2:
            self.act(self.moderator, "floor.undo_end")
        self.act(self.moderator, "floor.end")

    def load(self) -> None:
        text = f"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Bob>{self.words(4)}\n"
        self.act(self.captioner, "transcript.load", text=text, began="")

    def post(self) -> None:
        self.act(self.somebody, "ideas.post", text=self.words(3), show_author=self.chance.choice(["on", ""]))

    def cite(self) -> None:
        source = self.some(Idea.objects.filter(room=self.room)) if self.chance.random() < 0.2 else self.segment()
        if source is None or not source.text.split():
            return
        words = source.text.split()
        begin = self.chance.randrange(len(words))
        end = self.chance.randrange(begin + 1, len(words) + 1)
        whole = self.chance.random() < 0.5
        kind = "segment" if isinstance(source, Segment) else "idea"
        self.act(
            self.drafter,
            "statements.cite",
            clause=self._maybe(self.clause()),
            source=f"{kind}:{source.handle}",
            quote=source.text if whole else " ".join(words[begin:end]),
        )

    def _maybe(self, row: Any) -> str:
        return row.handle if row is not None and self.chance.random() < 0.5 else ""

    def uncite(self) -> None:
        if row := self.some(Citation.objects.filter(clause__statement__room=self.room)):
            self.act(self.drafter, "statements.uncite", citation=row.handle)

    def propose(self) -> None:
        if row := self.segment():
            self.act(self.somebody, "statements.propose", source=f"segment:{row.handle}", note=self.words(2))

    def decline_proposal(self) -> None:
        if row := self.some(Proposal.objects.filter(statement__room=self.room)):
            self.act(self.drafter, "statements.decline", proposal=row.handle, reason="No")

    def edit(self) -> None:
        if row := self.clause():
            fields = {"clause": row.handle, "text": self.words(5), "revision": row.revision}
            self.act(self.drafter, "statements.edit_clause", **fields)

    def remove(self) -> None:
        if row := self.clause():
            self.act(self.drafter, "statements.remove_clause", clause=row.handle)

    def restore(self) -> None:
        if row := self.some(Clause.objects.filter(statement__room=self.room, removed=True)):
            self.act(self.drafter, "statements.restore_clause", clause=row.handle)

    def reworded(self) -> None:
        if row := self.clause():
            self.act(self.drafter, "statements.reworded", clause=row.handle)

    def amend(self) -> None:
        if row := self.clause():
            kind = self.chance.choice(["change", "change", "before", "after", "delete"])
            fields = {"clause": row.handle, "kind": kind, "text": self.words(4), "reason": self.words(2)}
            signed = self.chance.choice(["name", "group", "nobody"])
            self.act(self.somebody, "amendments.propose", **fields, signed=signed, revision=row.revision)

    def answer(self) -> None:
        if row := self.amendment():
            name = self.chance.choice(["accept", "merge", "decline", "reopen", "hide", "unhide", "cosign", "withdraw"])
            who = {"hide": self.moderator, "unhide": self.moderator, "cosign": self.somebody, "withdraw": row.seat}
            fields = {"amendment": row.handle, "text": self.words(4), "revision": row.clause.revision, "reason": "So"}
            self.act(who.get(name) or self.drafter, f"amendments.{name}", **fields)

    def put(self) -> None:
        if self.chance.random() < 0.6 and (row := self.amendment()):
            rivals = self.chance.choice(["on", ""])
            self.act(self.moderator, "amendments.put", amendment=row.handle, with_rivals=rivals)
        else:
            self.act(self.moderator, "statements.put", clause=self._maybe(self.clause()))

    def open(self) -> None:
        if row := self.poll("prepared"):
            Poll.objects.filter(pk=row.pk).update(blind=False)
            self.act(self.moderator, "ballots.open", poll=row.handle)

    def vote(self) -> None:
        if row := self.poll("open"):
            options = [each.handle for each in row.options.all()]
            self.chance.shuffle(options)
            ranked = [f"{each}:{rank}" for rank, each in enumerate(options, start=1)]
            choice = ranked if row.kind == "ranking" else options[:1]
            self.act(self.somebody, "ballots.cast", poll=row.handle, choice=choice)

    def close(self) -> None:
        if row := self.poll("open"):
            assert self.act(self.moderator, "ballots.close", poll=row.handle, sure="on") is not None, "it must close"

    def stand(self) -> None:
        if row := self.clause():
            value = self.chance.choice(["support", "live", "reserve", "block", "none"])
            said = self.words(3) if value in ("reserve", "block") else ""
            fields = {"clause": row.handle, "value": value, "reservation": said, "revision": row.revision}
            self.act(self.somebody, "statements.stand", **fields, signed=self.chance.choice(["name", "nobody"]))

    def settle(self) -> None:
        self.act(self.drafter, "statements.settle", clause=self._maybe(self.clause()))

    def reopen(self) -> None:
        clause = self._maybe(self.clause())
        self.act(self.host, "statements.reopen", clause=clause, reason="Once more.", sure="on")

    def sign(self) -> None:
        if row := self.some(Version.objects.filter(statement__room=self.room)):
            organisation = self.chance.choice(["", "", "Org"])
            self.act(self.somebody, "endorsements.sign", version=row.number, organisation=organisation, signed="name")

    def approve(self) -> None:
        row = self.segment()
        if row is not None and row.turn is not None and row.turn.seat is not None:
            seen = seen_of(Segment.objects.filter(turn=row.turn))
            self.act(row.turn.seat, "transcript.approve", turn=row.turn.words, seen=seen)

    def lower(self) -> None:
        row = self.segment()
        if row is not None and row.turn is not None and row.turn.seat is not None:
            self.act(row.turn.seat, "transcript.lower", turn=row.turn.words, level="nobody")

    def correct(self) -> None:
        if row := self.segment():
            words = row.text.split()
            words[self.chance.randrange(len(words))] = self.words(1)
            fields = {"segment": row.handle, "text": " ".join(words), "revision": row.revision}
            self.act(self.captioner, "transcript.correct", **fields)

    def mend(self) -> None:
        row = self.segment()
        if row is None or row.turn is None or row.turn.seat is None:
            return
        words = row.text.split()
        left = " ".join(words[: self.chance.randrange(1, len(words) + 1)] + self.words(1).split())
        before = self.words_of(row)
        fields = {"segment": row.handle, "text": left, "revision": row.revision}
        if self.act(row.turn.seat, "transcript.mend", **fields) is not None:
            self.gone |= before - set(left.split())

    def strike(self) -> None:
        if row := self.segment():
            before = self.words_of(row)
            if self.act(self.moderator, "transcript.strike", segment=row.handle, words="", sure="on") is not None:
                self.gone |= before

    def withdraw(self) -> None:
        row = self.segment()
        if row is None or row.turn is None or row.turn.seat is None:
            return
        whole = self.chance.random() < 0.4
        before = self.words_of(*Segment.objects.filter(turn=row.turn)) if whole else self.words_of(row)
        fields = {"turn": row.turn.words, "segment": "" if whole else row.handle, "sure": "on"}
        if self.act(row.turn.seat, "transcript.take_back", **fields) is not None:
            self.gone |= before

    # -- what must hold ----------------------------------------------------------------------------------------------------

    def check(self) -> None:
        for clause in Clause.objects.filter(statement__room=self.room):
            assert clause.text.strip(), self.done
        for row in Citation.objects.filter(clause__statement__room=self.room).select_related("segment"):
            assert row.quote, self.done
            if row.segment is not None and row.quote != WITHDRAWN:
                assert text_at(row.segment, row.source_revision)[row.start : row.end] == row.quote, self.done

    def files(self) -> dict[str, str]:
        """What leaves the room, and what is kept of earlier wordings."""
        room = make.room(self.event)
        found = {
            "bundle": json.dumps(bundle(Event.objects.get(pk=self.event.pk)), ensure_ascii=False),
            "record": markdown.written(record.document(room)),
            "debate": akoma.debate(room).decode(),
            "earlier": "\n".join(ClauseRevision.objects.values_list("text", flat=True)),
        }
        if Segment.objects.filter(room=room).exists():
            found["transcript"] = as_vtt(room) + as_srt(room) + as_text(room)
        for version in (None, *Version.objects.filter(statement__room=room)):
            of = outcome(room, version)
            found[f"outcome {version}"] = markdown.written(document(of)) + akoma.statement(room, of).decode()
        return found


ACTS: list[Callable[[Wild], None]] = [
    *[Wild.speak] * 3, *[Wild.cite] * 4, *[Wild.edit] * 2, *[Wild.amend] * 3, *[Wild.answer] * 4, *[Wild.withdraw] * 2,
    *[Wild.vote] * 3, *[Wild.stand] * 2, Wild.load, Wild.post, Wild.uncite, Wild.propose, Wild.decline_proposal, Wild.remove,
    Wild.restore, Wild.reworded, Wild.put, Wild.open, Wild.close, Wild.settle, Wild.reopen, Wild.sign, Wild.approve, Wild.lower,
    Wild.correct, Wild.mend, Wild.strike,
]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_people_do_words_stay_true_and_what_they_take_back_is_gone(seed: int) -> None:
    wild = Wild(seed)
    for _step in range(STEPS):
        doing = wild.chance.choice(ACTS)
        wild.done.append(doing.__name__)
        doing(wild)
        wild.check()
    assert all(intact(each) for each in (*Version.objects.all(), *SettledClause.objects.all()))
    # What drafters settled or wrote in words of their own is theirs; they were told where these hold such words.
    own = [json.dumps(each.content) for each in (*Version.objects.all(), *SettledClause.objects.all())]
    own += Clause.objects.filter(to_reword=True).values_list("text", flat=True)
    gone = {word for word in wild.gone if not any(word in text for text in own)}
    for name, text in wild.files().items():
        assert {word for word in gone if word in text} == set(), (name, wild.done)
    wild.close()  # an open poll comes in as a prepared one
    before = json.dumps(bundle(Event.objects.get(pk=wild.event.pk)), indent=1)
    wild.event.delete()
    assert json.dumps(bundle(bring_in(before)), indent=1) == before, wild.done
