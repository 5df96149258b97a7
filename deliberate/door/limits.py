"""How often. Buckets live in this process's memory and never hold an address."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
import time
from collections import OrderedDict
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from deliberate.errors import Refused


class Buckets:
    """Token buckets by key: `rate` acts a minute, `at_once` of them at once (None: as many as in a minute). The least recently
    used are forgotten."""

    def __init__(self, rate: int, *, at_once: int | None = None, keep: int = 50_000) -> None:
        self.rate = rate * float(settings.LIMIT_FACTOR)
        self.most = self.rate if at_once is None else at_once * float(settings.LIMIT_FACTOR)
        self.keep = keep
        self._full: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, *, moment: float | None = None) -> bool:
        """Take one token of `key`; False where none is left."""
        moment = time.monotonic() if moment is None else moment
        with self._lock:
            left = self._left(key, moment)
            self._full.pop(key, None)
            self._full[key] = (left - 1 if left >= 1 else left, moment)
            while len(self._full) > self.keep:
                self._full.popitem(last=False)
            return left >= 1

    def has(self, key: str, *, moment: float | None = None) -> bool:
        """Whether a token of `key` could be taken."""
        with self._lock:
            return self._left(key, time.monotonic() if moment is None else moment) >= 1

    def _left(self, key: str, moment: float) -> float:
        left, since = self._full.get(key, (self.most, moment))
        return min(self.most, left + (moment - since) * self.rate / 60)

    def empty(self) -> None:
        """Forget every key: each starts full again."""
        with self._lock:
            self._full.clear()


# New with every process and never written down: after a restart nobody, we included, can redo the hash.
_salt = secrets.token_bytes(16)


def blurred(address: str) -> str:
    """A key for a bucket made of an address that can't be turned back, nor compared across restarts."""
    return hashlib.blake2b(address.encode(), key=_salt, digest_size=8).hexdigest()


#: Pages and files by seat. What a seat does is counted by perform.
pages = Buckets(settings.LIMIT_PAGES_PER_MINUTE)


def room_for(rows: QuerySet[Any], more: int = 1) -> None:
    """Refused where the rows of one kind, with `more` of them, would be more than a room or an event holds."""
    most = int(settings.LIMIT_ROWS)
    if rows.count() + more > most:
        raise Refused(_("There are %(n)d of these already, and no room for more.") % {"n": most}, code="full")


class Guesses:
    """Wrong codes or passwords: so many a minute from one address, so many from everywhere. Where several processes
    serve (LIMIT_SHARED_BY) each takes its share of them, at least one.

    Only wrong ones count, so that a whole hall behind one address can join at once."""

    def __init__(self, rate: int, rate_of_all: int) -> None:
        self._by_caller, self._all = (Buckets(max(1, each // settings.LIMIT_SHARED_BY)) for each in (rate, rate_of_all))

    def may(self, caller: str) -> bool:
        """Whether `caller` may try once more. "" is somebody whose address is not known: they are only counted with all."""
        return (not caller or self._by_caller.has(caller)) and self._all.has("all")

    def wrong(self, caller: str) -> None:
        """It was a guess."""
        self._all.take("all")
        if caller:
            self._by_caller.take(caller)


def caller(request: HttpRequest) -> str:
    """A key of who asks, or "" where that is not known: behind a TLS proxy everybody comes from the proxy's own address.

    With TRUSTED_PROXIES proxies in front, each adds whom it was asked by at the right of X-Forwarded-For: the address
    that many places from the right was written by the outermost of them. What stands further left anybody can invent."""
    proxies = int(settings.TRUSTED_PROXIES)
    if proxies:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        return _network(hops[-proxies]) if len(hops) >= proxies else ""
    return "" if settings.SECURE else _network(request.META.get("REMOTE_ADDR", ""))


def _network(address: str) -> str:
    """The blurred key of an address; "" where it is none. An IPv6 address stands for its /64: one line has all of those."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped  # a socket for both writes IPv4 so: all of it would be one network
    if isinstance(found, ipaddress.IPv6Address):
        return blurred(str(ipaddress.ip_network((int(found), 64), strict=False).network_address))
    return blurred(str(found))
