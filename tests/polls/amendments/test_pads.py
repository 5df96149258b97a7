"""Amendments of a clause on which drafters are writing."""

from __future__ import annotations

import pytest

from polls.amendments.queries import wordings
from polls.statements.models import Clause
from polls.statements.pads import core
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.rows import again, proposed
from tests.polls.statements.pads.rows import Hand

pytestmark = pytest.mark.django_db


def test_an_amendment_that_is_accepted_comes_into_the_open_pad_beside_what_is_typed(
    ann: Seat, drafter: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, "We ask for twelve hearings a year in every village.")
    hand = Hand(drafter, clause)
    assert hand.types(0, "Today: ") == ""
    make.act(drafter, "amendments.accept", amendment=row.handle)
    assert hand.fold().text == "Today: We ask for twelve hearings a year in every village."
    assert hand.hears() == core.text_of(hand.doc) == "Today: We ask for twelve hearings a year in every village."


def test_the_wording_that_is_amended_is_kept_while_drafters_go_on(ann: Seat, drafter: Seat, clause: Clause) -> None:
    hand = Hand(drafter, clause)
    hand.types(0, "So ")
    hand.fold()
    row = proposed(ann, clause, "So we ask for twelve hearings.")
    for letter in "!?":
        hand.types(0, letter)
        hand.fold()
    assert wordings([again(row)]) == {row.pk: "So We ask for four hearings a year in every village."}
