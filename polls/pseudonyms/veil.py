"""What the door asks of this feature (deliberate/door/veil.py)."""

from __future__ import annotations

from polls.pseudonyms.issuing import admit
from polls.pseudonyms.queries import behind, known

__all__ = ["admit", "behind", "known"]
