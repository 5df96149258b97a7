"""Who may import whom: the map in docs/decisions/0002-the-house.md, kept by a test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from deliberate.features import FEATURES

ROOT = Path(__file__).parent.parent.parent
#: The files every feature is made of, from the rules outwards. A further file stands where its own imports put it.
LAYERS = {"core": 0, "models": 1, "queries": 2, "actions": 3, "commands": 4, "screens": 4}
#: The places of composition may name features; nothing else under deliberate/ may.
COMPOSITION = {"settings.py", "urls.py", "asgi.py", "features.py"}
#: What a newcomer's data and an operator's commands are made with.
COMMANDS = "management"
#: What measures one feature knows it.
MEASURES = "deliberate.bench.ballots"


def modules() -> Iterator[tuple[Path, str]]:
    for package in ("deliberate", "rooms", "polls"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def feature_of(module: str) -> str | None:
    return next((name for name in FEATURES if module == name or module.startswith(name + ".")), None)


ALL = list(modules())


@pytest.mark.parametrize(("path", "module"), ALL, ids=[module for _path, module in ALL])
def test_a_module_imports_only_what_stands_before_it(path: Path, module: str) -> None:
    mine = feature_of(module)
    for other in imported(path):
        theirs = feature_of(other)
        if mine and theirs:
            assert FEATURES.index(theirs) <= FEATURES.index(mine), f"{module} imports the later {other}"
        if module.startswith("rooms."):
            assert not other.startswith("polls"), f"{module} imports {other}"
        machinery = module.startswith("deliberate.") and not module.startswith(MEASURES)
        if machinery and path.name not in COMPOSITION and COMMANDS not in path.parts:
            assert not other.startswith(("rooms", "polls")), f"the machinery knows a feature: {module} imports {other}"


FILES = {module: path for path, module in ALL if feature_of(module)}


def layer(module: str) -> int:
    """The layer of a feature's file: by its name, else the highest of those that it imports."""
    stem = module.rpartition(".")[2]
    if stem in LAYERS:
        return LAYERS[stem]
    return max((layer(other) for other in set(imported(FILES[module])) & FILES.keys() - {module}), default=0)


@pytest.mark.parametrize("module", FILES)
def test_a_file_of_a_feature_imports_nothing_from_the_layers_above_it(module: str) -> None:
    for other in set(imported(FILES[module])) & FILES.keys():
        assert layer(other) <= layer(module), f"{module} imports {other}"


@pytest.mark.parametrize("module", [module for module in FILES if module.endswith(".core")])
def test_the_rules_are_pure(module: str) -> None:
    others = {other for other in imported(FILES[module]) if not other.startswith("deliberate.text")}  # pure too
    assert not [other for other in others if other.startswith(("django", "deliberate."))]


def test_every_feature_in_the_list_has_a_folder_and_every_folder_is_in_the_list() -> None:
    folders = {
        f"{package}.{path.name}"
        for package in ("rooms", "polls")
        for path in (ROOT / package).iterdir()
        if path.is_dir() and path.name not in ("migrations", "__pycache__")
    }
    assert folders == set(FEATURES)
