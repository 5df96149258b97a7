from __future__ import annotations

import json

import pytest

from polls.ballots.blind.published import closing_hash, noted_at_closing, published
from tests.polls.ballots.blind.made import Key, Made, b64u, poll, tracker


def test_the_same_ballots_give_the_same_text_in_whatever_order_they_come(small: Made) -> None:
    text = small.text()
    for order in (small.ballots[::-1], [*small.ballots[3:], *small.ballots[:3]]):
        assert small.but(ballots=order).text() == text
    assert text != small.without(0).text()


def test_ballots_stand_one_a_line_in_the_order_of_their_trackers(large: Made) -> None:
    lines = large.text().splitlines()
    first = lines.index(' "ballots": [') + 1
    ballots = [line.strip(' ",') for line in lines[first : first + 200]]
    assert ballots == [b64u(each) for each in sorted(large.ballots, key=tracker)]
    assert ballots != [b64u(each) for each in large.ballots]


def test_counts_stand_in_the_order_of_choices_not_of_ballots(small: Made) -> None:
    counts = json.loads(small.text())["result"]["counts"]
    assert [*counts] == sorted(counts)
    assert all([*groups] == sorted(groups) for groups in counts.values())


def test_the_definition_is_served_letter_by_letter_and_the_text_is_ascii(keys: list[Key]) -> None:
    made = poll(keys, 2, question="أرشيف \x9b31m “first” \x1b?")
    assert made.text().isascii()
    assert json.loads(made.text())["definition"] == made.definition


def test_the_journal_is_to_hold_tokens_of_each_group_and_then_the_closing_hash(small: Made) -> None:
    closing = closing_hash(small.definition, small.ballots)
    told = noted_at_closing(small.definition, reversed(small.ballots), {"g2": 6, "g1": 5})
    assert told == [("issued", "g1 5"), ("issued", "g2 6"), ("closed", closing)]
    assert json.loads(small.text())["closing"] == closing
    assert all(len(detail) <= 200 for _verb, detail in told)


def test_two_ballots_with_one_tracker_are_refused(small: Made) -> None:
    twice = [*small.ballots, small.voters[0].ballot("-", number=2)]
    with pytest.raises(ValueError, match="one tracker"):
        published(small.definition, [], twice, small.issued)
    with pytest.raises(ValueError, match="one tracker"):
        closing_hash(small.definition, twice)
