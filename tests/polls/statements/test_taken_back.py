"""What becomes of the statement when whoever spoke withdraws or corrects the words that it rests on."""

from __future__ import annotations

from typing import Any

import pytest

from deliberate.errors import Refused
from deliberate.live.painter import paint
from polls.exports.bundle import bundle
from polls.exports.markdown import written
from polls.exports.outcome import outcome
from polls.exports.outline import document
from polls.statements import queries
from polls.statements.content import intact
from polls.statements.models import Citation, Version
from polls.statements.sources import SEGMENT, open_to_quote
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from tests import make
from tests.polls.statements.rows import clause, said, settled
from tests.polls.statements.test_striking import cite
from tests.rooms.transcript.test_say import approve, mend, take_back
from tests.rooms.transcript.test_striking import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event, name="Ann")


@pytest.fixture
def segment(event: Event, ann: Seat) -> Segment:
    return said(event, "We all heard Asha Obi speak, and the well was promised.", by=ann)


def turn_of(segment: Segment) -> Any:
    assert segment.turn is not None
    return segment.turn


def file_of(event: Event, version: Version | None = None) -> str:
    return str(written(document(outcome(make.room(event), version))))


def pictures(event: Event) -> str:
    room = make.room(event)
    parts = (("statements.text", "participant"), ("statements.drafter", "drafter"), ("statements.wall", "wall"))
    return "".join(paint(room, name, role, "en").html for name, role in parts)


def test_the_clause_stays_and_says_that_a_source_was_withdrawn(
    event: Event, drafter: Seat, ann: Seat, segment: Segment
) -> None:
    cite(drafter, segment, "heard Asha Obi speak", clause(drafter, "A well.").handle)
    version = settled(drafter)
    assert take_back(ann, turn_of(segment), segment).startswith("Withdrawn.")
    assert "A source that was withdrawn" in pictures(event)
    for text in (file_of(event), file_of(event, Version.objects.get())):
        assert "A well." in text
        assert "A source that was withdrawn by who said it." in text
        assert "Asha" not in text
    after = Version.objects.get()
    assert (after.hash, after.content, intact(after)) == (version.hash, version.content, True)
    assert stored("asha") == []


def test_withdrawn_words_can_neither_be_proposed_nor_quoted(
    event: Event, drafter: Seat, ann: Seat, segment: Segment
) -> None:
    make.act(ann, "statements.propose", source=f"segment:{segment.handle}", note="It belongs there")
    assert len(queries.proposed(make.room(event))) == 1
    take_back(ann, turn_of(segment), segment)
    assert queries.proposed(make.room(event)) == []
    assert not open_to_quote(make.room(event))[SEGMENT].exists()
    with pytest.raises(Refused, match="withdrawn it"):
        cite(drafter, segment, "[withdrawn]")


def test_a_quote_taken_out_does_not_come_back_when_it_was_withdrawn(
    event: Event, drafter: Seat, ann: Seat, segment: Segment
) -> None:
    cited = cite(drafter, segment, "heard Asha Obi speak", clause(drafter, "A well.").handle)
    take_back(ann, turn_of(segment))
    answer = make.act(drafter, "statements.uncite", citation=cited.handle)
    assert "undo" not in answer.data
    assert not Citation.objects.exists()


def test_a_quote_reads_as_its_speaker_corrected_it_and_says_so(
    event: Event, drafter: Seat, ann: Seat, segment: Segment
) -> None:
    row = clause(drafter, "A well.")
    cited = cite(drafter, segment, "heard Asha Obi speak", row.handle)
    other = cite(drafter, segment, "the well was promised", row.handle)
    settled(drafter)
    mend(ann, segment, "We all heard an elder speak, and the well was promised.", 0)
    for each, quote in ((cited, "heard an elder speak"), (other, "the well was promised")):
        each.refresh_from_db()
        segment.refresh_from_db()
        assert each.quote == segment.text[each.start : each.end] == quote
    version = Version.objects.get()
    assert intact(version)
    for text in (file_of(event), file_of(event, version)):
        assert "heard an elder speak" in text
        assert "who corrected it" in text
        assert "Asha" not in text
    assert "who corrected it" in pictures(event)
    assert "The transcript was corrected since" not in pictures(event)
    assert stored("asha") == []


def test_before_they_are_approved_words_can_not_be_quoted_where_the_event_asks_for_that(
    event: Event, drafter: Seat, ann: Seat
) -> None:
    Event.objects.filter(pk=event.pk).update(silence="approved")
    segment = said(event, "The well was promised.", by=ann)
    source = f"segment:{segment.handle}"
    with pytest.raises(Refused, match="has still to look through it"):
        make.act(ann, "statements.propose", source=source, note="")
    with pytest.raises(Refused, match="has still to look through it"):
        cite(drafter, segment, "The well")
    assert "The well was promised." not in paint(make.room(event), "statements.newest", "drafter", "en").html
    approve(ann, turn_of(segment))
    cite(drafter, segment, "The well")


def test_a_quote_waits_with_its_words_where_a_captioner_corrected_them_after_the_approval(
    event: Event, drafter: Seat, ann: Seat
) -> None:
    Event.objects.filter(pk=event.pk).update(silence="approved")
    event.refresh_from_db()
    segment = said(event, "Quagga Obi promised a well.", by=ann)
    approve(ann, turn_of(segment))
    cite(drafter, segment, "Quagga Obi promised", clause(drafter, "A well.").handle)
    version = settled(drafter)
    captioner, text = make.seat(event, "captioner"), "Quagga Obi promised the well."
    make.act(captioner, "transcript.correct", segment=segment.handle, text=text, revision=0)

    def everywhere() -> list[str]:
        return [file_of(event), file_of(event, version), pictures(event), str(bundle(event))]

    assert [text for text in everywhere() if "Quagga" in text] == []
    assert all("withheld" in text for text in everywhere()[:3])
    assert intact(version)
    approve(ann, turn_of(segment))
    assert all("Quagga" in text for text in everywhere())
