"""Between rows and values: instants as microseconds, local days as ISO text, and one reader per table.

Each ``..._COLUMNS`` lists the columns in the order that the reader beside it expects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.core.people import Ask, AskState, Attempt, Learner, Push, PushKind, PushState, Recall, Schedule, Session, Source

Row = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """An aware datetime as microseconds since 1970 UTC. Raises ``TypeError`` for a naive one."""
    return (at - _EPOCH) // _MICROSECOND


def micros_or_none(at: datetime | None) -> int | None:
    """The same, ``None`` staying ``None``."""
    return None if at is None else micros(at)


def instant(value: int) -> datetime:
    """Microseconds since 1970 UTC as an aware datetime."""
    return _EPOCH + timedelta(microseconds=value)


def iso(day: date | None) -> str | None:
    """A local day as ISO text, ``None`` staying ``None``."""
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


LEARNER_COLUMNS = "id, name, created_at, zone, push_minute, days, paused_until, sections, remind, on_boards, active, ready, awaiting"


def learner_row(learner: Learner) -> Row:
    """The values of ``LEARNER_COLUMNS``."""
    return (
        learner.id, learner.name, micros(learner.created_at), learner.zone, learner.push_at, learner.days, iso(learner.paused_until),
        json.dumps(learner.sections), learner.remind, learner.on_boards, learner.active, learner.ready, learner.awaiting,
    )  # fmt: skip


def read_learner(row: Row) -> Learner:
    """A row of ``LEARNER_COLUMNS``."""
    id_, name, created, zone, minute, days, paused, sections, remind, on_boards, active, ready, awaiting = row
    return Learner(
        id_, name, instant(created), zone, minute, days, _day(paused), tuple(json.loads(sections)),
        bool(remind), bool(on_boards), bool(active), bool(ready), awaiting,
    )  # fmt: skip


SCHEDULE_COLUMNS = "since, zone, days, paused_until"


def read_schedule(row: Row) -> Schedule:
    """A row of ``SCHEDULE_COLUMNS``."""
    since, zone, days, paused = row
    return Schedule(date.fromisoformat(since), zone, days, _day(paused))


ASK_COLUMNS = "id, learner_id, chat_id, question_id, source, asked_at, local_day, state, session, hints, retry_of"


def read_ask(row: Row) -> Ask:
    """A row of ``ASK_COLUMNS``."""
    id_, learner, chat, question, source, asked, day, state, session, hints, retry = row
    return Ask(
        id_, learner, chat, question, Source(source), instant(asked), date.fromisoformat(day), AskState(state), session, hints, retry
    )


ATTEMPT_COLUMNS = "id, ask_id, learner_id, question_id, answer, score, points, counted, answered_at, local_day, retry_of"


def read_attempt(row: Row) -> Attempt:
    """A row of ``ATTEMPT_COLUMNS``."""
    id_, ask, learner, question, answer, score, points, counted, at, day, retry = row
    return Attempt(id_, ask, learner, question, answer, score, points, bool(counted), instant(at), date.fromisoformat(day), retry)


SESSION_COLUMNS = "token, learner_id, chat_id, title, question_ids, started_at, done, finished_at"


def session_row(session: Session) -> Row:
    """The values of ``SESSION_COLUMNS``."""
    return (
        session.token, session.learner_id, session.chat_id, session.title, json.dumps(session.question_ids),
        micros(session.started_at), session.done, micros_or_none(session.finished_at),
    )  # fmt: skip


def read_session(row: Row) -> Session:
    """A row of ``SESSION_COLUMNS``."""
    token, learner, chat, title, questions, started, done, finished = row
    end = None if finished is None else instant(finished)
    return Session(token, learner, chat, title, tuple(json.loads(questions)), instant(started), done, end)


RECALL_COLUMNS = "question_id, state, step, stability, difficulty, due_at, reviewed_at, tries, best, last"


def recall_row(recall: Recall) -> Row:
    """The values of ``RECALL_COLUMNS``."""
    return (
        recall.question_id, recall.state, recall.step, recall.stability, recall.difficulty,
        micros(recall.due), micros(recall.reviewed_at), recall.tries, recall.best, recall.last,
    )  # fmt: skip


def read_recall(row: Row) -> Recall:
    """A row of ``RECALL_COLUMNS``."""
    question, state, step, stability, difficulty, due, reviewed, tries, best, last = row
    return Recall(question, state, step, stability, difficulty, instant(due), instant(reviewed), tries, best, last)


class Recalls(Mapping[str, Recall]):
    """Memory by question. A value is built when it is looked at, since an answer needs one of what may be hundreds."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = {row[0]: row for row in rows}

    def __getitem__(self, question_id: str) -> Recall:
        return read_recall(self._rows[question_id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"Recalls({dict(self)!r})"


PUSH_COLUMNS = "id, learner_id, chat_id, kind, local_day, ask_id, due_at, expires_at, state, tries, again"


def read_push(row: Row) -> Push:
    """A row of ``PUSH_COLUMNS``."""
    id_, learner, chat, kind, day, ask, due, expires, state, tries, again = row
    return Push(
        id_, learner, chat, PushKind(kind), date.fromisoformat(day), ask,
        instant(due), instant(expires), PushState(state), tries, bool(again),
    )  # fmt: skip
