"""The docs name what is there: every command, every part, every setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deliberate.door.registry import commands
from deliberate.features import FEATURES
from deliberate.live.parts import parts

DOCS = Path(__file__).parent.parent.parent / "docs"
SETTINGS = Path(__file__).parent.parent.parent / "deliberate" / "settings.py"


def page_of(feature: str) -> str:
    path = DOCS / "features" / f"{feature}.md"
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize("feature", [name.partition(".")[2] for name in FEATURES])
def test_every_feature_has_its_page(feature: str) -> None:
    assert len(page_of(feature)) > 300


@pytest.mark.parametrize("name", sorted(commands))
def test_every_command_stands_on_the_page_of_its_feature(name: str) -> None:
    assert f"`{name}`" in page_of(name.partition(".")[0])


@pytest.mark.parametrize("name", sorted(parts))
def test_every_part_stands_on_the_page_of_its_feature(name: str) -> None:
    assert f"`{name}`" in page_of(name.partition(".")[0])


@pytest.mark.parametrize("name", sorted(set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS.read_text()))))
def test_every_setting_stands_in_the_table(name: str) -> None:
    assert f"| `{name}` |" in (DOCS / "operations.md").read_text()


NUMBERS = dict(re.findall(r'env\.(?:int|float)\("([A-Z_]+)", default=([\d_.]+)', SETTINGS.read_text()))


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_the_table_gives_the_default_that_holds(name: str) -> None:
    stands = re.search(rf"^\| `{name}` \| `?([\d.]+)", (DOCS / "operations.md").read_text(), re.MULTILINE)
    assert stands is not None
    assert float(stands.group(1)) == float(NUMBERS[name])


def test_no_page_links_to_a_page_that_is_not_there() -> None:
    broken = []
    for page in [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            if not target.startswith(("http", "mailto:")) and not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []
