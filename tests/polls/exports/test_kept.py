from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

import pytest

from polls.exports.kept import Busy, Kept


def kept(seconds: float = 600, most: int = 10, wait_s: float = 5) -> Kept:
    return Kept(seconds=seconds, most=most, wait_s=wait_s)


def never() -> bytes:
    raise AssertionError("it was made again")


def get(files: Kept, key: str, make: Callable[[], bytes]) -> bytes:
    return files.get(lambda: key, lambda _key: make())


def test_what_is_made_from_the_same_is_made_once() -> None:
    files = kept()
    assert get(files, "a", lambda: b"one") == b"one"
    assert get(files, "a", never) == b"one"
    assert get(files, "b", lambda: b"two") == b"two"


def test_a_file_is_forgotten_after_a_while() -> None:
    files = kept(seconds=0.01)
    get(files, "a", lambda: b"one")
    time.sleep(0.02)
    assert get(files, "a", lambda: b"new") == b"new"


def test_no_more_is_kept_than_there_is_room_for() -> None:
    files = kept(most=5)
    get(files, "a", lambda: b"123")
    get(files, "b", lambda: b"456")
    assert get(files, "a", lambda: b"new") == b"new"
    assert get(files, "large", lambda: b"123456") == b"123456"
    assert get(files, "large", lambda: b"again") == b"again"


def test_one_file_is_made_at_a_time_and_who_waits_for_the_same_gets_it() -> None:
    files, begun, go_on = kept(), threading.Event(), threading.Event()

    def slowly() -> bytes:
        begun.set()
        assert go_on.wait(5)
        return b"one"

    found: list[bytes] = []
    first = _run(lambda: found.append(get(files, "a", slowly)))
    assert begun.wait(5)
    second = _run(lambda: found.append(get(files, "a", never)))
    go_on.set()
    first.join()
    second.join()
    assert found == [b"one", b"one"]


def test_who_waits_too_long_is_told_so_and_a_failure_frees_the_way() -> None:
    files, begun, go_on = kept(wait_s=0.01), threading.Event(), threading.Event()

    def slowly() -> bytes:
        begun.set()
        assert go_on.wait(5)
        return b"one"

    first = _run(lambda: get(files, "a", slowly))
    assert begun.wait(5)
    with pytest.raises(Busy):
        get(files, "b", never)
    go_on.set()
    first.join()
    with pytest.raises(AssertionError):
        get(files, "b", never)
    assert get(files, "b", lambda: b"two") == b"two"


def test_what_is_being_made_while_words_are_taken_back_is_neither_given_nor_kept() -> None:
    files, text = kept(most=100), ["with the words"]

    def take_back_once(read: str) -> bytes:
        text[:] = ["without"]
        return read.encode()

    assert files.get(lambda: text[0], take_back_once) == b"without"
    assert get(files, "with the words", lambda: b"made anew") == b"made anew"
    assert get(files, "without", never) == b"without"


def test_what_was_read_before_words_were_taken_back_is_not_made_after_a_wait() -> None:
    files, begun, go_on, read = kept(), threading.Event(), threading.Event(), threading.Event()
    text, found = ["with the words"], []

    def slowly() -> bytes:
        begun.set()
        assert go_on.wait(5)
        return b"another"

    def reads() -> str:
        now = text[0]
        read.set()
        return now

    first = _run(lambda: get(files, "another", slowly))
    assert begun.wait(5)
    second = _run(lambda: found.append(files.get(reads, str.encode)))
    assert read.wait(5)
    text[0] = "without"
    go_on.set()
    first.join()
    second.join()
    assert found == [b"without"]


def test_who_asks_while_words_are_taken_back_again_and_again_is_told_to_come_back() -> None:
    files, times = kept(), itertools.count()
    with pytest.raises(Busy):
        files.get(lambda: next(times), lambda _key: b"with the words")
    assert get(files, "a", lambda: b"without") == b"without"


def test_what_is_kept_when_words_are_taken_back_is_let_go() -> None:
    files = kept()
    get(files, "a", lambda: b"one")
    files.empty()
    assert get(files, "a", lambda: b"anew") == b"anew"


def _run(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread
