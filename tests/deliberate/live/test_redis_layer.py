"""redis-py 8 gives every socket a timeout of 5 seconds, and a socket that only waits dies of it.

The pub/sub layer must not: a room can be silent for longer than that.
"""

import asyncio

from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.asyncio import Redis

LONGER_THAN_ANY_TIMEOUT = 15.5


async def subscribed_connections(redis: Redis) -> set[str]:
    return {link["id"] for link in await redis.client_list() if int(link["sub"])}


async def test_a_silent_connection_lives_on_and_still_gets_its_messages(redis_url: str) -> None:
    layer = RedisPubSubChannelLayer(hosts=[redis_url])
    redis = Redis.from_url(redis_url)
    one, member = await layer.new_channel(), await layer.new_channel()
    await layer.group_add("room", member)
    waiting = [asyncio.create_task(layer.receive(channel)) for channel in (one, member)]
    connections = await subscribed_connections(redis)
    assert connections

    await asyncio.sleep(LONGER_THAN_ANY_TIMEOUT)

    assert not any(task.done() for task in waiting)
    assert await subscribed_connections(redis) == connections, "it was dropped and made anew"
    await layer.send(one, {"type": "to.one"})
    await layer.group_send("room", {"type": "to.all"})
    async with asyncio.timeout(5):
        assert await asyncio.gather(*waiting) == [{"type": "to.one"}, {"type": "to.all"}]
    await layer.flush()
    await redis.aclose()
