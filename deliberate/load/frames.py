"""WebSocket frames (RFC 6455) and HTTP answers, as far as a client needs them that holds ten thousand lines."""

from __future__ import annotations

import base64
import os
import secrets
import zlib

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FINAL, DEFLATED = 0x80, 0x40
#: One mask a process: it keeps proxies from being fooled by what browsers send, and nobody else writes our frames.
MASK = secrets.token_bytes(4)
_LONG_MASK = int.from_bytes(MASK * 4096, "little")


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """A client's whole frame with this payload, of up to 16 KB."""
    size = len(payload)
    if size >= 16_384:
        raise ValueError("a phone sends no frame of that size")
    head = (
        bytes((FINAL | opcode, FINAL | size))
        if size < 126
        else bytes((FINAL | opcode, FINAL | 126, size >> 8, size & 255))
    )
    mixed = int.from_bytes(payload, "little") ^ (_LONG_MASK & ((1 << (8 * size)) - 1))
    return head + MASK + mixed.to_bytes(size, "little")


def whole_frames(data: bytes) -> tuple[list[tuple[int, bytes]], int]:
    """The whole server frames at the start of `data` as (first byte, payload), and how many bytes they took."""
    found: list[tuple[int, bytes]] = []
    at, end = 0, len(data)
    while end - at >= 2:
        size, begin = data[at + 1], at + 2
        if size == 126:
            begin += 2
            if end < begin:
                break
            size = int.from_bytes(data[at + 2 : begin], "big")
        elif size == 127:
            begin += 8
            if end < begin:
                break
            size = int.from_bytes(data[at + 2 : begin], "big")
        if end - begin < size:
            break
        found.append((data[at], data[begin : begin + size]))
        at = begin + size
    return found, at


def inflated(payload: bytes) -> bytes:
    """The text of a frame that was compressed without context takeover."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(payload + b"\x00\x00\xff\xff")


def upgrade(host: str, path: str, headers: str, deflate: bool) -> bytes:
    """The request that asks for a socket. `headers`: whole lines more, each with its line end."""
    offer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    extra = f"Sec-WebSocket-Extensions: {offer}\r\n" if deflate else ""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{extra}{headers}\r\n"
    ).encode()


def request(host: str, path: str, headers: str) -> bytes:
    """The request for a page, as the only one on its connection."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n"
        f"Connection: close\r\n{headers}\r\n"
    ).encode()


def status_of(head: bytes) -> int:
    """The status of an HTTP answer; 0 where it is none."""
    words = head[:32].split(b" ", 2)
    return int(words[1]) if len(words) > 2 and words[1].isdigit() else 0


def body_of(answer: bytes, ended: bool) -> bytes | None:
    """The body of an HTTP answer, unpacked; None while it is not whole. `ended`: no more bytes will come."""
    head, gap, body = answer.partition(b"\r\n\r\n")
    if not gap:
        return None
    headers = head.lower()
    if b"transfer-encoding: chunked" in headers:
        joined = _joined(body)
        if joined is None:
            return None
        body = joined
    elif b"content-length:" in headers:
        size = int(headers.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) < size:
            return None
    elif not ended:
        return None
    return zlib.decompress(body, 31) if b"content-encoding: gzip" in headers else body


def _joined(body: bytes) -> bytes | None:
    """The chunks of a body in one piece; None while the last is missing."""
    pieces: list[bytes] = []
    while True:
        line, gap, body = body.partition(b"\r\n")
        if not gap:
            return None
        size = int(line.split(b";")[0], 16)
        if size == 0:
            return b"".join(pieces)
        if len(body) < size + 2:
            return None
        pieces.append(body[:size])
        body = body[size + 2 :]
