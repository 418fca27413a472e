"""The ticker: fires at once and again, never two at a time, and goes on whatever a tick raises."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.ticker import Ticker
from bot.app.ports import StoreTrouble


def clock() -> datetime:
    """The real time: APScheduler compares what it is given with its own clock."""
    return datetime.now(UTC)  # noqa: TID251 - the scheduler under test runs in real time


class Ticks:
    """Counts runs, does what it is told in each, and lets a test wait for the run it wants."""

    def __init__(self, *outcomes: bool | Exception) -> None:
        self.outcomes, self.times, self.done, self.running = list(outcomes), list[datetime](), asyncio.Event(), 0

    async def __call__(self, now: datetime) -> bool:
        self.times.append(now)
        self.running += 1
        assert self.running == 1
        await asyncio.sleep(0)
        self.running -= 1
        if not self.outcomes:
            self.done.set()
            return False
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def nothing(now: datetime) -> None:
    """No upkeep."""


async def run(ticks: Ticks, seconds: float = 0.001) -> None:
    ticker = Ticker(clock, ticks, nothing, seconds=seconds)
    ticker.start()
    async with asyncio.timeout(10):
        await ticks.done.wait()
    await ticker.stop()


async def test_a_tick_comes_at_once_and_follows_while_more_waits() -> None:
    """With an interval of an hour, four ticks run because the first three said that more waits; each reads the clock."""
    ticks = Ticks(True, True, True)
    await run(ticks, seconds=3600)
    assert ticks.times == sorted(set(ticks.times))
    assert len(ticks.times) == 4


async def test_an_error_in_a_tick_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Trouble with the store is logged as its sentence, a mistake with its traceback, and the next tick comes."""
    with caplog.at_level(logging.ERROR):
        await run(Ticks(StoreTrouble("The disk is full."), RuntimeError("boom"), False))
    assert "tick: The disk is full." in caplog.text
    assert "RuntimeError: boom" in caplog.text


async def test_the_upkeep_runs_soon_after_the_start() -> None:
    """A coach that never runs at night is looked after as well, and a fault there does not stop the ticks."""
    ticks, kept = Ticks(), asyncio.Event()

    async def upkeep(now: datetime) -> None:
        kept.set()
        raise RuntimeError("no")

    ticker = Ticker(clock, ticks, upkeep, seconds=0.001, first_upkeep=timedelta())
    ticker.start()
    async with asyncio.timeout(10):
        await kept.wait()
        await ticks.done.wait()
    await ticker.stop()


async def test_a_ticker_that_never_started_can_be_stopped() -> None:
    """A coach that could not reach its chat stops like any other."""
    await Ticker(clock, Ticks(), nothing).stop()


async def test_a_stopped_ticker_fires_no_more() -> None:
    """After stopping, no tick begins."""
    ticks = Ticks()
    await run(ticks)
    count = len(ticks.times)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(ticks.times) == count
