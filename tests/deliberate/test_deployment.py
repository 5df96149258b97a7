"""The deployment that compose.yaml describes: Django's own check of it is silent."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from deliberate.shell.server import LONGEST_BODY

ROOT = Path(__file__).parent.parent.parent
COMPOSE = (ROOT / "compose.yaml").read_text()
GIVEN = {"SITE_HOST": "plenary.example.org", "SECRET_KEY": "k7" * 30 + "abcdefghijklm", "POSTGRES_PASSWORD": "p" * 24}
GIVEN |= {"BALLOT_BOX": "https://box.example.org"}


def environment() -> dict[str, str]:
    """What compose.yaml gives the web container, with .env filled in."""
    block = re.search(r"^x-app:.*?^  environment:\n(.*?)^\S", COMPOSE, re.MULTILINE | re.DOTALL)
    assert block is not None
    pairs = re.findall(r"^    ([A-Z_]+): (.+)$", block.group(1), re.MULTILINE)
    filled = {name: re.sub(r"\$\{(\w+):-[^}]*\}", lambda given: GIVEN[given.group(1)], value) for name, value in pairs}
    return {name: value.strip('"') for name, value in filled.items()}


def check(tmp_path: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    surroundings = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **environment(), **changed}
    return subprocess.run(
        [sys.executable, "-m", "deliberate", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_compose_names_what_a_deployment_needs() -> None:
    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL"} <= environment().keys()


def test_the_check_of_a_deployment_is_silent(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert re.fullmatch(r"System check identified no issues \(\d silenced\)\.", done.stdout.strip())


def test_what_the_check_does_not_say_has_its_reason_beside_it() -> None:
    source = (ROOT / "deliberate" / "settings.py").read_text()
    for silenced in settings.SILENCED_SYSTEM_CHECKS:
        assert re.search(rf'"{silenced}",  # \w.{{10,}}', source), silenced


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"DEBUG": "1"}, "security.W018"), ({"SECRET_KEY": "short"}, "security.W009")],
)
def test_the_check_is_not_silent_where_something_is_amiss(tmp_path: Path, changed: dict[str, str], says: str) -> None:
    done = check(tmp_path, **changed)
    assert done.returncode != 0
    assert says in done.stderr


def test_what_serves_people_can_reach_nothing_outside() -> None:
    """web, the database and Redis share a network that leads nowhere; only the proxy stands in another one, too."""
    assert re.search(r"^  inside:\n    internal: true$", COMPOSE, re.MULTILINE)
    services = COMPOSE.partition("\nservices:\n")[2].partition("\nnetworks:")[0]
    reach = {
        block.partition(":")[0].strip(): re.findall(r"networks: \[(.*)\]", block)
        for block in re.split(r"\n(?=  \w)", services)
    }
    assert {name for name, networks in reach.items() if "outside" in networks[0]} == {"proxy"}


@pytest.mark.parametrize(
    ("file", "pattern", "unit"),
    [("nginx.conf", r"client_max_body_size (\d+)m;", 2**20), ("Caddyfile", r"max_size (\d+)MB", 10**6)],
)
def test_no_proxy_that_we_give_cuts_off_a_body_that_the_service_takes(file: str, pattern: str, unit: int) -> None:
    [most] = re.findall(pattern, (ROOT / "deploy" / file).read_text())
    assert int(most) * unit > LONGEST_BODY
