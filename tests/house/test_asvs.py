"""docs/security/asvs.md answers every requirement of OWASP ASVS 5.0, levels 1 and 2: with tests that exist, with a page, with
a written exception, or with why it does not apply. tests/house/asvs.txt holds the numbers and levels."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "security" / "asvs.md"
ASKED = dict(line.split() for line in (Path(__file__).parent / "asvs.txt").read_text().splitlines())
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.MULTILINE)


def test_every_requirement_of_both_levels_has_its_row_and_no_other() -> None:
    assert len(ASKED) == 253
    assert [number for number, *_rest in ROWS] == list(ASKED)
    assert {number: level for number, level, *_rest in ROWS} == ASKED


@pytest.mark.parametrize(("number", "level", "asked", "answer"), ROWS, ids=[number for number, *_rest in ROWS])
def test_a_row_is_answered_by_what_exists(number: str, level: str, asked: str, answer: str) -> None:
    assert len(asked.strip()) > 8
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", answer)
    assert answer.count("::") == len(named), "each test by its path and name"
    for path, name in named:
        assert re.search(rf"^(async )?def {name}\b", (ROOT / "tests" / path).read_text(), re.MULTILINE), (
            f"{path}::{name}"
        )
    pages = re.findall(r"\]\(([^)#]+)[^)]*\)", answer)
    reasons = re.findall(r"(?:Exception|Does not apply): (.+)", answer)
    assert named or pages or [reason for reason in reasons if len(reason) > 20], "tests, a page or a reason"
