from __future__ import annotations

import pytest

from deliberate.door.perform import as_query
from deliberate.door.registry import commands
from deliberate.errors import Refused
from polls.ballots.commands import PaperForm
from polls.ballots.models import Poll
from tests import make
from tests.polls.ballots.make import moderator, opened, prepared

pytestmark = pytest.mark.django_db


def test_only_moderators_decide_and_only_participants_vote() -> None:
    who = {name: sorted(each.who) for name, each in commands.items() if each.feature == "ballots"}
    assert who.pop("ballots.cast") == who.pop("ballots.token") == ["participant"]
    assert sorted(who) == [f"ballots.{verb}" for verb in ("close", "discard", "edit", "open", "prepare")]
    assert all(roles == ["moderator"] for roles in who.values())


def test_the_door_keeps_no_receipt_of_a_ballot() -> None:
    assert not commands["ballots.cast"].remembered
    assert not commands["ballots.token"].remembered


@pytest.mark.parametrize(
    ("kind", "fields", "least", "most"),
    [
        ("one", {}, 1, 1),
        ("ranking", {"least": "1", "most": "1"}, 1, 1),
        ("several", {}, 1, 3),
        ("several", {"least": "2", "most": "2"}, 2, 2),
        ("scale", {}, 1, 5),
        ("scale", {"least": "-5", "most": "5"}, -5, 5),
        ("scale", {"options": "Typed before\nthe kind was chosen"}, 1, 5),
    ],
)
def test_limits_left_empty_are_filled_in(kind: str, fields: dict[str, object], least: int, most: int) -> None:
    poll = prepared(make.event(), kind, **fields)
    assert (poll.least, poll.most) == (least, most)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"question": " \u202e "}, "Write a question"),
        ({"options": "Only one"}, "two to 20 options"),
        ({"options": "\n".join(map(str, range(21)))}, "two to 20 options"),
        ({"options": "Hearings\nhearings"}, "Two options are the same"),
        ({"options": f"A\n{'b' * 161}"}, "longer than 160"),
        ({"kind": "several", "least": "3", "most": "2"}, "How many to choose"),
        ({"kind": "several", "least": "0"}, "How many to choose"),
        ({"kind": "several", "most": "4"}, "How many to choose"),
        ({"kind": "scale", "options": "", "least": "5", "most": "5"}, "lower to a higher"),
        ({"kind": "scale", "options": "", "least": "0", "most": "11"}, "11 steps"),
        ({"kind": "riddle"}, "riddle"),
    ],
)
def test_a_poll_that_nobody_could_answer_is_refused_in_words(fields: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        prepared(make.event(), **{"kind": "one", **fields})  # type: ignore[arg-type]
    assert not Poll.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "one", "options": "Only one"}, "options"),
        ({"kind": "several", "most": "4"}, "least"),
        ({"kind": "scale", "least": "5", "most": "5"}, "least"),
    ],
)
def test_a_refusal_stands_at_the_field_it_is_about(fields: dict[str, str], field: str) -> None:
    form = PaperForm(as_query({"question": "Where?", "options": "Here\nThere", **fields}))
    assert list(form.errors) == [field]


def test_options_stand_one_a_line_without_what_could_disguise_them() -> None:
    poll = prepared(make.event(), options="  Hearings \r\n\r\nA\u202e fund\n")
    assert [option.text for option in poll.options.all()] == ["Hearings", "A fund"]


def test_a_ballot_of_too_much_is_refused() -> None:
    event = make.event()
    poll = opened(event, "several")
    for choice in (["x"] * 41, ["x" * 33]):
        with pytest.raises(Refused, match="not on this ballot"):
            make.act(make.seat(event), "ballots.cast", poll=poll.handle, choice=choice)


def test_a_moderator_takes_part_from_a_seat_of_their_own() -> None:
    event = make.event()
    poll = opened(event)
    with pytest.raises(Refused, match="Your seat may not do this"):
        make.act(moderator(event), "ballots.cast", poll=poll.handle, choice="abstain")
