"""Keys at rest: stored before they are told, one for each poll and group whoever asks, and destroyed for good."""

from __future__ import annotations

import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from polls.ballots.blind import keys as module
from polls.ballots.blind.keys import Keys
from polls.ballots.blind.rsabssa import PrivateKey, generate
from polls.ballots.blind.wire import NoKey, Unreadable

WRAPPING = bytes(range(32))


@cache
def key(number: int) -> PrivateKey:
    """The same for each test: they take longest to make."""
    return generate(3072)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> list[PrivateKey]:
    """Every key that a test makes, in its order: all different."""
    made: list[PrivateKey] = []
    numbers = count()

    def making(bits: int) -> PrivateKey:
        assert bits == 3072
        made.append(key(next(numbers)))
        return made[-1]

    monkeypatch.setattr(module, "generate", making)
    return made


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_poll_s_group_keeps_its_key_and_shares_it_with_nobody(tmp_path: Path) -> None:
    keys = Keys(tmp_path, WRAPPING)
    taken = [keys.take(poll, group).public.n for poll, group in (("p", "g1"), ("p", "g2"), ("q", "g1"))]
    assert len(set(taken)) == 3
    assert keys.take("p", "g1").public.n == taken[0]
    again = Keys(tmp_path, WRAPPING)  # another process, later
    assert [again.of("p", "g1").public.n, again.of("p", "g2").public.n, again.of("q", "g1").public.n] == taken
    assert again.polls() == ["p", "q"]


def test_a_key_comes_from_the_pool_and_leaves_it(tmp_path: Path, few: list[PrivateKey]) -> None:
    keys = Keys(tmp_path, WRAPPING)
    for _key in range(2):
        keys.make()
    assert keys.ready() == len(few) == 2
    taken = {keys.take("p", group).public.n for group in ("g1", "g2")}
    assert taken == {made.public.n for made in few}
    assert keys.ready() == 0
    assert keys.take("p", "g3").public.n not in taken
    assert len(few) == 3


def test_nothing_is_signed_with_a_key_that_was_never_taken(tmp_path: Path) -> None:
    keys = Keys(tmp_path, WRAPPING)
    keys.take("p", "g1")
    for poll, group in (("p", "g2"), ("q", "g1")):
        with pytest.raises(NoKey):
            keys.of(poll, group)


@pytest.mark.parametrize(
    ("poll", "group"), [("p", ""), ("", ""), ("..", "pool"), ("p/g1", "x"), ("p", "../p/g1"), ("p", ".")]
)
def test_a_name_that_leads_elsewhere_is_no_poll_s(tmp_path: Path, poll: str, group: str) -> None:
    keys = Keys(tmp_path, WRAPPING)
    before = keys.take("p", "g1").public.n
    for ask in (keys.of, keys.take):
        with pytest.raises(NoKey):
            ask(poll, group)
    if poll != "p":
        with pytest.raises(NoKey):
            keys.forget(poll)
    assert keys.of("p", "g1").public.n == before


def test_several_processes_that_ask_at_once_get_one_key(tmp_path: Path, few: list[PrivateKey]) -> None:
    several = [Keys(tmp_path, WRAPPING) for _process in range(6)]
    several[0].make()
    with ThreadPoolExecutor(6) as threads:
        taken = set(threads.map(lambda keys: keys.take("p", "g1").public.n, several))
    assert len(taken) == 1
    assert files(tmp_path / "polls") == [tmp_path / "polls" / "p" / "g1"]
    assert files(tmp_path / "pool") == []


def test_several_processes_never_take_the_same_key_of_the_pool(tmp_path: Path, few: list[PrivateKey]) -> None:
    several = [Keys(tmp_path, WRAPPING) for _process in range(6)]
    for _key in range(3):
        several[0].make()
    with ThreadPoolExecutor(6) as threads:
        polls = [f"p{number}" for number in range(6)]
        taken = list(threads.map(lambda keys, poll: keys.take(poll, "g1").public.n, several, polls))
    assert len(set(taken)) == 6
    assert several[0].ready() == 0


def test_only_the_owner_can_read_and_what_they_read_is_encrypted(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    keys = Keys(folder, WRAPPING)
    keys.make()
    taken = keys.take("p", "g1")
    keys.make()
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    stored = (folder / "polls" / "p" / "g1").read_bytes()
    for prime in (taken.p, taken.q):
        octets = int(prime).to_bytes(192)
        assert octets not in stored
        assert octets[:16] not in stored
        assert octets[::-1] not in stored


def test_a_folder_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o755)
    Keys(folder, WRAPPING)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


class TestForgotten:
    def test_a_poll_s_keys_are_gone_and_nothing_else(self, tmp_path: Path) -> None:
        keys, other = Keys(tmp_path, WRAPPING), Keys(tmp_path, WRAPPING)
        for poll, group in (("p", "g1"), ("p", "g2"), ("q", "g1")):
            keys.take(poll, group)
            other.of(poll, group)  # both have it in memory
        keys.forget("p")
        assert files(tmp_path) == [tmp_path / "polls" / "q" / "g1"]
        assert keys.polls() == ["q"]
        for each in (keys, other):
            for group in ("g1", "g2"):
                with pytest.raises(NoKey):
                    each.of("p", group)
            assert each.of("q", "g1").public.size == 384

    def test_twice_or_without_any_is_no_error(self, tmp_path: Path) -> None:
        keys = Keys(tmp_path, WRAPPING)
        keys.forget("p")
        keys.take("p", "g1")
        keys.forget("p")
        keys.forget("p")
        assert keys.polls() == []

    def test_its_octets_are_overwritten_on_the_disk(self, tmp_path: Path) -> None:
        keys = Keys(tmp_path, WRAPPING)
        keys.take("p", "g1")
        with (tmp_path / "polls" / "p" / "g1").open("rb") as still_open:
            assert any(still_open.read())
            keys.forget("p")
            still_open.seek(0)
            left = still_open.read()
        assert len(left) > 384
        assert not any(left)

    def test_it_can_be_taken_anew_and_is_another(self, tmp_path: Path) -> None:
        keys, other = Keys(tmp_path, WRAPPING), Keys(tmp_path, WRAPPING)
        before = keys.take("p", "g1").public.n
        other.of("p", "g1")
        keys.forget("p")
        after = keys.take("p", "g1").public.n
        assert after != before
        assert other.of("p", "g1").public.n == after


class TestUnreadable:
    def test_under_another_secret_a_poll_s_key_is_kept_and_said_to_be(self, tmp_path: Path) -> None:
        before = Keys(tmp_path, WRAPPING).take("p", "g1").public.n
        other = Keys(tmp_path, bytes(32))
        for ask in (other.of, other.take):
            with pytest.raises(Unreadable):
                ask("p", "g1")
        assert Keys(tmp_path, WRAPPING).of("p", "g1").public.n == before

    def test_under_another_secret_the_pool_is_thrown_away(self, tmp_path: Path, few: list[PrivateKey]) -> None:
        Keys(tmp_path, WRAPPING).make()
        other = Keys(tmp_path, bytes(32))
        assert other.take("p", "g1").public.n == few[1].public.n
        assert other.ready() == 0

    @pytest.mark.parametrize("place", [0, 30, 45, 300, -1])
    def test_one_damaged_bit_is_noticed(self, tmp_path: Path, place: int) -> None:
        Keys(tmp_path, WRAPPING).take("p", "g1")
        path = tmp_path / "polls" / "p" / "g1"
        stored = bytearray(path.read_bytes())
        stored[place] ^= 1
        path.write_bytes(stored)
        with pytest.raises(Unreadable):
            Keys(tmp_path, WRAPPING).of("p", "g1")

    @pytest.mark.parametrize("length", [0, 10, 30, 40, 200])
    def test_a_file_that_was_cut_off_is_noticed(self, tmp_path: Path, length: int) -> None:
        Keys(tmp_path, WRAPPING).take("p", "g1")
        os.truncate(tmp_path / "polls" / "p" / "g1", length)
        with pytest.raises(Unreadable):
            Keys(tmp_path, WRAPPING).of("p", "g1")


def test_what_a_killed_process_left_half_done_is_swept_away_and_nothing_younger(tmp_path: Path) -> None:
    keys = Keys(tmp_path, WRAPPING)
    keys.take("p", "g1")
    keys.make()
    kept = files(tmp_path)
    old, young = [tmp_path / "pool" / ".old", tmp_path / "polls" / "p" / ".old"], tmp_path / "pool" / ".young"
    for path in [*old, young]:
        path.write_bytes(b"half a key")
    for path in [*old, *kept]:
        os.utime(path, (time.time() - 3600, time.time() - 3600))
    keys.sweep()
    assert files(tmp_path) == sorted([*kept, young])
    assert keys.ready() == 1
