"""Several act at once: threads with connections of their own, on a database that keeps what it is given."""

from __future__ import annotations

import time
from typing import Any

import pytest

from polls.statements import settling
from polls.statements.models import Citation, Clause, Proposal, Reserved, Statement, Support, Version
from polls.statements.reserving import keep_writers
from rooms.events.models import Event
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from tests import make
from tests.polls.statements.rows import clause, people, said, texts
from tests.races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_drafters_begin_the_same_statement(event: Event, drafter: Seat) -> None:
    other = make.seat(event, "drafter")
    assert (
        refusals(at_once(*(lambda who=who: clause(who, f"Of {who.pk}") for who in (drafter, other, drafter, other))))
        == []
    )
    assert Statement.objects.count() == 1
    assert len(set(Clause.objects.values_list("position", flat=True))) == 4
    assert broken_at(make.room(event)) is None


def test_of_two_who_reword_a_clause_at_once_one_is_told(event: Event, drafter: Seat) -> None:
    row, other = clause(drafter, "Peace."), make.seat(event, "drafter")
    told = at_once(
        *(
            lambda who=who, text=text: make.act(who, "statements.edit_clause", clause=row.handle, text=text, revision=0)
            for who, text in ((drafter, "Peace now."), (other, "Peace soon."))
        )
    )
    assert ["Somebody reworded" in str(each) for each in refusals(told)] == [True]
    assert texts(event)[0] in ("Peace now.", "Peace soon.")
    assert row.revisions.count() == 1


def test_a_version_settled_by_two_at_once_is_one(event: Event, drafter: Seat) -> None:
    clause(drafter, "Peace.")
    other = make.seat(event, "drafter")
    refused = refusals(at_once(*(lambda who=who: make.act(who, "statements.settle") for who in (drafter, other))))
    assert ["Version 1 is settled" in str(each) for each in refused] == [True]
    assert Version.objects.count() == 1


def test_a_seat_that_stands_on_two_devices_at_once_counts_once(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    ann, ben = people(event, "", "")
    acts = [
        lambda who=who: make.act(who, "statements.stand", clause=row.handle, value="support") for who in (ann, ann, ben)
    ]
    assert refusals(at_once(*acts)) == []
    assert Support.objects.count() == 2


def test_the_same_quote_and_the_same_proposal_at_once_are_one(event: Event, drafter: Seat) -> None:
    source = f"segment:{said(event, 'The second visit counts.').handle}"
    row, ann = clause(drafter, "We come back."), make.seat(event)
    assert refusals(at_once(*[lambda: make.act(ann, "statements.propose", source=source)] * 3)) == []
    assert Proposal.objects.count() == 1
    quote = {"clause": row.handle, "source": source, "quote": "second visit"}
    refused = refusals(at_once(*[lambda: make.act(drafter, "statements.cite", **quote)] * 3))
    assert len(refused) == 2
    assert Citation.objects.count() == 1


@pytest.mark.parametrize("kept", [False, True], ids=["read", "written"])
@pytest.mark.parametrize(
    ("less", "level"),
    [
        ({"value": "none"}, "nobody"),
        ({"value": "reserve", "reservation": "Too soon.", "signed": "nobody"}, "nobody"),
        ({"value": "reserve", "reservation": "Too soon.", "signed": "group"}, "group"),
        (None, "nobody"),
    ],
    ids=["taken back", "nobody", "group", "erased"],
)
def test_who_shows_less_while_a_text_is_settled_is_not_named_in_it(
    monkeypatch: pytest.MonkeyPatch, less: dict[str, Any] | None, level: str, kept: bool
) -> None:
    event = make.event(k=2, attribution="name")
    drafter, ann = make.seat(event, "drafter"), make.seat(event, name="Ann", group="Youth")
    for group in ("Youth", "Diplomats", "Diplomats"):
        make.seat(event, group=group)
    make.act(make.seat(event, "host"), "statements.rules", majority="half", reservations="name")
    row = clause(drafter, "Peace.")
    words = {"clause": row.handle, "value": "reserve", "reservation": "Too soon."}
    make.act(ann, "statements.stand", **words)

    def slowly(*frozen: Any) -> None:
        if kept:
            keep_writers(*frozen)
        time.sleep(0.4)
        if not kept:
            keep_writers(*frozen)

    monkeypatch.setattr(settling, "keep_writers", slowly)

    def show_less() -> None:
        time.sleep(0.2)
        if less is None:
            make.act(ann, "seats.erase")
        else:
            make.act(ann, "statements.stand", **{**words, **less})

    assert refusals(at_once(lambda: make.act(drafter, "statements.settle"), show_less)) == []
    assert [(each.level, each.author) for each in Reserved.objects.all()] == [(level, "")]
