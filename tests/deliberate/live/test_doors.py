"""Who comes to the door with what can't be looked up is turned away alone: those who come at the same moment come in."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
import websockets

from deliberate.door.entrance import Door, Place
from deliberate.live.asking import _entered
from deliberate.live.sockets import NOWHERE
from deliberate.rehearsal import phone
from deliberate.shell.server import SERVERS
from rooms.seats.queries import cookie_of, enter
from tests import make
from tests.service import Service, running, workers

#: Half of a letter: no database takes it.
NO_TEXT = "\ud800"


def door_of(name: str) -> Door:
    event = make.event(name)
    return event.handle, "participant", make.room(event).handle, cookie_of(make.seat(event, name=name))


@pytest.mark.django_db
def test_what_stands_in_the_address_of_somebody_without_a_seat_is_never_looked_up() -> None:
    ann = door_of("Ann")
    found = enter([ann, (*ann[:2], NO_TEXT, "forged"), (*ann[:2], "\x00", "")])
    assert [place is not None for place in found] == [True, False, False]


@pytest.mark.django_db
def test_a_door_that_can_not_be_looked_up_is_closed_to_whoever_asks_for_it_alone() -> None:
    good = [door_of(name) for name in ("Ann", "Ben", "Cem")]
    bad = (*good[0][:2], NO_TEXT, good[0][3])
    found = _entered([bad, *good, bad])
    assert [type(each) for each in found] == [UnicodeEncodeError, Place, Place, Place, UnicodeEncodeError]
    assert [each.seat.name for each in found if isinstance(each, Place)] == ["Ann", "Ben", "Cem"]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, postgres_url: str, redis_url: str) -> Iterator[Service]:
    """A service on PostgreSQL, which takes less as a text than SQLite does."""
    with workers(1, tmp_path_factory.mktemp("doors"), postgres_url, redis_url) as [found]:
        yield found


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/at/x/participant/%00/stream"),
        ("GET", "/at/%00/participant/x/stream"),
        ("POST", "/box/%00"),
        ("POST", "/box/%00/sealed"),
        ("GET", "/box/%00/ballots.json"),
        ("GET", "/box/%00/list.txt"),
        ("GET", "/box/in/%00"),
        ("POST", "/box/in/%00"),
        ("GET", "/at/x/participant/%00/"),
    ],
)
def test_an_address_that_holds_no_handle_leads_nowhere(stored: Service, method: str, address: str) -> None:
    assert httpx.request(method, stored.url + address).status_code == 404
    assert "level=error" not in stored.log.read_text()


async def test_nobody_keeps_a_crowd_from_coming_in(stored: Service) -> None:
    door = phone.Door(stored.url)
    members = [await door.join(stored.links["participant"]) for _number in range(10)]
    went: Counter[object] = Counter()
    came = asyncio.Event()

    async def disturb() -> None:
        async with httpx.AsyncClient() as http:
            while not came.is_set():
                await http.get(stored.url + "/at/x/participant/%00/stream")

    async def page(member: phone.Member) -> None:
        went[(await door.page(member)).status_code] += 1

    async def line(member: phone.Member) -> None:
        headers = {"Cookie": f"seat={member.cookie}", "Origin": stored.url}
        where = stored.url.replace("http", "ws") + member.base + "live"
        async with websockets.connect(where, additional_headers=headers, proxy=None):
            went["line"] += 1

    others = [asyncio.create_task(disturb()) for _number in range(3)]
    for _round in range(3):
        await asyncio.gather(*(come(member) for member in members for come in (page, line)), return_exceptions=True)
    came.set()
    await asyncio.gather(*others)
    await door.close()
    assert went == {200: 30, "line": 30}


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("address", ["/", "/nothing", "/at/x/participant/%00/live", "/at/x/participant/y/nothing"])
async def test_a_socket_that_is_not_there_closes_with_a_code_that_says_so(
    served: dict[str, Service], server: str, address: str
) -> None:
    async with websockets.connect(served[server].url.replace("http", "ws") + address, proxy=None) as line:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await line.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == NOWHERE


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Service]]:
    folder = tmp_path_factory.mktemp("nowhere")
    with running(folder / "0", SERVERS[0]) as one, running(folder / "1", SERVERS[1]) as other:
        yield dict(zip(SERVERS, (one, other), strict=True))
