"""A whole plenary in real browsers, on phones and laptops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.service import Service, running
from tests.stories import plenary
from tests.stories.hall import seated


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running(tmp_path / "data") as found:
        yield found


def test_a_plenary_is_led_from_the_code_on_the_wall_to_the_files(
    chromium: Browser, service: Service, tmp_path: Path
) -> None:
    with seated(chromium, service, scripts=True) as hall:
        plenary.led(hall, tmp_path)
