"""The signing process from within: what it answers when the machine has a fault, and how long it stays."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import gmpy2
import pytest

from polls.ballots.blind import signer, wire
from polls.ballots.blind.keys import Keys
from polls.ballots.blind.rsabssa import PublicKey, blind, prepare
from polls.ballots.blind.signer import Lines, Signer, serve
from polls.ballots.blind.signing import Signing
from polls.ballots.blind.wire import Faulty

Service = Callable[..., Signing]


class Within:
    """A signer that serves a folder from a thread of this process."""

    def __init__(self, folder: Path, keys: Path) -> None:
        folder.mkdir()
        self.lines = Lines(Signer(Keys(keys, bytes(range(32))), 0))
        self._thread = threading.Thread(target=serve, args=(folder, self.lines), kwargs={"linger_s": 1.0}, daemon=True)
        self._thread.start()
        while not (folder / wire.SOCKET).exists():
            time.sleep(0.01)

    def ends(self, within_s: float) -> bool:
        self._thread.join(within_s)
        return not self._thread.is_alive()


@pytest.fixture
def within(signing: Signing, tmp_path: Path) -> Within:
    return Within(tmp_path / "signer", tmp_path / "keys")


def test_a_fault_in_one_signature_of_many_lets_none_of_them_out(
    within: Within, signing: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = PublicKey.of(signing.take("poll", "g1"))
    asked = [blind(key, prepare(b"token"))[0] for _voter in range(4)]
    right, numbers = gmpy2.powmod_sec, count()
    send, sent = wire.send, []

    def broken(base: Any, exponent: Any, modulus: Any) -> Any:
        return right(base, exponent, modulus) ^ (next(numbers) == 4)

    def watched(line: socket.socket, message: dict[str, Any]) -> None:
        sent.append(message)
        send(line, message)

    with monkeypatch.context() as faulty:
        faulty.setattr(gmpy2, "powmod_sec", broken)
        faulty.setattr(wire, "send", watched)
        with pytest.raises(Faulty):
            signing.sign("poll", "g1", asked)
    assert sent[1:] == [{"error": "faulty"}]  # after what was asked
    answers = signing.sign("poll", "g1", asked)
    for blinded, answer in zip(asked, answers, strict=True):
        assert answer is not None
        assert pow(int.from_bytes(answer), key.e, key.n) == int.from_bytes(blinded)
    signing.close()
    assert within.ends(5)


def test_it_stays_as_long_as_one_service_has_a_line_and_not_longer(within: Within, service: Service) -> None:
    one, other = service(), service()
    assert one.status() == other.status()
    one.close()
    assert not within.ends(2)
    other.close()
    assert within.ends(5)


def test_told_to_end_it_takes_nobody_new_and_leaves_its_place(within: Within, signing: Signing, tmp_path: Path) -> None:
    signing.status()
    within.lines.ended.set()
    assert within.ends(5)
    assert not (tmp_path / "signer" / wire.SOCKET).exists()


def test_two_never_serve_one_folder(
    within: Within, signing: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing.status()
    monkeypatch.setattr(signer, "PLACE_S", 0.3)
    other = Lines(Signer(Keys(tmp_path / "keys", bytes(range(32))), 0))
    with pytest.raises(TimeoutError, match="another signer"):
        serve(tmp_path / "signer", other)
    signing.close()
    assert within.ends(5)


def test_another_user_who_gets_in_is_not_answered(
    within: Within, signing: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other, socket.socket(socket.AF_UNIX) as line:
        other.setattr(wire, "peer", lambda line: os.geteuid() + 1)  # as the kernel would say
        with wire.address(tmp_path / "signer", wire.SOCKET) as address:
            line.connect(address)
        line.settimeout(5)
        assert wire.receive(line) is None
    assert signing.status().polls == ()
    signing.close()
    assert within.ends(5)
