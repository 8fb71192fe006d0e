"""Ask a connection that has rested in the pool whether it still stands; a ping each time costs a round trip."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine

RESTED = 5.0  #: seconds in the pool; one that broke sooner fails its user once, and then the whole pool is renewed
_SINCE = "in_pool_since"


def ping_when_rested(engine: AsyncEngine) -> None:
    """What `pool_pre_ping` does, for connections that nobody has used for a while."""
    dialect = engine.sync_engine.dialect

    def checked_in(_connection: Any, record: Any) -> None:
        record.info[_SINCE] = time.monotonic()

    def checked_out(connection: Any, record: Any, _proxy: object) -> None:
        since = record.info.get(_SINCE)
        if since is None or time.monotonic() - since < RESTED:
            return
        try:
            stands = dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if not dialect.is_disconnect(error, connection, None):
                raise
            stands = False
        if not stands:
            raise DisconnectionError  # the pool tries with a new connection

    event.listen(engine.sync_engine, "checkin", checked_in)
    event.listen(engine.sync_engine, "checkout", checked_out)
