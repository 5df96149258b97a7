"""Hints between processes, over a real Redis, over several, and over a real cluster."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from redis.asyncio import Redis, RedisCluster

from deliberate.bench.servers.guarded import free_port
from deliberate.bench.servers.valkey import redis_program
from deliberate.live import hints, relay
from deliberate.live.hints import Hint
from tests import servers

EVERYTHING = Hint(everything=True)
pytestmark = pytest.mark.usefixtures("_quiet")


@pytest.fixture
def _quiet() -> Iterator[None]:
    yield
    hints.here.loop = hints.here.take = None


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[list[Hint]]:
    """This process hears the others, as a hub lets it; gives what it hears, and what it says to itself."""
    heard: list[Hint] = []
    hints.here.loop, hints.here.take = asyncio.get_running_loop(), heard.append
    task = asyncio.create_task(hints.listen(heard.append))
    await asyncio.sleep(0)
    try:
        yield heard
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def well(within_s: float = 10) -> None:
    """Until what we say in every channel is heard."""
    async with asyncio.timeout(within_s):
        while True:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(1):
                    return await hints.reach()
            await asyncio.sleep(0.05)


async def becomes(true: Callable[[], bool], within_s: float = 5) -> None:
    for _attempt in range(int(within_s * 100)):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


@contextlib.asynccontextmanager
async def other(url: str) -> AsyncIterator[tuple[Redis, list[dict[str, Any]]]]:
    """Another process: a connection of its own, and every message of ours that it hears."""
    redis, said = Redis.from_url(url), []
    link = redis.pubsub()
    await link.psubscribe("hints:*")

    async def hear() -> None:
        while True:
            message = await link.get_message(ignore_subscribe_messages=True, timeout=None)
            if message is not None and not message["data"].startswith(b"other"):
                said.append(json.loads(message["data"].partition(b" ")[2]))

    task = asyncio.create_task(hear())
    try:
        yield redis, said
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await link.aclose()  # type: ignore[no-untyped-call]
        await redis.aclose()


async def test_the_others_are_told_and_heard(settings: Settings, redis_url: str) -> None:
    settings.REDIS_URLS = [redis_url]
    async with listening() as heard, other(redis_url) as (redis, said):
        await well()
        said.clear()
        hints.tell_others(Hint(room=3, parts=("floor.queue",)))
        await becomes(lambda: bool(said))
        assert said == [{"rooms": {"3": {"floor.queue": 0}}}]
        assert heard == [], "our own words are no news to us"
        await redis.publish(relay.names()[0], b'other {"rooms":{"4":{"ideas.board":1}},"seats":[9],"ended":[8]}')
        await becomes(lambda: len(heard) == 3)
        assert heard == [
            Hint(room=4, parts=("ideas.board",), crowd=True), Hint(seat=9), Hint(seat=8, end=True)
        ]  # fmt: skip


async def test_what_a_newer_version_says_makes_this_one_look_at_everything(settings: Settings, redis_url: str) -> None:
    settings.REDIS_URLS = [redis_url]
    async with listening() as heard, other(redis_url) as (redis, _said):
        await well()
        await redis.publish(relay.names()[0], b"other nothing that we know")
        await becomes(lambda: heard == [EVERYTHING])


async def test_ten_thousand_votes_from_many_threads_are_a_few_messages_that_name_every_seat(
    settings: Settings, redis_url: str
) -> None:
    settings.REDIS_URLS = [redis_url]

    def vote(votes: range) -> None:
        for number in votes:
            hints.send(Hint(room=1, parts=("ballots.turnout",), crowd=True))
            hints.tell_others(Hint(seat=1 + number % 4_000))

    async with listening() as heard, other(redis_url) as (_redis, said):
        await well()
        said.clear()
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(asyncio.to_thread(vote, range(first, 10_000, 4)) for first in range(4)))
        await hints.told(5)
        breaths = (asyncio.get_running_loop().time() - began) / relay.BREATH_S
        await becomes(lambda: len({seat for one in said for seat in one.get("seats", ())}) == 4_000)
        assert len(said) <= breaths + 2
        assert all(len(one["seats"]) == len(set(one["seats"])) for one in said)
        await becomes(lambda: bool(heard))
        assert set(heard) == {Hint(room=1, parts=("ballots.turnout",), crowd=True)}
        assert len(heard) < 10_000


async def test_a_process_without_a_hub_tells_the_others_too(settings: Settings, redis_url: str) -> None:
    settings.REDIS_URLS = [redis_url]
    async with other(redis_url) as (_redis, said):
        await asyncio.sleep(0.1)
        await asyncio.to_thread(hints.send, Hint(seat=5, end=True))
        await becomes(lambda: said == [{"ended": [5]}])


class Server:
    """A Redis of this test's own, on a port that stays the same."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        settings = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self.folder), "save": "", "logfile": "log"}
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self.process = subprocess.Popen([redis_program(), *words])
        for _attempt in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.01)
        raise AssertionError("it did not start")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path)
    yield found
    if found.process.poll() is None:
        found.stop(signal.SIGKILL)


async def test_while_redis_is_away_it_is_said_so_and_afterwards_everything_is_told_and_looked_at(
    settings: Settings, server: Server
) -> None:
    settings.REDIS_URLS = [server.url]
    async with listening() as heard:
        await well()
        assert hints.here.away_since is None
        server.stop(signal.SIGKILL)
        await becomes(lambda: hints.here.away_since is not None)
        for seat in range(1, 101):
            hints.tell_others(Hint(room=1, parts=("ideas.board",)))
            hints.tell_others(Hint(seat=seat))
        with pytest.raises(Exception, match=r".*"):
            async with asyncio.timeout(1):
                await hints.reach()
        await asyncio.to_thread(server.start)
        async with other(server.url) as (_redis, said):
            await becomes(lambda: hints.here.away_since is None, within_s=5)
            await becomes(lambda: EVERYTHING in heard)
            await well()
            whole = [one for one in said if one]
            # Whoever subscribed late enough missed it; then it was told before, and is not due any more.
            assert len(whole) <= 1
            assert all(one == {"rooms": {"1": {"ideas.board": 0}}, "seats": list(range(1, 101))} for one in whole)
            assert heard.count(EVERYTHING) == 1


async def test_a_redis_that_hangs_is_noticed_and_what_was_due_is_told_when_it_goes_on(
    settings: Settings, server: Server
) -> None:
    settings.REDIS_URLS = [server.url]
    async with listening(), other(server.url) as (_redis, said):
        await well()
        said.clear()
        server.process.send_signal(signal.SIGSTOP)
        hints.tell_others(Hint(seat=1))
        await becomes(lambda: hints.here.away_since is not None, within_s=10)
        hints.tell_others(Hint(seat=2))
        server.process.send_signal(signal.SIGCONT)
        await becomes(lambda: {seat for one in said for seat in one.get("seats", ())} == {1, 2}, within_s=10)
        await becomes(lambda: hints.here.away_since is None, within_s=10)


async def test_an_emptied_redis_changes_nothing_and_a_cut_subscription_is_restored(
    settings: Settings, redis_url: str
) -> None:
    settings.REDIS_URLS = [redis_url]
    async with listening() as heard, other(redis_url) as (redis, _said):
        await well()
        await redis.flushall()
        await well(1)
        assert heard == []
        for link in await redis.client_list(_type="pubsub"):
            if link["sub"] != "0":  # ours; the other process listens by a pattern
                await redis.client_kill_filter(_id=link["id"])
        await becomes(lambda: EVERYTHING in heard, within_s=3)
        await well(1)


async def test_a_silent_subscription_lives_on(
    settings: Settings, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """redis-py gives every socket a timeout, and a socket that only waits must not die of it."""
    settings.REDIS_URLS = [redis_url]
    monkeypatch.setattr(relay, "QUIET_S", 0.2)
    async with listening() as heard, other(redis_url) as (redis, _said):
        await well()
        await asyncio.sleep(3)
        await redis.publish(relay.names()[0], b'other {"seats":[1]}')
        await becomes(lambda: bool(heard))
        assert heard == [Hint(seat=1)], "it was dropped and made anew"


async def test_two_servers_share_the_rooms_and_one_that_is_away_holds_up_only_its_own(
    settings: Settings, server: Server, redis_url: str
) -> None:
    settings.REDIS_URLS = [redis_url, server.url]
    async with listening() as heard, other(redis_url) as (_one, first), other(server.url) as (_two, second):
        await well()
        first.clear()
        second.clear()
        for room in (10, 11):
            hints.tell_others(Hint(room=room, parts=("floor.now",)))
        await becomes(lambda: bool(first and second))
        assert (first, second) == ([{"rooms": {"10": {"floor.now": 0}}}], [{"rooms": {"11": {"floor.now": 0}}}])
        server.process.send_signal(signal.SIGSTOP)
        for room in (10, 11):
            hints.tell_others(Hint(room=room, parts=("floor.queue",)))
        await becomes(lambda: len(first) == 2, within_s=1)
        server.process.send_signal(signal.SIGCONT)
        await becomes(lambda: any("11" in one["rooms"] for one in second[1:]), within_s=10)
        assert EVERYTHING not in heard


async def ask(node: Redis, *command: object) -> Any:
    return await node.execute_command(*command)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def cluster_urls() -> Iterator[list[str]]:
    with servers.redis_cluster() as urls:
        yield urls.split(",")


async def test_a_cluster_carries_the_hints_by_sharded_channels_at_all_its_nodes(
    settings: Settings, cluster_urls: list[str]
) -> None:
    settings.REDIS_URLS, settings.REDIS_SHARDED = cluster_urls[:1], True
    async with listening() as heard:
        await well()
        homes: dict[str, set[str]] = {}
        for url in cluster_urls:
            node = Redis.from_url(url)
            homes[url] = {
                name if isinstance(name, str) else name.decode() for name in await node.pubsub_shardchannels()
            }
            await node.aclose()
        assert all(homes.values()), "a node carries nothing"
        assert sorted(name for some in homes.values() for name in some) == sorted(relay.names())
        cluster = RedisCluster.from_url(cluster_urls[1])
        for number, name in enumerate(relay.names()):
            await cluster.spublish(name, f'other {{"seats":[{number}]}}'.encode())
        await becomes(lambda: len(heard) == len(relay.names()))
        await cluster.aclose()
        hints.tell_others(Hint(seat=1))
        await hints.told(5)
        assert hints.here.away_since is None
        hints.here.loop = None
        await asyncio.to_thread(hints.tell_others, Hint(seat=77))  # a command's way, from outside the loop
        assert hints.here.away_since is None


async def test_a_channel_that_moves_to_another_node_is_followed(settings: Settings, cluster_urls: list[str]) -> None:
    settings.REDIS_URLS, settings.REDIS_SHARDED = cluster_urls, True
    nodes = [Redis.from_url(url) for url in cluster_urls]
    ids = [str(await ask(node, "CLUSTER", "MYID"), "ascii") for node in nodes]
    name = relay.names()[0]
    slot = int(await ask(nodes[0], "CLUSTER", "KEYSLOT", name))
    home = next(number for number, node in enumerate(nodes) if slot * 3 // 16384 == number)
    goal = (home + 1) % 3
    async with listening() as heard:
        await well()
        for node in (nodes[goal], nodes[home], nodes[(goal + 1) % 3]):
            await ask(node, "CLUSTER", "SETSLOT", slot, "NODE", ids[goal])
        await becomes(lambda: EVERYTHING in heard, within_s=10)
        await well()
        assert name.encode() in await nodes[goal].pubsub_shardchannels()
    for node in nodes:
        await node.aclose()
