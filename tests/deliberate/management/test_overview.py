"""The commands as a newcomer finds them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deliberate.management import main

DOCUMENTED = Path(__file__).parents[3] / "docs" / "operations.md"


@pytest.mark.parametrize("typed", [[], ["help"], ["--help"], ["-h"]])
def test_our_commands_are_listed_by_the_names_that_people_type(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(typed)
    said = capsys.readouterr().out
    listed = re.findall(r"^  (\S+(?: --deploy)?)  +\S", said, re.MULTILINE)
    assert {"demo", "event", "import", "purge", "serve", "verify-poll"} < set(listed)
    assert listed[-2:] == ["migrate", "check --deploy"]
    assert "Recount a poll of blind ballots" in said
    assert not re.search("bring_in|verify_poll|runserver|django", said)
    assert said.endswith("\ndeliberate COMMAND --help tells more.\n")
    assert max(map(len, said.splitlines())) <= 100


def test_one_is_told_of_by_the_name_that_people_type(capsys: pytest.CaptureFixture[str]) -> None:
    main(["help", "import"])
    assert "Bring an event in" in capsys.readouterr().out


def test_every_command_that_the_docs_tell_of_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    said = capsys.readouterr().out
    told = re.findall(r"^\| `deliberate ([\w-]+)", DOCUMENTED.read_text(), re.MULTILINE)
    assert len(told) > 9
    assert [name for name in told if f"\n  {name} " not in said and name != "help"] == []
