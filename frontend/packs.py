"""What a screen loads in one go: the css of a kind of screen, and the scripts of a room, packed from small files by adding
them up. `collectstatic` then names each pack by its content and compresses it, as it does with every other file."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

STATIC = Path(__file__).with_name("static")
#: Each pack and the files in it, in order. All names are below frontend/static/; templates say `{% static "packs/…" %}`.
PACKS = {
    "packs/phone.css": ("css/tokens.css", "css/base.css", "css/phone.css"),
    "packs/console.css": ("css/tokens.css", "css/base.css", "css/console.css"),
    "packs/desk.css": ("css/tokens.css", "css/base.css", "css/desk.css"),
    "packs/wall.css": ("css/tokens.css", "css/base.css", "css/wall.css"),
    "packs/room.js": ("vendor/htmx-4.0.1.min.js", "js/line.js", "js/still.js", "js/live.js"),
    "packs/phone.js": (
        "vendor/htmx-4.0.1.min.js",
        "js/line.js",
        "js/still.js",
        "js/live.js",
        "js/blind.js",
        "js/ballot.js",
        "js/pseudonym.js",
    ),
    "packs/pads.js": ("vendor/yjs-13.6.33.min.js", "js/pad.js", "js/rebase.js", "js/pads.js"),
}


#: A comment after code. One with a quote in it stays: it might be the end of a text.
_said_beside = re.compile(rb"(?m)[ \t]+// [^\"'`\n]*$")


def packed(name: str) -> bytes:
    """The pack of this name. Before each file stands which it is, and the licence that lies beside it."""
    return together(PACKS[name])


def together(files: Iterable[str]) -> bytes:
    """These files as they stand in a pack."""
    return b"".join(b"/* %s%s */\n%s\n" % (file.encode(), _licence(file), _sent(file)) for file in files)


def _sent(file: str) -> bytes:
    """A file's content as it is sent: a script of ours without what is for its readers (comments and indentation), line by
    line. No line of ours begins within a text; a test sees to that."""
    content = (STATIC / file).read_bytes()
    if not file.startswith("js/"):
        return content
    lines = (_said_beside.sub(b"", line).strip() for line in content.splitlines())
    return b"\n".join(line for line in lines if line and not line.startswith(b"//")) + b"\n"


def _licence(file: str) -> bytes:
    text = STATIC / (file.removesuffix(".min.js") + ".LICENSE.txt")
    return b"\n\n" + text.read_bytes().strip() if text.exists() else b""


class PacksFinder(BaseFinder):
    """Offers the packs to `collectstatic`; with DEBUG also to WhiteNoise, as the files are at that moment."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        self.storage = FileSystemStorage(settings.DATA_DIR / "packed")

    def check(self, **_options: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        """The pack's path, in a list with `find_all`; an empty list where it is none of ours."""
        if path not in PACKS:
            return []
        return [self._written(path)] if find_all else self._written(path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in PACKS:
            self._written(name)
            yield name, self.storage

    def _written(self, name: str) -> str:
        """The path of the pack, written where it is missing or differs: whole at once, since other processes may look."""
        path, content = Path(self.storage.path(name)), packed(name)
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, aside = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(aside).replace(path)
        return str(path)
