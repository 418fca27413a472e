"""The contract of the store's delivery half, over a real file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_store import SqliteStore
from bot.app.changes import Deactivate, MoveAsk, Reschedule, SettlePush
from bot.core.people import AskState, Push, PushKind, PushState
from tests.adapters.stored import DAY, NOW, TODAY, add_ask, add_attempt, add_learner, plan

HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    database = await Database.open(tmp_path / "coach.db")
    yield SqliteStore(database)
    await database.close()


async def planned(store: SqliteStore, **more: object) -> int:
    """A due learner with a planned push."""
    await add_learner(store, due=NOW, remind=True)
    (push_id,) = await store.commit(plan(**more))
    assert push_id is not None
    return push_id


async def claimed(store: SqliteStore) -> Push:
    (push,) = await store.claim(NOW, 10)
    return push


async def states(store: SqliteStore) -> dict[str, int]:
    found: dict[str, int] = (await store.health(NOW))["pushes"]
    return found


async def state_of_ask(store: SqliteStore, ask_id: int | None) -> AskState:
    ask = await store.ask(ask_id or 0)
    assert ask is not None
    return ask.state


async def test_due_are_the_active_whose_moment_has_come(store: SqliteStore) -> None:
    """Longest due first, as many as asked for; who has no next push or blocked the coach is never due."""
    for id_, due in ((1, NOW), (2, NOW - HOUR), (3, NOW + timedelta(microseconds=1)), (4, None)):
        await add_learner(store, id_, due)
    await add_learner(store, 5, NOW, active=False)
    assert [one.id for one in await store.due_learners(NOW, 10)] == [2, 1]
    assert [one.id for one in await store.due_learners(NOW, 1)] == [2]


async def test_planning_inserts_push_and_ask_and_moves_the_next(store: SqliteStore) -> None:
    """One commit makes the outbox row, its ask, which waits aside until it is sent, and the learner no longer due."""
    push_id = await planned(store)
    assert await store.due_learners(NOW, 10) == []
    assert [one.id for one in await store.due_learners(NOW + DAY, 10)] == [1]
    (ask,) = await store.asks_on(1, TODAY)
    assert ask.state is AskState.ASIDE
    expected = Push(push_id, 1, 1, PushKind.DAILY, TODAY, ask.id, NOW, NOW + 19 * HOUR, PushState.SENDING, 1)
    assert await claimed(store) == expected


async def test_a_local_day_has_one_push_of_a_kind(store: SqliteStore) -> None:
    """Planned again, nothing is inserted, not even an ask, but the next push moves on."""
    await planned(store)
    assert await store.commit(Reschedule(1, NOW + DAY, NOW)) == [None]
    assert await store.commit(plan(next_push_at=NOW + 2 * DAY)) == [None]
    assert len(await store.asks_on(1, TODAY)) == 1
    assert await store.due_learners(NOW + DAY, 10) == []


async def test_a_plan_gives_way_to_settings_changed_meanwhile(store: SqliteStore) -> None:
    """Who is no longer due when the plan is committed gets no push, and the next one stays as it was set."""
    await add_learner(store, due=NOW + HOUR)
    assert await store.commit(plan(), Reschedule(1, NOW, NOW + 5 * DAY)) == [None, None]
    assert await store.claim(NOW + DAY, 10) == []
    assert len(await store.due_learners(NOW + HOUR, 10)) == 1


@pytest.mark.parametrize(("minutes", "in_front"), [(30, True), (29, False)])
async def test_a_daily_question_that_was_sent_goes_before_an_older_one(store: SqliteStore, minutes: int, in_front: bool) -> None:
    """Until it is sent the open ask stays; then it steps back unless it is younger than half an hour; that of a group does not."""
    await add_learner(store, due=NOW)
    old = await add_ask(store, question="q8", asked_at=NOW - timedelta(minutes=minutes))
    group = await add_ask(store, chat_id=-5, asked_at=NOW - DAY)
    await store.commit(plan())
    push = await claimed(store)
    assert await state_of_ask(store, old) is AskState.OPEN
    await store.commit(SettlePush(push.id, PushState.SENT))
    daily, other = (AskState.OPEN, AskState.ASIDE) if in_front else (AskState.ASIDE, AskState.OPEN)
    assert (await state_of_ask(store, push.ask_id), await state_of_ask(store, old)) == (daily, other)
    assert await state_of_ask(store, group) is AskState.OPEN


async def test_a_push_put_off_leaves_the_open_question_alone(store: SqliteStore) -> None:
    """Nobody saw it: what is typed meanwhile is to the question that stands."""
    await add_learner(store, due=NOW)
    old = await add_ask(store, question="q8", asked_at=NOW - DAY)
    await store.commit(plan())
    push = await claimed(store)
    assert await store.depart(push.id)
    await store.commit(SettlePush(push.id, PushState.DUE, NOW + HOUR, note="busy"))
    assert await state_of_ask(store, old) is AskState.OPEN
    assert not await store.depart(push.id)


async def test_a_claim_is_oldest_first_bounded_and_made_once(store: SqliteStore) -> None:
    """Rows not yet due stay; a claimed row is not handed out again."""
    for id_ in (1, 2, 3, 4):
        await add_learner(store, id_, NOW - HOUR)
    await store.commit(plan(1), plan(2, not_before=NOW - HOUR), plan(3, not_before=NOW + HOUR), plan(4))
    assert [push.learner_id for push in await store.claim(NOW, 2)] == [2, 1]
    assert [push.learner_id for push in await store.claim(NOW, 10)] == [4]
    assert await store.claim(NOW, 10) == []


async def test_a_push_put_off_is_due_again_at_its_time(store: SqliteStore) -> None:
    """Settled as due with a time, it is claimed from then on, its tries counted and its doubt kept."""
    push_id = await planned(store)
    await claimed(store)
    await store.commit(SettlePush(push_id, PushState.DUE, NOW + HOUR, again=True))
    assert await store.claim(NOW, 10) == []
    (push,) = await store.claim(NOW + HOUR, 10)
    assert (push.tries, push.again) == (2, True)


async def test_a_settled_push_stays_settled(store: SqliteStore) -> None:
    """A late second settlement cannot bring a sent push back."""
    push_id = await planned(store)
    await claimed(store)
    await store.commit(SettlePush(push_id, PushState.SENT))
    await store.commit(SettlePush(push_id, PushState.DUE, NOW))
    assert await states(store) == {"sent": 1}


@pytest.mark.parametrize("state", [PushState.FAILED, PushState.EXPIRED, PushState.DROPPED])
async def test_a_question_that_nobody_saw_does_not_wait(store: SqliteStore, state: PushState) -> None:
    """When its push ended undelivered the ask is dropped, so that no answer is graded against it; not when it may have arrived."""
    push_id = await planned(store)
    push = await claimed(store)
    await store.commit(SettlePush(push_id, state))
    assert await state_of_ask(store, push.ask_id) is AskState.DROPPED


async def test_a_question_that_may_have_been_seen_stays_open(store: SqliteStore) -> None:
    """An expired push in doubt leaves its ask open."""
    push_id = await planned(store)
    push = await claimed(store)
    await store.commit(SettlePush(push_id, PushState.EXPIRED, again=True))
    assert await state_of_ask(store, push.ask_id) is AskState.OPEN


async def test_orphans_are_what_a_dead_process_left(tmp_path: Path) -> None:
    """Rows left sending come back as unsure, at each start until they are decided, and no longer after that."""
    for attempt in range(3):
        database = await Database.open(tmp_path / "coach.db")
        store = SqliteStore(database)
        if attempt == 0:
            await planned(store)
            await store.depart((await claimed(store)).id)
        else:
            (push,) = await store.orphans()
            assert push.state is PushState.UNSURE
        await database.close()
    database = await Database.open(tmp_path / "coach.db")
    store = SqliteStore(database)
    await store.commit(SettlePush(push.id, PushState.UNSURE, again=True))
    assert await store.orphans() == []
    await database.close()


async def test_what_was_claimed_and_never_left_is_due_again_without_doubt(store: SqliteStore) -> None:
    """The process died while the row waited for its turn: it is no orphan, and no try was used up."""
    await planned(store)
    first = await claimed(store)
    assert await store.orphans() == []
    assert await claimed(store) == first


async def test_a_push_in_doubt_is_not_repeated_once_its_question_was_dealt_with(store: SqliteStore) -> None:
    """It stays unsure: typed words do not prove that the question arrived."""
    push_id = await planned(store)
    push = await claimed(store)
    await store.commit(SettlePush(push_id, PushState.DUE, NOW, again=True))
    await store.commit(MoveAsk(push.ask_id or 0, AskState.OPEN, AskState.ANSWERED))
    assert await states(store) == {"unsure": 1}
    assert await store.claim(NOW, 10) == []


async def test_a_gone_chat_drops_what_is_due_to_it(store: SqliteStore) -> None:
    """A learner whose chat is gone is inactive, never due, and the question nobody saw is dropped."""
    await planned(store)
    await store.commit(Deactivate(1))
    one = await store.learner(1)
    assert one is not None
    assert not one.active
    assert await store.due_learners(NOW + 30 * DAY, 10) == []
    assert await store.claim(NOW, 10) == []
    assert [ask.state for ask in await store.asks_on(1, TODAY)] == [AskState.DROPPED]


async def sent_with_reminder(store: SqliteStore) -> Push:
    push_id = await planned(store, remind_at=NOW + 11 * HOUR)
    push = await claimed(store)
    await store.commit(SettlePush(push_id, PushState.SENT))
    return push


async def test_a_reminder_is_planned_once_at_its_time(store: SqliteStore) -> None:
    """While the question waits, exactly one reminder follows, for the same ask."""
    push = await sent_with_reminder(store)
    assert await store.plan_reminders(NOW + 10 * HOUR) == 0
    assert await store.plan_reminders(NOW + 11 * HOUR) == 1
    assert await store.plan_reminders(NOW + 12 * HOUR) == 0
    (reminder,) = await store.claim(NOW + 12 * HOUR, 10)
    assert (reminder.kind, reminder.ask_id, reminder.expires_at) == (PushKind.REMINDER, push.ask_id, push.expires_at)


async def test_who_answered_or_wants_none_is_not_reminded(store: SqliteStore) -> None:
    """An answered question has no reminder, nor has a learner who did not ask for them, nor a day that is over."""
    push = await sent_with_reminder(store)
    await store.commit(MoveAsk(push.ask_id or 0, AskState.OPEN, AskState.SKIPPED))
    await add_learner(store, 2, NOW)
    await add_learner(store, 3, NOW, remind=True)
    await store.commit(plan(2, remind_at=NOW + HOUR), plan(3, remind_at=NOW + HOUR, expires_at=NOW + 2 * HOUR))
    await store.commit(*(SettlePush(push.id, PushState.SENT) for push in await store.claim(NOW, 10)))
    assert await store.plan_reminders(NOW + 18 * HOUR) == 0


async def test_a_push_still_on_its_way_is_reminded_of_later(store: SqliteStore) -> None:
    """A reminder never overtakes its question."""
    push_id = await planned(store, remind_at=NOW + HOUR)
    assert await store.plan_reminders(NOW + HOUR) == 0
    await claimed(store)
    await store.commit(SettlePush(push_id, PushState.SENT))
    assert await store.plan_reminders(NOW + HOUR) == 1


async def test_batches_are_read_at_once(store: SqliteStore) -> None:
    """Learners, asks and open asks by id; unknown ids are left out."""
    for id_ in (1, 2):
        await add_learner(store, id_)
    first, group = await add_ask(store), await add_ask(store, 2, chat_id=-5)
    assert set(await store.learners([1, 2, 9])) == {1, 2}
    assert set(await store.asks([first, group, 99])) == {first, group}
    assert {id_: ask.id for id_, ask in (await store.open_asks([1, 2])).items()} == {1: first}


async def test_a_long_silence_is_an_outage(store: SqliteStore) -> None:
    """Beats return the one before; a gap over ten minutes is recorded with its start and end, a shorter one is not."""
    await add_learner(store)
    assert await store.heartbeat(NOW) is None
    assert await store.heartbeat(NOW + timedelta(minutes=10)) == NOW
    assert (await store.days(1)).outages == ()
    back = NOW + 3 * DAY
    assert await store.heartbeat(back) == NOW + timedelta(minutes=10)
    assert (await store.days(1)).outages == ((NOW + timedelta(minutes=10), back),)


async def test_a_clock_set_back_leaves_nothing_in_the_future(store: SqliteStore) -> None:
    """Outages are cut at the true time, and who was planned from the wrong one is planned anew."""
    await add_learner(store, due=NOW + HOUR)
    await store.heartbeat(NOW)
    await store.heartbeat(NOW + 3 * DAY)
    await store.commit(Reschedule(1, NOW + 3 * DAY, NOW + 4 * DAY))
    await store.heartbeat(NOW + timedelta(minutes=1))
    assert (await store.days(1)).outages == ((NOW, NOW + timedelta(minutes=1)),)
    assert [one.id for one in await store.due_learners(NOW + timedelta(minutes=1), 10)] == [1]


async def test_health_counts_what_the_owner_asks_for(store: SqliteStore) -> None:
    """Learners, active ones, answers of this UTC day, pushes by state, depth of the boxes, the last beat."""
    await add_learner(store, 2, active=False)
    await planned(store)
    await store.commit(MoveAsk((await store.asks_on(1, TODAY))[0].id, AskState.ASIDE, AskState.SKIPPED))
    await add_attempt(store)
    await add_attempt(store, at=NOW - DAY)
    await store.heartbeat(NOW)
    assert await store.health(NOW) == {
        "learners": 2, "active": 1, "answers_today": 1, "pushes": {"due": 1}, "inbox": 0, "outbox": 1, "aside": [], "last_beat": NOW,
    }  # fmt: skip
