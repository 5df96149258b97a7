from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from polls.exports.kept import Busy, Kept


def kept(seconds: float = 600, most: int = 10, wait_s: float = 5) -> Kept:
    return Kept(seconds=seconds, most=most, wait_s=wait_s)


def never() -> bytes:
    raise AssertionError("it was made again")


def test_what_is_made_from_the_same_is_made_once() -> None:
    files = kept()
    assert files.get("a", lambda: b"one") == b"one"
    assert files.get("a", never) == b"one"
    assert files.get("b", lambda: b"two") == b"two"


def test_a_file_is_forgotten_after_a_while() -> None:
    files = kept(seconds=0.01)
    files.get("a", lambda: b"one")
    time.sleep(0.02)
    assert files.get("a", lambda: b"new") == b"new"


def test_no_more_is_kept_than_there_is_room_for() -> None:
    files = kept(most=5)
    files.get("a", lambda: b"123")
    files.get("b", lambda: b"456")
    assert files.get("a", lambda: b"new") == b"new"
    assert files.get("large", lambda: b"123456") == b"123456"
    assert files.get("large", lambda: b"again") == b"again"


def test_one_file_is_made_at_a_time_and_who_waits_for_the_same_gets_it() -> None:
    files, begun, go_on = kept(), threading.Event(), threading.Event()

    def slowly() -> bytes:
        begun.set()
        assert go_on.wait(5)
        return b"one"

    found: list[bytes] = []
    first = _run(lambda: found.append(files.get("a", slowly)))
    assert begun.wait(5)
    second = _run(lambda: found.append(files.get("a", never)))
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

    first = _run(lambda: files.get("a", slowly))
    assert begun.wait(5)
    with pytest.raises(Busy):
        files.get("b", never)
    go_on.set()
    first.join()
    with pytest.raises(AssertionError):
        files.get("b", never)
    assert files.get("b", lambda: b"two") == b"two"


def _run(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread
