"""What a screen loads in one go holds all of its files, whole and in order, and is served compressed and for ever."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from frontend.packs import PACKS, STATIC, packed, together
from tests.service import Service, running

TEMPLATES = STATIC.parent / "templates"
NAMED = set(re.findall(r'{% static "([^"]+)" %}', "".join(p.read_text() for p in TEMPLATES.rglob("*.html"))))


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_its_files_in_order(name: str) -> None:
    content, last = packed(name), 0
    for file in PACKS[name]:
        sent = (STATIC / file).read_bytes()
        if file.startswith("js/"):
            sent = as_sent(sent.decode()).encode()
        here = content.index(sent, last)
        assert content[:here].endswith(b"*/\n")
        assert f"/* {file}".encode() in content[last:here]
        last = here + len(sent)
    assert content[last:].strip() == b""


def as_sent(script: str) -> str:
    """A script without comments and indentation, letter by letter: `//` begins a comment where no text is open."""
    found = []
    for line in script.splitlines():
        code, quote, place = line.strip(), "", 0
        while place < len(code):
            letter = code[place]
            if quote:
                quote = "" if letter == quote else quote
            elif letter in "\"'`":
                quote = letter
            elif code.startswith("// ", place) and not set(code[place:]) & set("\"'`"):
                code = code[:place].rstrip()
            elif place == 0 and code.startswith("//"):
                code = ""
            place += 1 + (letter == "\\")
        assert not quote, f"a text goes over the end of a line: {line}"
        if code:
            found.append(code)
    return "\n".join(found) + "\n"


def test_the_ballot_script_weighs_less_than_six_kilobytes() -> None:
    assert len(gzip.compress(together(("js/blind.js", "js/ballot.js")), 9)) < 6000


def test_what_others_made_carries_its_licence() -> None:
    licence = (STATIC / "vendor" / "htmx-4.0.1.LICENSE.txt").read_bytes().strip()
    assert b"*/" not in licence
    assert packed("packs/room.js").startswith(b"/* vendor/htmx-4.0.1.min.js\n\n" + licence + b" */\n")


def test_pages_name_every_pack_and_every_file_is_on_some_page() -> None:
    assert {name for name in NAMED if name.startswith("packs/")} == set(PACKS)
    inside = {file for files in PACKS.values() for file in files}
    files = {str(p.relative_to(STATIC)) for p in STATIC.rglob("*") if p.is_file() and p.suffix != ".txt"}
    assert (NAMED - set(PACKS)) | inside == files
    assert not NAMED & inside, "what is in a pack is not loaded a second time"


@pytest.mark.parametrize("path", sorted((STATIC / "js").iterdir()), ids=lambda path: path.name)
def test_a_script_is_strict_by_itself(path: Path) -> None:
    """Inside a function of its own: in a pack, a directive at the head of a file would hold for none, or for all."""
    code = re.sub(r"(?m)\A(//.*\n)+", "", path.read_text())
    assert re.match(r'(\(\(\) =>|window\.\w+ = \(\w*\) =>) \{\n  "use strict";\n', code)


@pytest.mark.parametrize("name", PACKS)
def test_a_finder_gives_the_pack_as_its_files_are_now(name: str) -> None:
    found = Path(finders.find(name) or "")
    assert found.read_bytes() == packed(name)
    found.write_bytes(b"of an older version")
    assert finders.find(name, find_all=True) == [str(found)]
    assert found.read_bytes() == packed(name)


def test_a_pack_that_nobody_declared_is_not_found() -> None:
    assert finders.find("packs/none.css") is None


def test_nothing_else_is_collected_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("collectstatic", verbosity=2, interactive=False, dry_run=True)
    taken = re.findall(r"(?:Copying|Pretending to copy|Skipping) '(.+?)'", capsys.readouterr().out)
    assert sum("/packs/" in path for path in taken) == len(PACKS)
    assert not [path for path in taken if "django_htmx" in path]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("packs")) as found:
        yield found


def test_a_service_gives_packs_compressed_ahead_to_keep_for_ever(service: Service) -> None:
    with httpx.Client(base_url=service.url, follow_redirects=True) as browser:
        page = browser.get(service.links["participant"]).text
        (address,) = re.findall(r'href="(/static/packs/phone\.[0-9a-f]{12}\.css)"', page)
        with browser.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
            sent = b"".join(answer.iter_raw())
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert gzip.decompress(sent) == packed("packs/phone.css")
