"""The half of the ``Store`` that shows, removes and ages out what is held about people.

It walks the schema instead of naming tables, so a table added later is covered on the day it is added.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_rows import instant, micros

_LISTS = ("sections", "question_ids")
# Updates of the learner: of the private chat (its id is the learner's), or sent by the learner in a group; not those of
# others that reply to the learner.
_OWN_UPDATES = (
    "state <> 'done' AND (chat_id = ?1 OR EXISTS (SELECT 1 FROM json_tree(iif(json_valid(payload), payload, '{}')) AS node "
    "WHERE node.key = 'id' AND node.value = ?1 AND node.path LIKE '$.%.from' AND node.path NOT LIKE '$.%.%.from'))"
)
_FINISHED = "('unsure', 'sent', 'failed', 'expired', 'dropped')"


class Privacy:
    """Privacy's part of the ``Store`` port, whose docstrings give the contracts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def everything(self, learner_id: int) -> Mapping[str, list[dict[str, Any]]]:
        """See ``Store.everything``; instants as ISO text in UTC."""
        return await self._db.read(lambda db: _everything(db, learner_id))

    async def forget(self, learner_id: int) -> None:
        """See ``Store.forget``."""
        await self._db.transaction(lambda db: _forget(db, learner_id))

    async def purge_answers(self, before: datetime) -> int:
        """See ``Store.purge_answers``."""
        sql = "UPDATE attempt SET answer = NULL WHERE answer IS NOT NULL AND answered_at < ?"
        return await self._db.transaction(lambda db: db.execute(sql, (micros(before),)).rowcount)

    async def prune(self, before: datetime) -> int:
        """See ``Store.prune``."""
        return await self._db.transaction(lambda db: _prune(db, micros(before)))


def tables_of_learner(db: sqlite3.Connection) -> Sequence[tuple[str, str]]:
    """Every table with rows of a learner, and the column that names the learner."""
    keys = db.execute(
        'SELECT t.name, k."from" FROM sqlite_master t, pragma_foreign_key_list(t.name) k '
        "WHERE t.type = 'table' AND k.\"table\" = 'learner' ORDER BY t.name"
    )
    return [("learner", "id"), *keys.fetchall()]


def _everything(db: sqlite3.Connection, learner_id: int) -> dict[str, list[dict[str, Any]]]:
    found = {table: _rows(db, table, f"{column} = ?1", learner_id) for table, column in tables_of_learner(db)}
    found["circle"] = _rows(db, "circle", "token IN (SELECT token FROM member WHERE learner_id = ?1)", learner_id)
    found["inbox"] = _rows(db, "inbox", _OWN_UPDATES, learner_id)
    return found


def _rows(db: sqlite3.Connection, table: str, where: str, learner_id: int) -> list[dict[str, Any]]:
    cursor = db.execute(f"SELECT * FROM {table} WHERE {where}", (learner_id,))  # noqa: S608 - names from the schema
    names = [column[0] for column in cursor.description]
    return [{name: _readable(name, value) for name, value in zip(names, row, strict=True)} for row in cursor]


def _readable(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith("_at"):
        return instant(value).isoformat()
    return json.loads(value) if name in _LISTS else value


def _forget(db: sqlite3.Connection, learner_id: int) -> None:
    circles = [row[0] for row in db.execute("SELECT token FROM member WHERE learner_id = ?", (learner_id,))]
    db.execute(
        f"UPDATE inbox SET state = 'done', chat_id = NULL, payload = NULL, error = '' WHERE {_OWN_UPDATES}",  # noqa: S608
        (learner_id,),
    )
    db.execute("DELETE FROM learner WHERE id = ?", (learner_id,))
    for token in circles:
        db.execute("DELETE FROM circle WHERE token = ?1 AND NOT EXISTS (SELECT 1 FROM member WHERE token = ?1)", (token,))


def _prune(db: sqlite3.Connection, before: int) -> int:
    pushes = db.execute(f"DELETE FROM push WHERE expires_at < ? AND state IN {_FINISHED}", (before,)).rowcount  # noqa: S608
    updates = db.execute("DELETE FROM inbox WHERE received_at < ? AND state <> 'pending'", (before,)).rowcount
    applied = db.execute("DELETE FROM applied_update WHERE update_id NOT IN (SELECT update_id FROM inbox)").rowcount
    return pushes + updates + applied
