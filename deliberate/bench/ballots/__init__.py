"""`deliberate bench ballots`: whole.py puts it together, each part is a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deliberate.bench.result import Asked, Result


async def bench(asked: Asked) -> Result:
    """All parts, or those that are asked for."""
    from deliberate.bench.ballots import whole  # not before: clerk.py is a program that sets Django up itself

    return await whole.bench(asked)
