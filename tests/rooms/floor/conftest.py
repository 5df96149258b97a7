from __future__ import annotations

import pytest

from deliberate.door import perform


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Seats of one test have the keys of the last one's: what those did is not held against them."""
    perform._acts._full.clear()
