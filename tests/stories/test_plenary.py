"""A whole plenary in real browsers, on phones and laptops."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.service import Service
from tests.stories import plenary
from tests.stories.hall import seated


def test_a_plenary_is_led_from_the_code_on_the_wall_to_the_files(
    chromium: Browser, service: Service, tmp_path: Path
) -> None:
    with seated(chromium, service, scripts=True) as hall:
        plenary.led(hall, tmp_path)
