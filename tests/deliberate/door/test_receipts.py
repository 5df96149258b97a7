"""What was done once is known when it comes again, and forgotten a day later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError

from deliberate.clock import now
from deliberate.door import receipts
from deliberate.door.models import Receipt
from deliberate.door.registry import Answer

pytestmark = pytest.mark.django_db


def test_the_same_act_is_seat_id_and_what_was_said_and_without_an_id_none_is() -> None:
    key = receipts.key_of(7, "an-act-of-ann", '["ideas.upvote", []]')
    assert key == receipts.key_of(7, "an-act-of-ann", '["ideas.upvote", []]')
    others = [
        (8, "an-act-of-ann", '["ideas.upvote", []]'),
        (7, "an-act-of-ben", '["ideas.upvote", []]'),
        (7, "an-act-of-ann", ""),
    ]
    assert key not in {receipts.key_of(*other) for other in others}
    assert receipts.key_of(7, "", '["ideas.upvote", []]') == ""


def test_what_was_answered_is_answered_again_without_marks() -> None:
    receipts.keep([("b", "event", Answer(say="Done.", data={"n": 1}, on=("x",))), ("a", "event", Answer())])
    assert receipts.said_before(["a", "b", "c"]) == {"a": Answer(), "b": Answer(say="Done.", data={"n": 1})}
    assert receipts.said_before([]) == {}


def test_an_act_that_has_a_receipt_cannot_have_another() -> None:
    receipts.keep([("a", "event", Answer())])
    with pytest.raises(IntegrityError):
        receipts.keep([("b", "event", Answer()), ("a", "event", Answer())])


def test_old_ones_go_slice_by_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "SLICE", 3)
    receipts.keep((f"key{number}", "event", Answer()) for number in range(8))
    Receipt.objects.exclude(key="key5").update(day=now().date() - timedelta(days=2))
    assert receipts.remove_before(now().date() - timedelta(days=1)) == 7
    assert Receipt.objects.get().key == "key5"
    assert receipts.remove_before(now().date() - timedelta(days=1)) == 0
