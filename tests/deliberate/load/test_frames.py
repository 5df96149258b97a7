"""What the load client writes and reads, beside a library that knows the protocol by heart."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from deliberate.load import frames


def read_by_a_server(data: bytes) -> bytes:
    """The payload as a server reads it, which takes masked frames alone."""
    stream = StreamReader()
    stream.feed_data(data)
    parser = Frame.parse(stream.read_exact, mask=True)
    with pytest.raises(StopIteration) as done:
        next(parser)
    frame: Frame = done.value.value
    assert frame.fin
    return bytes(frame.data)


@given(st.binary(max_size=16_383))
def test_a_server_reads_what_was_masked(payload: bytes) -> None:
    assert read_by_a_server(frames.masked(payload)) == payload


def test_a_frame_that_no_phone_sends_is_refused() -> None:
    with pytest.raises(ValueError, match="no frame of that size"):
        frames.masked(b"x" * 16_384)


@given(st.lists(st.binary(max_size=400), max_size=5), st.integers(0, 2100))
def test_whole_frames_are_taken_and_the_rest_is_left(payloads: list[bytes], cut: int) -> None:
    wire = [Frame(Opcode.TEXT, payload).serialize(mask=False) for payload in payloads]
    data = b"".join(wire)[:cut]
    found, used = frames.whole_frames(data)
    count = len(found)
    assert [payload for _first, payload in found] == payloads[:count]
    assert used == sum(map(len, wire[:count])) <= len(data)
    assert count == len(payloads) or len(data) < sum(map(len, wire[: count + 1]))


def test_a_large_frame_is_read() -> None:
    payload = b"y" * 70_000
    found, used = frames.whole_frames(Frame(Opcode.TEXT, payload).serialize(mask=False))
    assert found == [(frames.FINAL | frames.TEXT, payload)]
    assert used == 70_010


def test_a_compressed_frame_is_unpacked() -> None:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(b"a picture") + packer.flush(zlib.Z_SYNC_FLUSH)
    assert frames.inflated(packed.removesuffix(b"\x00\x00\xff\xff")) == b"a picture"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(b"hello"))
        + gzip.compress(b"hello"),
    ],
    ids=["length", "chunks", "gzip"],
)
def test_a_page_is_whole_only_at_its_end(answer: bytes) -> None:
    assert frames.body_of(answer, False) == b"hello"
    assert all(frames.body_of(answer[:cut], False) is None for cut in range(len(answer) - 2))


def test_a_page_without_a_length_ends_with_its_connection() -> None:
    answer = b"HTTP/1.0 200 OK\r\n\r\nhello"
    assert frames.body_of(answer, False) is None
    assert frames.body_of(answer, True) == b"hello"
