"""The recount as a program: carried elsewhere, over an address, and as `deliberate verify-poll`."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deliberate.management import main as deliberate
from polls.ballots.blind import verify_poll
from tests.polls.ballots.blind.made import Made

PROGRAM = Path(verify_poll.__file__)


@pytest.fixture
def file(tmp_path: Path, small: Made) -> Path:
    found = tmp_path / "poll.json"
    found.write_text(small.text())
    return found


@pytest.fixture
def spoiled(tmp_path: Path, small: Made) -> Path:
    found = tmp_path / "spoiled.json"
    found.write_text(json.dumps({**json.loads(small.text()), "closing": "\x1b[2J"}))
    return found


def run_alone(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The one file in a folder of its own, with nothing of the project or the folder to be imported."""
    alone = folder / "elsewhere"
    alone.mkdir(exist_ok=True)
    shutil.copy(PROGRAM, alone / "v.py")
    command = [sys.executable, "-I", "-W", "error", "v.py", *arguments]
    return subprocess.run(command, cwd=alone, env={**os.environ, **environment}, capture_output=True, check=False)


def test_carried_elsewhere_it_recounts_and_says_by_its_exit_code_whether_all_holds(
    tmp_path: Path, file: Path, spoiled: Path
) -> None:
    good = run_alone(tmp_path, str(file))
    assert (good.returncode, good.stderr) == (0, b"")
    assert good.stdout.decode().splitlines()[-1].strip() == "All of it holds."
    assert "أرشيف مفتوح" in good.stdout.decode()
    bad = run_alone(tmp_path, str(spoiled))
    assert (bad.returncode, bad.stderr) == (1, b"")
    assert b"The closing hash is that of these ballots: WRONG: it is \\u{1b}[2J, not " in bad.stdout
    assert b"\x1b" not in bad.stdout


def test_a_terminal_without_the_letters_of_a_text_gets_their_numbers(tmp_path: Path, file: Path) -> None:
    alone = tmp_path / "v.py"
    shutil.copy(PROGRAM, alone)
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    told = subprocess.run([sys.executable, alone, file], env=environment, capture_output=True, check=False)
    assert (told.returncode, told.stderr) == (0, b"")
    assert b"\\u0623" in told.stdout


@pytest.mark.parametrize("arguments", [[], ["missing.json"], ["a", "b"], ["--help"], ["."]])
def test_where_nothing_can_be_read_it_ends_with_2_and_says_how_it_is_used(tmp_path: Path, arguments: list[str]) -> None:
    told = run_alone(tmp_path, *arguments)
    assert (told.returncode, told.stderr) == (2, b"")
    assert b"python verify_poll.py FILE|URL" in told.stdout


def test_a_file_that_is_nested_without_end_is_never_good(tmp_path: Path, small: Made) -> None:
    text, deep = small.text(), tmp_path / "deep.json"
    winner = f'"winner": "{json.loads(text)["result"]["winner"]}"'
    assert text.count(winner) == 1
    for depth in (1, *range(800, 1000, 3), 100_000):
        deep.write_text(text.replace(winner, f'"winner": {"[" * depth}{"]" * depth}'))
        assert verify_poll.main([str(deep)]) in (1, 2), depth


def test_it_is_one_readable_file_that_needs_python_and_cryptography_alone() -> None:
    source = PROGRAM.read_text()
    tree = ast.parse(source)
    imported = {
        (node.module or "." if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}
    assert len(source.splitlines()) < 300


class Serving(BaseHTTPRequestHandler):
    text = b""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/poll.json" else 404)
        self.send_header("Content-Length", str(len(self.text)))
        self.end_headers()
        self.wfile.write(self.text)

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def address(small: Made, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    Serving.text = small.text().encode()
    with HTTPServer(("127.0.0.1", 0), Serving) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_address_is_fetched(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_poll.main([f"{address}/poll.json"]) == 0
    assert capsys.readouterr().out.endswith("All of it holds.\n")
    assert verify_poll.main([f"{address}/another.json"]) == 2
    assert "Nothing could be read: HTTP Error 404" in capsys.readouterr().out


def test_deliberate_has_it_as_a_command_with_the_same_words_and_exit_codes(
    file: Path, spoiled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for where in (file, spoiled, Path("missing.json")):
        with pytest.raises(SystemExit) as ended:
            deliberate(["verify-poll", str(where)])
        told.append((ended.value.code, capsys.readouterr().out))
    assert [code for code, _said in told] == [0, 1, 2]
    for (code, said), where in zip(told, (file, spoiled, Path("missing.json")), strict=True):
        assert verify_poll.main([str(where)]) == code
        assert capsys.readouterr().out == said
