"""The console script `deliberate`: a thin name for the management commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

#: Commands that are typed by a name that no module can have.
OTHERWISE = {"import": "bring_in"}


def main(argv: Sequence[str] | None = None) -> None:
    """Run `deliberate COMMAND ...`. `--data DIR` is read here, since the settings need it before any command runs.

    A command of two words is typed with a hyphen, as `verify-poll`: modules can't have one in their names. Nor can one be
    called `import`: that command's is `bring_in`."""
    arguments = list(sys.argv if argv is None else ["deliberate", *argv])
    if len(arguments) > 1 and not arguments[1].startswith("-"):
        arguments[1] = OTHERWISE.get(arguments[1], arguments[1].replace("-", "_"))
    for place, argument in enumerate(arguments):
        if argument == "--data" and place + 1 < len(arguments):
            os.environ["DATA_DIR"] = str(Path(arguments[place + 1]).resolve())
        elif argument.startswith("--data="):
            os.environ["DATA_DIR"] = str(Path(argument.partition("=")[2]).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")

    from django.core.management import execute_from_command_line

    execute_from_command_line(arguments)
