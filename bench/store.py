"""How fast the store answers with many learners in the file: ``python -m bench.store [LEARNERS]`` (default 1,000,000).

Fills a database in a temporary folder (about 1 GB for a million, removed at the end), then times what runs most: who is due,
a claim of the outbox, a streak, a board, a learner's situation, an answer's commit. Prints the median and the slowest of
each, and how many times the median of a file with a hundredth of the learners that is.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_rows import micros
from bot.adapters.sqlite_store import SqliteStore
from bot.app.changes import AppendAttempt, MoveAsk, PlaceAsk
from bot.core.people import AskState, Source

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
KEEN, YEAR = 200, 365  # so many learners answered every day of a year, and share a circle
LIMIT_MS = 50.0

Times = dict[str, list[float]]


def fill(db: sqlite3.Connection, learners: int) -> None:
    """Every learner with two answers; the keen ones with a year of them; one in 500 due now, one in 1,000 with a due push."""
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    due, later = micros(NOW), micros(NOW + timedelta(hours=5))
    db.executemany(
        "INSERT INTO learner VALUES (?, 'Learner', ?, 'Europe/Berlin', 540, 127, NULL, '[]', 0, 1, 1, 1, '', ?)",
        ((id_, due, due - id_ if id_ % 500 == 0 else later + id_) for id_ in range(1, learners + 1)),
    )
    days = [(id_, back) for id_ in range(1, learners + 1) for back in range(YEAR if id_ <= KEEN else 2)]
    db.executemany(
        "INSERT INTO ask (learner_id, chat_id, question_id, source, asked_at, local_day, state) "
        "VALUES (?1, ?1, ?2, 'daily', ?3, ?4, 'answered')",
        ((id_, f"q{back % 160}", due - back, str(TODAY - timedelta(days=back + 1))) for id_, back in days),
    )
    db.execute(
        "INSERT INTO attempt (ask_id, learner_id, question_id, answer, score, points, counted, answered_at, local_day) "
        "SELECT id, learner_id, question_id, 'a typed answer of some words', 80, 80, 1, asked_at, local_day FROM ask"
    )
    db.executemany(
        "INSERT INTO push (learner_id, chat_id, kind, local_day, ask_id, due_at, expires_at, state) "
        "SELECT learner_id, chat_id, 'daily', ?, max(id), ?, ?, CASE learner_id % 1000 WHEN 0 THEN 'due' ELSE 'sent' END "
        "FROM ask GROUP BY learner_id",
        [(str(TODAY), due, later)],
    )
    db.execute("INSERT INTO circle VALUES ('c', 'Keen', NULL, 0)")
    db.executemany("INSERT INTO member VALUES ('c', ?, 0)", ((id_,) for id_ in range(1, KEEN + 1)))
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # the filling must not be paid for by what is timed
    db.execute("PRAGMA synchronous = FULL")


async def timed(rounds: int, call: Callable[[int], Awaitable[Any]]) -> list[float]:
    """Milliseconds of each round."""
    found = []
    for number in range(rounds):
        start = time.perf_counter()
        await call(number)
        found.append((time.perf_counter() - start) * 1000)
    return found


async def answer(store: SqliteStore, number: int) -> None:
    """Ask and answer one question, in two commits, as a learner does."""
    id_ = KEEN + 1 + number
    (ask_id, *_) = await store.commit(PlaceAsk(id_, id_, "q3", Source.NEXT, NOW, TODAY), update_id=2 * number)
    attempt = AppendAttempt(ask_id or 0, id_, "q3", "words", 80, 80, True, NOW, TODAY)
    await store.commit(MoveAsk(ask_id or 0, AskState.OPEN, AskState.ANSWERED), attempt, update_id=2 * number + 1)


async def measure(learners: int, folder: Path) -> Times:
    """Fill a file and time what runs on it."""
    database = await Database.open(folder / f"{learners}.db")
    start = time.perf_counter()
    await database.read(lambda db: fill(db, learners))
    size = database.path.stat().st_size / 2**20
    print(f"{learners:,} learners: {size:,.0f} MiB, filled in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    store = SqliteStore(database)
    week = (TODAY - timedelta(days=6), TODAY)
    times = {
        "due learners (50)": await timed(200, lambda _: store.due_learners(NOW, 50)),
        "nobody due": await timed(200, lambda _: store.due_learners(NOW - timedelta(days=1), 50)),
        "streak, a year": await timed(200, lambda n: store.days(1 + n % KEEN)),
        f"board, week, {KEEN}": await timed(50, lambda _: store.tallies("c", *week)),
        f"board, all time, {KEEN}": await timed(50, lambda _: store.tallies("c", None, None)),
        "situation": await timed(200, lambda n: store.situation(KEEN + 1 + n, KEEN + 1 + n)),
        "ask and answer": await timed(200, lambda n: answer(store, n)),
        "claim (8)": await timed(20, lambda _: store.claim(NOW, 8)),
        "reminders": await timed(50, lambda _: store.plan_reminders(NOW)),
        "heartbeat": await timed(50, lambda _: store.heartbeat(NOW)),
        "forget": await timed(50, lambda n: store.forget(5000 + n)),
        "health": await timed(5, lambda _: store.health(NOW)),
    }
    await database.close()
    return times


async def main(learners: int) -> None:
    """Measure a small and a large file and print them side by side."""
    with tempfile.TemporaryDirectory() as folder:
        small = await measure(max(learners // 100, 10_000), Path(folder))
        large = await measure(learners, Path(folder))
    print(f"{'ms':24} {'median':>9} {'slowest':>9} {'of small':>9}")
    for name, times in large.items():
        ratio = median(times) / median(small[name])
        print(f"{name:24} {median(times):9.3f} {max(times):9.3f} {ratio:8.1f}x")
    watched = ("due", "nobody", "streak", "board")
    worst = max(max(times) for name, times in large.items() if name.startswith(watched))
    print(json.dumps({"learners": learners, "slowest_of_due_streak_board_ms": round(worst, 2), "limit_ms": LIMIT_MS}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdecimal() else 1_000_000))
