from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import override as timezone
from django.utils.translation import override

from deliberate.clock import epoch_ms
from deliberate.live.times import behind_text, clock_text, day_text, fill, moment_text

TEMPLATES = Path(__file__).parents[3] / "frontend" / "templates"
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "text"), [(90, "1:30"), (0, "0:00"), (-5, "-0:05"), (3600, "60:00")])
def test_a_countdown_reads_minutes_and_seconds(seconds: int, text: str) -> None:
    assert clock_text(seconds) == text


@pytest.mark.parametrize(("minutes", "text"), [(4, "4 min behind"), (-2, "2 min ahead"), (0, "on time")])
def test_the_clock_says_where_the_room_stands(minutes: int, text: str) -> None:
    assert behind_text(minutes) == text


def test_days_are_written_in_words_and_hours_by_twenty_four() -> None:
    late = datetime(2030, 1, 1, 22, 5, tzinfo=UTC)
    assert (day_text(late.date()), moment_text(late)) == ("1 January 2030", "1 January 2030, 22:05 UTC")
    with override("fr"):
        assert moment_text(late) == "1 janvier 2030, 22:05 UTC"
    with timezone(ZoneInfo("Europe/Berlin")):
        assert moment_text(late) == "1 January 2030, 23:05 CET"


def test_no_template_writes_a_day_in_a_style_of_its_own() -> None:
    found = {
        page.name for page in TEMPLATES.rglob("*.html") if re.search(r'\|date:(?!"c")|\|date\b(?!:)', page.read_text())
    }
    assert found == set()


def test_a_plain_page_is_filled_in_at_its_moment() -> None:
    html = f'<time class="left" data-left="{epoch_ms(NOON + timedelta(seconds=84))}"></time>'
    assert fill(html, NOON).endswith(">1:24</time>")
    assert fill(fill(html, NOON), NOON + timedelta(seconds=90)).endswith(">-0:06</time>")


def test_behind_counts_from_the_planned_end() -> None:
    html = f'<span class="clock" data-behind="{epoch_ms(NOON - timedelta(minutes=4))}"></span>'
    assert fill(html, NOON).endswith(">4 min behind</span>")
