"""What makes time pass: APScheduler fires one repeating tick, and once a night the upkeep. There is no job per learner."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]

from bot.adapters.backup import nightly
from bot.app.ports import Store, StoreTrouble

TICK_SECONDS = 30.0
NIGHT_HOUR = 3
FIRST_UPKEEP = timedelta(minutes=2)  # soon after a start, since a coach that never runs at night needs copies too
KEEP_SETTLED = timedelta(days=6)  # Telegram counts updates anew after a quiet week: no older id may be taken for a known one

log = logging.getLogger(__name__)


class Ticker:
    """Calls ``tick`` every ``seconds`` and at once again while it returns true, and ``upkeep`` nightly at an hour UTC.

    Both get the time from ``clock``. An error is logged; the next run comes all the same. Runs never overlap.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        tick: Callable[[datetime], Awaitable[bool]],
        upkeep: Callable[[datetime], Awaitable[None]],
        *,
        seconds: float = TICK_SECONDS,
        night_hour: int = NIGHT_HOUR,
        first_upkeep: timedelta = FIRST_UPKEEP,
    ) -> None:
        self._clock, self._tick, self._upkeep = clock, tick, upkeep
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick longer than its interval is no news
        # The defaults would skip a run that is a second late (misfire_grace_time=1), as after a blocked loop or a sleep.
        rules = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=rules)
        self._scheduler.add_job(self._ticks, "interval", seconds=seconds, next_run_time=clock())
        self._scheduler.add_job(self._night, "cron", hour=night_hour, next_run_time=clock() + first_upkeep)

    def start(self) -> None:
        """Begin, with a tick at once. Needs a running event loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Fire no more and cancel what still runs; stop the outbox first, which ends its tick in good order."""
        if not self._scheduler.running:  # Telegram never answered, so nothing was begun
            return
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # the scheduler shuts down in the loop's next turn

    async def _ticks(self) -> None:
        await _guarded("tick", self._until_done)

    async def _until_done(self) -> None:
        while await self._tick(self._clock()):
            pass

    async def _night(self) -> None:
        await _guarded("upkeep", lambda: self._upkeep(self._clock()))


async def _guarded(name: str, run: Callable[[], Awaitable[None]]) -> None:
    try:
        await run()
    except StoreTrouble as trouble:
        log.error("%s: %s", name, trouble)
    except Exception:
        log.exception("%s failed", name)


async def upkeep(store: Store, database: Path, answer_days: int, copies: int, now: datetime) -> None:
    """Erase typed answers past their time, prune settled rows, and make the nightly copy in ``backups`` beside the database.

    In this order, so that no new copy holds what was to be erased. A step that fails does not keep the others from running.
    """

    async def purge() -> None:
        log.info("upkeep answers_purged=%d", await store.purge_answers(now - timedelta(days=answer_days)))

    async def prune() -> None:
        log.info("upkeep rows_pruned=%d", await store.prune(now - KEEP_SETTLED))

    async def copy() -> None:
        made = await asyncio.to_thread(nightly, database, database.parent / "backups", now, copies)
        log.info("upkeep copy=%s", made.name if made else "none")

    for name, step in (("purging answers", purge), ("pruning", prune), ("nightly copy", copy)):
        await _guarded(name, step)
