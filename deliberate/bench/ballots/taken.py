"""What somebody takes away who has the whole machine for a moment, in the middle of a poll: every file, every row, the log,
what Redis holds, and the list of processes."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deliberate.bench import machine
from deliberate.bench.product import NotReady, Product

Row = dict[str, Any]
#: Columns in which a database says where a row lies, or which transaction wrote it.
PLACES = ("rowid", "ctid", "xmin")


@dataclass
class Taken:
    """`files`: what stands in each, by name; `rows`: those of each table, as the database gives them; `left_out`: what could
    not be taken, and why."""

    files: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(map(len, self.files.values()))


def take(product: Product, database: str, redis: str) -> Taken:
    """Everything, at this moment. `database`, `redis`: their addresses; empty for SQLite, and for none."""
    taken = Taken()
    _files(taken, product.folder, "data", without=("seats.json",))
    if database:
        _postgres(taken, database)
    else:
        _sqlite(taken, product.folder / "deliberate.sqlite3")
    if redis:
        _redis(taken, redis)
    for pid in machine.family(product.pid):
        for name in ("cmdline", "environ", "status", "maps"):
            with contextlib.suppress(OSError):
                taken.files[f"process {pid}: {name}"] = Path(f"/proc/{pid}/{name}").read_bytes()
    return taken


def _files(taken: Taken, folder: Path, name: str, without: tuple[str, ...] = ()) -> None:
    for path in sorted(folder.rglob("*")):
        inside = str(path.relative_to(folder))
        with contextlib.suppress(OSError):  # gone meanwhile, or a socket
            if path.is_file() and inside not in without:
                taken.files[f"{name}/{inside}"] = path.read_bytes()


def _sqlite(taken: Taken, path: Path) -> None:
    """The rows as they stand in the copies of file and log."""
    copy = path.with_name("copy-of-the-thief")
    for end in ("", "-wal"):
        content = taken.files.get(f"data/{path.name}{end}", b"")
        copy.with_name(copy.name + end).write_bytes(content)
    link = sqlite3.connect(copy)
    link.row_factory = sqlite3.Row
    try:
        names = [row[0] for row in link.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            with contextlib.suppress(sqlite3.OperationalError):  # a table without rowid
                taken.rows[name] = [dict(row) for row in link.execute(f'select rowid, * from "{name}" order by rowid')]
    finally:
        link.close()
        for left in path.parent.glob(f"{copy.name}*"):
            left.unlink()


def _postgres(taken: Taken, database: str) -> None:
    """The cluster's files with its log of writes, a dump, and the rows with place and transaction."""
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as link:
        link.execute("checkpoint")
        names = [
            row["tablename"] for row in link.execute("select tablename from pg_tables where schemaname = 'public'")
        ]
        for name in names:
            asked = f'select ctid::text as ctid, xmin::text::bigint as xmin, * from "{name}"'
            taken.rows[name] = list(link.execute(asked.encode()))
        folder = Path(_one(link.execute("show data_directory").fetchone()))
        mine = str(_one(link.execute("select oid from pg_database where datname = current_database()").fetchone()))
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        others = inside.parts[0] == "base" and inside.parts[1:2] != (mine,)  # the templates
        with contextlib.suppress(OSError):
            if path.is_file() and not others:
                taken.files[f"cluster/{inside}"] = path.read_bytes()
    taken.files["cluster's log"] = (folder.parent / "log").read_bytes()
    pid = (folder / "postmaster.pid").read_text().split()[0]
    program = Path(f"/proc/{pid}/exe").readlink().parent / "pg_dump"
    if not program.exists():
        taken.left_out.append("pg_dump is not beside the server; its rows were read instead")
        return
    done = subprocess.run([program, database], capture_output=True, check=False)
    if done.returncode:
        raise NotReady(f"pg_dump failed: {done.stderr.decode()[-500:]}")
    taken.files["dump"] = done.stdout


def _one(row: Any) -> Any:
    return next(iter(row.values()))


def _redis(taken: Taken, address: str) -> None:
    """Its dump, and every key with what it holds."""
    from redis import Redis

    with contextlib.closing(Redis(port=urlsplit(address).port or 6379)) as link:
        link.save()
        folder = Path(str(link.config_get("dir")["dir"]))
        taken.files["redis dump"] = (folder / "dump.rdb").read_bytes()
        taken.files["redis clients and figures"] = f"{link.client_list()}\n{link.info('all')}".encode()
        with contextlib.suppress(OSError):
            taken.files["redis log"] = (folder / "log").read_bytes()


def texts(row: Row) -> Iterator[tuple[str, str]]:
    """What a row says, column by column, but for places."""
    for column, value in row.items():
        if column not in PLACES:
            yield column, str(value)
