"""The one place that asks what time it is."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current moment, timezone-aware, UTC."""
    return timezone.now()


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC: the unit in which phones are told of deadlines."""
    return int(moment.timestamp() * 1000)
