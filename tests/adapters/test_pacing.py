"""The pace of sending, in travelled time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from bot.adapters.pacing import OVER_ALL, Pacer
from tests.standin.travel import travel


async def sent(pacer: Pacer, chats: Iterable[int], *, urgent: bool = False) -> list[tuple[float, int]]:
    """When each of the messages, all asked for at once, may go: (seconds, chat)."""
    times: list[tuple[float, int]] = []

    async def one(chat_id: int) -> None:
        await pacer.turn(chat_id, urgent=urgent)
        times.append((now(), chat_id))

    await asyncio.gather(*(one(chat_id) for chat_id in chats))
    return times


def now() -> float:
    """The loop's seconds."""
    return asyncio.get_running_loop().time()


def most_within(seconds: float, times: list[float]) -> int:
    """The most that fall into any window of that length."""
    return max(sum(start <= t < start + seconds for t in times) for start in times)


def test_a_broadcast_keeps_to_the_rate_over_all() -> None:
    """2,000 chats at once: never more than 30 in any second, and hardly slower than allowed."""
    times = [at for at, _ in travel(_broadcast())]
    assert most_within(1.0, times) <= 30
    assert times[-1] == pytest.approx(2000 / OVER_ALL, rel=0.01)


async def _broadcast() -> list[tuple[float, int]]:
    return await sent(Pacer(), range(1, 2001))


def test_a_person_who_waits_goes_before_the_broadcast() -> None:
    """A reply asked for in the middle of a broadcast goes within a tenth of a second."""

    async def main() -> float:
        pacer = Pacer()
        pushes = asyncio.gather(*(pacer.turn(chat_id, urgent=False) for chat_id in range(1, 1001)))
        await asyncio.sleep(5)
        asked = now()
        await pacer.turn(5000, urgent=True)
        waited = now() - asked
        await pushes
        return waited

    assert travel(main()) < 0.1


def test_a_private_chat_gets_one_a_second_after_a_small_burst() -> None:
    """Ten messages to one person: at most four in any second, one a second in the long run."""
    times = [at for at, _ in travel(_to_one(1, 10))]
    assert most_within(1.0, times) <= 4
    assert times[-1] == pytest.approx(7.0, abs=0.2)


def test_a_group_gets_twenty_a_minute() -> None:
    """Sixty messages to a group: never more than twenty in any minute."""
    assert most_within(60.0, [at for at, _ in travel(_to_one(-5, 60))]) <= 20


async def _to_one(chat_id: int, many: int) -> list[tuple[float, int]]:
    return await sent(Pacer(), [chat_id] * many)


def test_a_chat_told_to_wait_waits_alone() -> None:
    """A 429 for one chat holds that chat for its time and nobody else."""

    async def main() -> dict[int, float]:
        pacer = Pacer()
        pacer.told_to_wait(1, 30)
        return {chat_id: at for at, chat_id in await sent(pacer, [1, 2, 3])}

    times = travel(main())
    assert times[1] >= 30
    assert max(times[2], times[3]) < 1


def test_everybody_waits_when_several_chats_are_told_at_once_and_then_lines_up() -> None:
    """429s for three chats within a second hold all; afterwards they go at the usual pace, not all at once."""

    async def main() -> list[float]:
        pacer = Pacer()
        for chat_id in (1, 2, 3):
            pacer.told_to_wait(chat_id, 10)
        return [at for at, _ in await sent(pacer, range(1, 101))]

    times = travel(main())
    assert min(times) >= 10
    assert most_within(1.0, times) <= 30


def test_chats_that_fell_silent_are_forgotten() -> None:
    """The state of twenty thousand chats does not stay in memory once they are idle."""

    async def main() -> int:
        pacer = Pacer(over_all=1e9)
        for chat_id in range(1, 20_001):
            await pacer.turn(chat_id, urgent=True)
            if chat_id % 1000 == 0:
                await asyncio.sleep(10)
        return len(pacer._chats)

    assert travel(main()) <= 2_000
