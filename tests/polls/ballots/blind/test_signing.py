"""The service and its signer, a real process: keys live through kill -9 and are destroyed at closing; nobody else gets in."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import struct
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from polls.ballots.blind import signing as module
from polls.ballots.blind import wire
from polls.ballots.blind.keys import Keys
from polls.ballots.blind.rsabssa import PublicKey, blind, finalize, prepare
from polls.ballots.blind.signing import Signing, Status, wrapping
from polls.ballots.blind.wire import Away, NoKey, Unreadable
from tests.polls.ballots.blind.conftest import STOCK

Service = Callable[..., Signing]


def blinded(modulus: bytes, count: int = 1) -> list[bytes]:
    return [blind(PublicKey.of(modulus), prepare(b"token %d" % number))[0] for number in range(count)]


def until(holds: Callable[[], bool], within_s: float = 20) -> None:
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_voter_gets_a_token_that_verifies(signing: Signing) -> None:
    key = PublicKey.of(signing.take("poll", "g1"))
    assert (key.size, key.n.bit_length(), key.e) == (384, 3072, 65537)
    prepared = prepare(b"deliberate token v1")
    asked, inverse = blind(key, prepared)
    (answer,) = signing.sign("poll", "g1", [asked])
    assert answer is not None
    assert len(finalize(key, prepared, answer, inverse)) == 384


def test_the_same_blinded_message_gets_the_same_octets_also_from_the_next_signer(signing: Signing) -> None:
    asked = blinded(signing.take("poll", "g1"), 3)
    answers = signing.sign("poll", "g1", asked)
    assert None not in answers
    assert signing.sign("poll", "g1", asked) == answers
    os.kill(signing.status().pid, signal.SIGKILL)
    assert signing.sign("poll", "g1", asked[::-1]) == answers[::-1]


def test_one_bad_message_among_many_spoils_none_of_the_others(signing: Signing) -> None:
    modulus = signing.take("poll", "g1")
    n = int.from_bytes(modulus)
    good = blinded(modulus, 2)
    bad = [*(number.to_bytes(384) for number in (0, 1, n - 1, n, n + 1)), b"", bytes(385), b"\xff" * 384]
    answers = signing.sign("poll", "g1", [good[0], *bad, good[1]])
    assert answers[1:-1] == [None] * len(bad)
    assert [answers[0], answers[-1]] == signing.sign("poll", "g1", good)
    assert None not in (answers[0], answers[-1])


def test_more_than_one_message_holds_is_asked_in_several(signing: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = blinded(signing.take("poll", "g1"), 5)
    at_once = signing.sign("poll", "g1", asked)
    monkeypatch.setattr(wire, "MOST", 2)
    assert signing.sign("poll", "g1", asked) == at_once
    assert signing.sign("poll", "g1", []) == []


def test_nothing_is_signed_for_a_poll_or_group_without_a_key(signing: Signing) -> None:
    asked = blinded(signing.take("poll", "g1"))
    for poll, group in (("poll", "g2"), ("other", "g1"), ("../keys", "g1")):
        with pytest.raises(NoKey):
            signing.sign(poll, group, asked)


class TestKilled:
    """kill -9, of the signer and of the service, in the middle of a poll."""

    def test_the_signer_is_started_again_with_the_same_keys(self, signing: Signing) -> None:
        moduli = [signing.take("poll", group) for group in ("g1", "g2")]
        before = signing.status().pid
        os.kill(before, signal.SIGKILL)
        assert [signing.take("poll", group) for group in ("g1", "g2")] == moduli
        assert signing.status().pid != before

    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
    def test_who_waits_for_signatures_gets_them_from_the_next(self, signing: Signing, how: signal.Signals) -> None:
        asked = blinded(signing.take("poll", "g1"), 60)
        before = signing.status().pid
        with ThreadPoolExecutor(3) as threads:
            answers = [threads.submit(signing.sign, "poll", "g1", asked) for _voter in range(3)]
            time.sleep(0.05)
            os.kill(before, how)
            signed = [answer.result() for answer in answers]
        assert None not in signed[0]
        assert signed[0] == signed[1] == signed[2] == signing.sign("poll", "g1", asked)
        assert signing.status().pid != before

    def test_a_service_that_is_started_anew_goes_on_with_the_poll(self, service: Service) -> None:
        first = service()
        modulus = first.take("poll", "g1")
        asked = blinded(modulus)
        answer = first.sign("poll", "g1", asked)
        os.kill(first.status().pid, signal.SIGKILL)
        second = service()
        assert second.sign("poll", "g1", asked) == answer
        assert second.take("poll", "g1") == modulus

    def test_again_and_again_is_said(self, signing: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
        signing.take("poll", "g1")
        monkeypatch.setattr(wire, "receive", lambda line: None)
        with pytest.raises(Away, match="again and again"):
            signing.status()


class TestForgotten:
    def test_files_are_gone_and_nothing_is_signed_any_more(self, signing: Signing, tmp_path: Path) -> None:
        asked = blinded(signing.take("poll", "g1"))
        signing.take("poll", "g2")
        signing.take("other", "g1")
        assert signing.status().polls == ("other", "poll")
        signing.forget("poll")
        assert not (tmp_path / "keys" / "polls" / "poll").exists()
        for _when in ("at once", "after kill -9"):
            with pytest.raises(NoKey):
                signing.sign("poll", "g1", asked)
            assert signing.status().polls == ("other",)
            os.kill(signing.status().pid, signal.SIGKILL)
        signing.forget("poll")

    def test_another_service_s_signer_stops_too(self, service: Service, tmp_path: Path) -> None:
        """Two machines that share the folder of keys have a signer each."""
        here = Signing(tmp_path / "here", tmp_path / "keys", bytes(32), 0)
        there = Signing(tmp_path / "there", tmp_path / "keys", bytes(32), 0)
        try:
            modulus = here.take("poll", "g1")
            assert there.take("poll", "g1") == modulus
            asked = blinded(modulus)
            assert here.sign("poll", "g1", asked) == there.sign("poll", "g1", asked)
            assert here.status().pid != there.status().pid
            here.forget("poll")
            with pytest.raises(NoKey):
                there.sign("poll", "g1", asked)
        finally:
            here.close()
            there.close()


class TestNobodyElse:
    def test_the_socket_and_its_folder_are_the_owner_s_alone(self, signing: Signing, tmp_path: Path) -> None:
        (tmp_path / "signer").mkdir(mode=0o777)
        signing.status()
        path = tmp_path / "signer" / wire.SOCKET
        assert stat.S_ISSOCK(path.stat().st_mode)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert path.stat().st_uid == os.geteuid()

    def test_another_user_is_not_ours(self) -> None:
        assert wire.ours(os.geteuid())
        assert not wire.ours(os.geteuid() + 1)

    @pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="needs somebody who may be somebody else")
    def test_another_user_who_gets_at_the_socket_is_hung_up_on(self, signing: Signing, tmp_path: Path) -> None:
        signing.take("poll", "g1")
        path = tmp_path / "signer" / wire.SOCKET
        path.chmod(0o666)
        path.parent.chmod(0o755)
        back = os.open(".", os.O_RDONLY)
        os.chdir(path.parent)  # past the folders above it
        line = socket.socket(socket.AF_UNIX)
        try:
            os.seteuid(65534)
            try:
                line.connect(wire.SOCKET)
            finally:
                os.seteuid(0)
            line.settimeout(10)
            try:
                wire.send(line, {"do": "status"})
                assert wire.receive(line) is None
            except ConnectionError:
                pass  # it had hung up before it was asked
        finally:
            line.close()
            os.fchdir(back)
            os.close(back)
        assert signing.status().polls == ("poll",)

    def test_a_stranger_in_the_signer_s_place_is_told_nothing(
        self, signing: Signing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signing.status()
        signing.close()
        monkeypatch.setattr(wire, "ours", lambda user: False)
        with pytest.raises(Away, match="another user"):
            signing.take("poll", "g1")

    @pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
    def test_the_signer_knows_nothing_of_the_service_s_secrets_and_holds_none_of_its_sockets(
        self, signing: Signing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SECRET_KEY", "the service's secret")
        monkeypatch.setenv("DATABASE_URL", "postgres://user:password@host/name")
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.set_inheritable(True)  # as a worker has it from the process above it
            pid = signing.status().pid
            mine = Path(f"/proc/self/fd/{listening.fileno()}").readlink()
            theirs = [each.readlink() for each in Path(f"/proc/{pid}/fd").iterdir()]
        assert mine not in theirs
        for where in ("environ", "cmdline"):
            said = Path(f"/proc/{pid}/{where}").read_bytes()
            assert b"secret" not in said
            assert b"password" not in said
            assert bytes(range(32)) not in said


def test_several_workers_share_one_signer_whoever_starts_it(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    spawn, started = os.posix_spawn, []

    def counted(*command: Any, **how: Any) -> int:
        started.append(spawn(*command, **how))
        return started[-1]

    monkeypatch.setattr(os, "posix_spawn", counted)
    workers = [service() for _worker in range(4)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda worker: (worker.status().pid, worker.take("poll", "g1")), workers * 2))
    assert {pid for pid, _modulus in found} == set(started)
    assert len(set(found)) == len(started) == 1


def test_it_ends_where_its_folder_is_thrown_away(signing: Signing, tmp_path: Path) -> None:
    pid = signing.status().pid
    (tmp_path / "signer").rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / wire.SOCKET).unlink()
    until(lambda: gone(pid))


def test_the_pool_is_filled_without_anybody_waiting(service: Service) -> None:
    more = STOCK + 1
    signing = service(pool=more)
    signing.warm()
    until(lambda: signing.status().ready == more)
    signing.take("poll", "g1")
    until(lambda: signing.status().ready == more)


def test_what_is_no_message_ends_its_own_line_only(signing: Signing, tmp_path: Path) -> None:
    pid = signing.status().pid
    for octets in (
        struct.pack("!I", wire.LONGEST + 1),
        struct.pack("!I", 3) + b"{}}",
        struct.pack("!I", 2) + b"[]",
        struct.pack("!I", 200_000) + b"[" * 200_000,
        b"\x00",
    ):
        with socket.socket(socket.AF_UNIX) as line, wire.address(tmp_path / "signer", wire.SOCKET) as address:
            line.connect(address)
            line.sendall(octets)
            line.shutdown(socket.SHUT_WR)
            line.settimeout(10)
            assert wire.receive(line) is None
    assert signing.status() == Status(STOCK, (), pid)


def test_what_can_t_be_asked_is_an_error_and_the_signer_lives(signing: Signing) -> None:
    signing.take("poll", "g1")
    pid = signing.status().pid
    sign = {"do": "sign", "poll": "poll", "group": "g1"}
    for asked in ({}, {"do": "export"}, sign, {**sign, "blinded": "00"}, {**sign, "blinded": ["00"] * (wire.MOST + 1)}):
        with pytest.raises(wire.SignerError, match="failed"):
            signing._ask(asked)
    assert signing._ask({**sign, "blinded": [1, None, "-1", "zz"]}) == {"signatures": [None] * 4}
    assert signing.status().pid == pid


def test_a_folder_with_a_very_long_name_will_do(service: Service, tmp_path: Path) -> None:
    signing = service(tmp_path / ("long" * 40))
    assert len(signing.take("poll", "g1")) == 384
    assert len(signing.status().polls) == 1


class TestAway:
    """A signer that can't be had is said so, soon and in words."""

    def test_where_its_folder_can_t_be_made(self, service: Service, tmp_path: Path) -> None:
        (tmp_path / "signer").write_text("no folder")
        with pytest.raises(Away, match="can't be"):
            service().status()

    def test_where_it_ends_at_its_start(self, signing: Signing, tmp_path: Path) -> None:
        shutil.rmtree(tmp_path / "keys")
        (tmp_path / "keys").write_text("no folder")
        with pytest.raises(Away, match="ended at its start"):
            signing.status()

    def test_where_it_stands_still(self, signing: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
        pid = signing.status().pid
        signing.close()
        monkeypatch.setattr(module, "ANSWER_S", 0.3)
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(Away, match="does not answer"):
                signing.status()
        finally:
            os.kill(pid, signal.SIGCONT)
        assert signing.status().pid == pid

    def test_under_another_secret_key_old_keys_are_said_to_be_unreadable(self, service: Service) -> None:
        first = service()
        first.take("poll", "g1")
        pid = first.status().pid
        os.kill(pid, signal.SIGKILL)
        second = service(wrapping=wrapping("another secret"))
        with pytest.raises(Unreadable):
            second.take("poll", "g1")
        assert len(second.take("new", "g1")) == 384


def test_the_service_s_own_signer_lives_in_its_data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.KEYS_DIR, settings.SIGNER_POOL = tmp_path, tmp_path / "kept", 0
    module.signer().close()
    module.signer.cache_clear()
    try:
        modulus = module.signer().take("poll", "g1")
        assert module.signer().take("poll", "g1") == modulus
        assert (tmp_path / "signer" / wire.SOCKET).is_socket()
        assert (tmp_path / "kept" / "polls" / "poll" / "g1").is_file()
        assert Keys(tmp_path / "kept", wrapping(settings.SECRET_KEY)).of("poll", "g1").public.n == int.from_bytes(
            modulus
        )
        module.signer().close()
    finally:
        module.signer.cache_clear()
