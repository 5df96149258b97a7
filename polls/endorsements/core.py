"""When figures of who signed may be told anew."""

from __future__ import annotations

from collections.abc import Mapping

from rooms.events.folding import K, fold


def told(sizes: Mapping[str, int], before: int, k: int = K) -> list[tuple[tuple[str, ...], int]] | None:
    """The cells (groups, how many signed) to tell from now on; None to go on telling those of before.

    `sizes`: by group, how many have signed, every group that has seats; `before`: how many had signed when cells were told
    last. Cells that followed each signature would tell the group of whoever gives it, so they change where k or more
    have signed, or taken their signature back, since."""
    if abs(sum(sizes.values()) - before) < k:
        return None
    return [(cell.groups, cell.size) for cell in fold(sizes, k)]
