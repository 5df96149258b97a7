"""The socket and its twin from outside: real processes, real sockets, and what a stuck or hostile phone may do."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import websockets

from deliberate.rehearsal.phone import Door, Member, Phone
from deliberate.shell.server import SERVERS
from tests.service import Service, running
from tests.waiting import until

PARTS = ("events.now", "seats.presence")


@pytest.fixture(scope="module", params=SERVERS)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    limits = {
        "LIVE_WINDOW_BYTES": "20000",
        "LIVE_STALL_S": "2",
        "LIVE_TICK_S": "0.02",
        "LIMIT_FACTOR": "10000",
    }
    with running(tmp_path_factory.mktemp("live"), request.param, **limits) as found:
        yield found


def connect(service: Service, member: Member, **headers: str) -> Any:
    given = {"Cookie": f"seat={member.cookie}", "Origin": service.url, **headers}
    return websockets.connect(
        service.url.replace("http", "ws") + member.base + "live",
        additional_headers={name: value for name, value in given.items() if value},
        compression=None,
        proxy=None,
    )


@pytest.mark.parametrize("origin", ["http://elsewhere.test", "null", ""])
async def test_a_foreign_page_gets_no_socket(service: Service, door: Door, origin: str) -> None:
    member = await door.join(service.links["participant"])
    with pytest.raises(websockets.InvalidStatus) as refused:
        await connect(service, member, Origin=origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("cookie", ["seat=forged", "seat=", "other=1"])
async def test_without_a_seat_the_socket_closes_with_a_code_that_says_so(
    service: Service, door: Door, cookie: str
) -> None:
    member = await door.join(service.links["participant"])
    async with connect(service, member, Cookie=cookie) as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_a_seat_of_one_role_opens_no_socket_of_another(service: Service, door: Door) -> None:
    member = await door.join(service.links["participant"])
    member.base = member.base.replace("/participant/", "/moderator/")
    async with connect(service, member) as socket:
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()


async def test_a_crew_link_for_one_room_opens_no_socket_of_another(service: Service, door: Door) -> None:
    host = Phone(door, ())
    await host.sit(await door.join(service.links["host"]))
    room = (await host.act("events.add_room", name="Workshop"))["data"]["room"]
    path = (await host.act("events.new_link", role="moderator", room=room))["data"]["path"]
    await host.close()
    member = await door.join(service.url + path)
    assert f"/{room}/" in member.base
    async with connect(service, member) as socket:
        await socket.send('{"beat": 1}')
        assert json.loads(await socket.recv())["beat"] == 1
    assert host.member is not None
    member.base = host.member.base.replace("/host/", "/moderator/")
    async with connect(service, member) as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("nonsense", "json"),
        ("[1, 2]", "json"),
        ('"text"', "json"),
        ("{}", "shape"),
        ('{"watch": 3}', "shape"),
        ('{"beat": true}', "shape"),
        ('{"watch": {"events.now": 3}}', "shape"),
        ('{"do": "seats.rename", "with": [], "id": "12345678"}', "shape"),
        ('{"do": "seats.rename", "with": {}, "id": 7}', "shape"),
        ('{"do": "seats.rename", "with": {"place": "hall"}, "id": "12345678", "more": 1}', "shape"),
        ('{"do": "no.such_thing", "with": {}, "id": "12345678"}', "unknown"),
        ('{"do": "seats.rename", "with": {"surprise": "1"}, "id": "12345678"}', "unknown_field"),
        ('{"do": "events.move_on", "with": {}, "id": "12345678"}', "role"),
        ('{"do": "seats.rename", "with": {"name": "' + "x" * 17_000 + '"}, "id": "12345678"}', "size"),
        ("[" * 10_000, "json"),
    ],
)
async def test_what_can_not_be_read_is_refused_in_words_and_the_socket_stays(
    service: Service, door: Door, frame: str, code: str
) -> None:
    member = await door.join(service.links["participant"])
    async with connect(service, member) as socket:
        await socket.send(frame)
        answer = json.loads(await socket.recv())["a"]
        assert answer["ok"] is False
        assert answer["code"] == code
        assert len(answer["say"]) > 10
        await socket.send('{"beat": 5}')
        assert json.loads(await socket.recv())["beat"] == 5


async def test_a_binary_frame_is_refused_and_the_socket_stays(service: Service, door: Door) -> None:
    member = await door.join(service.links["participant"])
    async with connect(service, member) as socket:
        await socket.send(b"\x00\xff")
        assert json.loads(await socket.recv())["a"]["code"] == "size"
        await socket.send('{"beat": 1}')
        assert json.loads(await socket.recv())["beat"] == 1


async def test_a_phone_that_holds_the_newest_pictures_gets_none_again(service: Service, door: Door) -> None:
    phone = Phone(door, PARTS)
    await phone.sit(await door.join(service.links["participant"]))
    for part in PARTS:
        await until(phone, part, "<")
    have = {name: digest for name, (digest, _html) in phone.pictures.items()}
    assert phone.member is not None
    async with connect(service, phone.member) as socket:
        await socket.send(json.dumps({"watch": have}))
        await socket.send('{"beat": 9}')
        assert json.loads(await socket.recv())["beat"] == 9, "no picture came before the beat"
    await phone.close()


async def test_an_act_reaches_every_other_screen(service: Service, door: Door) -> None:
    phone, other = Phone(door, PARTS), Phone(door, ())
    await phone.sit(await door.join(service.links["participant"]))
    before = _number(await until(phone, "seats.presence", "take"))
    await other.sit(await door.join(service.links["participant"]))
    await until(phone, "seats.presence", str(before + 1))
    await phone.close()
    await other.close()


async def test_an_act_repeated_on_a_new_line_is_the_same_act(service: Service, door: Door) -> None:
    member = await door.join(service.links["moderator"])
    frame = json.dumps({"do": "events.move_on", "with": {}, "id": secrets.token_urlsafe(12)})
    answers = []
    for _line in range(2):
        async with connect(service, member) as socket:
            await socket.send(frame)
            answers.append(json.loads(await socket.recv())["a"])
    assert answers[0]["ok"] is True
    assert answers[0]["say"] == answers[1]["say"]


async def test_who_is_erased_loses_the_line_at_once(service: Service, door: Door) -> None:
    member = await door.join(service.links["participant"])
    async with connect(service, member) as first, connect(service, member) as second:
        await first.send('{"beat": 1}')
        await second.send('{"beat": 1}')
        assert json.loads(await first.recv())["beat"] == json.loads(await second.recv())["beat"] == 1
        await first.send(json.dumps({"do": "seats.erase", "with": {}, "id": "erase-me-now"}))
        async with asyncio.timeout(2):
            assert json.loads(await second.recv()) == {"end": "ended"}
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await second.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_a_phone_that_talks_without_reading_is_let_go_and_slows_nobody(service: Service, door: Door) -> None:
    stuck = await door.join(service.links["participant"])
    host, port = "127.0.0.1", service.port
    reader, writer = await asyncio.open_connection(host, port, limit=1024)
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    writer.write(
        f"GET {stuck.base}live HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {service.url}\r\nCookie: seat={stuck.cookie}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    asks = 20_000
    body = b'{"beat": 123456}'
    frame = bytes([0x81, 0x80 | len(body), 0, 0, 0, 0]) + body  # masked with zeros
    quick = Phone(door, PARTS)
    await quick.sit(await door.join(service.links["participant"]))
    got = 0
    try:
        writer.write(frame * asks)
        before = _number(await until(quick, "seats.presence", "take"))
        await door.join(service.links["participant"])
        await until(quick, "seats.presence", str(before + 1))
        async with asyncio.timeout(20):
            while read := await reader.read(65_536):
                got += len(read)
                if b"\x88" in read:  # the frame that closes; how long its answer is waited for is each server's own
                    break
    except ConnectionError:
        pass
    finally:
        writer.close()
    # Each answer is some 40 bytes: all of them would be 800 kB. The line was closed at four windows of 20,000 bytes.
    assert got < 200_000
    await quick.close()


def _number(html: str) -> int:
    return int(re.findall(r"\d+", html)[0])


async def test_the_stream_is_the_socket_s_twin(service: Service, door: Door) -> None:
    member = await door.join(service.links["participant"])
    headers = {"Cookie": f"seat={member.cookie}", "X-Watch": json.dumps(dict.fromkeys(PARTS, ""))}
    seen: set[str] = set()
    async with (
        httpx.AsyncClient(timeout=10) as http,
        http.stream("GET", service.url + member.base + "stream", headers=headers) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                seen |= set(json.loads(line[6:]).get("p", {}))
            if seen == set(PARTS):
                break


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Cookie": "seat=forged"}, 401), ({"X-Watch": "nonsense"}, 400), ({"Origin": "http://elsewhere.test"}, 403)],
)
async def test_a_stream_without_a_seat_or_from_elsewhere_is_refused(
    service: Service, door: Door, headers: dict[str, str], status: int
) -> None:
    member = await door.join(service.links["participant"])
    async with httpx.AsyncClient() as http:
        answer = await http.get(
            service.url + member.base + "stream", headers={"Cookie": f"seat={member.cookie}", **headers}
        )
    assert answer.status_code == status


async def test_acts_go_by_post_where_sockets_are_blocked(service: Service, door: Door) -> None:
    member = await door.join(service.links["participant"])
    async with httpx.AsyncClient() as http:
        answers = [
            await http.post(
                f"{service.url}{member.base}do/seats.rename",
                data={"name": "New Name", "place": "remote", "act": "posted-once"},
                headers={"Cookie": f"seat={member.cookie}", "Accept": "application/json", "Origin": service.url},
            )
            for _time in range(2)
        ]
    assert [answer.json()["say"] for answer in answers] == ["Saved.", "Saved."]


async def test_health_readiness_and_metrics_answer_and_name_nobody(service: Service, door: Door) -> None:
    await door.join(service.links["participant"], name="Zebulon Quux")
    async with httpx.AsyncClient(base_url=service.url) as http:
        assert (await http.get("/health")).text == "ok"
        assert (await http.get("/ready")).json() == {"ready": True, "failed": []}
        metrics = (await http.get("/metrics")).text
    assert "deliberate_acts_total" in metrics
    assert "Zebulon" not in metrics
    assert "127.0.0.1" not in metrics


async def test_nothing_of_these_tests_left_an_address_or_a_name_in_the_log(service: Service, door: Door) -> None:
    phone = Phone(door, ())
    await phone.sit(await door.join(service.links["participant"], name="Zebulon Quux"))
    assert not (await phone.act("floor.call_next"))["ok"]
    await phone.close()
    log = service.log.read_text()
    assert "refused" in log, "refusals are logged"
    assert "Zebulon" not in log
    assert "127.0.0.1" not in log
    assert "Traceback" not in log
