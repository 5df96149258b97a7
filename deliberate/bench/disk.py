"""How long the disk itself takes to keep something, while a bench runs beside: no answer that is stored first can be sooner."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

#: Written at a time, in bytes: a few pages of a database's log.
SIZE = 16_384
EVERY_S = 0.1


class Disk(threading.Thread):
    """Writes a little to a file of its own and lets it be synchronized (fdatasync), again and again."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(daemon=True)
        self.folder = folder
        self.took_ms: list[float] = []
        self._over = threading.Event()

    def run(self) -> None:
        with tempfile.TemporaryFile(dir=self.folder, buffering=0) as file:
            while not self._over.wait(EVERY_S):
                began = time.perf_counter()
                file.seek(0)
                file.write(bytes(SIZE))
                os.fdatasync(file.fileno())
                self.took_ms.append((time.perf_counter() - began) * 1000)

    def stop(self) -> list[float]:
        """How long each took, in ms."""
        self._over.set()
        self.join()
        return self.took_ms
