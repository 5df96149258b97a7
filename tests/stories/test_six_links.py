"""The six links of the demo, opened one after the other in one browser."""

from __future__ import annotations

from pathlib import Path

import httpx

from deliberate.roles import ROLES
from tests.service import Service, running


def _seated(browser: httpx.Client, service: Service, base: str) -> bool:
    """Whether the browser's cookie opens these pages: an unknown act is refused as such only where there is a seat."""
    headers = {"Accept": "application/json", "Origin": service.url}
    return bool(browser.post(f"{base}do/no.such", headers=headers).json()["code"] == "unknown")


def test_six_seats_live_side_by_side_in_one_browser_and_leave_one_by_one(tmp_path: Path) -> None:
    with running(tmp_path) as service, httpx.Client(base_url=service.url, follow_redirects=True, timeout=30) as browser:
        bases = {}
        for role in ROLES:
            welcome = browser.get(service.links[role])
            secret = service.links[role].rstrip("/").rpartition("/")[2]
            landed = browser.post(welcome.url, data={"place": "hall"}, headers={"Origin": service.url})
            assert secret not in f"{welcome.url} {landed.url}", "no code and no token stays in an address"
            bases[role] = landed.url.path
        assert {role: _seated(browser, service, base) for role, base in bases.items()} == dict.fromkeys(ROLES, True)
        again = browser.get(service.links["moderator"])
        assert again.url.path == bases["moderator"], "who comes back goes straight to their seat"
        browser.get(f"{bases['participant'].rsplit('/', 2)[0]}/leave/")
        assert {role for role, base in bases.items() if not _seated(browser, service, base)} == {"participant"}
