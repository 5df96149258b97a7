"""The speaker's say in the chain, and what every file says before and after it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from lxml import etree
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from deliberate.rehearsal.files import ALL, BUNDLE, FORMATS, OUTCOME, RECORD, TRANSCRIPT
from deliberate.rehearsal.reading import read
from deliberate.roles import DRAFTER, HOST
from tests.readings import holds
from tests.service import ROOT, bare, demo
from tests.stories.chain import AMENDED, GROUPS, HEARD, QUOTE, RESERVATION, RIGHT, Chain
from tests.stories.hall import unfold
from tests.stories.stage import Hand

SCHEMA = Path(__file__).parent.parent / "polls" / "exports" / "akn" / "akomantoso30.xsd"
#: What stands in no file once she took it back: what she said, as it was heard and as she set it right.
GONE = (QUOTE, HEARD, "what will trust", "Nobody asked", "Said by Asha")


def asha_sets_a_word_right(here: Chain) -> None:
    """On her phone, where her words stand once her turn is over: what she said, as she said it."""
    expect(here.screen("Asha", "Now").get_by_role("link", name="Approve, correct or take back")).to_be_visible()
    asha = her_words(here)
    piece = asha.locator("li", has_text=re.compile("second visit", re.IGNORECASE))
    unfold(piece, "Correct this piece")
    field = piece.get_by_label("How it should read")
    heard = field.input_value()
    field.fill(heard[: heard.casefold().index("the second visit")] + RIGHT)
    piece.get_by_role("button", name="Save the correction").click()
    expect(asha.locator("li", has_text=RIGHT)).to_contain_text("corrected by who spoke")
    approve = asha.get_by_role("button", name="I approve these words")
    if approve.count():  # where a pause parted what she said, the other piece
        approve.click()
    expect(asha.get_by_text("These words are approved.").first).to_be_visible()
    expect(here.screen("Ben", "Words").locator(".speech")).to_contain_text(QUOTE)


def asha_withdraws_her_words(here: Chain) -> None:
    asha = her_words(here)
    unfold(asha, "Withdraw the whole turn")
    asha.get_by_label("Yes, withdraw all of it").check()
    asha.get_by_role("button", name="Withdraw the whole turn").click()
    expect(asha.get_by_text("All of these words are withdrawn.")).to_be_visible()


def her_words(here: Chain) -> Page:
    """The page on which Asha decides on her words: from the card on her first screen, which goes once she has approved them."""
    asha = here.screen("Asha", "Now")
    card = asha.get_by_role("link", name="Approve, correct or take back")
    if card.is_visible():
        card.click()
    else:
        asha.goto(re.sub(r"(/at/\w+/participant/\w+/).*", r"\1say/", asha.url))
    expect(asha.get_by_role("heading", name="Your words")).to_be_visible()
    return asha


def the_words_are_nowhere_any_more(here: Chain) -> None:
    """On no open screen, on no page that is loaded anew, and not where the settled text stands for good."""
    for page in here.pages.values():
        expect(page.locator("body")).not_to_contain_text(QUOTE)
        assert [words for words in GONE if holds(page.content().encode(), words)] == []
        page.reload()
        assert [words for words in GONE if holds(page.content().encode(), words)] == []
    assert RESERVATION in httpx.get(here.settled).text
    for address in (here.settled, f"{here.settled.rstrip('/')}.json"):
        assert [words for words in GONE if holds(httpx.get(address).content, words)] == []


def taken(hand: Hand, name: str) -> bytes:
    response = hand.http.get(f"{hand.base}{name}")
    assert response.status_code == 200, name
    return response.content


def files_of(here: Chain) -> dict[str, bytes]:
    """Every export there is, as a drafter takes them."""
    return {name: taken(here.hands[DRAFTER], name) for name in ALL}


def every_file_holds_the_quote(here: Chain) -> None:
    """So that finding it nowhere afterwards means something; and the quote is hers, word for word."""
    files = files_of(here)
    assert [name for name, content in files.items() if not holds(content, QUOTE)] == []
    for name in (*RECORD, *TRANSCRIPT):
        assert holds(files[name], HEARD), name
        assert holds(files[name], "Asha"), name
    for name in OUTCOME:
        if not name.endswith(".pdf"):
            assert read(name, files[name]).quotes == [RESERVATION, QUOTE], name


def files_agree(files: dict[str, bytes]) -> None:
    """The clause as the room amended it, the reservation with its group, that a source was withdrawn; of the words nothing."""
    assert {name: words for name, content in files.items() for words in GONE if holds(content, words)} == {}
    told = {name: text_of(name, files[name]) for name in OUTCOME}
    for name, text in told.items():
        for words in (AMENDED, RESERVATION, GROUPS[1], "Version 1"):
            assert holds(text.encode(), words), f"{name}: {words}"
        assert "withdrawn" in text, f"{name} says nothing of the source that was withdrawn"
    quotes = {name: read(name, files[name]).quotes for name in OUTCOME if not name.endswith(".pdf")}
    assert len({tuple(some) for some in quotes.values()}) == 1, quotes
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    for name in ("outcome.akn", "record.akn"):
        schema.assertValid(etree.fromstring(files[name]))
    statement = json.loads(files[BUNDLE])["rooms"][0]["statement"]
    [clause] = statement["clauses"]
    assert clause["text"] == AMENDED
    assert [each["text"] for each in clause["support"]["reservations"]] == [RESERVATION]
    [writers] = statement["reserved_by"].values()
    assert writers == [{"by": GROUPS[1], "shown_as": "group"}]
    assert [len(files[f"outcome.{ending}"]) > 0 for ending in FORMATS] == [True] * len(FORMATS)


def text_of(name: str, content: bytes) -> str:
    if name.endswith(".pdf"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return read(name, content).text


def the_bundle_becomes_the_same_event_elsewhere(content: bytes, data: Path) -> None:
    """Another service reads it, and gives it out again as it was."""
    file = data / "bundle.json"
    data.mkdir()
    file.write_bytes(content)
    environment = {**bare(), "DATA_DIR": str(data)}
    for words in (["migrate", "--verbosity", "0"], ["import", str(file)]):
        run = [sys.executable, "-m", "deliberate", *words]
        brought = subprocess.run(
            run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert brought.returncode == 0, brought.stdout + brought.stderr
    service = demo(data)
    try:
        host = Hand(service.links[HOST])
        was, came = (dict(leaves(json.loads(each))) for each in (content, taken(host, BUNDLE)))
    finally:
        service.stop()
    differ = {place for place in was.keys() | came.keys() if was.get(place) != came.get(place)}
    assert differ == set()


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value of a file, with its place in it."""
    if isinstance(value, dict | list) and value:
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, f"{place}.{name}")
    else:
        yield place, value
