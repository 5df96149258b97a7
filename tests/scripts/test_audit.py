"""The audit tells what it found from what it could not ask."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberate.door.registry import commands
from scripts import audit, openapi

CLEAN = {"name": "django", "version": "5.2", "vulns": []}
HOLE = {"name": "daphne", "version": "1", "vulns": [{"id": "PYSEC-1"}]}
UNKNOWN = {"name": "redis", "skip_reason": "Dependency not found on PyPI and could not be audited: redis (1)"}
OURS = {"name": "deliberate", "skip_reason": "distribution marked as editable"}


@pytest.mark.parametrize(
    ("found", "end", "says"),
    [
        ([CLEAN, OURS], 0, "No known hole in 1 packages"),
        ([CLEAN, HOLE], 1, "daphne 1: PYSEC-1"),
        ([CLEAN, UNKNOWN], 3, "NOT ASKED"),
        ([HOLE, UNKNOWN], 1, "NOT ASKED"),
    ],
)
def test_a_package_nobody_could_be_asked_about_is_not_called_safe(
    found: list[dict[str, Any]], end: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.told(found) == end
    assert says in capsys.readouterr().out


def finding(rule: str, where: str) -> dict[str, Any]:
    return {"test_id": rule, "filename": f"./{where}", "line_number": 1, "issue_text": "unsafe"}


def test_a_finding_in_our_code_needs_a_reason_and_a_reason_needs_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    known = [finding(rule, where or "rooms/x.py") for rule, where in audit.EXPLAINED]
    assert audit.explained(known) == 0
    assert audit.explained([*known, finding("B102", "rooms/x.py")]) == 1
    assert audit.explained(known[1:]) == 1
    assert "explains nothing" in capsys.readouterr().out


def test_the_description_holds_every_command_but_those_that_end_what_is_asked() -> None:
    found = openapi.document("host", "/at/e/host/r/")
    assert json.dumps(found)
    named = {path.rpartition("/do/")[2] for path in found["paths"] if "/do/" in path}
    assert named == commands.keys() - openapi.ENDING
    for name in named:
        answers = found["paths"][f"/at/e/host/r/do/{name}"]["post"]["responses"]
        assert ("200" in answers) == ("host" in commands[name].who) == ("403" not in answers)
