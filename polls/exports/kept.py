"""Files that are costly to make: one at a time, and kept in memory for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
#: How often a file is begun for one who asks, where words are taken back each time while it is made.
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
        #: How often it was emptied.
        self._emptied = 0

    def get(self, read: Callable[[], Key], make: Callable[[Key], bytes]) -> bytes:
        """The file made from what is read, made now if it is not kept. Where words are taken back meanwhile it is read and made
        anew: nobody is given them any more. Busy where the one before takes longer than `wait_s`, or this goes on."""
        for _attempt in range(ATTEMPTS):
            emptied = self._emptied
            key = read()
            found = self._found(key)
            if found is not None:
                return found
            if not self._making.acquire(timeout=self.wait_s):
                raise Busy
            try:
                found = self._found(key)  # made meanwhile for somebody else
                if found is None and emptied == self._emptied:
                    found = self._keep(key, make(key), emptied)
            finally:
                self._making.release()
            if found is not None:
                return found
        raise Busy

    def empty(self) -> None:
        """Keep nothing of what was read till now, be it made or not: words in it were taken back."""
        with self._looking:
            self._emptied += 1
            self._files.clear()

    def _found(self, key: Hashable) -> bytes | None:
        with self._looking:
            self._drop(time.monotonic() - self.seconds)
            found = self._files.get(key)
            return found[1] if found else None

    def _keep(self, key: Hashable, file: bytes, emptied: int) -> bytes | None:
        """The file, kept; None where what it was made from was read before the last emptying."""
        with self._looking:
            if emptied != self._emptied:
                return None
            self._files[key] = (time.monotonic(), file)
            while self._files and sum(len(each) for _moment, each in self._files.values()) > self.most:
                self._files.popitem(last=False)
            return file

    def _drop(self, before: float) -> None:
        for key in [key for key, (moment, _file) in self._files.items() if moment < before]:
            del self._files[key]
