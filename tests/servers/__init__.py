"""Real servers for the tests, without root and without installing anything by hand.

with postgres() as database_url, redis() as redis_url: ...
chromium()  # the path of a browser that starts
"""

from tests.servers.browser import chromium as chromium
from tests.servers.browser import chromium_args as chromium_args
from tests.servers.postgresql import postgres as postgres
from tests.servers.valkey import redis as redis
from tests.servers.valkey import redis_cluster as redis_cluster
