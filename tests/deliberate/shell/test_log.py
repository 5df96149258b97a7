"""What is written down when something goes wrong: where and what kind, in one line, and not a word of what was typed."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator

import pytest
import structlog
from django.test import Client

from deliberate import asgi
from deliberate.live import asking
from deliberate.shell import log
from rooms.seats import views

SECRET = "Zebulon Quux"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What this process logs as a service does."""
    before, found = structlog.get_config(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", found)
    log.configure("INFO")
    yield found
    structlog.configure(**before)


def broken(_typed: str) -> None:
    raise RuntimeError(f"could not find {SECRET}")


@pytest.mark.django_db
def test_an_error_is_told_in_general_words_and_logged_without_its_own(
    monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    monkeypatch.setattr(views, "link_of_code", broken)
    answer = Client(raise_request_exception=False).get("/join/ABCDEF/")
    page, line = answer.content.decode(), written.getvalue()
    assert answer.status_code == 500
    assert "error=RuntimeError" in line
    assert "RuntimeError" not in page
    assert "Traceback" not in page + line
    assert SECRET not in page + line


def test_a_line_is_one_line_whatever_it_holds_and_says_when_in_utc(written: io.StringIO) -> None:
    try:
        broken("")
    except RuntimeError:
        structlog.get_logger("test").exception("it\nbroke", code='a" level=error\nforged=1')
    lines = written.getvalue().splitlines()
    assert len(lines) == 1
    assert re.match(r"timestamp=\d{4}-\d\d-\d\dT[\d:.]+Z level=error ", lines[0])
    assert "error=RuntimeError" in lines[0]
    assert "test_log.py:" in lines[0]
    assert SECRET not in lines[0]


async def ask(scope: dict[str, object]) -> None:
    """Ask the whole service for something that nobody answers to the end."""

    async def receive() -> dict[str, object]:
        return {"type": f"{scope['type']}.connect", "body": b""}

    async def send(_message: object) -> None: ...

    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    await asgi.application({"headers": headers, "query_string": b"", "method": "GET", **scope}, receive, send)


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_what_fails_outside_the_pages_is_logged_by_its_kind_and_place(
    monkeypatch: pytest.MonkeyPatch, written: io.StringIO, kind: str
) -> None:
    async def fails(_door: object) -> None:
        broken("")

    monkeypatch.setattr(asking, "enter", fails)
    name = {"http": "stream", "websocket": "live"}[kind]
    with pytest.raises(RuntimeError):
        await ask({"type": kind, "path": f"/at/the-event/participant/the-room/{name}"})
    line = written.getvalue()
    assert "level=error" in line
    assert "error=RuntimeError" in line
    assert "test_log.py:" in line
    for word in (SECRET, "the-event", "the-room"):
        assert word not in line


async def test_whoever_hangs_up_is_no_failure(monkeypatch: pytest.MonkeyPatch, written: io.StringIO) -> None:
    async def leaves(_door: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(asking, "enter", leaves)
    with pytest.raises(ConnectionResetError):
        await ask({"type": "http", "path": "/at/the-event/participant/the-room/stream"})
    assert written.getvalue() == ""
