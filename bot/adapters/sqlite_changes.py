"""What each ``Change`` does to the file. Every function runs inside the transaction of the commit it belongs to."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from bot.adapters.sqlite_rows import LEARNER_COLUMNS, SESSION_COLUMNS, iso, learner_row, micros, micros_or_none, recall_row, session_row
from bot.app.changes import (
    AppendAppeal,
    AppendAttempt,
    Change,
    Deactivate,
    GiveHint,
    JoinCircle,
    LeaveCircle,
    LogSchedule,
    MoveAsk,
    MoveChat,
    PlaceAsk,
    PlanPush,
    Reschedule,
    SaveCircle,
    SaveLearner,
    SaveRecall,
    SaveSession,
    SettlePush,
)
from bot.app.ports import Conflict
from bot.core.people import AskState, PushKind, PushState, Recall
from bot.core.pushes import YIELD_TO

_DEALT_WITH = (AskState.ANSWERED, AskState.SKIPPED, AskState.SHOWN)
_UNDELIVERED = (PushState.FAILED, PushState.EXPIRED, PushState.DROPPED)


def apply(db: sqlite3.Connection, change: Change) -> int | None:
    """Apply one change and return the id of the row it inserted, if it has one. Raises ``Conflict`` or ``IntegrityError``."""
    match change:
        case PlaceAsk():
            return _place_ask(db, change)
        case AppendAttempt():
            return _append_attempt(db, change)
        case AppendAppeal():
            return _append_appeal(db, change)
        case PlanPush():
            return _plan_push(db, change)
        case MoveAsk():
            _move_ask(db, change)
        case GiveHint(ask_id):
            db.execute("UPDATE ask SET hints = hints + 1 WHERE id = ?", (ask_id,))
        case SaveLearner():
            _save_learner(db, change)
        case LogSchedule():
            _log_schedule(db, change)
        case SaveRecall():
            _save_recall(db, change)
        case SaveSession():
            _save_session(db, change)
        case SaveCircle() | JoinCircle() | LeaveCircle():
            _change_circle(db, change)
        case Reschedule(learner_id, was_due, next_push_at):
            _reschedule(db, learner_id, micros(was_due), micros_or_none(next_push_at))
        case SettlePush():
            _settle_push(db, change)
        case Deactivate(learner_id):
            _deactivate(db, learner_id)
        case MoveChat(old, new):
            _move_chat(db, old, new)
        case _:
            assert_never(change)
    return None


def _save_learner(db: sqlite3.Connection, change: SaveLearner) -> None:
    # An upsert, never REPLACE: that would delete the old row, and with it everything that belongs to the learner.
    db.execute(
        f"INSERT INTO learner ({LEARNER_COLUMNS}, next_push_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) "  # noqa: S608 - a constant
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, created_at = excluded.created_at, zone = excluded.zone, "
        "push_minute = excluded.push_minute, days = excluded.days, paused_until = excluded.paused_until, sections = excluded.sections, "
        "remind = excluded.remind, on_boards = excluded.on_boards, active = excluded.active, ready = excluded.ready, "
        "awaiting = excluded.awaiting, next_push_at = CASE WHEN ? THEN next_push_at ELSE excluded.next_push_at END",
        (*learner_row(change.learner), micros_or_none(change.next_push_at), change.keep_due),
    )


def _log_schedule(db: sqlite3.Connection, change: LogSchedule) -> None:
    entry = change.schedule
    db.execute(
        "INSERT INTO schedule (learner_id, since, zone, days, paused_until) VALUES (?,?,?,?,?) ON CONFLICT (learner_id, since) "
        "DO UPDATE SET zone = excluded.zone, days = excluded.days, paused_until = excluded.paused_until",
        (change.learner_id, iso(entry.since), entry.zone, entry.days, iso(entry.paused_until)),
    )


def _place_ask(db: sqlite3.Connection, change: PlaceAsk) -> int | None:
    return db.execute(
        "INSERT INTO ask (learner_id, chat_id, question_id, source, asked_at, local_day, state, session, retry_of) "
        "VALUES (?,?,?,?,?,?,?,?,?)",
        (
            change.learner_id, change.chat_id, change.question_id, change.source, micros(change.asked_at), iso(change.local_day),
            change.state, change.session, change.retry_of,
        ),
    ).lastrowid  # fmt: skip


def _move_ask(db: sqlite3.Connection, change: MoveAsk) -> None:
    moved = db.execute("UPDATE ask SET state = ? WHERE id = ? AND state = ?", (change.now, change.ask_id, change.was)).rowcount
    if not moved:
        raise Conflict(f"ask {change.ask_id} is no longer {change.was}")
    if change.now in _DEALT_WITH:
        db.execute(
            "UPDATE push SET state = 'unsure', again = 1, note = 'dealt with' "
            "WHERE ask_id = ? AND kind = 'daily' AND (state = 'unsure' OR (state = 'due' AND again = 1))",
            (change.ask_id,),
        )


def _append_attempt(db: sqlite3.Connection, change: AppendAttempt) -> int | None:
    return db.execute(
        "INSERT INTO attempt (ask_id, learner_id, question_id, answer, score, points, counted, answered_at, local_day, retry_of) "
        "VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            change.ask_id, change.learner_id, change.question_id, change.answer, change.score, change.points, change.counted,
            micros(change.at), iso(change.local_day), change.retry_of,
        ),
    ).lastrowid  # fmt: skip


def _save_recall(db: sqlite3.Connection, change: SaveRecall) -> None:
    _put_recall(db, change.learner_id, 0, change.recall)
    if change.before is not None:
        _put_recall(db, change.learner_id, 1, change.before)
    else:
        key = (change.learner_id, change.recall.question_id)
        db.execute("DELETE FROM recall WHERE learner_id = ? AND before = 1 AND question_id = ?", key)


def _put_recall(db: sqlite3.Connection, learner_id: int, before: int, recall: Recall) -> None:
    db.execute("INSERT OR REPLACE INTO recall VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", (learner_id, before, *recall_row(recall)))


def _save_session(db: sqlite3.Connection, change: SaveSession) -> None:
    db.execute(
        f"INSERT INTO session ({SESSION_COLUMNS}) VALUES (?,?,?,?,?,?,?,?) "  # noqa: S608 - a constant
        "ON CONFLICT (token) DO UPDATE SET title = excluded.title, question_ids = excluded.question_ids, "
        "started_at = excluded.started_at, done = excluded.done, finished_at = excluded.finished_at",
        session_row(change.session),
    )


def _change_circle(db: sqlite3.Connection, change: SaveCircle | JoinCircle | LeaveCircle) -> None:
    match change:
        case SaveCircle(circle, at):
            db.execute(
                "INSERT INTO circle (token, name, chat_id, created_at) VALUES (?,?,?,?) "
                "ON CONFLICT (token) DO UPDATE SET name = excluded.name, chat_id = excluded.chat_id",
                (circle.token, circle.name, circle.chat_id, micros(at)),
            )
        case JoinCircle(token, learner_id, at):
            sql = "INSERT INTO member (token, learner_id, joined_at) VALUES (?,?,?) ON CONFLICT DO NOTHING"
            db.execute(sql, (token, learner_id, micros(at)))
        case LeaveCircle(token, learner_id):
            db.execute("DELETE FROM member WHERE token = ? AND learner_id = ?", (token, learner_id))


def _append_appeal(db: sqlite3.Connection, change: AppendAppeal) -> int | None:
    return db.execute(
        "INSERT INTO appeal (attempt_id, learner_id, question_id, label, phrase, score, made_at, local_day) VALUES (?,?,?,?,?,?,?,?)",
        (
            change.attempt_id, change.learner_id, change.question_id, change.label, change.phrase, change.score,
            micros(change.at), iso(change.local_day),
        ),
    ).lastrowid  # fmt: skip


def _reschedule(db: sqlite3.Connection, learner_id: int, was_due: int, next_push_at: int | None) -> bool:
    """Move the next push of a learner who is still due; whether there was one."""
    sql = "UPDATE learner SET next_push_at = ? WHERE id = ? AND active = 1 AND next_push_at <= ?"
    return db.execute(sql, (next_push_at, learner_id, was_due)).rowcount > 0


def _plan_push(db: sqlite3.Connection, change: PlanPush) -> int | None:
    due, daily = micros(change.not_before), change.kind is PushKind.DAILY
    if daily and not _reschedule(db, change.learner_id, due, micros_or_none(change.next_push_at)):
        return None
    row = db.execute(
        "INSERT INTO push (learner_id, chat_id, kind, local_day, due_at, expires_at, remind_at, state) VALUES (?,?,?,?,?,?,?,'due') "
        "ON CONFLICT (learner_id, local_day, kind) DO NOTHING RETURNING id",
        (
            change.learner_id, change.chat_id, change.kind, iso(change.local_day), due, micros(change.expires_at),
            micros_or_none(change.remind_at),
        ),
    ).fetchall()  # fmt: skip
    if row and change.ask is not None:
        _ask_of_push(db, row[0][0], change.ask)
    return row[0][0] if row else None


def _ask_of_push(db: sqlite3.Connection, push_id: int, ask: PlaceAsk) -> None:
    db.execute("UPDATE push SET ask_id = ? WHERE id = ?", (_place_ask(db, replace(ask, state=AskState.ASIDE)), push_id))


def _settle_push(db: sqlite3.Connection, change: SettlePush) -> None:
    settled = db.execute(
        "UPDATE push SET state = ?, due_at = coalesce(?, due_at), again = again OR ?, note = ? "
        "WHERE id = ? AND state IN ('due', 'sending', 'unsure') RETURNING again, kind, ask_id",
        (change.state, micros_or_none(change.not_before), change.again, change.note, change.push_id),
    ).fetchall()
    for again, kind, ask_id in settled:
        if kind == PushKind.DAILY and (again or change.state is PushState.SENT):
            _open_seen(db, ask_id)
        elif change.state in _UNDELIVERED:
            _drop_unseen(db, "id = ?", change.push_id)


def _open_seen(db: sqlite3.Connection, ask_id: int) -> None:
    """A daily question that has, or may have, been seen takes the next typed answer, unless a fresher one is open."""
    older = (
        "UPDATE ask SET state = 'aside' FROM ask AS daily WHERE daily.id = ?1 AND daily.state = 'aside' AND ask.state = 'open' "
        "AND ask.learner_id = daily.learner_id AND ask.chat_id = daily.chat_id AND ask.asked_at <= daily.asked_at - ?2"
    )
    db.execute(older, (ask_id, YIELD_TO // timedelta(microseconds=1)))
    db.execute("UPDATE OR IGNORE ask SET state = 'open' WHERE id = ? AND state = 'aside'", (ask_id,))


def _drop_unseen(db: sqlite3.Connection, which: str, value: int) -> None:
    """Drop the asks of daily pushes that ended without anybody having seen them."""
    db.execute(
        "UPDATE ask SET state = 'dropped' WHERE state IN ('open', 'aside') AND id IN "  # noqa: S608 - ``which`` is ours
        f"(SELECT ask_id FROM push WHERE {which} AND kind = 'daily' AND again = 0 AND state IN ('failed', 'expired', 'dropped'))",
        (value,),
    )


def _deactivate(db: sqlite3.Connection, learner_id: int) -> None:
    db.execute("UPDATE learner SET active = 0, next_push_at = NULL WHERE id = ?", (learner_id,))
    db.execute("UPDATE push SET state = 'dropped', note = 'chat gone' WHERE learner_id = ? AND state = 'due'", (learner_id,))
    _drop_unseen(db, "learner_id = ?", learner_id)


def _move_chat(db: sqlite3.Connection, old: int, new: int) -> None:
    for table in ("ask", "session", "push"):
        db.execute(f"UPDATE {table} SET chat_id = ? WHERE chat_id = ?", (new, old))  # noqa: S608 - constants
    if db.execute("SELECT 1 FROM circle WHERE chat_id = ?", (new,)).fetchone() is None:
        db.execute("UPDATE circle SET chat_id = ? WHERE chat_id = ?", (new, old))
        return
    db.execute(
        "INSERT OR IGNORE INTO member (token, learner_id, joined_at) SELECT kept.token, member.learner_id, member.joined_at "
        "FROM member JOIN circle AS gone ON gone.token = member.token JOIN circle AS kept ON kept.chat_id = ? WHERE gone.chat_id = ?",
        (new, old),
    )
    db.execute("DELETE FROM circle WHERE chat_id = ?", (old,))
