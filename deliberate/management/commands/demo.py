"""`deliberate demo`: a whole plenary on this machine, with nothing to set up."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection

from deliberate import tokens
from deliberate.rehearsal import guests
from deliberate.roles import ROLES
from deliberate.shell.server import DEFAULT, SERVERS, serve


def _port(text: str) -> int:
    """A port to listen on, 1 to 65535."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise ArgumentTypeError(f"{text} is no port. Ports are numbers from 1 to 65535.")
    return int(text)


class Command(BaseCommand):
    help = "Start a demo event on this machine: SQLite in a data folder, one process, a link a role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets phones on your Wi-Fi join"
        )
        parser.add_argument("--port", type=_port, default=8000)
        parser.add_argument("--data", default="data", help="the folder that keeps everything (default: data)")
        parser.add_argument("--fresh", action="store_true", help="start over: delete the demo's data first")
        parser.add_argument("--server", choices=SERVERS, default=DEFAULT, help="what speaks HTTP and sockets")
        parser.add_argument("--guests", type=int, default=0, help="that many simulated people take part")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if connection.vendor != "sqlite":
            raise CommandError("The demo keeps its data in a folder. Unset DATABASE_URL, or use `deliberate serve`.")
        self._port_is_free(host, port)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        self._keep_others_out()
        if options["fresh"]:
            self._start_over()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("purge", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False, clear=False)
        name = self._address(host)
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, name, socket.gethostname()]
        where = f"http://{name}:{port}"
        # What the wall's QR code leads to. A name given by the environment, of a tunnel for instance, comes first.
        settings.PUBLIC_URL = settings.PUBLIC_URL or where

        from rooms.events import demo, queries

        event = demo.ensure()
        links = queries.addresses(event, where)
        code = links["participant"].rstrip("/").rpartition("/")[2]

        def ready() -> None:
            import segno

            out = self.stdout
            out.write("")
            out.write(f"{event.title}")
            segno.make(links["participant"], error="m").terminal(out=sys.stdout, compact=True)
            out.write(f"Scan this, or open {where}/join/ and type {tokens.spaced(code)}")
            out.write("")
            for role in ROLES:
                out.write(f"{role}: {links[role]}")
            out.write("")
            out.write("Stop with Ctrl+C. Everything is kept; make run FRESH=1 (deliberate demo --fresh) starts over.")
            sys.stdout.flush()
            if options["guests"]:
                guests.start(links, options["guests"], Path(settings.DATA_DIR) / "guests.json")

        serve(host, port, server=options["server"], ready=ready)
        self.stdout.write("Stopped. Everything is kept.")

    def _keep_others_out(self) -> None:
        """Hold the data folder for as long as this process lives: two demos in one would not see each other's acts."""
        self._hold = (Path(settings.DATA_DIR) / "demo.lock").open("w")
        try:
            fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(
                f"Another demo is running with the data in {settings.DATA_DIR}. Stop it first, or name another folder: "
                "make run DATA=other (deliberate demo --data other)."
            ) from None

    def _start_over(self) -> None:
        """Delete what the demo made in the data folder, and nothing else that may lie there."""
        connection.close()
        for path in [*Path(settings.DATA_DIR).glob("deliberate.sqlite3*"), Path(settings.DATA_DIR) / "guests.json"]:
            path.unlink(missing_ok=True)
        for folder in (settings.STATIC_ROOT, settings.DATA_DIR / "signer"):
            shutil.rmtree(folder, ignore_errors=True)

    def _port_is_free(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except socket.gaierror:
                raise CommandError(
                    f"{host} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all."
                ) from None
            except OSError as error:
                raise CommandError(
                    f"Port {port} on {host} can't be used ({os.strerror(error.errno or 0)}). Choose another: "
                    f"make run PORT={port % 65535 + 1} (deliberate demo --port {port % 65535 + 1})."
                ) from None

    def _address(self, host: str) -> str:
        """What a phone must type: this machine's address on the network where it listens on all of them."""
        if host not in ("0.0.0.0", "::"):
            return f"[{host}]" if ":" in host else host
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(
                    ("192.0.2.1", 9)
                )  # a documentation address: no packet is sent, the kernel picks the route
                return str(probe.getsockname()[0])
            except OSError:
                return "127.0.0.1"
