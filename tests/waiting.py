"""Waiting for what a phone on a real line is to be shown."""

from __future__ import annotations

import asyncio

from deliberate.rehearsal.phone import Phone


async def until(phone: Phone, part: str, needle: str, within_s: float = 5) -> str:
    """The phone's picture of `part` once it holds `needle`."""
    for _attempt in range(int(within_s * 100)):
        html = phone.pictures.get(part, ("", ""))[1]
        if needle in html:
            return html
        await asyncio.sleep(0.01)
    raise AssertionError(f"{part} never showed {needle!r}: {phone.pictures}")
