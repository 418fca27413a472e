"""The ``Inbox`` over SQLite: every update is in the file before Telegram is told that we have it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_rows import Row, instant, micros
from bot.app.ports import Received

MOST_TRIES = 3
LONGEST_ERROR = 2000
ENDED = " processes ended while they handled this"


class SqliteInbox:
    """The ``Inbox`` port, whose docstrings give the contracts, in one ``Database``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def receive(self, updates: Sequence[Received]) -> Sequence[int]:
        """See ``Inbox.receive``."""
        return await self._db.transaction(lambda db: [update.update_id for update in updates if _insert(db, update)])

    async def pending(self) -> Sequence[Received]:
        """See ``Inbox.pending``; in the order of arrival."""
        return await self._in_state("pending")

    async def payload(self, update_id: int) -> str | None:
        """See ``Inbox.payload``."""
        sql = "SELECT payload FROM inbox WHERE update_id = ? AND state = 'pending'"
        row = await self._db.read(lambda db: db.execute(sql, (update_id,)).fetchone())
        return row[0] if row else None

    async def set_aside(self) -> Sequence[Received]:
        """See ``Inbox.set_aside``; in the order of arrival."""
        return await self._in_state("aside")

    async def _in_state(self, state: str) -> Sequence[Received]:
        sql = (
            "SELECT update_id, chat_id, payload, received_at, tries, error FROM inbox INDEXED BY inbox_unfinished "
            "WHERE state = ? AND state <> 'done' ORDER BY seq"
        )
        return await self._db.read(lambda db: [_read(row) for row in db.execute(sql, (state,))])

    async def done(self, update_ids: Sequence[int]) -> None:
        """See ``Inbox.done``; only the id and the time stay for a while, so that a repeated delivery is known for one."""
        sql = (
            "UPDATE inbox SET state = 'done', chat_id = NULL, payload = NULL, error = '' "
            "WHERE update_id IN (SELECT value FROM json_each(?)) AND state <> 'done'"
        )
        await self._db.transaction(lambda db: db.execute(sql, (json.dumps(list(update_ids)),)).rowcount)

    async def failed(self, update_id: int, error: str) -> int:
        """See ``Inbox.failed``."""
        sql = (
            "UPDATE inbox SET tries = tries + 1, error = ?, state = CASE WHEN tries + 1 >= ? THEN 'aside' ELSE state END "
            "WHERE update_id = ? AND state = 'pending' RETURNING tries"
        )
        rows = await self._db.transaction(lambda db: db.execute(sql, (error[:LONGEST_ERROR], MOST_TRIES, update_id)).fetchall())
        return rows[0][0] if rows else MOST_TRIES

    async def begun(self, update_id: int) -> bool:
        """See ``Inbox.begun``; the first process that it ended counted nothing, the others did."""
        return await self._db.transaction(lambda db: _begin(db, update_id))

    async def survived(self, update_id: int) -> None:
        """See ``Inbox.survived``."""
        sql = "UPDATE inbox SET error = '' WHERE update_id = ? AND state = 'pending' AND error LIKE '%' || ?"
        await self._db.transaction(lambda db: db.execute(sql, (update_id, ENDED)).rowcount)

    async def last_update_id(self) -> int:
        """See ``Inbox.last_update_id``."""
        row = await self._db.read(lambda db: db.execute("SELECT update_id FROM inbox ORDER BY seq DESC LIMIT 1").fetchone())
        return row[0] if row else 0


def _insert(db: sqlite3.Connection, update: Received) -> bool:
    sql = (
        "INSERT INTO inbox (update_id, chat_id, payload, received_at, tries, error) VALUES (?,?,?,?,?,?) ON CONFLICT (update_id) DO NOTHING"
    )
    values = (update.update_id, update.chat_id, update.payload, micros(update.received_at), update.tries, update.error)
    return db.execute(sql, values).rowcount > 0


def _begin(db: sqlite3.Connection, update_id: int) -> bool:
    pending = db.execute("SELECT error FROM inbox WHERE update_id = ? AND state = 'pending'", (update_id,)).fetchone()
    if pending is None:
        return False
    if db.execute("SELECT 1 FROM applied_update WHERE update_id = ?", (update_id,)).fetchone():
        return True  # a process has survived it
    times = int(pending[0].removesuffix(ENDED)) + 1 if pending[0].endswith(ENDED) else 1
    state = "pending" if times < MOST_TRIES else "aside"
    db.execute("UPDATE inbox SET error = ?, state = ? WHERE update_id = ?", (f"{times}{ENDED}", state, update_id))
    return state == "pending"


def _read(row: Row) -> Received:
    update_id, chat_id, payload, received_at, tries, error = row
    return Received(update_id, chat_id, payload, instant(received_at), tries, error)
