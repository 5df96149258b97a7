from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from deliberate.roles import ROLES


def typed(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command said that was typed in a shell, with its data in this folder."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "deliberate", *arguments, "--data", str(folder)]
    return subprocess.run(command, env=kept, capture_output=True, text=True, check=False, timeout=120)


def test_the_first_command_in_a_new_folder_needs_no_other_before(tmp_path: Path) -> None:
    made = typed(tmp_path, "event", "Our meeting", "--group", "Youth")
    assert made.stderr == ""
    assert [line.partition(":")[0] for line in made.stdout.splitlines()] == list(ROLES)


def test_a_database_that_is_behind_is_left_alone_and_it_is_said_in_words(tmp_path: Path) -> None:
    typed(tmp_path, "event", "Our meeting")
    with sqlite3.connect(tmp_path / "deliberate.sqlite3") as base:
        base.execute("DELETE FROM django_migrations WHERE app = 'polls' AND name >= '0018'")
    for command in (["event", "Another"], ["account", "asha"], ["import", "file.json"], ["serve", "--port", "1"]):
        refused = typed(tmp_path, *command)
        assert refused.returncode == 1, command
        assert refused.stderr == "CommandError: The database is not up to date. Type `deliberate migrate` first.\n"
