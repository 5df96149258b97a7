"""What our own code never does: run what it is given, build queries from texts, open files or addresses by a person's word."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
#: What serves people. Tools that an operator starts (load, bench, rehearsal, commands) may open files and start programs.
TOOLS = ("deliberate/load", "deliberate/bench", "deliberate/rehearsal", "deliberate/management")
NEVER_CALLED = {"eval", "exec", "__import__", "extra", "raw", "RawSQL", "system", "popen"}
NEVER_IMPORTED = {
    "pickle",
    "marshal",
    "shelve",
    "yaml",
    "xml",
    "lxml",
    "subprocess",
    "ctypes",
    "ftplib",
    "smtplib",
    "jinja2",
}
#: A page's own function of that name, none of Django's.
ALLOWED = {("deliberate/live/pages.py", "extra")}

#: Where chance spreads what many would do at the same moment, and nobody gains by guessing it.
JITTER = ("deliberate/live/", "deliberate/shell/")


def sources() -> list[tuple[str, ast.Module]]:
    found = []
    for package in ("deliberate", "rooms", "polls", "frontend"):
        for path in sorted((ROOT / package).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            if not where.startswith(TOOLS) and "migrations" not in where:
                found.append((where, ast.parse(path.read_text())))
    return found


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_nothing_that_runs_what_it_is_given_is_called() -> None:
    called = {
        (where, name_of(node)) for where, tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Call)
    }
    assert {(where, name) for where, name in called if name in NEVER_CALLED} - ALLOWED == set()


def test_no_parser_that_can_be_made_to_act_is_used() -> None:
    imported = {
        (where, (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else alias.name.split(".")[0])
        for where, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert {(where, name) for where, name in imported if name in NEVER_IMPORTED} == set()


def test_every_query_written_by_hand_holds_values_as_parameters() -> None:
    """None is put together with % or +."""
    open_ones = []
    for where, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node) in ("execute", "executemany") and node.args:
                for part in ast.walk(node.args[0]):
                    if isinstance(part, (ast.Mod, ast.Add)):
                        open_ones.append(f"{where}:{node.lineno}")
    assert open_ones == []


def test_what_must_not_be_guessed_comes_from_the_system_s_own_source() -> None:
    source = (ROOT / "deliberate" / "tokens.py").read_text()
    assert "import secrets" in source
    for where, tree in sources():
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert "random" not in names or where.startswith(JITTER), where
