"""Exports that do not agree are named in the report."""

from __future__ import annotations

from typing import Any

import pytest

from deliberate.rehearsal.files import compare
from deliberate.rehearsal.report import Report

SAID = ["We saw the well.", "Nobody asked."]
ROOM: dict[str, Any] = {
    "statement": {
        "clauses": [
            {
                "number": 1,
                "text": "We ask first.",
                "support": {"reservations": [{"text": "Who pays?"}]},
                "citations": [{"quote": "Nobody asked", "source": "segment:abc"}],
            }
        ],
        "versions": [{"hash": "ab" * 32}],
    }
}
OUTCOME = f"# A text\n\nSHA-256: `{'ab' * 32}`\n\nWe ask first\\.\n\n> Who pays?\n>\n> — A reservation\n\n> Nobody asked\n>\n> — Said\n"
RECORD = "**A speaker** (14:05)\n\nWe saw the well. Nobody asked.\n"


def problems(**files: str) -> list[str]:
    report = Report()
    named = {"outcome.md": OUTCOME, "record.md": RECORD} | {
        name.replace("_", "."): text for name, text in files.items()
    }
    compare(report, {name: text.encode() for name, text in named.items()}, ROOM, SAID)
    assert report.sound == (not report.problems)
    return report.problems


def test_files_that_agree_are_no_problem() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("file", "was", "is_now", "told"),
    [
        ("outcome_md", "> Nobody asked\n", "> Nobody was asked\n", "outcome.md quotes other words"),
        ("outcome_md", "> Who pays?\n>\n> — A reservation\n\n", "", "outcome.md quotes other words"),
        ("outcome_md", "We ask first", "We ask", "outcome.md lacks the words of clause 1"),
        ("outcome_md", "ab" * 32, "cd" * 32, "outcome.md does not say which version"),
        ("record_md", "the well. Nobody asked", "Nobody asked the well", "record.md lacks words that were said"),
        ("record_md", "Nobody asked", "Nobody has asked", "a quote of clause 1 does not stand in record.md"),
    ],
)
def test_a_file_that_differs_is_named(file: str, was: str, is_now: str, told: str) -> None:
    found = problems(**{file: (OUTCOME if file == "outcome_md" else RECORD).replace(was, is_now)})
    assert any(each.startswith(told) for each in found), found


def test_a_file_that_breaks_off_is_named() -> None:
    assert problems(outcome_pdf="%PDF-1.7 and no end") == ["outcome.pdf is no whole PDF"]
    [found] = problems(outcome_docx="PK")
    assert found.startswith("outcome.docx can't be read: ")
