"""How a server is started and ended.

Each runs under a guard, a small process that lives in this same file: it ends the server and removes its folder when
whoever started it leaves the `with`, and also when they are killed."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

PATIENCE = 30  # seconds until a server must answer


class NoServer(RuntimeError):
    """What is missing, and how to get it."""


def plain_user() -> pwd.struct_passwd | None:
    """Whom a server runs as that refuses root: None is whoever we are. No user is ever made."""
    if os.geteuid() != 0:
        return None
    people = sorted(pwd.getpwall(), key=lambda one: (one.pw_name != "nobody", -one.pw_uid))
    for one in people:
        if one.pw_uid != 0:
            return one
    raise NoServer("PostgreSQL refuses root, and this machine has no other user to run it as.")


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def runs(program: Path, user: pwd.struct_passwd | None) -> bool:
    try:
        asked = subprocess.run([program, "--version"], cwd="/", capture_output=True, **as_user(user))
    except OSError:
        return False
    return asked.returncode == 0


def new_folder(prefix: str, user: pwd.struct_passwd | None, inside: Path | None = None) -> Path:
    for place in [str(inside)] if inside is not None else [tempfile.gettempdir(), "/tmp", "/var/tmp"]:
        way = [Path(place).resolve(), *Path(place).resolve().parents]
        if user is None or all(step.stat().st_mode & stat.S_IXOTH for step in way):
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
            if user is not None:
                os.chown(folder, user.pw_uid, user.pw_gid)
            return folder
    raise NoServer(f"There is no temporary folder that the user {user.pw_name if user else ''} may enter.")


@contextlib.contextmanager
def served(
    name: str,
    command: Callable[[int], list[str]],
    answers: Callable[[int], None],
    folder: Path,
    user: pwd.struct_passwd | None,
    stop: signal.Signals,
) -> Iterator[int]:
    """Start it under a guard on a free port, wait until it answers, give the port, end it."""
    who = [str(user.pw_uid), str(user.pw_gid)] if user else ["-", "-"]
    log, said = folder / "log", ""
    try:
        for _ in range(3):  # somebody else may take the free port in between
            port = free_port()
            with log.open("wb") as out:
                guard = subprocess.Popen(
                    [sys.executable, "-I", __file__, folder, str(int(stop)), *who, *command(port)],
                    stdin=subprocess.PIPE,
                    stdout=out,
                    stderr=out,
                    cwd="/",
                    start_new_session=True,
                )
            try:
                if answered(partial(answers, port), guard):
                    yield port
                    return
                said = log.read_text(errors="replace")
            finally:
                guard.communicate(timeout=30)
            if "in use" not in said:
                break
        raise NoServer(f"{name} did not start.\n{said}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def answered(ask: Callable[[], None], guard: "subprocess.Popen[bytes]") -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and guard.poll() is None:
        with contextlib.suppress(Exception):
            ask()
            return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    """A port that is free now: none of those that connections going out are given, for one of them might be quicker."""
    while True:
        port = 15_000 + secrets.randbelow(17_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def guard(folder: str, stop: str, uid: str, gid: str, *command: str) -> None:
    """Run the server until our standard input ends: by close(), or because whoever started it is gone."""
    user: dict[str, Any] = {}
    if uid != "-":
        user = {"user": int(uid), "group": int(gid), "extra_groups": []}
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=folder, **user)
    over = threading.Event()

    def test_run_ends() -> None:
        while os.read(0, 1024):
            pass
        over.set()

    def server_ends() -> None:
        server.wait()
        over.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: over.set())
    for end in (test_run_ends, server_ends):
        threading.Thread(target=end, daemon=True).start()
    over.wait()
    if server.poll() is not None:
        sys.exit(1)  # by itself: the log stays, for whoever started us
    server.send_signal(int(stop))
    try:
        server.wait(timeout=15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    guard(*sys.argv[1:])
