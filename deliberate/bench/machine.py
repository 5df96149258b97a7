"""The machine on which something was measured, in words; and what a process costs it."""

from __future__ import annotations

import os
import platform
import shlex
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

PACKAGES = ("django", "channels", "daphne", "uvicorn", "uvloop", "websockets", "python-socketio", "psycopg", "redis")
ROOT = Path(__file__).resolve().parent.parent.parent


def described() -> dict[str, str]:
    """CPU, cores, kernel, Python, packages, commit, command, the moment, and the load at the start."""
    found = {
        "Processor": _processor(),
        "Cores": str(os.cpu_count()),
        "Memory": _memory(),
        "Kernel": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
    }
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    found["Commit"] = _commit()
    found["Command"] = command(sys.argv[1:])
    found["Began"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    found["Load at the start"] = ", ".join(f"{share:.2f}" for share in os.getloadavg())
    return found


def command(arguments: Sequence[str]) -> str:
    """What was asked, as others can ask it: without where the results go, and folders by their last name."""
    said, rest = ["deliberate"], iter(arguments)
    for each in rest:
        option, equals, _value = each.partition("=")
        if option in ("--json", "--report"):
            if not equals:
                next(rest, None)
        else:
            said.append(shlex.quote(Path(each).name if os.sep in each else each))
    return " ".join(said)


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{pages * size / 2**30:.0f} GB"


def _commit() -> str:
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "not in a repository"


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu_s(pids: Iterable[int]) -> float:
    """User and system seconds of these processes, all their threads, those that have ended too.

    By the clock that Linux keeps for each process (clock_getcpuclockid(3)): /proc/<pid>/stat says the same in steps of
    10 ms, too coarse for a hundred pictures."""
    total = 0.0
    for pid in pids:
        with suppress(OSError):
            total += time.clock_gettime((~pid << 3) | 2)
    return total


def pss_bytes(pids: Iterable[int]) -> int:
    """Memory of these processes, what they share counted in shares."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def pinned(pid: int, cores: set[int]) -> None:
    """Let a process, and what it starts from now on, run on these cores alone; none: anywhere."""
    if cores:
        os.sched_setaffinity(pid, cores)


class Clock:
    """CPU seconds of a server between two moments, and its share of one core."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._cpu, self._since = cpu_s(family(pid)), time.monotonic()

    def stop(self) -> tuple[float, float]:
        """(CPU seconds, share of one core) since it was made."""
        cpu = cpu_s(family(self.pid)) - self._cpu
        return cpu, cpu / max(time.monotonic() - self._since, 1e-9)
