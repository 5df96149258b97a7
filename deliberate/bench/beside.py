"""A server beside ours, in a process of its own on one core: started, told to send, and its CPU counted."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from deliberate.bench import machine
from deliberate.bench.product import NotReady
from deliberate.bench.servers.guarded import free_port
from deliberate.load.fleet import Target

PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True)
class Kind:
    """What may stand beside: how it is told of, the words that start it behind its port, and the phones' dialect."""

    name: str
    program: Sequence[str]
    words: Sequence[str] = ()
    dialect: str = "plain"
    environment: dict[str, str] = field(default_factory=dict)


def python(module: str) -> list[str]:
    return [sys.executable, "-m", f"deliberate.bench.peers.{module}"]


RAW = Kind("raw transport.write (uvloop)", python("raw"))
BROADCAST = Kind("websockets.broadcast() (uvloop)", python("broadcast"))
SOCKETIO = Kind("Socket.IO, python-socketio (uvicorn, uvloop)", python("socketio"), dialect="socketio")


def classic(redis_url: str = "") -> Kind:
    layer = "Redis pub/sub layer" if redis_url else "in-memory layer"
    words = {"REDIS_URL": redis_url} if redis_url else {}
    return Kind(f"Channels group_send, {layer} (uvicorn, uvloop)", python("channels"), ["uvicorn"], environment=words)


def bare(server: str) -> Kind:
    return Kind(f"bare Channels handshake ({server})", python("channels"), [server, "bare"])


def node(modules: Path | None) -> Kind | None:
    """Socket.IO on Node, where there is a node and a folder that holds the module `socket.io`."""
    program = shutil.which("node")
    if program is None or modules is None or not (modules / "socket.io").is_dir():
        return None
    return Kind(
        "Socket.IO on Node",
        [program, str(PEERS / "socketio.cjs")],
        dialect="socketio",
        environment={"NODE_PATH": str(modules.resolve())},
    )


def senders(modules: Path | None) -> list[Kind]:
    """Those that send one thing to all at once: the floor, and whichever libraries are here."""
    found = [RAW, BROADCAST]
    found += [SOCKETIO] if importlib.util.find_spec("socketio") else []
    on_node = node(modules)
    return found + ([on_node] if on_node else [])


class Beside:
    """`async with Beside(RAW, {0}) as peer`: it runs, pinned to these cores."""

    def __init__(self, kind: Kind, cores: set[int]) -> None:
        self.kind, self.cores = kind, cores
        self.port = free_port()

    async def __aenter__(self) -> Beside:
        own = {"REDIS_URL", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
        bare = {name: value for name, value in os.environ.items() if name not in own}
        words = [self.kind.program[0], *self.kind.program[1:], str(self.port), *self.kind.words]
        self._process = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=bare | self.kind.environment
        )
        machine.pinned(self._process.pid, self.cores)
        await self._said("ready", 60)
        return self

    @property
    def pid(self) -> int:
        return self._process.pid

    def target(self) -> Target:
        return Target(f"http://127.0.0.1:{self.port}", dialect=self.kind.dialect)

    def base(self) -> str:
        """The path that its sockets are asked for by."""
        return "/socket.io/?EIO=4&transport=websocket" if self.kind.dialect == "socketio" else "/"

    async def send(self, count: int, period_s: float, size: int) -> int:
        """Let it send `count` texts of `size` bytes to everybody; how many it got to."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{count} {period_s} {size}\n".encode())
        await self._process.stdin.drain()
        return int((await self._said("sent", 300)).split()[1])

    async def _said(self, word: str, patience_s: float) -> str:
        assert self._process.stdout is not None
        line = (await asyncio.wait_for(self._process.stdout.readline(), patience_s)).decode()
        if not line.startswith(word):
            raise NotReady(f"{self.kind.name} did not start or stopped.")
        return line

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()  # it has nothing to keep
            await self._process.wait()
