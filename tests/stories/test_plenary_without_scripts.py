"""The same plenary where no browser runs scripts: of those who take part, of those who lead, nor of the wall."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from deliberate.roles import MODERATOR
from tests.service import Service
from tests.stories import plenary
from tests.stories.hall import Hall, seated


def test_a_plenary_is_led_from_the_code_on_the_wall_to_the_files(
    chromium: Browser, service: Service, tmp_path: Path
) -> None:
    with seated(chromium, service, scripts=False) as hall:
        plenary.led(hall, tmp_path)
        a_page_is_kept_still(hall)
        an_end_is_taken_back(hall)


def a_page_is_kept_still(hall: Hall) -> None:
    """Whoever reads by ear is not thrown back to the head of the page by its next refresh."""
    phone, refresh = hall.go("Ben", "Now"), "meta[http-equiv=refresh]"
    expect(phone.locator(refresh)).to_have_attribute("content", "15")
    phone.get_by_role("link", name="Keep it still").click()
    expect(phone.locator(refresh)).to_have_count(0)
    phone.get_by_role("button", name="Ask to speak").click()
    expect(phone.get_by_text("You are next")).to_be_visible()
    expect(phone.locator(refresh)).to_have_count(0)
    phone.get_by_role("link", name="Let this page update by itself").click()
    expect(phone.locator(refresh)).to_have_count(1)


def an_end_is_taken_back(hall: Hall) -> None:
    """What hurts can be undone without scripts too, and a request can be withdrawn."""
    moderator, ben = hall.look(MODERATOR), hall.pages["Ben"]
    moderator.get_by_role("button", name="Call next").click()
    moderator.get_by_role("button", name="End", exact=True).click()
    moderator.get_by_role("button", name="Undo").click()
    expect(hall.look("Ben").get_by_role("heading", name="It is your turn")).to_be_visible()
    ben.get_by_role("button", name="I am done").click()
    ben.get_by_role("button", name="Ask to speak").click()
    ben.get_by_role("button", name="Withdraw").click()
    expect(ben.get_by_role("button", name="Ask to speak")).to_be_visible()
