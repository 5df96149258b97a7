"""What a moderator hides comes back as it was."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from django.apps import apps
from django.db.models import F

from deliberate.errors import Refused
from polls.amendments import queries
from polls.amendments.models import Amendment, State
from polls.ballots.models import Poll
from polls.exports.bringing import bring_in
from polls.exports.bundle import bundle
from polls.exports.markdown import written
from polls.exports.record import document
from polls.statements.models import Clause
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.rows import TEXT, again, proposed, put, vote
from tests.polls.statements.rows import texts

pytestmark = pytest.mark.django_db
TWELVE = TEXT.replace("four", "twelve")


@pytest.fixture
def voted_down(ann: Seat, moderator: Seat, clause: Clause) -> Amendment:
    """An amendment that the room declined by a poll."""
    row = proposed(ann, clause, TWELVE)
    poll = put(moderator, row)
    vote(ann, poll, 1)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    return again(row)


def hidden_and_back(moderator: Seat, row: Amendment) -> Amendment:
    undo = make.act(moderator, "amendments.hide", amendment=row.handle, reason="It names Zoe.").data["undo"]
    assert again(row).state == "hidden"
    make.act(moderator, undo["command"], **undo["fields"])
    return again(row)


def kept(row: Amendment) -> tuple[object, ...]:
    return row.state, row.answer, row.decided_at, row.poll, row.option


def test_what_the_room_voted_down_comes_back_voted_down(
    event: Event, drafter: Seat, moderator: Seat, voted_down: Amendment
) -> None:
    back = hidden_and_back(moderator, voted_down)
    assert kept(back) == kept(voted_down)
    assert back.answer == "The room voted: For 0; Against 1."
    for name in ("accept", "reopen"):
        with pytest.raises(Refused):
            make.act(drafter, f"amendments.{name}", amendment=back.handle)
    assert texts(event) == [TEXT]


def test_what_drafters_declined_comes_back_with_their_reason(
    ann: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, TWELVE)
    make.act(drafter, "amendments.decline", amendment=row.handle, reason="Too many for the budget.")
    declined = again(row)
    assert kept(hidden_and_back(moderator, row)) == kept(declined)
    make.act(drafter, "amendments.reopen", amendment=row.handle)
    assert again(row).state == "open"
    assert kept(hidden_and_back(moderator, row))[:2] == ("open", "")


def test_what_is_hidden_comes_back_as_it_was_after_an_import_too(
    event: Event, moderator: Seat, voted_down: Amendment
) -> None:
    make.act(moderator, "amendments.hide", amendment=voted_down.handle, reason="It names Zoe.")
    whole = bundle(Event.objects.get(pk=event.pk))
    event.delete()
    found = bring_in(json.dumps(whole))
    assert bundle(found)["rooms"][0]["statement"]["amendments"] == whole["rooms"][0]["statement"]["amendments"]
    assert "Zoe" not in json.dumps(whole)
    row = Amendment.objects.get()
    make.act(make.seat(found, "moderator"), "amendments.unhide", amendment=row.handle)
    assert again(row).state == "declined"
    with pytest.raises(Refused, match="by a poll"):
        make.act(make.seat(found, "drafter"), "amendments.reopen", amendment=row.handle)


def test_the_record_names_below_a_poll_only_what_that_poll_carried(
    event: Event, drafter: Seat, voted_down: Amendment
) -> None:
    room = make.room(event)
    Amendment.objects.update(state=State.OPEN)
    make.act(drafter, "amendments.accept", amendment=voted_down.handle)
    assert again(voted_down).poll == Poll.objects.get()
    assert queries.adopted(room) == {}
    assert "stands in clause" not in written(document(room))


def test_what_was_hidden_before_it_kept_its_state_comes_back_no_better_than_it_was(
    ann: Seat, ben: Seat, drafter: Seat, moderator: Seat, voted_down: Amendment, clause: Clause
) -> None:
    declined, waits = proposed(ann, clause, "Peace."), proposed(ben, clause, "Wells.")
    make.act(drafter, "amendments.decline", amendment=declined.handle, reason="No.")
    for row in (voted_down, declined, waits):
        make.act(moderator, "amendments.hide", amendment=row.handle, reason="It names Zoe.")
    Amendment.objects.filter(state="hidden").update(before="open", answer=F("hidden_for"))  # as it was stored then
    import_module("polls.migrations.0020_amendments_before").keep(apps, None)
    for row in (voted_down, declined, waits):
        make.act(moderator, "amendments.unhide", amendment=row.handle)
    assert [again(row).state for row in (voted_down, declined, waits)] == ["declined", "open", "open"]
    assert again(voted_down).answer == "The room decided it by a poll."
