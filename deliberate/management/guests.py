"""The process in which a demo's guests live: `python -m deliberate.management.guests`."""

from __future__ import annotations

import asyncio

from deliberate.rehearsal.guests import main
from polls.ballots.blind.booth import cast

if __name__ == "__main__":
    asyncio.run(main(cast))
