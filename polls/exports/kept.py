"""Files that are costly to make: one at a time, and kept in memory for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
#: How often a file is begun for one who asks, where it reads otherwise each time once it is made.
ATTEMPTS = 5


class Busy(Exception):
    """Others are having files made, and it takes too long to wait for them."""


class Kept:
    """Files by all that they are made from, so that none is ever out of date: for `seconds`, `most` bytes of them at once.

    Nothing is written to disk. Call it from a thread that may wait."""

    def __init__(self, *, seconds: float, most: int, wait_s: float) -> None:
        self.seconds, self.most, self.wait_s = seconds, most, wait_s
        self._files: OrderedDict[Hashable, tuple[float, bytes]] = OrderedDict()
        self._looking, self._making = threading.Lock(), threading.Lock()

    def get(self, read: Callable[[], Key], make: Callable[[Key], bytes]) -> bytes:
        """The file made from what is read, made now if it is not kept. Where another is read once it is made, words say, were taken
        back meanwhile, it is made anew: nobody is given what no longer holds. Busy where others' take longer than `wait_s`, or where
        this goes on."""
        found = self._found(read())
        if found is not None:
            return found
        if not self._making.acquire(timeout=self.wait_s):
            raise Busy
        try:
            key = read()
            for _attempt in range(ATTEMPTS):
                found = self._found(key)  # made meanwhile for somebody else
                if found is not None:
                    return found
                found = make(key)
                before, key = key, read()
                if key == before:
                    self._keep(key, found)
                    return found
            raise Busy
        finally:
            self._making.release()

    def empty(self) -> None:
        """Keep nothing of what was made till now: words in it were taken back."""
        with self._looking:
            self._files.clear()

    def _found(self, key: Hashable) -> bytes | None:
        with self._looking:
            self._drop(time.monotonic() - self.seconds)
            found = self._files.get(key)
            return found[1] if found else None

    def _keep(self, key: Hashable, file: bytes) -> None:
        with self._looking:
            self._files[key] = (time.monotonic(), file)
            while self._files and sum(len(each) for _moment, each in self._files.values()) > self.most:
                self._files.popitem(last=False)

    def _drop(self, before: float) -> None:
        for key in [key for key, (moment, _file) in self._files.items() if moment < before]:
            del self._files[key]
