from __future__ import annotations

from typing import Any

from deliberate.live.marks import marks
from polls.opinions import queries


@marks("opinions")
def own(room: Any, seat: Any) -> set[str]:
    """What this seat said of each idea: stance:<handle>:agree, :pass or :disagree."""
    return {f"stance:{handle}:{word}" for handle, word in queries.own(room, seat)}
