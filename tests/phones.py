"""Phones over real sockets, for tests of what travels from one to the others."""

from __future__ import annotations

import asyncio

from deliberate.rehearsal.phone import Door, Member, Phone, marks_of, parts_of


async def sit(door: Door, link: str, watch: tuple[str, ...], **fields: str) -> Phone:
    """Somebody new, who joined by this link and whose screen shows these parts."""
    phone = Phone(door, watch)
    await phone.sit(await door.join(link, **fields))
    return phone


async def as_reloaded(phone: Phone, screen: str, feature: str, within_s: float = 5) -> None:
    """The phone's pictures, and its marks of this feature, become those of a fresh page."""
    assert isinstance(phone.member, Member)
    fresh: dict[str, str] = {}
    for _attempt in range(int(within_s * 20)):
        page = (await phone.door.page(phone.member, screen)).text
        fresh = {name: html for name, html in parts_of(page).items() if name in phone.watch}
        held = phone.member.marks.get(feature, [])
        if fresh == phone.screen() and sorted(marks_of(page).get(feature, [])) == sorted(held):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{fresh} is not {phone.screen()}")
