"""All tests: everything on SQLite and in one process, then what stores and reads anew on PostgreSQL and Redis.

python scripts/suite.py [what else pytest is to be told]      With arguments, they hold for both runs.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests import servers  # noqa: E402

#: What depends on the storage. Stories, machinery and pure rules are told apart by nothing but the first run.
STORED = (
    "tests/rooms",
    "tests/polls",
    "tests/deliberate/door",
    "tests/deliberate/management",
    "tests/deliberate/test_compiled.py",
    "tests/deliberate/test_postgresql.py",
    "tests/deliberate/test_rows.py",
    "tests/deliberate/live/test_doors.py",
    "tests/deliberate/live/test_once.py",
)
#: One more than a small machine has processors: half of a test's time it waits, for a browser or a clock.
WORKERS = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")


def pytest(*arguments: str, **environment: str) -> int:
    command = [sys.executable, "-m", "pytest", *WORKERS, *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def main(asked: list[str]) -> int:
    print("== SQLite, one process", flush=True)
    first = pytest(*asked)
    print("== PostgreSQL and Redis", flush=True)
    with servers.postgres() as database, servers.redis() as redis:
        named = any((ROOT / each.partition("::")[0]).exists() for each in asked if not each.startswith("-"))
        # The rooms that are looked through for words that were taken back differ by what is in them, not by where it is stored.
        second = pytest(*asked, *(() if named else STORED), DATABASE_URL=database, REDIS_URL=redis, NO_TRACE="1")
    return first or second


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
