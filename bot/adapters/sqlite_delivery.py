"""The half of the ``Store`` that delivery works with: who is due, the outbox, the heartbeat, figures for the owner."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_rows import ASK_COLUMNS, LEARNER_COLUMNS, PUSH_COLUMNS, instant, micros, read_ask, read_learner, read_push
from bot.core.people import Ask, Learner, Push

SILENCE = timedelta(minutes=10)  # a longer gap between heartbeats is an outage; a longer jump back, a clock set back


_IN_HAND = "SELECT count(*) FROM push INDEXED BY push_doubtful WHERE state IN ('sending', 'unsure') AND state = 'sending'"
_ASIDE = "SELECT update_id, error FROM inbox INDEXED BY inbox_unfinished WHERE state = 'aside' AND state <> 'done' ORDER BY seq"


class Delivery:
    """Delivery's part of the ``Store`` port, whose docstrings give the contracts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def due_learners(self, now: datetime, limit: int) -> Sequence[Learner]:
        """See ``Store.due_learners``."""
        sql = f"SELECT {LEARNER_COLUMNS} FROM learner WHERE active = 1 AND next_push_at <= ? ORDER BY next_push_at LIMIT ?"  # noqa: S608
        rows = await self._db.read(lambda db: db.execute(sql, (micros(now), limit)).fetchall())
        return [read_learner(row) for row in rows]

    async def learners(self, learner_ids: Sequence[int]) -> Mapping[int, Learner]:
        """See ``Store.learners``."""
        sql = f"SELECT {LEARNER_COLUMNS} FROM learner WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608
        rows = await self._db.read(lambda db: db.execute(sql, (json.dumps(list(learner_ids)),)).fetchall())
        return {row[0]: read_learner(row) for row in rows}

    async def asks(self, ask_ids: Sequence[int]) -> Mapping[int, Ask]:
        """See ``Store.asks``."""
        sql = f"SELECT {ASK_COLUMNS} FROM ask WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608
        rows = await self._db.read(lambda db: db.execute(sql, (json.dumps(list(ask_ids)),)).fetchall())
        return {row[0]: read_ask(row) for row in rows}

    async def open_asks(self, learner_ids: Sequence[int]) -> Mapping[int, Ask]:
        """See ``Store.open_asks``."""
        sql = (
            f"SELECT {ASK_COLUMNS} FROM ask WHERE learner_id IN (SELECT value FROM json_each(?)) "  # noqa: S608
            "AND chat_id = learner_id AND state = 'open'"
        )
        rows = await self._db.read(lambda db: db.execute(sql, (json.dumps(list(learner_ids)),)).fetchall())
        return {row[1]: read_ask(row) for row in rows}

    async def plan_reminders(self, now: datetime) -> int:
        """See ``Store.plan_reminders``."""
        return await self._db.transaction(lambda db: _plan_reminders(db, micros(now)))

    async def claim(self, now: datetime, limit: int) -> Sequence[Push]:
        """See ``Store.claim``."""
        sql = (
            "UPDATE push SET state = 'sending', tries = tries + 1, departed = 0 WHERE id IN "  # noqa: S608
            f"(SELECT id FROM push WHERE state = 'due' AND due_at <= ? ORDER BY due_at, id LIMIT ?) RETURNING {PUSH_COLUMNS}"
        )
        rows = await self._db.transaction(lambda db: db.execute(sql, (micros(now), limit)).fetchall())
        return sorted((read_push(row) for row in rows), key=lambda push: (push.not_before, push.id))

    async def depart(self, push_id: int) -> bool:
        """See ``Store.depart``."""
        sql = "UPDATE push SET departed = 1 WHERE id = ? AND state = 'sending'"
        return await self._db.transaction(lambda db: db.execute(sql, (push_id,)).rowcount > 0)

    async def orphans(self) -> Sequence[Push]:
        """See ``Store.orphans``; those that a crash left undecided at the last start are returned once more."""
        return await self._db.transaction(_orphans)

    async def heartbeat(self, now: datetime) -> datetime | None:
        """See ``Store.heartbeat``."""
        return await self._db.transaction(lambda db: _heartbeat(db, now))

    async def health(self, now: datetime) -> Mapping[str, Any]:
        """See ``Store.health``."""
        return await self._db.read(lambda db: _health(db, now))

    async def last_beat(self) -> datetime | None:
        """When the coach last recorded that it is alive, ``None`` when it never ran."""
        return await self._db.read(_beat)


def _beat(db: sqlite3.Connection) -> datetime | None:
    row = db.execute("SELECT beat_at FROM heartbeat").fetchone()
    return instant(row[0]) if row else None


def _plan_reminders(db: sqlite3.Connection, now: int) -> int:
    planned = db.execute(
        "INSERT INTO push (learner_id, chat_id, kind, local_day, ask_id, due_at, expires_at, state) "
        "SELECT p.learner_id, p.chat_id, 'reminder', p.local_day, p.ask_id, ?1, p.expires_at, 'due' "
        "FROM push p INDEXED BY push_remind CROSS JOIN learner l ON l.id = p.learner_id CROSS JOIN ask a ON a.id = p.ask_id "
        "WHERE p.remind_at <= ?1 AND p.state = 'sent' AND p.expires_at > ?1 "
        "AND l.active = 1 AND l.remind = 1 AND a.state IN ('open', 'aside') ON CONFLICT DO NOTHING",
        (now,),
    ).rowcount
    # One that is still on its way is looked at again at the next tick.
    db.execute("UPDATE push SET remind_at = NULL WHERE remind_at <= ? AND state NOT IN ('due', 'sending')", (now,))
    return planned


def _orphans(db: sqlite3.Connection) -> list[Push]:
    doubtful = "push INDEXED BY push_doubtful"  # its condition has to be repeated word for word for SQLite to use it
    where = "WHERE state IN ('sending', 'unsure')"
    db.execute(f"UPDATE {doubtful} SET state = 'due', tries = tries - 1 {where} AND state = 'sending' AND departed = 0")  # noqa: S608
    undecided = [row[0] for row in db.execute(f"SELECT id FROM {doubtful} {where} AND (state = 'sending' OR again = 0)")]  # noqa: S608
    db.execute(f"UPDATE {doubtful} SET state = 'unsure' {where} AND state = 'sending'")  # noqa: S608
    sql = f"SELECT {PUSH_COLUMNS} FROM push WHERE id IN (SELECT value FROM json_each(?)) ORDER BY due_at, id"  # noqa: S608
    return [read_push(row) for row in db.execute(sql, (json.dumps(undecided),))]


def _heartbeat(db: sqlite3.Connection, now: datetime) -> datetime | None:
    row = db.execute("SELECT beat_at FROM heartbeat").fetchone()
    db.execute("INSERT OR REPLACE INTO heartbeat (id, beat_at) VALUES (1, ?)", (micros(now),))
    if row is None:
        return None
    before = instant(row[0])
    if now - before > SILENCE:
        db.execute(
            "INSERT INTO outage VALUES (?, ?) ON CONFLICT (started_at) DO UPDATE SET ended_at = excluded.ended_at",
            (row[0], micros(now)),
        )
    elif before - now > SILENCE:
        _clock_set_back(db, micros(now), row[0])
    return before


def _clock_set_back(db: sqlite3.Connection, now: int, before: int) -> None:
    db.execute("DELETE FROM outage WHERE started_at >= ?", (now,))
    db.execute("UPDATE outage SET ended_at = ? WHERE ended_at > ?", (now, now))
    db.execute("UPDATE learner SET next_push_at = ? WHERE active = 1 AND next_push_at > ?", (now, before))


def _health(db: sqlite3.Connection, now: datetime) -> Mapping[str, Any]:
    def count(sql: str, *values: object) -> int:
        return int(db.execute(sql, values).fetchone()[0])

    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    pushes = db.execute("SELECT state, count(*) FROM push WHERE expires_at > ? GROUP BY state", (micros(now - timedelta(days=1)),))
    beat = db.execute("SELECT beat_at FROM heartbeat").fetchone()
    active = count("SELECT count(*) FROM learner WHERE active = 1")
    return {
        "learners": active + count("SELECT count(*) FROM learner WHERE active = 0"),
        "active": active,
        "answers_today": count("SELECT count(*) FROM attempt WHERE answer IS NOT NULL AND answered_at >= ?", micros(midnight)),
        "pushes": dict(pushes.fetchall()),
        "inbox": count("SELECT count(*) FROM inbox WHERE state = 'pending'"),
        "outbox": count("SELECT count(*) FROM push WHERE state = 'due'") + count(_IN_HAND),
        "aside": [f"{update_id} {error}" for update_id, error in db.execute(_ASIDE)],
        "last_beat": instant(beat[0]) if beat else None,
    }
