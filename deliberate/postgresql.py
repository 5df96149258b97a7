"""How statements go to PostgreSQL: with their values beside them. The server writes statements that fail into its log, and a
ballot would stand in one."""

from __future__ import annotations

from typing import Any

import psycopg

#: Values that go beside one statement: the protocol counts them in two octets.
MOST = 2**16 - 1


class Cursor(psycopg.Cursor[Any]):
    """Lets the server bind, but for statements of more values than that: no ballot is in those, but an event of so many people
    must be deletable."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        """As psycopg's own."""
        if params is not None and len(params) > MOST:
            query, params = psycopg.ClientCursor(self.connection).mogrify(query, params), None
        return super().execute(query, params, **how)
