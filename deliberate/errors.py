"""What goes wrong in words a person can act on."""

from __future__ import annotations


class Refused(Exception):
    """An act that may not be done now. Its text says what happened and what to do, in the person's language."""

    def __init__(self, reason: object, *, code: str = "refused") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code

    def __str__(self) -> str:
        return str(self.reason)
