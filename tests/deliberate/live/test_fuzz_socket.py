"""Whatever comes over a socket, the process takes it: it answers or closes in words, logs no exception, and the lines of
others live on. First by frames of every shape, then below them, by the bytes of the protocol itself."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import websockets.sync.client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from deliberate.door.registry import commands
from deliberate.live.parts import parts
from deliberate.live.socket import CLOSE_CODES
from deliberate.rehearsal.phone import Door, Member
from deliberate.shell.server import SERVERS
from tests.service import Service, running

PATIENCE_S = 10
#: Our own words, and those of the protocol for what breaks it: 1002 by its rules, 1007 by its letters, 1009 by its length.
WORDS_OF_CLOSING = {*CLOSE_CODES.values(), 1000, 1002, 1007, 1009}
TRIED = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "75")), deadline=None, derandomize=True, database=None,
    phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
)  # fmt: skip

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.integers(-(10**300), 10**300),
    st.sampled_from([*sorted(commands), *sorted(parts), "do", "with", "id", "watch", "beat", "pong", "marks"]),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
)
KEYS = st.sampled_from(["do", "with", "id", "watch", "marks", "pong", "beat", "end", "a", "p", "", "__proto__"])
NEAR = st.one_of(
    st.dictionaries(KEYS, VALUES, max_size=5),
    st.fixed_dictionaries(
        {"do": st.sampled_from(sorted(commands.keys() - {"seats.erase"})), "with": VALUES, "id": VALUES}
    ),
    st.fixed_dictionaries(
        {"do": st.sampled_from(sorted(commands.keys() - {"seats.erase"}))},
        optional={
            "with": st.dictionaries(st.sampled_from(["text", "idea", "place", "name"]), VALUES),
            "id": st.text(max_size=70),
        },
    ),
    st.fixed_dictionaries({"watch": st.dictionaries(st.one_of(st.sampled_from(sorted(parts)), st.text()), VALUES)}),
    st.fixed_dictionaries({"beat": VALUES}),
    st.fixed_dictionaries({"pong": VALUES}),
)
#: Texts that are JSON, or nearly, which no dumps would write.
RAW = st.sampled_from(
    [
        '{"beat": 1, "beat": "twice"}', '{"do": "seats.rename", "do": {}, "with": {}}', '{"beat": NaN}', '{"beat": Infinity}',
        '{"beat": ' + "9" * 16_000 + "}", '{"beat": -0}', '{"beat": 1e9999}', '{"beat": true}', "[" * 8_000, '{"a":' * 3_000,
        '{"pong": "\\ud800"}', '{"do": "\\udfff", "with": {}, "id": "12345678"}', '{"watch": {"\\ud834": ""}}', '{"beat": 1}\x00',
        "\ufeff{}", '{"do":"seats.rename","with":{"name":"\\u0000","place":"hall"},"id":"12345678"}', "x" * 16_384, "\u00e9" * 9_000,
        '{"with": {"choice": [' + '"a",' * 3_000 + '"a"]}, "do": "ballots.cast", "id": "12345678"}',
    ]
)  # fmt: skip
FRAMES: st.SearchStrategy[str | bytes] = st.one_of(
    NEAR.map(json.dumps),
    NEAR.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()),
    VALUES.map(json.dumps),
    st.text(max_size=200),
    RAW,
    st.binary(max_size=200),
)


@pytest.fixture(scope="module", params=SERVERS)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("fuzz"), request.param, LIMIT_FACTOR="100000") as found:
        yield found
        said = found.log.read_text()
        assert "Traceback" not in said
        assert "level=error" not in said, [line for line in said.splitlines() if "level=error" in line][:3]


@pytest.fixture
async def member(service: Service) -> Member:
    door = Door(service.url)
    try:
        return await door.join(service.links["participant"])
    finally:
        await door.close()


class Phone:
    """One line that is opened anew where it was closed."""

    def __init__(self, service: Service, member: Member) -> None:
        self.service, self.member = service, member
        self.beat = 0
        self.open()

    def open(self) -> None:
        self._held = ExitStack()
        self.line: Any = self._held.enter_context(
            websockets.sync.client.connect(
                self.service.url.replace("http", "ws") + self.member.base + "live",
                additional_headers={"Cookie": f"seat={self.member.cookie}", "Origin": self.service.url},
                proxy=None,
                max_size=None,
            )
        )

    def close(self) -> None:
        self._held.close()

    def lives(self) -> bool:
        """Whether the line still answers; where not, it was closed with a word why, and a new one is opened."""
        self.beat += 1
        try:
            self.line.send(f'{{"beat": {self.beat}}}')
            while json.loads(self.line.recv(timeout=PATIENCE_S)).get("beat") != self.beat:
                pass
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd is not None else None
        else:
            return True
        assert code in WORDS_OF_CLOSING
        self.close()
        self.open()
        return False


def test_any_frame_is_answered_or_the_line_is_closed_in_words(service: Service, member: Member) -> None:
    phone, other = Phone(service, member), Phone(service, member)
    lived = []

    @TRIED
    @given(frames=st.lists(FRAMES, min_size=1, max_size=4))
    def tried(frames: list[str | bytes]) -> None:
        with suppress(ConnectionClosed):
            for frame in frames:
                phone.line.send(frame)
        lived.append(phone.lives())

    tried()
    assert other.lives(), "a line of somebody else was closed"
    assert sum(lived) > len(lived) * 0.9, "a line hardly ever closes for what can't be read"
    for each in (phone, other):
        each.close()


def frame(
    opcode: int, body: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True, length: int = -1
) -> bytes:
    """A frame of the protocol as its bytes; `length` is what its head says where that is a lie."""
    length = len(body) if length < 0 else length
    flag = 0x80 if masked else 0
    size = (
        bytes([flag | length])
        if length < 126
        else struct.pack("!BH", flag | 126, length)
        if length < 2**16
        else struct.pack("!BQ", flag | 127, length)
    )
    mask = b"\x01\x02\x03\x04" if masked else b""
    sent = bytes(byte ^ mask[at % 4] for at, byte in enumerate(body)) if masked else body
    return bytes([(0x80 if fin else 0) | rsv << 4 | opcode]) + size + mask + sent


TEXT, BINARY, GOES_ON, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
BROKEN = {
    "a text in pieces": frame(TEXT, b'{"be', fin=False) + frame(GOES_ON, b'at": 7}'),
    "a text in very many pieces": frame(TEXT, b'{"beat": 1', fin=False)
    + frame(GOES_ON, b"1", fin=False) * 500
    + frame(GOES_ON, b"}"),
    "a piece of nothing": frame(GOES_ON, b"more"),
    "a new text inside another": frame(TEXT, b"{", fin=False) + frame(TEXT, b"}"),
    "a ping between two pieces": frame(TEXT, b'{"beat"', fin=False) + frame(PING, b"x") + frame(GOES_ON, b": 3}"),
    "half a letter at the end": frame(TEXT, "é".encode()[:1]),
    "letters that are none": frame(TEXT, b"\xff\xfe\xed\xa0\x80"),
    "an empty text": frame(TEXT),
    "empty pieces": frame(TEXT, fin=False) + frame(GOES_ON, fin=False) * 50 + frame(GOES_ON),
    "unmasked": frame(TEXT, b'{"beat": 1}', masked=False),
    "a reserved bit": frame(TEXT, b"{}", rsv=1),
    "all reserved bits": frame(TEXT, b"{}", rsv=7),
    "a reserved kind": frame(3, b"x"),
    "a reserved kind of control": frame(11, b"x"),
    "a long ping": frame(PING, b"x" * 126),
    "a ping in pieces": frame(PING, b"x", fin=False),
    "a hundred pings": frame(PING, b"x" * 125) * 100,
    "pongs nobody asked for": frame(PONG, b"x" * 125) * 100,
    "a frame of sixteen exabytes": frame(TEXT, b"x", length=2**64 - 1),
    "a frame of a gigabyte": frame(TEXT, b"x" * 1000, length=2**30),
    "a frame of five megabytes": frame(TEXT, b"x" * 5_000_000),
    "a binary frame": frame(BINARY, b"\x00" * 1000),
    "closing": frame(CLOSE),
    "closing with half a code": frame(CLOSE, b"\x03"),
    "closing with a code that is none": frame(CLOSE, struct.pack("!H", 999)),
    "closing with a code of the protocol's own": frame(CLOSE, struct.pack("!H", 1005)),
    "closing with words that are none": frame(CLOSE, struct.pack("!H", 1000) + b"\xff\xff"),
    "talking after closing": frame(CLOSE, struct.pack("!H", 1000)) + frame(TEXT, b'{"beat": 1}') * 20,
    "noise": bytes(range(256)) * 8,
}


def raw(service: Service, member: Member) -> socket.socket:
    """A line opened by hand."""
    line = socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_S)
    line.sendall(
        f"GET {member.base}live HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nOrigin: {service.url}\r\n"
        f"Cookie: seat={member.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    got = b""
    while b"\r\n\r\n" not in got:
        got += line.recv(1)
    assert got.startswith(b"HTTP/1.1 101")
    return line


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_what_breaks_the_protocol_costs_its_own_line_alone(service: Service, member: Member, sent: bytes) -> None:
    other = Phone(service, member)
    line = raw(service, member)
    with suppress(ConnectionError):
        line.sendall(sent)
    assert other.lives()
    line.close()
    assert other.lives()
    other.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00" * 5_000,
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /at/a/b/c/live HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + b"x" * 100_000 + b"\r\n\r\n",
        b"POST /join/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /join/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /join/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"GET /\xff\xfe%00%c0%af HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /at/%ed%a0%80/participant/x/stream HTTP/1.1\r\nHost: localhost\r\nX-Watch: {\"\\ud800\": \"\"}\r\nCookie: seat=\xff\r\n\r\n",
    ],
    ids=range(9),
)  # fmt: skip
def test_a_request_that_is_none_costs_its_own_connection_alone(service: Service, member: Member, sent: bytes) -> None:
    other = Phone(service, member)
    with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_S) as line, suppress(ConnectionError):
        line.sendall(sent)
    assert other.lives()
    other.close()
