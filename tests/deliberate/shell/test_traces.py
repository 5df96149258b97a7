"""How often SQLite's log is emptied while secret ballots fall in."""

from __future__ import annotations

import pytest

from deliberate.shell.traces import Soon


@pytest.mark.parametrize(("took_s", "pause_s"), [(0.0, 0.5), (0.008, 0.5), (0.1, 2.0), (3.0, 10.0)])
def test_a_slow_disk_is_emptied_less_often_but_within_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, took_s: float, pause_s: float
) -> None:
    moments = iter([100.0, 100.0 + took_s])
    monkeypatch.setattr("deliberate.shell.traces.time.monotonic", lambda: next(moments))
    monkeypatch.setattr("deliberate.shell.traces.wipe", lambda patience_ms: True)
    soon = Soon()
    soon._wipe()
    assert soon.pause() == pytest.approx(pause_s)
