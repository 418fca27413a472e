"""Delivery over a real file: nothing lost, nothing twice, whatever the chat answers and wherever the process dies."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_store import SqliteStore
from bot.app.changes import AppendAttempt, MoveAsk, PlaceAsk, SaveLearner
from bot.app.message import Message, Span
from bot.app.outbox import SENDS_PER_TICK, Outbox
from bot.app.ports import ChatBusy, ChatGone, ChatRefused, ChatUnsure, StoreTrouble
from bot.core.people import Ask, AskState, Learner, Push, Source
from bot.core.pushes import MOST_TRIES

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class RecordingChat:
    """A chat that remembers what arrived and raises what it is told to, before or after the message arrived."""

    arrived: list[tuple[int, str]] = field(default_factory=list)
    before: dict[int, list[Exception]] = field(default_factory=dict)
    after: dict[int, list[Exception]] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    waiting: int = 0
    most_waiting: int = 0
    full_at: int = 0
    full: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, chat_id: int, message: Message, leaving: Callable[[], Awaitable[None]]) -> None:
        await leaving()
        if errors := self.before.get(chat_id):
            raise errors.pop(0)
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        if self.waiting == self.full_at:
            self.full.set()
        if self.gate:
            await self.gate.wait()
        self.waiting -= 1
        (text,) = (block.text for block in message.blocks if isinstance(block, Span))
        self.arrived.append((chat_id, text))
        if errors := self.after.get(chat_id):
            raise errors.pop(0)


async def pick(learner: Learner, now: datetime) -> str | None:
    return "q1"


def word(push: Push, ask: Ask, learner: Learner, now: datetime) -> Message:
    return Message((Span(f"{push.kind} {ask.question_id}{' again' if push.again else ''}"),))


def outbox_of(store: Any, chat: Any, **more: Any) -> Outbox:
    return Outbox(store, chat, more.pop("pick", pick), more.pop("word", word), random.Random(7), **more)


def someone(id_: int, **more: Any) -> Learner:
    return Learner(id_, f"Learner {id_}", NINE - DAY, **({"ready": True} | more))


async def add(store: SqliteStore, *ids: int, due: datetime = NINE, **more: Any) -> None:
    await store.commit(*(SaveLearner(someone(id_, **more), due) for id_ in ids))


async def answer(store: SqliteStore, id_: int) -> None:
    situation = await store.situation(id_, id_)
    ask = situation.ask or situation.aside[0]
    attempt = AppendAttempt(ask.id, id_, ask.question_id, "words", 80, 80, True, NINE, TODAY)
    await store.commit(MoveAsk(ask.id, ask.state, AskState.ANSWERED), attempt)


async def pushes(store: SqliteStore) -> dict[int, tuple[str, bool, str]]:
    """State, doubt and note of every daily push, by learner."""
    sql = "SELECT learner_id, state, again, note FROM push WHERE kind = 'daily'"
    rows = await store._db.read(lambda db: db.execute(sql).fetchall())
    return {id_: (state, bool(again), note) for id_, state, again, note in rows}


async def ask_states(store: SqliteStore, id_: int) -> list[AskState]:
    return [ask.state for ask in await store.asks_on(id_, TODAY)]


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    database = await Database.open(tmp_path / "coach.db")
    yield SqliteStore(database)
    await database.close()


async def test_a_due_question_is_sent_once_and_the_next_is_planned(store: SqliteStore) -> None:
    """However often the ticker fires, one message arrives that day, its ask is open, and tomorrow's follows tomorrow."""
    chat = RecordingChat()
    outbox = outbox_of(store, chat)
    await add(store, 1)
    for minute in range(5):
        assert not await outbox.tick(NINE + minute * MINUTE)
    assert chat.arrived == [(1, "daily q1")]
    assert await ask_states(store, 1) == [AskState.OPEN]
    assert (await pushes(store))[1][0] == "sent"
    await outbox.tick(NINE + DAY)
    assert len(chat.arrived) == 2


async def test_nothing_is_sent_before_its_time(store: SqliteStore) -> None:
    """A second early is early."""
    chat = RecordingChat()
    await add(store, 1)
    await outbox_of(store, chat).tick(NINE - timedelta(seconds=1))
    assert chat.arrived == []


async def test_a_question_missed_while_down_is_sent_late_the_same_local_day(store: SqliteStore) -> None:
    """At 03:59 the next morning it is still yesterday's evening for the learner; at 04:00 it is over."""
    chat = RecordingChat()
    await add(store, 1)
    await outbox_of(store, chat).tick(NINE + 18 * HOUR + 59 * MINUTE)
    assert chat.arrived == [(1, "daily q1")]
    await add(store, 2)
    await outbox_of(store, chat).tick(NINE + 19 * HOUR)
    assert len(chat.arrived) == 1


async def test_a_machine_asleep_for_three_days_sends_only_today(store: SqliteStore) -> None:
    """The days slept through are recorded as an outage and not delivered late."""
    chat = RecordingChat()
    outbox = outbox_of(store, chat)
    await add(store, 1)
    await outbox.tick(NINE - HOUR)
    await outbox.tick(NINE + 3 * DAY + HOUR)
    assert chat.arrived == [(1, "daily q1")]
    assert (await store.days(1)).outages == ((NINE - HOUR, NINE + 3 * DAY + HOUR),)
    assert await store.asks_on(1, TODAY) == []


async def test_a_clock_set_back_sends_nothing_twice(store: SqliteStore) -> None:
    """After 09:05 becomes 08:50 again, the question is not repeated at the second 09:00, and tomorrow's still comes."""
    chat = RecordingChat()
    outbox = outbox_of(store, chat)
    await add(store, 1)
    for at in (NINE + 5 * MINUTE, NINE - 10 * MINUTE, NINE, NINE + 10 * MINUTE, NINE + DAY):
        await outbox.tick(at)
    assert len(chat.arrived) == 2


async def test_a_clock_wrong_by_days_does_not_silence_the_coach(store: SqliteStore) -> None:
    """Planned from a clock three days ahead, the learner is planned anew once the clock is right."""
    chat = RecordingChat()
    outbox = outbox_of(store, chat)
    await add(store, 1)
    for at in (NINE, NINE + 3 * DAY, NINE + HOUR, NINE + DAY):
        await outbox.tick(at)
    assert [text for _, text in chat.arrived] == ["daily q1"] * 3


async def test_a_question_asked_just_now_keeps_its_place(store: SqliteStore) -> None:
    """The daily question waits aside behind a fresh one, and goes in front of an old one, which waits instead."""
    chat = RecordingChat()
    await add(store, 1, 2)
    fresh, old = (PlaceAsk(id_, id_, "q9", Source.QUIZ, NINE - ago, TODAY) for id_, ago in ((1, 5 * MINUTE), (2, HOUR)))
    await store.commit(fresh, old)
    await outbox_of(store, chat).tick(NINE)
    assert await ask_states(store, 1) == [AskState.OPEN, AskState.ASIDE]
    assert await ask_states(store, 2) == [AskState.ASIDE, AskState.OPEN]
    assert len(chat.arrived) == 2


async def test_nothing_to_ask_is_nothing_sent(store: SqliteStore) -> None:
    """When there is no question left, the learner's next push moves on."""
    chat = RecordingChat()

    async def none(learner: Learner, now: datetime) -> str | None:
        return None

    await add(store, 1)
    await outbox_of(store, chat, pick=none).tick(NINE)
    assert chat.arrived == []
    assert await store.due_learners(NINE + HOUR, 10) == []


async def test_a_learner_who_cannot_be_planned_for_holds_nobody_up(store: SqliteStore) -> None:
    """An unknown zone or a fault in the choice puts that learner off for half an hour; the others get theirs."""
    chat = RecordingChat()
    await add(store, 1, zone="Mars/Olympus")
    await add(store, 2, 3)

    async def choosy(learner: Learner, now: datetime) -> str | None:
        if learner.id == 2:
            raise RuntimeError("no")
        return "q1"

    outbox = outbox_of(store, chat, pick=choosy)
    await outbox.tick(NINE)
    assert chat.arrived == [(3, "daily q1")]
    assert [one.id for one in await store.due_learners(NINE + 30 * MINUTE, 10)] == [1, 2]
    await outbox_of(store, chat).tick(NINE + 30 * MINUTE)
    assert chat.arrived[1:] == [(2, "daily q1")]


async def test_a_blocked_chat_makes_the_learner_inactive(store: SqliteStore) -> None:
    """No second try, no further pushes, and no question left waiting."""
    chat = RecordingChat(before={1: [ChatGone("blocked")]})
    outbox = outbox_of(store, chat)
    await add(store, 1)
    for at in (NINE, NINE + HOUR, NINE + DAY):
        await outbox.tick(at)
    learner = await store.learner(1)
    assert learner is not None
    assert not learner.active
    assert chat.arrived == []
    assert (await pushes(store))[1] == ("failed", False, "chat gone")
    assert await ask_states(store, 1) == [AskState.DROPPED]


async def test_a_busy_chat_is_waited_for(store: SqliteStore) -> None:
    """Not before the asked-for time, and as often as it takes; the other chats are not kept waiting."""
    chat = RecordingChat(before={1: [ChatBusy(90)] + [ChatBusy(1)] * (MOST_TRIES + 3)})
    outbox = outbox_of(store, chat)
    await add(store, 1, 2)
    await outbox.tick(NINE)
    await outbox.tick(NINE + 89 * timedelta(seconds=1))
    assert chat.arrived == [(2, "daily q1")]
    assert len(chat.before[1]) == MOST_TRIES + 3
    for seconds in range(90, 150):
        await outbox.tick(NINE + seconds * timedelta(seconds=1))
    assert chat.arrived == [(2, "daily q1"), (1, "daily q1")]


async def test_a_refused_message_is_not_sent_again(store: SqliteStore) -> None:
    """The reason stands in the outbox for the owner, and the question does not wait."""
    chat = RecordingChat(before={1: [ChatRefused("message is too long")]})
    outbox = outbox_of(store, chat)
    await add(store, 1)
    await outbox.tick(NINE)
    await outbox.tick(NINE + HOUR)
    assert chat.arrived == []
    assert (await pushes(store))[1] == ("failed", False, "refused: message is too long")
    assert await ask_states(store, 1) == [AskState.DROPPED]


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_lost_answer_is_a_doubt_and_the_question_goes_once_more(store: SqliteStore, arrived: bool) -> None:
    """Whether or not it had arrived, it is sent a second time, marked so, for the same ask, and never a third time."""
    errors: dict[int, list[Exception]] = {1: [ChatUnsure(), ChatUnsure()]}
    chat = RecordingChat(after=errors) if arrived else RecordingChat(before=errors)
    outbox = outbox_of(store, chat)
    await add(store, 1)
    for minute in range(60):
        await outbox.tick(NINE + minute * MINUTE)
    assert chat.arrived == ([(1, "daily q1"), (1, "daily q1 again")] if arrived else [])
    assert (await pushes(store))[1] == ("unsure", True, "may have arrived, twice")
    assert await ask_states(store, 1) == [AskState.OPEN]


async def test_a_passing_fault_is_tried_again_with_growing_waits(store: SqliteStore) -> None:
    """Six faults in a row delay the question; it still arrives once."""
    chat = RecordingChat(before={1: [OSError("boom") for _ in range(6)]})
    outbox = outbox_of(store, chat)
    await add(store, 1)
    tried = []
    for minute in range(120):
        left = len(chat.before[1])
        await outbox.tick(NINE + minute * MINUTE)
        if len(chat.before[1]) < left:
            tried.append(minute)
    assert chat.arrived == [(1, "daily q1")]
    waits = [second - first for first, second in pairwise(tried)]
    assert len(tried) == 6
    assert waits == sorted(waits)


async def test_a_lasting_fault_ends_as_failed(store: SqliteStore) -> None:
    """After the last try it is given up, with the reason, and no answer can be graded against the unseen question."""
    chat = RecordingChat(before={1: [OSError("boom") for _ in range(99)]})
    outbox = outbox_of(store, chat)
    await add(store, 1)
    for step in range(60):
        await outbox.tick(NINE + step * 10 * MINUTE)
    assert len(chat.before[1]) == 99 - MOST_TRIES
    assert (await pushes(store))[1] == ("failed", False, "OSError")
    assert await ask_states(store, 1) == [AskState.DROPPED]


async def test_a_message_that_cannot_be_worded_holds_nobody_up(store: SqliteStore) -> None:
    """A fault in the wording of one push is that push's alone."""
    chat = RecordingChat()

    async def fussy(push: Push, ask: Ask, learner: Learner, now: datetime) -> Message:
        if learner.id == 1:
            raise KeyError(ask.question_id)
        return word(push, ask, learner, now)

    await add(store, 1, 2)
    await outbox_of(store, chat, word=fussy).tick(NINE)
    assert chat.arrived == [(2, "daily q1")]


async def test_what_was_answered_or_paused_meanwhile_is_not_sent(store: SqliteStore) -> None:
    """A push put off by a busy chat is dropped when the question was dealt with, or the learner paused, before its next try."""
    chat = RecordingChat(before={id_: [ChatBusy(60)] for id_ in (1, 2, 3)})
    outbox = outbox_of(store, chat)
    await add(store, 1, 2, 3)
    await outbox.tick(NINE)
    await answer(store, 1)
    await store.commit(SaveLearner(someone(2, paused_until=TODAY + 7 * DAY), NINE + 7 * DAY))
    await store.forget(3)
    await outbox.tick(NINE + HOUR)
    assert chat.arrived == []
    assert {id_: row[0] for id_, row in (await pushes(store)).items()} == {1: "dropped", 2: "dropped"}


async def test_one_reminder_comes_in_the_evening_to_who_asked_for_it(store: SqliteStore) -> None:
    """At 20:00 local, once, only where the question still waits and reminders are on."""
    chat = RecordingChat()
    outbox = outbox_of(store, chat)
    await add(store, 1, 2, remind=True)
    await add(store, 3)
    await outbox.tick(NINE)
    await answer(store, 2)
    chat.arrived.clear()
    await outbox.tick(NINE + 10 * HOUR + 59 * MINUTE)
    assert chat.arrived == []
    for minute in range(5):
        await outbox.tick(NINE + 11 * HOUR + minute * MINUTE)
    assert chat.arrived == [(1, "reminder q1")]


async def test_a_reminder_turned_on_after_the_question_still_comes(store: SqliteStore) -> None:
    """The wish counts as it stands in the evening."""
    chat = RecordingChat()
    outbox = outbox_of(store, chat)
    await add(store, 1)
    await outbox.tick(NINE)
    await store.commit(SaveLearner(someone(1, remind=True), NINE + DAY))
    await outbox.tick(NINE + 11 * HOUR)
    assert chat.arrived[1:] == [(1, "reminder q1")]


async def test_a_doubtful_reminder_is_dropped(store: SqliteStore) -> None:
    """A reminder that may have arrived is not repeated, and its question stays open."""
    chat = RecordingChat()
    outbox = outbox_of(store, chat)
    await add(store, 1, remind=True)
    await outbox.tick(NINE)
    chat.after[1] = [ChatUnsure()]
    for minute in range(3):
        await outbox.tick(NINE + 11 * HOUR + minute * MINUTE)
    assert chat.arrived[1:] == [(1, "reminder q1")]
    assert await ask_states(store, 1) == [AskState.OPEN]


async def test_many_due_are_sent_side_by_side_within_the_bound(store: SqliteStore) -> None:
    """Seventy due learners are in flight eight at a time, and all are served in one tick."""
    chat = RecordingChat(gate=asyncio.Event(), full_at=8)
    await add(store, *range(1, 71))
    ticking = asyncio.ensure_future(outbox_of(store, chat, in_flight=8).tick(NINE))
    await chat.full.wait()
    assert chat.gate is not None
    chat.gate.set()
    assert not await ticking
    assert chat.most_waiting == 8
    assert Counter(id_ for id_, _ in chat.arrived) == Counter(range(1, 71))


async def test_a_tick_is_bounded_and_says_that_more_waits(store: SqliteStore) -> None:
    """More than a tick handles is finished by the ticks that follow at once, each with a fresh clock and heartbeat."""
    chat = RecordingChat()
    outbox = outbox_of(store, chat)
    await add(store, *range(1, SENDS_PER_TICK + 101))
    assert await outbox.tick(NINE)
    assert len(chat.arrived) < SENDS_PER_TICK + 40
    while await outbox.tick(NINE):
        pass
    assert Counter(id_ for id_, _ in chat.arrived) == Counter(range(1, SENDS_PER_TICK + 101))


async def test_batches_cost_transactions_and_learners_do_not(store: SqliteStore) -> None:
    """Two hundred due learners take fewer than seventy calls of the store, besides the choice and the departure of each question."""
    calls: Counter[str] = Counter()

    async def count(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        calls[name] += name != "depart"  # noted one by one, just before each is sent
        return await call()

    chat = RecordingChat()
    await add(store, *range(1, 201))
    await outbox_of(Around(store, count), chat).tick(NINE)
    assert len(chat.arrived) == 200
    assert calls.total() < 70, calls


async def test_stopping_finishes_what_is_in_hand_and_claims_no_more(store: SqliteStore) -> None:
    """Rows in flight are sent and settled; the rest stays due, and after the next start each arrives once, without doubt."""
    chat = RecordingChat(gate=asyncio.Event(), full_at=4)
    assert chat.gate is not None
    await add(store, *range(1, 21))
    outbox = outbox_of(store, chat, in_flight=4)
    ticking = asyncio.ensure_future(outbox.tick(NINE))
    await chat.full.wait()
    stopping = asyncio.ensure_future(outbox.stop())
    await asyncio.sleep(0)
    chat.gate.set()
    await stopping
    assert not await ticking
    assert len(chat.arrived) == 4
    assert not await outbox.tick(NINE + MINUTE)
    again = outbox_of(store, chat)
    await again.start(NINE + MINUTE)
    await again.tick(NINE + MINUTE)
    assert sorted(chat.arrived) == [(id_, "daily q1") for id_ in range(1, 21)]


async def test_what_could_not_be_settled_is_settled_by_the_next_tick(store: SqliteStore) -> None:
    """A store in trouble right after the send repeats nothing: the outcome is kept and recorded as soon as it can be."""
    chat, calls = RecordingChat(), Counter[str]()

    async def full_disk(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        calls[name] += 1
        if name == "commit" and calls[name] in (2, 3):
            raise StoreTrouble("The disk is full.")
        return await call()

    outbox = outbox_of(Around(store, full_disk), chat)
    await add(store, 1, 2)
    for minute in range(2):
        with pytest.raises(StoreTrouble):
            await outbox.tick(NINE + minute * MINUTE)
    await outbox.tick(NINE + 2 * MINUTE)
    assert sorted(chat.arrived) == [(1, "daily q1"), (2, "daily q1")]
    assert {row[0] for row in (await pushes(store)).values()} == {"sent"}


# --- the process dies ---------------------------------------------------------------------------------------------------


class Cut(BaseException):
    """The process is killed here."""


class Around:
    """The real thing, with something around each of its calls."""

    def __init__(self, inner: Any, around: Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]) -> None:
        self._inner, self._around = inner, around

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        return lambda *args, **named: self._around(name, lambda: method(*args, **named))


class Fuse:
    """Kills before or after the call number ``step``; nothing of a dead process is called any more."""

    def __init__(self, step: int, *, after: bool) -> None:
        self.step, self.after, self.calls, self.blown = step, after, 0, False

    async def around(self, name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        self.calls += 1
        mine = self.calls == self.step
        self.blown |= mine and not self.after
        if self.blown:
            raise Cut
        result = await call()
        self.blown |= mine
        if self.blown:
            raise Cut
        return result


async def live(path: Path, chat: RecordingChat, fuse: Fuse, first: datetime, ticks: int = 3) -> bool:
    """One life of the process: it starts and ticks until the fuse blows or nothing is left. Whether it was killed."""
    database = await Database.open(path)
    store = SqliteStore(database)
    try:
        outbox = outbox_of(Around(store, fuse.around), Around(chat, fuse.around))
        await outbox.start(first)
        for minute in range(ticks):
            await outbox.tick(first + minute * MINUTE)
    except BaseException as error:  # a killed process runs no further, whatever group the cut arrives in
        if not fuse.blown:
            raise error from None
    finally:
        await database.close()
    return fuse.blown


async def check(path: Path, chat: RecordingChat, crashes: int, learners: Sequence[int] = (1, 2, 3)) -> None:
    """What must hold after the last life: each learner got the question, twice at most and then marked; all is traced."""
    database = await Database.open(path)
    store = SqliteStore(database)
    for id_, (state, again, _) in (await pushes(store)).items():
        got = [text for chat_id, text in chat.arrived if chat_id == id_]
        assert len(got) <= 2
        assert got[1:] in ([], ["daily q1 again"])
        assert got or state == "unsure"
        assert state == "sent" or (crashes > 1 and (state, again) == ("unsure", True))
        assert await ask_states(store, id_) == [AskState.OPEN]
    assert set(await pushes(store)) == set(learners)
    await database.close()


async def set_up(path: Path, learners: Sequence[int] = (1, 2, 3)) -> None:
    database = await Database.open(path)
    await add(SqliteStore(database), *learners)
    await database.close()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_killed_at_any_step_nothing_is_lost_and_nothing_repeated_unmarked(tmp_path: Path, after: bool) -> None:
    """Cut at every call of store and chat in turn, then restarted: every learner has the question, a repetition is marked."""
    killed, step = True, 0
    while killed:
        step += 1
        path, chat = tmp_path / f"{step}.db", RecordingChat()
        await set_up(path)
        killed = await live(path, chat, Fuse(step, after=after), NINE)
        await live(path, chat, Fuse(0, after=False), NINE + 10 * MINUTE)
        await check(path, chat, crashes=1)
    assert step > 12


async def test_killed_twice_every_doubt_is_traced(tmp_path: Path) -> None:
    """For every pair of steps: two messages at most, and a push that may never have arrived stands as unsure."""
    fresh = tmp_path / "fresh.db"
    await set_up(fresh, [1])
    first, killed = 0, True
    while killed:
        first, second, again = first + 1, 0, True
        while again:
            second += 1
            path, chat = tmp_path / f"{first}-{second}.db", RecordingChat()
            shutil.copyfile(fresh, path)
            killed = await live(path, chat, Fuse(first, after=bool(first % 2)), NINE, ticks=1)
            again = await live(path, chat, Fuse(second, after=bool(second % 2)), NINE + 5 * MINUTE, ticks=1)
            await live(path, chat, Fuse(0, after=False), NINE + 10 * MINUTE)
            await check(path, chat, crashes=2, learners=[1])


async def test_an_answer_to_a_doubtful_question_ends_the_doubt(tmp_path: Path) -> None:
    """Killed right after the message arrived; the learner answers before it is repeated: nothing is sent again."""
    path, chat = tmp_path / "coach.db", RecordingChat()
    await set_up(path)
    step = 0
    while not chat.arrived:
        step += 1
        path = tmp_path / f"{step}.db"
        await set_up(path)
        await live(path, chat, Fuse(step, after=True), NINE)
    (first,) = {id_ for id_, _ in chat.arrived[:1]}
    database = await Database.open(path)
    await outbox_of(SqliteStore(database), chat).start(NINE)
    await answer(SqliteStore(database), first)
    await database.close()
    chat.arrived.clear()
    await live(path, chat, Fuse(0, after=False), NINE + MINUTE)
    assert first not in {id_ for id_, _ in chat.arrived}


async def test_a_doubt_of_yesterday_expires(tmp_path: Path) -> None:
    """A row left sending over night is not repeated the next day; the new day's question comes as usual."""
    path, chat = tmp_path / "coach.db", RecordingChat()
    await set_up(path)
    step = 0
    while not chat.arrived:
        step += 1
        path = tmp_path / f"{step}.db"
        await set_up(path)
        await live(path, chat, Fuse(step, after=True), NINE)
    await live(path, chat, Fuse(0, after=False), NINE + DAY)
    assert not [text for _, text in chat.arrived if text.endswith("again")]
