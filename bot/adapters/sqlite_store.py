"""The ``Store`` over SQLite: commits, and what the use cases read. Each statement stands in the one method that uses it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from bot.adapters.sqlite_changes import apply
from bot.adapters.sqlite_delivery import Delivery
from bot.adapters.sqlite_privacy import Privacy
from bot.adapters.sqlite_rows import (
    ASK_COLUMNS,
    ATTEMPT_COLUMNS,
    LEARNER_COLUMNS,
    RECALL_COLUMNS,
    SCHEDULE_COLUMNS,
    SESSION_COLUMNS,
    Recalls,
    Row,
    instant,
    iso,
    micros,
    read_ask,
    read_attempt,
    read_learner,
    read_schedule,
    read_session,
)
from bot.app.changes import AppendAttempt, Change
from bot.app.ports import AlreadyApplied, Conflict, Days, Proposal, Situation, Tally
from bot.core.people import Ask, AskState, Attempt, Circle, Learner, Session
from bot.core.streaks import local_day

V = TypeVar("V")

_BROKEN_INVARIANT = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY)


class SqliteStore(Delivery, Privacy):
    """Keeps everything in one ``Database``. The other halves of the port are ``Delivery`` and ``Privacy``."""

    async def commit(self, *changes: Change, update_id: int | None = None) -> list[int | None]:
        """See ``Store.commit``."""
        return await self._db.transaction(lambda db: _commit(db, changes, update_id))

    async def _one(self, read: Callable[[Row], V], sql: str, *values: object) -> V | None:
        row = await self._db.read(lambda db: db.execute(sql, values).fetchone())
        return None if row is None else read(row)

    async def _all(self, read: Callable[[Row], V], sql: str, *values: object) -> list[V]:
        rows = await self._db.read(lambda db: db.execute(sql, values).fetchall())
        return [read(row) for row in rows]

    async def learner(self, learner_id: int) -> Learner | None:
        """See ``Store.learner``."""
        return await self._one(read_learner, f"SELECT {LEARNER_COLUMNS} FROM learner WHERE id = ?", learner_id)  # noqa: S608

    async def situation(self, learner_id: int, chat_id: int, answering: datetime | None = None) -> Situation:
        """See ``Store.situation``."""
        return await self._db.snapshot(lambda db: _situation(db, learner_id, chat_id, answering))

    async def ask(self, ask_id: int) -> Ask | None:
        """See ``Store.ask``."""
        return await self._one(read_ask, f"SELECT {ASK_COLUMNS} FROM ask WHERE id = ?", ask_id)  # noqa: S608

    async def attempt(self, attempt_id: int) -> Attempt | None:
        """See ``Store.attempt``."""
        return await self._one(read_attempt, f"SELECT {ATTEMPT_COLUMNS} FROM attempt WHERE id = ?", attempt_id)  # noqa: S608

    async def attempt_on(self, ask_id: int) -> Attempt | None:
        """See ``Store.attempt_on``."""
        return await self._one(read_attempt, f"SELECT {ATTEMPT_COLUMNS} FROM attempt WHERE ask_id = ?", ask_id)  # noqa: S608

    async def attempt_by_update(self, update_id: int) -> Attempt | None:
        """See ``Store.attempt_by_update``."""
        sql = f"SELECT {ATTEMPT_COLUMNS} FROM attempt WHERE id = (SELECT attempt_id FROM applied_update WHERE update_id = ?)"  # noqa: S608
        return await self._one(read_attempt, sql, update_id)

    async def session(self, token: str) -> Session | None:
        """See ``Store.session``."""
        return await self._one(read_session, f"SELECT {SESSION_COLUMNS} FROM session WHERE token = ?", token)  # noqa: S608

    async def session_attempts(self, token: str) -> Sequence[Attempt]:
        """See ``Store.session_attempts``."""
        sql = (
            f"SELECT {ATTEMPT_COLUMNS} FROM attempt WHERE ask_id IN (SELECT id FROM ask WHERE session = ?) "  # noqa: S608
            "AND retry_of IS NULL ORDER BY id"
        )
        return await self._all(read_attempt, sql, token)

    async def days(self, learner_id: int) -> Days:
        """See ``Store.days``."""
        return await self._db.snapshot(lambda db: _days(db, learner_id))

    async def asks_on(self, learner_id: int, local_day: date) -> Sequence[Ask]:
        """See ``Store.asks_on``."""
        sql = f"SELECT {ASK_COLUMNS} FROM ask WHERE learner_id = ? AND local_day = ? ORDER BY asked_at, id"  # noqa: S608
        return await self._all(read_ask, sql, learner_id, iso(local_day))

    async def recently_asked(self, learner_id: int, since: datetime) -> frozenset[str]:
        """See ``Store.recently_asked``."""
        sql = "SELECT question_id FROM ask WHERE learner_id = ? AND asked_at >= ?"
        return frozenset(await self._all(lambda row: row[0], sql, learner_id, micros(since)))

    async def circle(self, token: str) -> Circle | None:
        """See ``Store.circle``."""
        return await self._one(lambda row: Circle(*row), "SELECT token, name, chat_id FROM circle WHERE token = ?", token)

    async def circle_of_chat(self, chat_id: int) -> Circle | None:
        """See ``Store.circle_of_chat``."""
        return await self._one(lambda row: Circle(*row), "SELECT token, name, chat_id FROM circle WHERE chat_id = ?", chat_id)

    async def circles(self, learner_id: int) -> Sequence[Circle]:
        """See ``Store.circles``; in the order of joining."""
        sql = "SELECT token, name, chat_id FROM circle JOIN member USING (token) WHERE learner_id = ? ORDER BY joined_at, token"
        return await self._all(lambda row: Circle(*row), sql, learner_id)

    async def tallies(self, token: str, first: date | None, last: date | None) -> Sequence[Tally]:
        """See ``Store.tallies``."""
        sql = (
            "SELECT id, name, on_boards, points, answered FROM (SELECT m.learner_id AS id, total(a.points) AS points, "
            "count(a.points) AS answered FROM member m LEFT JOIN attempt a ON a.learner_id = m.learner_id AND a.counted = 1 "
            "AND a.retry_of IS NULL AND a.local_day BETWEEN ? AND ? WHERE m.token = ? GROUP BY m.learner_id) "
            "JOIN learner USING (id) ORDER BY points DESC, answered DESC, id"
        )
        span = (iso(first or date.min), iso(last or date.max))
        return await self._all(lambda r: Tally(r[0], r[1], bool(r[2]), int(r[3]), r[4]), sql, *span, token)

    async def tally(self, learner_id: int, first: date | None, last: date | None) -> Tally | None:
        """See ``Store.tally``."""
        sql = (
            "SELECT l.id, l.name, l.on_boards, total(a.points), count(a.points) FROM learner l LEFT JOIN attempt a ON a.learner_id = l.id "
            "AND a.counted = 1 AND a.retry_of IS NULL AND a.local_day BETWEEN ? AND ? WHERE l.id = ? GROUP BY l.id"
        )
        span = (iso(first or date.min), iso(last or date.max))
        return await self._one(lambda r: Tally(r[0], r[1], bool(r[2]), int(r[3]), r[4]), sql, *span, learner_id)

    async def appeals_today(self, learner_id: int, local_day: date) -> int:
        """See ``Store.appeals_today``."""
        sql = "SELECT count(*) FROM appeal WHERE learner_id = ? AND local_day = ?"
        return await self._one(lambda row: int(row[0]), sql, learner_id, iso(local_day)) or 0

    async def appealed(self, attempt_id: int) -> Sequence[str]:
        """See ``Store.appealed``."""
        return await self._all(lambda row: str(row[0]), "SELECT label FROM appeal WHERE attempt_id = ? ORDER BY id", attempt_id)

    async def proposals(self) -> Sequence[Proposal]:
        """See ``Store.proposals``; the same phrase in other letter case is the same proposal."""
        sql = (
            "SELECT question_id, label, min(phrase), count(DISTINCT learner_id) AS learners FROM appeal "
            "GROUP BY question_id, label, phrase COLLATE NOCASE ORDER BY learners DESC, question_id, label, min(phrase)"
        )
        return await self._all(lambda row: Proposal(*row), sql)


def _commit(db: sqlite3.Connection, changes: Sequence[Change], update_id: int | None) -> list[int | None]:
    if update_id is not None and db.execute("SELECT 1 FROM applied_update WHERE update_id = ?", (update_id,)).fetchone():
        raise AlreadyApplied(f"update {update_id} was applied before")
    try:
        ids = [apply(db, change) for change in changes]
        if update_id is not None:
            attempt = next((id_ for change, id_ in zip(changes, ids, strict=True) if isinstance(change, AppendAttempt)), None)
            db.execute("INSERT INTO applied_update (update_id, attempt_id) VALUES (?,?)", (update_id, attempt))
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode in _BROKEN_INVARIANT:
            raise Conflict(str(error)) from error
        raise
    return ids


def _situation(db: sqlite3.Connection, learner_id: int, chat_id: int, answering: datetime | None) -> Situation:
    here = (learner_id, chat_id)
    row = db.execute(f"SELECT {LEARNER_COLUMNS} FROM learner WHERE id = ?", (learner_id,)).fetchone()  # noqa: S608
    learner = read_learner(row) if row else None
    asks = [read_ask(row) for row in db.execute(
        f"SELECT {ASK_COLUMNS} FROM ask INDEXED BY ask_waiting "  # noqa: S608
        "WHERE learner_id = ? AND chat_id = ? AND state IN ('open', 'aside') "
        "ORDER BY asked_at DESC, id DESC", here)]  # fmt: skip
    session = db.execute(
        f"SELECT {SESSION_COLUMNS} FROM session WHERE learner_id = ? AND chat_id = ? AND finished_at IS NULL",  # noqa: S608
        here,
    ).fetchone()
    waiting = f"AND question_id IN ({','.join('?' * len(asks))})" if answering else ""
    which = (learner_id, *(ask.question_id for ask in asks)) if answering else (learner_id,)
    recalls = list(db.execute(f"SELECT before, {RECALL_COLUMNS} FROM recall WHERE learner_id = ? AND before IN (0, 1) {waiting}", which))  # noqa: S608
    earned = f"SELECT question_id, max(answered_at) FROM attempt WHERE learner_id = ? AND points > 0 {waiting} GROUP BY question_id"  # noqa: S608
    return Situation(
        learner=learner,
        ask=next((ask for ask in asks if ask.state is AskState.OPEN), None),
        aside=tuple(ask for ask in asks if ask.state is AskState.ASIDE),
        session=read_session(session) if session else None,
        recalls=Recalls(row[1:] for row in recalls if not row[0]),
        before=Recalls(row[1:] for row in recalls if row[0]),
        counted={question: instant(at) for question, at in db.execute(earned, which)},
        days=_days_to_move(db, learner, answering) if learner and answering else None,
    )


def _days_to_move(db: sqlite3.Connection, learner: Learner, at: datetime) -> Days | None:
    sql = "SELECT 1 FROM attempt WHERE learner_id = ? AND counted = 1 AND local_day = ?"
    answered = db.execute(sql, (learner.id, iso(local_day(at, learner.zone)))).fetchone()
    return None if answered else _days(db, learner.id)


def _days(db: sqlite3.Connection, learner_id: int) -> Days:
    answered = db.execute("SELECT DISTINCT local_day FROM attempt WHERE learner_id = ? AND counted = 1", (learner_id,))
    log = db.execute(f"SELECT {SCHEDULE_COLUMNS} FROM schedule WHERE learner_id = ? ORDER BY since", (learner_id,))  # noqa: S608
    outages = db.execute("SELECT started_at, ended_at FROM outage ORDER BY started_at")
    return Days(
        answered=frozenset(date.fromisoformat(day) for (day,) in answered),
        schedule=tuple(read_schedule(row) for row in log),
        outages=tuple((instant(start), instant(end)) for start, end in outages),
    )
