"""The real servers that benchmarks use too (deliberate/bench/servers)."""

from deliberate.bench.servers import chromium as chromium
from deliberate.bench.servers import chromium_args as chromium_args
from deliberate.bench.servers import postgres as postgres
from deliberate.bench.servers import redis as redis
from deliberate.bench.servers import redis_cluster as redis_cluster
