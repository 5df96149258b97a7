"""Collect every text that the product says into a catalogue for a language, and compile what is translated so far.

python scripts/messages.py fr        a new catalogue, or the one that is there brought up to date; docs/translating.md
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("LOCALE_DIR") or ROOT / "frontend" / "locale").resolve()
NEEDED = ("xgettext", "msguniq", "msgmerge", "msgattrib", "msgfmt")
#: What holds no text that people read.
PASSED_OVER = (".*", "locale", "tests", "scripts", "data", "dist", "build", "migrations", "static")


def main(asked: list[str]) -> str:
    """Do it for these locales, or for all that have a catalogue. What went wrong, "" where nothing did."""
    if lacking := [name for name in NEEDED if shutil.which(name) is None]:
        return (
            f"GNU gettext is not here ({', '.join(lacking)}). Get it, then try again:\n"
            "  Debian, Ubuntu  apt install gettext\n"
            "  Fedora          dnf install gettext\n"
            "  macOS           brew install gettext"
        )
    locales = asked or sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/django.po"))
    if not locales:
        return "Say for which language: make messages LOCALE=fr (pt_BR, ar, zh_Hans ...)"
    if wrong := [each for each in locales if not re.fullmatch(r"[a-z]{2,3}(_[A-Z][A-Za-z]{1,3})?", each)]:
        return f"{wrong[0]} is no locale. Write it as in fr, pt_BR or zh_Hans."
    FOLDER.mkdir(parents=True, exist_ok=True)
    chosen = [word for each in locales for word in ("--locale", each)]
    ignored = [word for each in PASSED_OVER for word in ("--ignore", each)]
    done = _django(ROOT, "makemessages", *chosen, *ignored, "--add-location", "file", "--no-wrap")
    return "" if done == 0 and _django(FOLDER, "compilemessages", *chosen) == 0 else "The catalogue could not be made."


def _django(where: Path, *words: str) -> int:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LOCALE_DIR": str(FOLDER)}
    return subprocess.run(
        [sys.executable, "-m", "deliberate", *words], cwd=where, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or None)
