"""The whole coach against the stand-in: real Application, real HTTP, real SQLite file."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.adapters.pacing import Pacer
from bot.adapters.sqlite import Database
from bot.adapters.sqlite_inbox import SqliteInbox
from bot.adapters.sqlite_store import SqliteStore
from bot.adapters.telegram_bot import Telegram
from bot.adapters.toml_decks import built_in_decks, load_deck
from bot.app.coach import Coach
from bot.app.desk import Desk
from bot.core.grading import Grader
from bot.core.model import Deck
from tests.standin.server import StandIn

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Let time pass: ``forward(minutes=5)``."""
        self.at += timedelta(**by)


@cache
def deck() -> tuple[Deck, Grader]:
    """The built-in deck with its grader."""
    loaded = load_deck(next(iter(built_in_decks())))
    return loaded, Grader(loaded.synonyms)


def at_once(failures: int) -> float:
    """A back-off for tests: none."""
    return 0.0


@dataclass
class Running:
    """A running coach. ``stop`` ends it as SIGTERM would; ``kill`` as a crash would."""

    standin: StandIn
    clock: Clock
    telegram: Telegram
    desk: Any
    inbox: SqliteInbox
    database: Database
    task: asyncio.Task[None]
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def stop(self) -> None:
        """Stop in good order."""
        self.stopping.set()
        await asyncio.wait_for(self.task, 10)


def make_desk(database: Database, telegram: Telegram, owners: frozenset[int] = frozenset()) -> Desk:
    """The real desk over this database."""
    questions, grader = deck()
    tokens = iter(f"token{number:03}" for number in range(1000))
    return Desk(Coach(SqliteStore(database), questions, grader, random.Random(7), tokens.__next__, telegram.link, owners))


@asynccontextmanager
async def coaching(
    folder: Path,
    *,
    standin: StandIn | None = None,
    desk: Any = None,
    owners: frozenset[int] = frozenset(),
    pacer: Pacer | None = None,
    clock: Clock | None = None,
    token: str = "",
    grace: float = 5.0,
) -> AsyncIterator[Running]:
    """A coach that runs until the block ends. ``desk`` replaces the real one; a given ``standin`` is left running."""
    clock = clock or (standin.clock if standin and isinstance(standin.clock, Clock) else Clock())
    server = standin or await StandIn(clock).start()
    database = await Database.open(folder / "coach.db")
    options: Any = {"pacer": pacer or Pacer(100_000, chats=False), "back_off": at_once, "poll_seconds": 5, "grace": grace}
    telegram = Telegram(token or server.token, server.url, owners, clock, random.Random(7), **options)
    inbox, stopping = SqliteInbox(database), asyncio.Event()
    desk = desk or make_desk(database, telegram, owners)
    task = asyncio.ensure_future(telegram.run(desk, inbox, stopping=stopping))
    running = Running(server, clock, telegram, desk, inbox, database, task, stopping)
    try:
        yield running
    finally:
        stopping.set()
        try:
            await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 10)
        finally:
            await database.close()
            if standin is None:
                await server.stop()
