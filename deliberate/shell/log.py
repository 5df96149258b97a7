"""How this service logs: one line a fact on standard error, without names, addresses or user agents.

Of an error its kind and the places in the code, never its message nor local variables: they may name people."""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter


def _frames_only(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The kind of an exception and where it came from. Not its message: a database's may hold what somebody typed."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["error"], event["at"] = type(error).__name__, _places(error)
    return event


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


class BareReporter(ExceptionReporter):
    """What Django's debug page says of an error: as much as the log does. Its own shows the form that was sent, which may be a
    ballot, and every local variable."""

    def get_traceback_text(self) -> SafeString:
        return SafeString(self._said())  # as text/plain

    def get_traceback_html(self) -> SafeString:
        return format_html("<!doctype html><title>Error</title><pre>{}</pre>", self._said())

    def _said(self) -> str:
        error = self.exc_value
        return "" if error is None else f"{type(error).__name__}\n{_places(error)}\n"


def configure(level: str) -> None:
    """Set up structlog for this process. `level` is a name such as INFO."""
    # WhiteNoise hands its files over in pieces: they are short, and said to be read at once.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _frames_only,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level, logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
