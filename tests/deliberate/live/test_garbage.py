"""What lines leave behind is looked for when they are many, and only while nothing waits."""

from __future__ import annotations

import gc
import weakref

import pytest

from deliberate.live import load
from deliberate.live.garbage import FEW, Gone


class Loop:
    """Refers to itself, as a connection and its protocol do."""

    def __init__(self) -> None:
        self.me = self


def left() -> weakref.ref[Loop]:
    return weakref.ref(Loop())


@pytest.mark.parametrize(
    ("gone", "living", "late_s", "looked"),
    [
        (FEW, 0, 0.0, True),
        (FEW - 1, 0, 0.0, False),
        (1000, 1001, 0.0, False),
        (1000, 1000, 0.0, True),
        (FEW, 0, 0.2, False),
    ],
)
def test_when_everything_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, gone: int, living: int, late_s: float, looked: bool
) -> None:
    monkeypatch.setattr(load, "lateness", lambda: late_s)
    found = Gone()
    found.lines = gone
    gc.collect()
    gc.disable()
    try:
        rest = left()
        assert rest() is not None
        assert found.look(living) is looked
        assert (rest() is None) is looked
    finally:
        gc.enable()
    assert found.lines == (0 if looked else gone)
