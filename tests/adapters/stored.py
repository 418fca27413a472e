"""A real database in a file, and a learner with an ask in it, for the tests of what is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.adapters.sqlite_store import SqliteStore
from bot.app.changes import AppendAttempt, MoveAsk, PlaceAsk, PlanPush, SaveLearner
from bot.core.people import AskState, Learner, PushKind, Source

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def learner(id_: int = 1, **more: Any) -> Learner:
    return Learner(id_, more.pop("name", f"Learner {id_}"), NOW, **more)


async def add_learner(store: SqliteStore, id_: int = 1, due: datetime | None = None, **more: Any) -> Learner:
    one = learner(id_, **more)
    await store.commit(SaveLearner(one, due))
    return one


def place(id_: int = 1, question: str = "q1", **more: Any) -> PlaceAsk:
    values = {"chat_id": id_, "source": Source.DAILY, "asked_at": NOW, "local_day": TODAY} | more
    return PlaceAsk(id_, question_id=question, **values)  # type: ignore[arg-type]


async def add_ask(store: SqliteStore, id_: int = 1, question: str = "q1", **more: Any) -> int:
    (ask_id,) = await store.commit(place(id_, question, **more))
    assert ask_id is not None
    return ask_id


def append(ask_id: int, id_: int = 1, question: str = "q1", **more: Any) -> AppendAttempt:
    values = {"answer": "signed cookies", "score": 80, "points": 80, "counted": True, "at": NOW, "local_day": TODAY} | more
    return AppendAttempt(ask_id, id_, question, **values)  # type: ignore[arg-type]


async def add_attempt(store: SqliteStore, id_: int = 1, question: str = "q1", **more: Any) -> int:
    """A question asked and answered; ``more`` goes to the attempt."""
    ask_id = await add_ask(store, id_, question)
    ids = await store.commit(MoveAsk(ask_id, AskState.OPEN, AskState.ANSWERED), append(ask_id, id_, question, **more))
    assert ids[1] is not None
    return ids[1]


def plan(id_: int = 1, **more: Any) -> PlanPush:
    values = {
        "kind": PushKind.DAILY, "local_day": TODAY, "ask": place(id_), "not_before": NOW, "expires_at": NOW + 19 * timedelta(hours=1),
        "next_push_at": NOW + DAY,
    } | more  # fmt: skip
    return PlanPush(id_, id_, **values)  # type: ignore[arg-type]
