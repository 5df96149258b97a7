from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deliberate.live.painter import paint
from deliberate.roles import MODERATOR, WALL
from rooms.events.models import Event, RoleLink
from rooms.wall.scenes import scenes
from tests import make

pytestmark = pytest.mark.django_db


def painted(event: Event, name: str, audience: str = WALL) -> str:
    return paint(make.room(event), name, audience, "en").html


def spaced(event: Event) -> str:
    code = event.links.get(role="participant").code or ""
    return f"{code[:3]} {code[3:]}"


def test_the_wall_is_told_its_scene_and_nothing_else() -> None:
    assert painted(make.event(), "wall.scene") == '<span data-scene="welcome"></span>'


def test_the_moderator_sees_what_shows_and_every_scene_with_its_key() -> None:
    event = make.event()
    make.act(make.seat(event, "moderator"), "wall.show", scene="balance")
    html = painted(event, "wall.scene", MODERATOR)
    assert "On the wall: Balance" in html
    assert "by itself" not in html
    pressed = re.findall(r'value="(\w+)" data-key="(\w)" aria-pressed="(true|false)"', html)
    assert [(name, key) for name, key, _on in pressed] == [(one.name, one.key) for one in scenes.values()]
    assert [name for name, _key, on in pressed if on == "true"] == ["balance"]


def test_the_preview_names_who_speaks_only_where_the_wall_does() -> None:
    for names, seen in (("all", True), ("moderators", False), ("nobody", False)):
        event = make.event(title=f"A meeting, {names}", names_on_list=names)
        make.act(make.seat(event, name="Asha"), "floor.ask", kind="point")
        make.act(make.seat(event, "moderator"), "floor.call_next", expected="")
        assert ("Asha" in painted(event, "wall.scene", MODERATOR)) is seen
        assert ("Asha" in painted(event, "floor.now")) is seen


def test_the_way_in_is_the_public_address_and_the_code(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://plenary.example"
    event = make.event()
    for name in ("wall.code", "wall.welcome"):
        html = painted(event, name)
        assert "plenary.example" in html
        assert spaced(event) in html
        assert f'aria-label="QR code that opens the way in, with the code {spaced(event)}"' in html
        assert "style=" not in html


def test_without_a_public_address_the_code_stands_alone(settings: LazySettings) -> None:
    settings.PUBLIC_URL = ""
    event = make.event()
    assert spaced(event) in painted(event, "wall.code")
    assert "<svg" not in painted(event, "wall.code")


def test_a_room_with_a_code_of_its_own_shows_that_one() -> None:
    event = make.event()
    RoleLink.objects.create(event=event, room=make.room(event), role="participant", handle="theirs", code="HALL42")
    assert "HAL L42" in painted(event, "wall.code")


def test_joining_that_was_closed_says_so_and_shows_no_code() -> None:
    event = make.event()
    code = spaced(event)
    event.links.filter(role="participant").delete()
    for name in ("wall.code", "wall.welcome"):
        assert "Joining is closed" in painted(event, name)
        assert code not in painted(event, name)


def test_the_first_scene_says_what_this_is_unless_that_would_endanger_people() -> None:
    assert "A meeting" in painted(make.event(), "wall.welcome")
    assert "A secret" not in painted(make.event(title="A secret meeting", neutral=True), "wall.welcome")


def test_the_moderator_has_a_link_to_a_seat_of_their_own() -> None:
    event = make.event()
    code = event.links.get(role="participant").code
    assert f'href="/join/{code}/"' in painted(event, "wall.code", MODERATOR)


def test_a_long_list_keeps_to_five_lines_and_says_how_many_more() -> None:
    event = make.event(names_on_list="all")
    for number in range(8):
        make.act(make.seat(event, name=f"Guest {number}"), "floor.ask", kind="point")
    html = painted(event, "floor.queue")
    assert html.count("<li") == 5
    assert '<p class="end">8</p>' in html


def test_choosing_a_scene_costs_few_queries_however_many_there_are() -> None:
    event = make.event()
    room = make.room(event)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        paint(room, "wall.scene", WALL, "en")
    assert len(asked) <= 1 + 2 * len(scenes)


def test_every_key_of_the_console_does_one_thing_and_stands_in_the_list_of_keys() -> None:
    """Keys of templates may stand in several places: in one state of the room only one of them is there."""
    templates = Path(__file__).parents[3] / "frontend" / "templates"
    pressed = {
        key for page in templates.rglob("*.html") for key in re.findall(r'data-key="([^"{]+)"', page.read_text())
    }
    of_scenes = [one.key for one in scenes.values()]
    assert len(set(of_scenes)) == len(of_scenes)
    assert pressed.isdisjoint(of_scenes)
    listed = set(re.findall(r"<kbd>(.)</kbd>", (templates / "console" / "keylist.html").read_text()))
    assert pressed == listed


def test_the_agenda_stands_on_the_wall_in_one_line_with_what_comes_next_and_the_clock() -> None:
    event = make.event()
    moderator = make.seat(event, "moderator")
    first, second = make.room(event).agenda.all()[:2]
    assert f"Not begun yet. First: {first.title}" in painted(event, "events.now")
    make.act(moderator, "events.move_on")
    html = painted(event, "events.now")
    assert f">{first.title}</b>" in html
    assert f"Next: {second.title}" in html
    assert "data-behind=" in html
    for _item in make.room(event).agenda.all():
        make.act(moderator, "events.move_on")
    assert "The agenda is done." in painted(event, "events.now")


def test_a_room_without_an_agenda_has_no_empty_line_on_its_wall() -> None:
    event = make.event()
    make.room(event).agenda.all().delete()
    assert painted(event, "events.now") == ""


def test_the_colours_of_groups_are_named_once_for_every_screen() -> None:
    styles = Path(__file__).parents[3] / "frontend" / "static" / "css"
    for name in ("g0", "g9", "l0", "l9"):
        assert [
            path.name for path in sorted(styles.glob("*.css")) for _hit in re.findall(f"--{name}:", path.read_text())
        ] == ["tokens.css"]
