"""Redis, as the hints use it: a few channels that every process hears, each with its own connection and its own fate.

One Redis: one channel. Several (REDIS_URL with commas): a channel each, and a room's hints always in the same one. A
cluster (REDIS_SHARDED): sharded pub/sub, its channels spread over the nodes. Spoken to directly, not through Channels'
layer: docs/decisions/0006-hints-over-redis.md."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator
from typing import Any

import redis
import structlog
from django.conf import settings
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.client import PubSub
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from deliberate.live.sheaf import Hint, Sheaf

log = structlog.get_logger("deliberate.live")
#: Tells this process's messages from the others'.
PROCESS = secrets.token_hex(8).encode()
#: Channels in a cluster: enough for each of its nodes to carry some.
SPREAD = 8
#: Seconds between two messages of this process in a channel, at the least; the first leaves at once.
BREATH_S = 0.02
#: So many processes hear with that breath. With more of them it is longer: what each has to hear stays bounded.
NEAR = 8
#: How long to wait before Redis is tried again; how long an answer may take.
AGAIN_S, ANSWER_S = 0.5, 2.0
#: A channel in which nothing was heard for so long is asked for a sign of life.
QUIET_S = 5.0
# No retries inside the client: it would come back silently, and what was missed meanwhile must be noticed.
_PLAIN: dict[str, Any] = {"socket_timeout": ANSWER_S, "socket_connect_timeout": ANSWER_S}


def names() -> list[str]:
    """The channels of this deployment. Others may use the same Redis: the names come from the secret key."""
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=9, person=b"hints").hexdigest()
    return [f"hints:{key}:{number}" for number in range(SPREAD if settings.REDIS_SHARDED else len(settings.REDIS_URLS))]


def place_of(hint: Hint, channels: int) -> int:
    """Which of so many channels a hint travels in: what concerns one room or seat always in the same."""
    return (hint.room or hint.seat or 0) % channels


def tell_once(hint: Hint) -> None:
    """Tell everybody, from a process that hears nobody: a command, say. Blocks; raises what Redis raises."""
    alone = Sheaf()
    alone.add(hint)
    number = place_of(hint, len(names()))
    data = PROCESS + b" " + alone.written().encode()
    if settings.REDIS_SHARDED:
        cluster = redis.RedisCluster.from_url(settings.REDIS_URLS[0], **_PLAIN)
        try:
            cluster.spublish(names()[number], data)
        finally:
            _hang_up(cluster)
    else:
        with redis.Redis.from_url(settings.REDIS_URLS[number], **_PLAIN) as one:
            one.publish(names()[number], data)


class Channel:
    """One channel: what this process has yet to say there, and what it hears."""

    def __init__(self, name: str, url: str, cluster: RedisCluster | None) -> None:
        self.name, self._url, self._cluster = name, url, cluster
        self._redis = Redis.from_url(url, **_PLAIN, retry=Retry(NoBackoff(), 0))
        self._due, self._lock = Sheaf(), threading.Lock()
        self._some, self._echo = asyncio.Event(), asyncio.Event()
        self._leaving = False
        #: Whether the last word got through, and whether the others' do.
        self.tells = self.hears = True
        self._missed = False

    def add(self, hint: Hint) -> bool:
        """Have something to say, from any thread. True where there was nothing before: then `wake` is due on the loop."""
        with self._lock:
            first = not self._due
            self._due.add(hint)
            return first

    def wake(self) -> None:
        self._some.set()

    @property
    def idle(self) -> bool:
        """Whether all that was to be said has been."""
        return not self._due and not self._leaving

    async def tell(self, changed: Callable[[], None]) -> None:
        """Say what is due, for ever: at once, then a breath apart. While Redis is away what is due is kept, merged."""
        while True:
            await self._some.wait()
            self._some.clear()
            with self._lock:
                message, self._due = self._due, Sheaf()
                self._leaving = True
            pause = AGAIN_S
            try:
                pause = BREATH_S * max(1.0, await self._publish(message) / NEAR)
                self.tells = True
            except Exception as error:
                self.tells = False
                log.info("others were not told", error=type(error).__name__)
                with self._lock:
                    for hint in message.drain():
                        self._due.add(hint)
                self._some.set()
            self._leaving = False
            changed()
            await asyncio.sleep(pause)

    async def _publish(self, message: Sheaf) -> int:
        """Say it. How many heard, ourselves among them."""
        data = PROCESS + b" " + message.written().encode()
        async with asyncio.timeout(2 * ANSWER_S):
            if self._cluster is not None:
                return int(await self._cluster.spublish(self.name, data))
            return int(await self._redis.publish(self.name, data))

    async def hear(self, take: Callable[[Hint], None], changed: Callable[[], None]) -> None:
        """Hand on what the others say, for ever. After a gap, in which something may have been said: everything."""
        while True:
            try:
                await self._listen(take, changed)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.info("others are not heard", error=type(error).__name__)
            self.hears, self._missed = False, True
            changed()
            await asyncio.sleep(AGAIN_S)

    async def _listen(self, take: Callable[[Hint], None], changed: Callable[[], None]) -> None:
        client = await self._home()
        link = client.pubsub()
        try:
            await (link.ssubscribe(self.name) if self._cluster is not None else link.subscribe(self.name))
            async for kind, data in _words(link):
                if kind in ("subscribe", "ssubscribe"):
                    self.hears = True
                    changed()
                    if self._missed:
                        self._missed = False
                        take(Hint(everything=True))
                elif kind == "sunsubscribe":
                    raise ConnectionError("the channel moved to another node")
                elif kind in ("message", "smessage"):
                    self._heard(data, take)
        finally:
            await link.aclose()  # type: ignore[no-untyped-call]
            if client is not self._redis:
                await client.aclose()

    def _heard(self, data: bytes, take: Callable[[Hint], None]) -> None:
        sender, _space, text = data.partition(b" ")
        if sender == PROCESS:
            self._echo.set()
            return
        try:
            hints = Sheaf.read(text).drain()
        except (ValueError, TypeError, AttributeError):
            hints = [Hint(everything=True)]  # another version's: look at everything
        for hint in hints:
            take(hint)

    async def _home(self) -> Redis:
        """Where the channel is at home: in a cluster, the node that carries it now."""
        if self._cluster is None:
            return self._redis
        await self._cluster.initialize()
        if self._missed:  # the nodes may have changed their roles
            await self._cluster.nodes_manager.initialize()
        node = self._cluster.get_node_from_key(self.name)
        if node is None:
            raise ConnectionError("no node carries the channel")
        return Redis(host=node.host, port=int(node.port), **_shared(self._url), retry=Retry(NoBackoff(), 0))

    async def echo(self) -> None:
        """Say something and hear it. Raises, or waits for ever, where that can't be."""
        self._echo.clear()
        await self._publish(Sheaf())
        await self._echo.wait()

    async def close(self) -> None:
        await self._redis.aclose()


async def _words(link: PubSub) -> Any:
    """What comes in over a subscription: (kind, data). ConnectionError where it has gone silent for good."""
    asked = False
    while True:
        message = await link.get_message(timeout=QUIET_S)
        if message is not None:
            asked = False
            yield message["type"], message["data"]
        elif asked:
            raise ConnectionError("no sign of life")
        else:
            asked = True
            await link.ping()


class Relay:
    """All channels of this deployment, as one running process uses them."""

    def __init__(self) -> None:
        urls = settings.REDIS_URLS
        self._cluster = _cluster(urls) if settings.REDIS_SHARDED else None
        self.channels = [Channel(name, urls[number % len(urls)], self._cluster) for number, name in enumerate(names())]

    def __iter__(self) -> Iterator[Channel]:
        return iter(self.channels)

    def of(self, hint: Hint) -> Channel:
        return self.channels[place_of(hint, len(self.channels))]

    async def close(self) -> None:
        for channel in self.channels:
            await channel.close()
        if self._cluster is not None:
            await self._cluster.aclose()


def _hang_up(cluster: redis.RedisCluster) -> None:
    """Close its connections; its own `close` only puts them back into their pools."""
    for node in (*cluster.nodes_manager.nodes_cache.values(), *cluster.nodes_manager.startup_nodes.values()):
        if node.redis_connection is not None:
            node.redis_connection.connection_pool.disconnect()


def _cluster(urls: list[str]) -> RedisCluster:
    """The cluster that these addresses lead into; user, password and TLS are the first one's."""
    places = [parse_url(url) for url in urls]
    nodes = [ClusterNode(place.get("host", "localhost"), place.get("port", 6379)) for place in places]
    return RedisCluster(startup_nodes=nodes, **_shared(urls[0]))


def _shared(url: str) -> dict[str, Any]:
    """What holds for every node of a cluster: user, password, TLS and how long to wait."""
    own = ("host", "port", "db", "path", "connection_class")
    given = {name: value for name, value in parse_url(url).items() if name not in own}
    return {**given, "ssl": url.startswith("rediss:"), **_PLAIN}
