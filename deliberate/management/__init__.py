"""The console script `deliberate`: a thin name for the management commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from textwrap import wrap

#: Commands that are typed by a name that no module can have.
OTHERWISE = {"import": "bring_in"}
#: What a list of commands is asked for by.
HELP = ("help", "-h", "--help")
#: Commands of Django's that a service needs.
DJANGOS = {"migrate": "Bring the database up to date.", "check --deploy": "Look at the settings of a deployment."}
WIDTH = 100


def main(argv: Sequence[str] | None = None) -> None:
    """Run `deliberate COMMAND ...`. `--data DIR` is read here, since the settings need it before any command runs.

    A command of two words is typed with a hyphen, as `verify-poll`: modules can't have one in their names. Nor can one be
    called `import`: that command's is `bring_in`."""
    arguments = ["deliberate", *(sys.argv[1:] if argv is None else argv)]
    asked_for_help = len(arguments) == 1 or (len(arguments) == 2 and arguments[1] in HELP)
    named = 2 if arguments[1:2] == ["help"] else 1
    if len(arguments) > named and not arguments[named].startswith("-"):
        arguments[named] = OTHERWISE.get(arguments[named], arguments[named].replace("-", "_"))
    for place, argument in enumerate(arguments):
        if argument == "--data" and place + 1 < len(arguments):
            os.environ["DATA_DIR"] = str(Path(arguments[place + 1]).resolve())
        elif argument.startswith("--data="):
            os.environ["DATA_DIR"] = str(Path(argument.partition("=")[2]).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")

    import django
    from django.core.management import execute_from_command_line

    if asked_for_help:
        django.setup()
        print(overview())
    else:
        execute_from_command_line(arguments)


def overview() -> str:
    """Every command by the name that it is typed by, and what it does."""
    typed = {module: name for name, module in OTHERWISE.items()}
    told = {}
    for module in iter_modules([str(Path(__file__).parent / "commands")]):
        words = import_module(f"deliberate.management.commands.{module.name}").Command.help
        told[typed.get(module.name, module.name.replace("_", "-"))] = words.partition(". ")[0].removesuffix(".") + "."
    told = dict(sorted(told.items())) | DJANGOS
    wide = max(map(len, told)) + 4
    lines = ["usage: deliberate COMMAND ...", ""]
    for name, words in told.items():
        lines += wrap(words, WIDTH, initial_indent=f"  {name}".ljust(wide), subsequent_indent=" " * wide)
    return "\n".join([*lines, "", "deliberate COMMAND --help tells more."])
