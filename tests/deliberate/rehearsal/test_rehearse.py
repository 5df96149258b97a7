"""A rehearsal of a small made-up meeting and a small made-up conversation, over real sockets, to its report.

Real ones are rehearsed in the same way where there are any (.ci/run)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deliberate.rehearsal import files
from deliberate.rehearsal.material import Unreadable, Vote, conversation, meeting
from deliberate.rehearsal.report import Report, percentile
from tests.service import ROOT, bare

SMALL = Path(__file__).parent / "small"
KEYS = {
    "phones", "sent", "acknowledged", "refused", "lost", "doubled", "screens_differ", "turns_in", "turns_out",
    "words_in", "words_out", "stances_in", "stances_out", "citations", "citations_not_verbatim", "latency_ms",
}  # fmt: skip


def rehearse(report: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    run = subprocess.run(
        [sys.executable, "-m", "deliberate", "rehearse", "--report", str(report), *arguments],
        cwd=ROOT, env=bare(), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    return run, json.loads(report.read_text()) if report.exists() else {}


def test_a_small_meeting_and_conversation_end_sound(tmp_path: Path) -> None:
    run, found = rehearse(
        tmp_path / "report.json", "--transcript", str(SMALL / "meeting.json"), "--ideas", str(SMALL), "--phones", "6"
    )
    assert run.returncode == 0, run.stdout + run.stderr[-3000:]
    assert "Sound." in run.stdout
    assert found.keys() >= KEYS
    assert (found["turns_in"], found["turns_out"]) == (7, 7)
    assert (
        found["words_in"]
        == found["words_out"]
        == sum(len(said.text.split()) for said in meeting(SMALL / "meeting.json"))
    )
    assert found["stances_in"] == found["stances_out"] == 27
    assert found["ideas_shortened"] == 1
    assert found["refused"] == 2, "the idea that was too long, and the quote that nobody said"
    assert found["screens"] == 6
    assert found["screens_differ"] == found["lost"] == found["doubled"] == found["citations_not_verbatim"] == 0
    assert found["citations"] > 3
    assert found["exports"] == list(files.ALL)
    ideas, spoken = min(6, found["ideas_in"]), found["citations"] - min(6, found["ideas_in"])
    assert found["citations_looked_up"] == 8 * spoken + 4 * ideas, "in each record but the PDF, in each transcript"
    assert found["latency_ms"]["p99"] > 0


def test_a_conversation_where_nobody_spoke_ends_sound(tmp_path: Path) -> None:
    """Its captions are empty files."""
    run, found = rehearse(tmp_path / "report.json", "--ideas", str(SMALL), "--phones", "6")
    assert run.returncode == 0, run.stdout + run.stderr[-3000:]
    assert found["turns_in"] == found["words_in"] == 0
    assert found["exports"] == list(files.ALL)


def test_a_file_that_is_no_meeting_is_named(tmp_path: Path) -> None:
    (tmp_path / "meeting.json").write_text("[]")
    run, found = rehearse(tmp_path / "report.json", "--transcript", str(tmp_path / "meeting.json"))
    assert run.returncode == 1
    assert "meeting.json is not a meeting transcript" in run.stderr
    assert found == {}


def test_the_last_vote_counts() -> None:
    talk = conversation(SMALL)
    assert talk.votes["0"][-1] == Vote("0", -1)
    assert talk.last()["0", "0"] == -1
    assert len(talk.last()) == 27


def test_a_folder_without_votes_is_no_conversation(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not a Polis export"):
        conversation(tmp_path)


def test_a_report_with_something_lost_is_not_sound() -> None:
    report = Report(sent=1, acknowledged=1)
    assert report.sound
    report.balance("ideas", 3, 2)
    assert report.lost == 1
    assert not report.sound


def test_percentiles_are_of_the_nearest_rank() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
    assert percentile([], 0.5) == 0
