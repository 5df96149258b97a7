"""What goes wrong in words a person can act on."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """An act that may not be done now. Its text says what happened and what to do, in the person's language.

    `instead`: fields as they must read for the same words to be sent once more, knowingly."""

    def __init__(self, reason: object, *, code: str = "refused", instead: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.instead = dict(instead or {})

    def __str__(self) -> str:
        return str(self.reason)
