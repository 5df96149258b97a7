"""People of a story: some in a browser, some as hands that act over plain HTTP."""

from __future__ import annotations

import re
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page, TimeoutError

from deliberate.roles import HOST, ROLES
from tests.service import Service

AGENDA = [("Short contributions", 25), ("Open plenary", 40)]


class Hand:
    """A seat without a screen: joins by a link and acts by plain posts."""

    def __init__(self, link: str, **fields: str) -> None:
        origin = "/".join(link.split("/")[:3])
        self.http = httpx.Client(
            base_url=origin,
            follow_redirects=True,
            headers={"Origin": origin},
            timeout=30,
            limits=httpx.Limits(max_keepalive_connections=0),  # nothing stays open behind a story
        )
        welcome = self.http.get(link).url
        self.base = str(self.http.post(welcome, data={"place": "hall", "scripts": "1", **fields}).url)

    def do(self, command: str, /, **fields: str) -> dict[str, Any]:
        """Act; the answer's data. An act that is refused fails the story."""
        response = self.http.post(f"{self.base}do/{command}", data=fields, headers={"Accept": "application/json"})
        answer = response.json()
        assert answer["ok"], f"{command}: {answer['say']}"
        found: dict[str, Any] = answer["data"]
        return found


def new_room(service: Service, name: str = "Hall") -> dict[str, str]:
    """The links of a room of its own, with two points on its agenda: stories in one service don't meet."""
    host = Hand(service.links[HOST])
    room = host.do("events.add_room", name=name)["room"]
    links = {
        role: service.url + host.do("events.new_link", role=role, room=room)["path"] for role in ROLES if role != HOST
    }
    host.base = host.base.rsplit("/", 2)[0] + f"/{room}/"
    for title, minutes in AGENDA:
        host.do("events.add_item", title=title, minutes=str(minutes))
    return links


def go_on(page: Page) -> None:
    """From the page before the seat into the room: by its button, unless it goes on by itself, as the wall's does."""
    if "/wall/" in page.url:
        try:
            page.wait_for_url(re.compile(r"/wall/(?!welcome)"), timeout=2000)
            return
        except TimeoutError:
            pass  # no scripts run here
    page.locator("main form button").click()


def sit(context: BrowserContext, link: str, screen: str = "", name: str = "") -> Page:
    """Join by a link in a browser and open a screen."""
    page = context.new_page()
    page.goto(link)
    if name:
        page.locator("[name=name]").fill(name)
    go_on(page)
    page.goto(page.url + screen)
    return page
