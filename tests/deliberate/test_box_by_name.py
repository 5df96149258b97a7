"""The ballot box under a name of its own (BALLOT_BOX): the service answers to that name as the box, and as nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from deliberate import asgi

BOX = "box.example.org"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client() -> TestClient:
    return TestClient(asgi.http(BOX), base_url=f"http://{BOX}")


@pytest.mark.parametrize(
    "path", ["/verify_poll.py", "/box/verify_poll.py"], ids=["by name", "by a proxy that rewrites"]
)
def test_who_asks_for_the_box_by_its_name_finds_it_at_the_root(client: TestClient, path: str) -> None:
    assert "Recount a poll of blind ballots" in client.get(path).text


def test_a_ballot_is_looked_at_there_and_so_is_an_act_under_a_pseudonym(client: TestClient) -> None:
    assert client.post("/abcdefghij", content=b"x").json()["code"] == "gone"
    assert client.post("/in/abcdefghij", content=b"x").json()["code"] == "gone"
    assert client.options("/abcdefghij").headers["access-control-allow-origin"] == "*"


def test_the_name_is_one_whatever_its_letters(client: TestClient) -> None:
    assert client.get("/verify_poll.py", headers={"Host": "Box.Example.ORG"}).status_code == 200


@pytest.mark.parametrize("path", ["/health", "/metrics", "/desk/", "/at/abc/participant/def/", "/abc"])
def test_nothing_of_the_plenary_is_reached_under_that_name(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (404, 405)


def test_under_the_names_of_the_plenary_everything_is_where_it_was(client: TestClient) -> None:
    assert client.get("/health", headers={"Host": "localhost"}).status_code == 200
    assert client.get("/verify_poll.py", headers={"Host": "localhost"}).status_code == 404
    assert client.get("/box/verify_poll.py", headers={"Host": "localhost"}).status_code == 200


@pytest.mark.parametrize(
    ("box", "host"),
    [
        ("/box/", ""),
        ("https://box.example.org", "box.example.org"),
        ("https://Box.example.org:443/", "box.example.org"),
        ("http://localhost:8001", "localhost:8001"),
        ("https://plenary.example.org/box/", ""),
        ("https://plenary.example.org", ""),
    ],
)
def test_a_name_is_the_boxs_where_nothing_else_has_it(tmp_path: Path, box: str, host: str) -> None:
    asked = "from deliberate import settings as s; import json; print(json.dumps(s.BALLOT_BOX_HOST))"
    given = {"DATA_DIR": str(tmp_path), "BALLOT_BOX": box, "PUBLIC_URL": "https://plenary.example.org"}
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=root, env={**os.environ, **given}, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == host
