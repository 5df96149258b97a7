"""Waiting for what a phone on a real line is to be shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from deliberate.rehearsal.phone import Phone


async def until(phone: Phone, part: str, needle: str, within_s: float = 5) -> str:
    """The phone's picture of `part` once it holds `needle`."""
    for _attempt in range(int(within_s * 100)):
        html = phone.pictures.get(part, ("", ""))[1]
        if needle in html:
            return html
        await asyncio.sleep(0.01)
    raise AssertionError(f"{part} never showed {needle!r}: {phone.pictures}")


async def came(condition: Callable[[], object], within_s: float = 10) -> None:
    """Wait until something holds."""
    for _attempt in range(int(within_s * 100)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")
