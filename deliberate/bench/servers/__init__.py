"""Real servers for tests and benchmarks, without root and without installing anything by hand.

with postgres() as database_url, redis() as redis_url: ...
chromium()  # the path of a browser that starts
"""

from deliberate.bench.servers.browser import chromium as chromium
from deliberate.bench.servers.browser import chromium_args as chromium_args
from deliberate.bench.servers.postgresql import postgres as postgres
from deliberate.bench.servers.valkey import redis as redis
from deliberate.bench.servers.valkey import redis_cluster as redis_cluster
