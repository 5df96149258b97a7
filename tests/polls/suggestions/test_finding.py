"""The finder: a process of its own that holds only what stands there, gives way, and may end at any moment."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from polls.suggestions import finding
from polls.suggestions.finding import Away, Entry, Finding, Shelf

TEXTS = {
    "a": "The wells were dug too deep for the village",
    "b": "A tax on sugar pays for the schools",
    "c": "Nobody asked the village where the water should come from",
}


class Room:
    """A shelf whose texts change, and what of it was read."""

    def __init__(self) -> None:
        self.texts = dict(TEXTS)
        self.revisions: dict[str, int] = {}
        self.read: list[str] = []

    @property
    def shelf(self) -> Shelf:
        entries = [Entry(name, number, self.revisions.get(name, 0)) for number, name in enumerate(self.texts)]
        return Shelf("1:idea", entries, self._read)

    def _read(self, names: Sequence[str]) -> Mapping[str, str]:
        self.read += names
        return {name: self.texts[name] for name in names}


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def finder() -> Iterator[Finding]:
    found = Finding(meaning=False)
    yield found
    found.close()


def names(finder: Finding, room: Room, text: str) -> list[str]:
    return [name for name, _score in finder.bearing(room.shelf, text, 5).hits]


def test_what_bears_on_a_text_is_found_by_its_words(finder: Finding, room: Room) -> None:
    found = finder.bearing(room.shelf, "Water for the village", 5)
    assert [name for name, _score in found.hits] == ["c", "a", "b"]
    assert not found.meaning


def test_a_text_is_sent_once_and_again_where_it_was_reworded(finder: Finding, room: Room) -> None:
    names(finder, room, "Water")
    assert names(finder, room, "wells") == ["a"]
    assert sorted(room.read) == ["a", "b", "c"]
    room.texts["b"], room.revisions["b"] = "A wells fund", 1
    assert names(finder, room, "wells") == ["b", "a"]
    assert sorted(room.read) == ["a", "b", "b", "c"]


def test_what_was_taken_back_is_found_no_more(finder: Finding, room: Room) -> None:
    assert names(finder, room, "wells") == ["a"]
    del room.texts["a"]
    assert names(finder, room, "wells") == []


def test_one_that_was_killed_is_followed_by_another_that_knows_as_much(finder: Finding, room: Room) -> None:
    names(finder, room, "wells")
    first = finder.status()["pid"]
    os.kill(first, signal.SIGKILL)
    assert names(finder, room, "wells") == ["a"]
    assert finder.status()["pid"] != first


def test_one_that_forgot_a_shelf_is_given_it_again(finder: Finding, room: Room) -> None:
    names(finder, room, "wells")
    assert finder._process is not None
    finder._process.ask({"do": "forget", "shelves": ["1:idea"]})  # as it does by itself, when nobody asks
    assert names(finder, room, "wells") == ["a"]


def test_one_that_does_not_answer_is_ended_and_nobody_waits_for_it(finder: Finding, room: Room) -> None:
    pid = finder.status()["pid"]
    assert finder._process is not None
    finder._process.line.settimeout(0.6)  # in place of ANSWER_S
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(Away):
        names(finder, room, "wells")
    with pytest.raises(Away, match="just now"):
        names(finder, room, "wells")
    assert time.monotonic() - began < finding.PAUSE_S
    assert gone(pid)


def gone(pid: int) -> bool:
    for _try in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


def test_it_ends_with_whoever_asked(room: Room) -> None:
    finder = Finding(meaning=False)
    pid = finder.status()["pid"]
    assert finder._process is not None
    finder._process.line.close()  # as when the service is killed
    assert gone(pid)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="/proc tells")
def test_it_gives_way_knows_no_secret_and_holds_no_line_of_the_service(finder: Finding) -> None:
    pid = finder.status()["pid"]
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    assert int(stat[16]) - os.nice(0) >= 10
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"SECRET" not in environment
    assert b"DATABASE_URL" not in environment
    opened = {path.name: str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()}
    assert set(opened) == {"0", "1", "2"}
    assert opened["0"].startswith("socket:")


def test_what_is_forgotten_is_held_no_more_and_the_next_question_goes_on(finder: Finding, room: Room) -> None:
    names(finder, room, "village")
    pid = finder.status()["pid"]
    finder.forget(["1:idea"])
    assert finder.status()["shelves"] == []
    del room.texts["a"]
    assert "c" in names(finder, room, "wells for the village")
    assert finder.status()["pid"] == pid


def test_meaning_finds_what_says_it_in_another_language(room: Room) -> None:
    finder = Finding(meaning=True)
    room.texts["d"] = "Der Brunnen versorgt das ganze Dorf mit sauberem Wasser"
    until = time.monotonic() + 240
    found = finder.bearing(room.shelf, "Clean water supply comes from one source", 2)
    assert found.hits, "while it loads, words are compared"
    while not found.meaning and time.monotonic() < until:
        time.sleep(0.2)
        found = finder.bearing(room.shelf, "Clean water supply comes from one source", 2)
    finder.close()
    assert "d" in [name for name, _score in found.hits]
