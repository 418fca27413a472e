"""Intake and order, over a real inbox in a real SQLite file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_inbox import SqliteInbox
from bot.adapters.updates import Intake, chat_of, trace
from bot.app.ports import ChatBusy, ChatUnsure, Received, StoreTrouble
from tests.standin.coach import Clock, at_once


def said(update_id: int, chat_id: int = 1, text: str = "x") -> dict[str, Any]:
    """An update with a message."""
    return {"update_id": update_id, "message": {"chat": {"id": chat_id}, "text": text}}


@dataclass
class Desk:
    """Handles updates: notes them, and waits or fails where a test says so."""

    handled: list[int] = field(default_factory=list)
    payloads: dict[int, str] = field(default_factory=dict)
    set_aside: list[int] = field(default_factory=list)
    failing: dict[int, int] = field(default_factory=dict)
    weather: dict[int, int] = field(default_factory=dict)
    held: dict[int, asyncio.Event] = field(default_factory=dict)
    begun: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    ended: asyncio.Queue[int] = field(default_factory=asyncio.Queue)

    async def handle(self, row: Received) -> None:
        self.begun.put_nowait(row.update_id)
        await asyncio.sleep(0)
        if row.update_id in self.held:
            await self.held[row.update_id].wait()
        if self.weather.get(row.update_id, 0) > 0:
            self.weather[row.update_id] -= 1
            raise ChatUnsure("lost") if self.weather[row.update_id] % 2 else ChatBusy(1)
        if self.failing.get(row.update_id, 0) > 0:
            self.failing[row.update_id] -= 1
            raise ValueError(f"secret words: {row.payload}")
        self.handled.append(row.update_id)
        self.payloads[row.update_id] = row.payload
        self.ended.put_nowait(row.update_id)

    async def give_up(self, row: Received, error: Exception) -> None:
        self.set_aside.append(row.update_id)
        self.ended.put_nowait(row.update_id)


@dataclass
class Telegram:
    """Hands out batches, and notes the offset each poll confirmed."""

    batches: list[Sequence[dict[str, Any]]]
    offsets: list[int] = field(default_factory=list)
    before: Callable[[int], Awaitable[None]] | None = None

    async def fetch(self, offset: int) -> Sequence[dict[str, Any]]:
        self.offsets.append(offset)
        if self.before:
            await self.before(offset)
        if self.batches:
            return self.batches.pop(0)
        await asyncio.Event().wait()
        raise AssertionError


@dataclass
class Running:
    """An intake that runs."""

    intake: Intake
    inbox: SqliteInbox
    desk: Desk

    async def ended(self, many: int) -> list[int]:
        """The next so many updates to be finished with, in that order."""
        async with asyncio.timeout(5):
            return [await self.desk.ended.get() for _ in range(many)]


@asynccontextmanager
async def running(folder: Path, *batches: Sequence[dict[str, Any]], desk: Desk | None = None, **options: Any) -> AsyncIterator[Running]:
    """An intake over the inbox in ``folder`` that polls these batches until the block ends."""
    database = await Database.open(folder / "inbox.db")
    desk, inbox = desk or Desk(), options.pop("inbox", None) or SqliteInbox(database)
    telegram = options.pop("telegram", None) or Telegram(list(batches))
    intake = Intake(inbox, desk.handle, desk.give_up, Clock(), at_once, **options)
    await intake.replay()
    polling = asyncio.ensure_future(intake.poll(telegram.fetch))
    try:
        yield Running(intake, inbox, desk)
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await intake.finish(5)
        await database.close()


async def test_updates_of_one_chat_run_in_order(tmp_path: Path) -> None:
    """However many chats there are, each sees its own updates handled as they came."""
    batch = [said(number, chat_id=number % 7) for number in range(1, 301)]
    async with running(tmp_path, batch[:150], batch[150:]) as run:
        handled = await run.ended(300)
    for chat in range(7):
        mine = [number for number in handled if number % 7 == chat]
        assert mine == sorted(mine)


async def test_a_slow_chat_delays_no_other(tmp_path: Path) -> None:
    """While one chat's update hangs, forty other chats are served, and its own next one waits."""
    desk = Desk(held={1: asyncio.Event()})
    batch = [said(1, 1), said(2, 1), *(said(number, number) for number in range(3, 43))]
    async with running(tmp_path, batch, desk=desk) as run:
        assert sorted(await run.ended(40)) == list(range(3, 43))
        desk.held[1].set()
        assert await run.ended(2) == [1, 2]


async def test_forty_slow_chats_delay_no_other(tmp_path: Path) -> None:
    """Waiting for Telegram's pace in many chats takes no place from those that could go on."""
    held = {number: asyncio.Event() for number in range(1, 41)}
    async with running(tmp_path, [said(number, number) for number in range(1, 42)], desk=Desk(held=held)) as run:
        assert await run.ended(1) == [41]
        for event in held.values():
            event.set()


async def test_a_chat_on_hold_that_goes_on_typing_takes_no_room(tmp_path: Path) -> None:
    """Its many updates wait in the inbox, another chat is served meanwhile, and then they are handled in order and in full."""
    held = {1: asyncio.Event()}
    telegram = Telegram([[said(number) for number in range(1, 101)], [said(101, chat_id=2)]])
    async with running(tmp_path, desk=Desk(held=held), telegram=telegram, most_queued=30) as run:
        assert await run.ended(1) == [101]
        assert run.intake.depth == 100
        held[1].set()
        assert await run.ended(100) == list(range(1, 101))
        assert run.desk.payloads[100] == json.dumps(said(100), separators=(",", ":"))


async def test_what_its_writer_had_deleted_is_not_handled(tmp_path: Path) -> None:
    """An update that waited in the inbox alone and is gone from there is passed over, those after it are not."""
    held = {1: asyncio.Event()}
    async with running(tmp_path, [said(number) for number in range(1, 33)], desk=Desk(held=held)) as run:
        await run.desk.begun.get()
        await run.inbox.done([31])
        held[1].set()
        assert await run.ended(31) == [*range(1, 31), 32]


async def test_an_update_is_in_the_inbox_before_the_next_poll_confirms_it(tmp_path: Path) -> None:
    """Whatever lies before a poll's offset can be read from the file by then."""
    seen: list[tuple[int, list[int]]] = []
    looked = asyncio.Event()
    desk = Desk(held={number: asyncio.Event() for number in (1, 2, 3)})

    async def look(offset: int) -> None:
        other = await Database.open(tmp_path / "inbox.db")
        seen.append((offset, [row.update_id for row in await SqliteInbox(other).pending()]))
        await other.close()
        if len(seen) == 3:
            looked.set()

    telegram = Telegram([[said(1)], [said(2), said(3)]], before=look)
    async with running(tmp_path, desk=desk, telegram=telegram):
        async with asyncio.timeout(5):
            await looked.wait()
        for event in desk.held.values():
            event.set()
    assert seen == [(1, []), (2, [1]), (4, [1, 2, 3])]


async def test_what_was_left_is_handled_first_and_polling_goes_on_where_it_was(tmp_path: Path) -> None:
    """After a crash the rows in the inbox run in their order, before newer ones of the same chat."""
    held = {1: asyncio.Event()}
    async with running(tmp_path, [said(1), said(2)], desk=Desk(held=held)) as first:
        await first.desk.begun.get()
        for task in first.intake._tasks:
            task.cancel()
    telegram = Telegram([[said(3)]])
    async with running(tmp_path, telegram=telegram) as again:
        assert await again.ended(3) == [1, 2, 3]
    assert telegram.offsets[0] == 3


async def test_an_update_delivered_twice_is_handled_once(tmp_path: Path) -> None:
    """Telegram repeats what was not confirmed; the inbox knows it, finished or not, after a restart too."""
    async with running(tmp_path, [said(1), said(1)], [said(1), said(2)]) as run:
        assert await run.ended(2) == [1, 2]
    async with running(tmp_path, [said(1), said(3)]) as run:
        assert await run.ended(1) == [3]
    assert run.desk.handled == [3]


async def test_what_is_handled_leaves_the_inbox(tmp_path: Path) -> None:
    """Nothing is replayed after an ordinary stop."""
    async with running(tmp_path, [said(number, number) for number in range(1, 51)]) as run:
        await run.ended(50)
    async with running(tmp_path) as again:
        assert list(await again.inbox.pending()) == []
    assert again.desk.handled == []


async def test_a_failure_is_tried_again(tmp_path: Path) -> None:
    """An update that fails twice and then works was handled, in its place in the order."""
    async with running(tmp_path, [said(1), said(2)], desk=Desk(failing={1: 2})) as run:
        assert await run.ended(2) == [1, 2]
    assert run.desk.set_aside == []


async def test_bad_weather_is_not_the_updates_fault(tmp_path: Path) -> None:
    """A reply that does not get through ten times begins again and is never set aside; others are served meanwhile."""
    async with running(tmp_path, [said(1), said(2), said(3, 2)], desk=Desk(weather={1: 10})) as run:
        assert sorted(await run.ended(3)) == [1, 2, 3]
        assert list(await run.inbox.set_aside()) == []
    assert run.desk.handled.index(1) < run.desk.handled.index(2)


async def test_a_poison_update_is_set_aside_and_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """After three tries it lies aside with its error, it was told once, and the chat goes on; no words of it are logged."""
    async with running(tmp_path, [said(1), said(2), said(3, 2)], desk=Desk(failing={1: 99})) as run:
        assert sorted(await run.ended(3)) == [1, 2, 3]
        (row,) = await run.inbox.set_aside()
        assert (row.update_id, row.error.split()[0]) == (1, "ValueError")
    assert run.desk.set_aside == [1]
    assert run.desk.failing == {1: 96}
    assert "secret words" not in caplog.text + row.error


@pytest.mark.parametrize("shape", [{"message": {}}, {"message": None}, {"callback_query": {}}, {"poll": {}}, {}])
async def test_an_update_of_unknown_shape_is_taken_in(tmp_path: Path, shape: dict[str, Any]) -> None:
    """Nothing Telegram may invent stops the intake."""
    async with running(tmp_path, [{"update_id": 1, **shape}, said(2)]) as run:
        assert sorted(await run.ended(2)) == [1, 2]


async def test_polling_pauses_while_too_much_is_queued(tmp_path: Path) -> None:
    """Updates beyond the bound stay with Telegram until there is room."""
    held = {1: asyncio.Event()}
    telegram = Telegram([[said(number) for number in range(1, 11)], [said(11)]])
    async with running(tmp_path, desk=Desk(held=held), telegram=telegram, most_queued=10) as run:
        await run.desk.begun.get()
        for _ in range(50):
            await asyncio.sleep(0)
        assert (telegram.offsets, run.intake.depth) == ([1], 10)
        held[1].set()
        assert await run.ended(11) == list(range(1, 12))


async def test_ids_that_begin_anew_are_taken_in(tmp_path: Path) -> None:
    """After a quiet week Telegram chooses a new id, which may be lower; polling follows it."""
    telegram = Telegram([[said(5000)], [said(17)], [said(18)]])
    async with running(tmp_path, telegram=telegram) as run:
        assert await run.ended(3) == [5000, 17, 18]
    assert telegram.offsets == [1, 5001, 18, 19]


async def test_stopping_leaves_what_is_not_in_hand_for_the_next_start(tmp_path: Path) -> None:
    """What hangs longer than the grace is cut off and handled again; nothing is lost."""
    held = {1: asyncio.Event()}
    async with running(tmp_path, [said(1), said(2), said(3, 2)], desk=Desk(held=held)) as run:
        assert await run.ended(1) == [3]
        await run.intake.finish(0.01)
    async with running(tmp_path) as again:
        assert await again.ended(2) == [1, 2]


class Broken(SqliteInbox):
    """An inbox whose file cannot be written for the first few batches."""

    times = 3

    async def receive(self, updates: Sequence[Received]) -> Sequence[int]:
        if self.times > 0:
            Broken.times -= 1
            raise StoreTrouble("The database is full.")
        return await super().receive(updates)


async def test_a_full_disk_loses_no_update(tmp_path: Path) -> None:
    """What could not be written is not confirmed: the same updates are fetched again."""
    database = await Database.open(tmp_path / "other.db")
    telegram = Telegram([[said(1)]] * 4)
    async with running(tmp_path, inbox=Broken(database), telegram=telegram) as run:
        assert await run.ended(1) == [1]
    await database.close()
    assert telegram.offsets == [1, 1, 1, 1, 2]


def test_a_button_belongs_to_the_chat_of_its_message() -> None:
    """Taps are in order with what is typed in the same chat."""
    query = {"from": {"id": 7}, "message": {"chat": {"id": -5}}}
    assert chat_of({"update_id": 1, "callback_query": query}) == -5
    assert chat_of({"update_id": 1, "callback_query": {"from": {"id": 7}}}) == 7


def test_a_trace_names_places_and_no_words() -> None:
    """The line for the log has the kind of error and where it rose, not what it says."""
    try:
        json.loads("my answer")
    except ValueError as error:
        line = trace(error)
    assert line.startswith("JSONDecodeError < decoder.py:")
    assert "answer" not in line
    assert "\n" not in line
