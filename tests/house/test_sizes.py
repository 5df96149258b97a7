"""A file can be read in a sitting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LONGEST = 300
#: Written by others, or by a program.
NOT_OURS = {"vendor", "migrations", "__pycache__"}


def sources() -> Iterator[Path]:
    for folder in ("deliberate", "rooms", "polls", "frontend", "scripts"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".js", ".css", ".html") and NOT_OURS.isdisjoint(path.parts):
                yield path


def test_no_source_file_is_longer_than_three_hundred_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}
    assert len(lengths) > 250
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}
