from __future__ import annotations

from datetime import timedelta

import pytest

from deliberate.door.models import Receipt
from deliberate.errors import Refused
from rooms.events.models import Event, Room
from rooms.floor import queries
from rooms.floor.models import State, Turn
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event()


@pytest.fixture
def chair(event: Event) -> Seat:
    return make.seat(event, "moderator")


def asked(seat: Seat, kind: str = "point", reply_to: str = "") -> Turn:
    return Turn.objects.get(handle=make.act(seat, "floor.ask", kind=kind, reply_to=reply_to).data["turn"])


def on_floor(event: Event) -> Turn | None:
    return queries.on_floor(make.room(event))


def call(chair: Seat) -> Turn:
    """Call whom the rule proposes, as the console would."""
    line = queries.read(make.room(chair.event)).line
    return Turn.objects.get(
        handle=make.act(chair, "floor.call_next", expected=line[0].turn.handle if line else "").data["turn"]
    )


def test_a_request_keeps_name_group_and_place_of_who_asked(event: Event) -> None:
    turn = asked(make.seat(event, name="Quiet Heron", group="Youth", place="remote"), "question")
    assert (turn.name, turn.group and turn.group.name, turn.place) == ("Quiet Heron", "Youth", "remote")
    assert (turn.kind, turn.state) == ("question", State.WAITING)


def test_one_request_a_seat(event: Event) -> None:
    ann = make.seat(event)
    asked(ann)
    with pytest.raises(Refused, match="on the list already"):
        make.act(ann, "floor.ask", kind="question")


def test_the_same_act_twice_is_one_request(event: Event) -> None:
    ann = make.seat(event)
    first = make.act(ann, "floor.ask", "a-phone-id-1", kind="point")
    again = make.act(ann, "floor.ask", "a-phone-id-1", kind="point")
    assert first.data == again.data
    assert Turn.objects.count() == 1


def test_who_withdrew_may_ask_again(event: Event) -> None:
    ann = make.seat(event)
    first = asked(ann)
    make.act(ann, "floor.withdraw")
    second = asked(ann)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.WITHDRAWN, State.WAITING)
    with pytest.raises(Refused, match="not on the list"):
        make.act(make.seat(event), "floor.withdraw")


def test_a_closed_list_takes_points_of_order_alone(event: Event, chair: Seat) -> None:
    ann, ben = make.seat(event), make.seat(event)
    asked(ann)
    closed = make.act(chair, "floor.close_list")
    assert closed.data["undo"]["command"] == "floor.open_list"
    with pytest.raises(Refused, match="list is closed"):
        make.act(ben, "floor.ask", kind="point")
    assert asked(ben, "point_of_order").state == State.WAITING
    assert Turn.objects.filter(seat=ann, state=State.WAITING).exists()
    make.act(chair, "floor.open_list")
    assert asked(make.seat(event)).state == State.WAITING


def test_a_direct_reply_answers_what_is_discussed(event: Event, chair: Seat) -> None:
    ann, ben, cem = (make.seat(event, name=name) for name in ("Ann", "Ben", "Cem"))
    with pytest.raises(Refused, match="nothing to reply to"):
        make.act(ben, "floor.ask", kind="reply")
    point = asked(ann)
    call(chair)
    asked(make.seat(event, name="Dora"))
    make.act(chair, "floor.end")
    with pytest.raises(Refused, match="your own turn"):
        make.act(ann, "floor.ask", kind="reply")
    reply = asked(ben, "reply")
    assert reply.reply_to_id == point.pk
    assert asked(cem, "reply", reply_to=point.handle).reply_to_id == point.pk
    assert call(chair).handle == reply.handle
    assert queries.read(make.room(event)).subject == point.handle


def test_a_reply_to_who_was_never_called_is_refused(event: Event) -> None:
    waiting = asked(make.seat(event))
    with pytest.raises(Refused, match="nothing to reply to"):
        make.act(make.seat(event), "floor.ask", kind="reply", reply_to=waiting.handle)


def test_calling_next_calls_whom_the_rule_proposes_and_keeps_why(event: Event, chair: Seat) -> None:
    make.act(chair, "events.move_on")
    asked(make.seat(event))
    order = asked(make.seat(event), "point_of_order")
    turn = call(chair)
    assert turn.handle == order.handle
    assert turn.state == State.CALLED
    assert turn.why == {"code": "point_of_order", "values": {}}
    assert turn.item is not None
    assert turn.item.title == "Short contributions"
    assert turn.seconds == event.seconds_order


def test_calling_next_ends_who_speaks(event: Event, chair: Seat) -> None:
    first, second = asked(make.seat(event)), asked(make.seat(event))
    call(chair)
    make.act(chair, "floor.start")
    call(chair)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.DONE, State.CALLED)


def test_calling_next_with_nobody_waiting_is_refused(chair: Seat) -> None:
    with pytest.raises(Refused, match="Nobody is waiting"):
        make.act(chair, "floor.call_next", expected="")


def test_what_was_meant_for_one_who_spoke_does_not_hit_the_next(event: Event, chair: Seat) -> None:
    first, second = asked(make.seat(event)), asked(make.seat(event))
    late = make.seat(event, "moderator")
    call(chair)
    make.act(chair, "floor.start", turn=first.handle)
    call(chair)
    for name in ("floor.end", "floor.start", "floor.pause", "floor.resume"):
        with pytest.raises(Refused, match="Somebody else has the floor"):
            make.act(late, name, turn=first.handle)
    with pytest.raises(Refused, match="Somebody else has the floor"):
        make.act(late, "floor.extend", turn=first.handle, seconds=30)
    second.refresh_from_db()
    assert (second.state, second.seconds) == (State.CALLED, event.seconds_point)
    make.act(late, "floor.end", turn=second.handle)
    second.refresh_from_db()
    assert second.state == State.DONE


def test_pressing_next_on_an_old_picture_calls_nobody_else(event: Event, chair: Seat) -> None:
    first, second = asked(make.seat(event)), asked(make.seat(event))
    other = make.seat(event, "moderator")
    make.act(chair, "floor.call_next", expected=first.handle)
    assert make.act(other, "floor.call_next", expected=first.handle).data == {"turn": first.handle}
    second.refresh_from_db()
    assert second.state == State.WAITING
    make.act(chair, "floor.end")
    with pytest.raises(Refused, match="list has changed"):
        make.act(other, "floor.call_next", expected=first.handle)


def test_next_without_a_name_needs_a_free_floor(event: Event, chair: Seat) -> None:
    first = asked(make.seat(event))
    asked(make.seat(event))
    assert make.act(chair, "floor.call_next", expected="").data["turn"] == first.handle
    with pytest.raises(Refused, match="list has changed"):
        make.act(chair, "floor.call_next", expected="")


def test_calling_out_of_order_keeps_the_words_and_passes_the_others(event: Event, chair: Seat) -> None:
    first, second = asked(make.seat(event)), asked(make.seat(event))
    make.act(chair, "floor.call", turn=second.handle, reason="Has to catch a train")
    turn = on_floor(event)
    assert turn is not None
    assert (turn.handle, turn.why) == (second.handle, {"words": "Has to catch a train"})
    assert queries.read(make.room(event)).line[0].turn.handle == first.handle


@pytest.mark.parametrize("reason", ["", "   ", "\u202e"])
def test_calling_out_of_order_needs_a_reason(event: Event, chair: Seat, reason: str) -> None:
    turn = asked(make.seat(event))
    with pytest.raises(Refused):
        make.act(chair, "floor.call", turn=turn.handle, reason=reason)
    assert on_floor(event) is None


def test_who_left_the_list_cannot_be_called(event: Event, chair: Seat) -> None:
    ann = make.seat(event)
    turn = asked(ann)
    make.act(ann, "floor.withdraw")
    with pytest.raises(Refused, match="not on the list"):
        make.act(chair, "floor.call", turn=turn.handle, reason="Now")


def test_the_speaker_ends_their_own_turn_and_nobody_elses(event: Event, chair: Seat) -> None:
    ann, ben = make.seat(event), make.seat(event)
    asked(ann)
    call(chair)
    with pytest.raises(Refused, match="do not have the floor"):
        make.act(ben, "floor.finish")
    make.act(ann, "floor.finish")
    assert on_floor(event) is None


def test_who_has_the_floor_finishes_before_asking_again(event: Event, chair: Seat) -> None:
    ann = make.seat(event)
    asked(ann)
    call(chair)
    with pytest.raises(Refused, match="Finish first"):
        make.act(ann, "floor.ask", kind="point")


def test_an_end_is_taken_back_and_no_time_is_lost(event: Event, chair: Seat) -> None:
    turn = asked(make.seat(event))
    call(chair)
    make.act(chair, "floor.start")
    assert make.act(chair, "floor.end").data["undo"]["command"] == "floor.undo_end"
    turn.refresh_from_db()
    assert turn.ended_at is not None
    left = turn.timer.remaining(turn.ended_at)
    make.act(chair, "floor.undo_end")
    turn.refresh_from_db()
    assert turn.state == State.SPEAKING
    assert turn.deadline is not None
    assert turn.timer.remaining(turn.deadline - timedelta(seconds=left)) == pytest.approx(left, abs=0.1)


def test_taking_back_a_next_puts_the_called_one_back_in_place(event: Event, chair: Seat) -> None:
    first, second, third = (asked(make.seat(event)) for _ in range(3))
    call(chair)
    make.act(chair, "floor.start")
    call(chair)
    make.act(chair, "floor.undo_end")
    now = on_floor(event)
    assert now is not None
    assert (now.handle, now.state) == (first.handle, State.SPEAKING)
    assert [each.turn.handle for each in queries.read(make.room(event)).line] == [second.handle, third.handle]


def test_an_end_and_a_later_call_are_taken_back_one_by_one(event: Event, chair: Seat) -> None:
    first, second = asked(make.seat(event)), asked(make.seat(event))
    call(chair)
    make.act(chair, "floor.start")
    make.act(chair, "floor.end")
    call(chair)
    make.act(chair, "floor.undo_end")
    assert on_floor(event) is None
    second.refresh_from_db()
    assert second.state == State.WAITING
    make.act(chair, "floor.undo_end")
    now = on_floor(event)
    assert now is not None
    assert now.handle == first.handle


def test_nothing_is_taken_back_from_under_a_speaker_or_after_a_minute(event: Event, chair: Seat) -> None:
    first = asked(make.seat(event))
    asked(make.seat(event))
    call(chair)
    make.act(chair, "floor.start")
    call(chair)
    make.act(chair, "floor.start")
    with pytest.raises(Refused, match="too late"):
        make.act(chair, "floor.undo_end")
    make.act(chair, "floor.end")
    for turn in Turn.objects.filter(room=make.room(event)):
        assert turn.ended_at is not None
        Turn.objects.filter(pk=turn.pk).update(ended_at=turn.ended_at - timedelta(seconds=queries.UNDO_S + 1))
    with pytest.raises(Refused, match="too late"):
        make.act(chair, "floor.undo_end")
    first.refresh_from_db()
    assert first.state == State.DONE


def test_somebody_without_a_phone_is_put_on_the_list(event: Event, chair: Seat) -> None:
    group = event.groups.get(name="Youth")
    fields = {"group": group.handle, "place": "hall", "kind": "question"}
    handle = make.act(chair, "floor.add", name=" Old\u202e  Mira ", **fields).data["turn"]
    turn = Turn.objects.get(handle=handle)
    assert (turn.name, turn.seat, turn.group) == ("Old Mira", None, group)
    assert call(chair).handle == handle
    with pytest.raises(Refused):
        make.act(chair, "floor.add", name="\u202e", **fields)


def test_a_group_of_another_event_is_refused(event: Event, chair: Seat) -> None:
    other = make.event("Another").groups.all()[0]
    with pytest.raises(Refused, match="not of this event"):
        make.act(chair, "floor.add", name="Mira", group=other.handle, place="hall", kind="point")


def test_a_request_is_taken_off_the_list_with_a_reason(event: Event, chair: Seat) -> None:
    ann = make.seat(event)
    turn = asked(ann)
    make.act(chair, "floor.remove", turn=turn.handle, reason="Left the hall")
    turn.refresh_from_db()
    assert (turn.state, turn.why) == (State.WITHDRAWN, {"removed": "Left the hall"})
    with pytest.raises(Refused, match="not on the list"):
        make.act(chair, "floor.remove", turn=turn.handle)
    assert asked(ann).state == State.WAITING


def test_who_is_erased_leaves_the_list_and_no_name_group_or_reason(event: Event, chair: Seat) -> None:
    ann = make.seat(event, name="Ann", group="Youth")
    spoken = asked(ann)
    make.act(chair, "floor.call", turn=spoken.handle, reason="Ann has to go")
    make.act(chair, "floor.end")
    asked(ann)
    make.act(ann, "seats.erase")
    for turn in Turn.objects.filter(seat=ann):
        assert (turn.name, turn.group, turn.why, turn.attribution) == ("", None, {}, "nobody")
    assert queries.read(make.room(event)).waiting == []
    assert "Ann" not in str(list(Receipt.objects.values_list("answer", flat=True)))
    assert "Ann" not in str(list(Entry.objects.values()))


def test_every_act_is_noted_and_the_journal_stays_whole(event: Event, chair: Seat) -> None:
    ann = make.seat(event)
    asked(ann)
    call(chair)
    for name in ("floor.start", "floor.pause", "floor.resume", "floor.end", "floor.undo_end"):
        make.act(chair, name)
    make.act(chair, "floor.extend", seconds=30)
    make.act(ann, "floor.finish")
    room = make.room(event)
    verbs = list(Entry.objects.filter(room=room).values_list("verb", flat=True))
    assert verbs == [
        "asked", "called", "started", "paused", "resumed", "ended", "reopened", "extended", "ended",
    ]  # fmt: skip
    assert broken_at(room) is None


def test_two_rooms_keep_two_lists(event: Event, chair: Seat) -> None:
    other = Room.objects.create(event=event, name="Workshop")
    asked(make.seat(event))
    assert queries.read(other).line == []
    assert len(queries.read(make.room(event)).line) == 1
