"""The contract of the store, over a real file: what is committed is read back, and what must not happen is refused."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_store import SqliteStore
from bot.app.changes import (
    AppendAppeal,
    GiveHint,
    JoinCircle,
    LeaveCircle,
    LogSchedule,
    MoveAsk,
    SaveCircle,
    SaveLearner,
    SaveRecall,
    SaveSession,
)
from bot.app.ports import AlreadyApplied, Conflict, Proposal, Tally
from bot.core.people import Ask, AskState, Attempt, Circle, Recall, Schedule, Session, Source
from tests.adapters.stored import DAY, NOW, TODAY, add_ask, add_attempt, add_learner, append, learner, place


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    database = await Database.open(tmp_path / "coach.db")
    yield SqliteStore(database)
    await database.close()


def recall(question: str = "q1", **more: int) -> Recall:
    return Recall(question, 2, None, 3.5, 5.25, NOW + DAY, NOW, **({"tries": 1, "best": 80, "last": 80} | more))


def quiz(name: str = "t1", **more: object) -> Session:
    return replace(Session(name, 1, 1, "Security", ("q1", "q2", "q3"), NOW), **more)  # type: ignore[arg-type]


async def test_a_learner_comes_back_as_saved(store: SqliteStore) -> None:
    """Every setting survives, times to the microsecond."""
    ann = learner(
        name='Ann <b>"', zone="Asia/Kathmandu", push_at=1439, days=5, paused_until=date(2026, 4, 1), sections=("a", "b"),
        remind=True, on_boards=False, active=False, ready=True, awaiting="zone",
    )  # fmt: skip
    await store.commit(SaveLearner(ann, None))
    assert await store.learner(1) == ann


async def test_a_learner_saved_again_keeps_everything_else(store: SqliteStore) -> None:
    """New settings replace old ones; asks and attempts stay."""
    ann = await add_learner(store)
    attempt_id = await add_attempt(store)
    await store.commit(SaveLearner(replace(ann, name="Anna"), NOW))
    assert (await store.learner(1)) == replace(ann, name="Anna")
    assert await store.attempt(attempt_id) is not None


async def test_who_does_not_exist_is_none(store: SqliteStore) -> None:
    """Unknown ids read as nothing."""
    assert await store.learner(1) is None
    assert await store.ask(1) is None
    assert await store.attempt(1) is None
    assert await store.attempt_on(1) is None
    assert await store.attempt_by_update(1) is None
    assert await store.session("t") is None
    assert await store.circle("t") is None
    assert (await store.situation(1, 1)).learner is None


async def test_an_ask_comes_back_as_placed(store: SqliteStore) -> None:
    """The commit returns the ask's id, and the ask reads as it was placed."""
    await add_learner(store)
    ask_id = await add_ask(store, chat_id=-100, source=Source.SEARCH)
    assert await store.ask(ask_id) == Ask(ask_id, 1, -100, "q1", Source.SEARCH, NOW, TODAY)


async def test_one_ask_is_open_per_learner_and_chat(store: SqliteStore) -> None:
    """A second open one is a conflict; aside, in another chat or for another learner it is not."""
    await add_learner(store)
    await add_learner(store, 2)
    await add_ask(store)
    with pytest.raises(Conflict):
        await store.commit(place(question="q2"))
    await store.commit(place(question="q2", state=AskState.ASIDE), place(question="q2", chat_id=-5), place(2))


async def test_moving_an_ask_needs_the_state_it_was_in(store: SqliteStore) -> None:
    """An ask that moved meanwhile is a conflict, and nothing else of that commit is applied."""
    ann = await add_learner(store)
    ask_id = await add_ask(store)
    await store.commit(MoveAsk(ask_id, AskState.OPEN, AskState.SKIPPED))
    with pytest.raises(Conflict):
        await store.commit(SaveLearner(replace(ann, name="Other"), None), MoveAsk(ask_id, AskState.OPEN, AskState.ANSWERED))
    assert (await store.learner(1)) == ann


async def test_an_ask_brought_back_beside_an_open_one_is_a_conflict(store: SqliteStore) -> None:
    """Two questions are never open in one chat, however they got there."""
    await add_learner(store)
    aside = await add_ask(store, state=AskState.ASIDE)
    await add_ask(store, question="q2")
    with pytest.raises(Conflict):
        await store.commit(MoveAsk(aside, AskState.ASIDE, AskState.OPEN))


async def test_an_ask_is_answered_once(store: SqliteStore) -> None:
    """A second attempt on the same ask is a conflict, and the first verdict stays."""
    await add_learner(store)
    ask_id = await add_ask(store)
    await store.commit(append(ask_id, score=80))
    with pytest.raises(Conflict):
        await store.commit(append(ask_id, score=10))
    kept = await store.attempt_on(ask_id)
    assert kept is not None
    assert kept.score == 80


async def test_an_attempt_comes_back_as_appended(store: SqliteStore) -> None:
    """Whatever was typed is kept to the letter."""
    await add_learner(store)
    text = "session['x'] = 1; \U0001f36a <i> \x00 né"
    ask_id = await add_ask(store)
    ids = await store.commit(append(ask_id, answer=text, points=0, counted=False), update_id=77)
    expected = Attempt(ids[0] or 0, ask_id, 1, "q1", text, 80, 0, False, NOW, TODAY)
    assert await store.attempt(ids[0] or 0) == expected
    assert await store.attempt_on(ask_id) == expected
    assert await store.attempt_by_update(77) == expected


async def test_an_update_is_applied_once(store: SqliteStore) -> None:
    """The same update again changes nothing and says so; the ids of others do not matter."""
    await add_learner(store)
    ask_id = await add_ask(store)
    await store.commit(GiveHint(ask_id), update_id=5)
    with pytest.raises(AlreadyApplied):
        await store.commit(GiveHint(ask_id), update_id=5)
    await store.commit(GiveHint(ask_id), update_id=6)
    ask = await store.ask(ask_id)
    assert ask is not None
    assert ask.hints == 2


async def test_an_update_that_ended_in_a_conflict_was_not_applied(store: SqliteStore) -> None:
    """After a conflict the update can be tried with other changes."""
    await add_learner(store)
    ask_id = await add_ask(store)
    with pytest.raises(Conflict):
        await store.commit(MoveAsk(ask_id, AskState.ASIDE, AskState.OPEN), update_id=5)
    await store.commit(GiveHint(ask_id), update_id=5)


async def test_nothing_can_be_put_to_somebody_who_was_forgotten(store: SqliteStore) -> None:
    """A change for a learner who is gone meanwhile is a conflict, not a stray row."""
    with pytest.raises(Conflict):
        await store.commit(place(99))


async def test_values_out_of_range_are_refused_by_the_file_itself(store: SqliteStore) -> None:
    """A score of 101 or a local day that is none is a mistake in the program and is never stored."""
    await add_learner(store)
    ask_id = await add_ask(store)
    with pytest.raises(sqlite3.IntegrityError):
        await store.commit(append(ask_id, score=101))
    with pytest.raises(sqlite3.IntegrityError):
        await store.commit(SaveLearner(learner(push_at=1440), None))
    with pytest.raises(TypeError):
        await store.commit(append(ask_id, at=datetime(2026, 3, 1)))  # noqa: DTZ001 - that it is naive is the point
    assert await store.attempt_on(ask_id) is None


async def test_a_situation_holds_what_a_use_case_needs(store: SqliteStore) -> None:
    """Learner, open ask, those aside newest first, unfinished quiz, memory, memory before, and when points were earned."""
    ann = await add_learner(store)
    await add_learner(store, 2)
    await add_attempt(store, question="q0")
    await store.commit(SaveSession(quiz()))
    old = await add_ask(store, question="q3", state=AskState.ASIDE, asked_at=NOW - DAY)
    new = await add_ask(store, question="q4", state=AskState.ASIDE)
    open_ = await add_ask(store, session="t1")
    await add_ask(store, chat_id=-7)
    await add_ask(store, 2)
    await store.commit(SaveRecall(1, recall("q0", last=70), recall("q0")), SaveRecall(1, recall("q5"), None))
    found = await store.situation(1, 1)
    assert found.learner == ann
    assert found.ask == await store.ask(open_)
    assert [ask.id for ask in found.aside] == [new, old]
    assert found.session == quiz()
    assert found.recalls == {"q0": recall("q0", last=70), "q5": recall("q5")}
    assert found.before == {"q0": recall("q0")}
    assert found.counted == {"q0": NOW}


async def test_an_answer_needs_only_what_waits(store: SqliteStore) -> None:
    """Read for an answer, memory and points are those of the questions that wait here, and the same as read in full."""
    await add_learner(store)
    for name in ("q0", "q1", "q2"):
        await add_attempt(store, question=name)
        await store.commit(SaveRecall(1, recall(name, last=70), recall(name)))
    await add_ask(store, question="q1")
    await add_ask(store, question="q2", state=AskState.ASIDE, asked_at=NOW - DAY)
    await add_ask(store, question="q0", chat_id=-7)
    full, found = await store.situation(1, 1), await store.situation(1, 1, NOW)
    assert (found.ask, found.aside, found.learner) == (full.ask, full.aside, full.learner)
    for kept, every in ((found.recalls, full.recalls), (found.before, full.before), (found.counted, full.counted)):
        assert kept == {name: every[name] for name in ("q1", "q2")}


async def test_days_are_read_for_the_answer_that_may_move_the_streak(store: SqliteStore) -> None:
    """The first answer of the learner's day gets them, also after one that did not count; a later one does not."""
    await add_learner(store)
    assert (await store.situation(1, 1)).days is None
    await add_attempt(store, local_day=TODAY - DAY)
    await add_attempt(store, counted=False, points=0)
    assert (await store.situation(1, 1, NOW)).days == await store.days(1)
    await add_attempt(store)
    assert (await store.situation(1, 1, NOW)).days is None
    assert (await store.situation(1, 1, NOW + DAY)).days == await store.days(1)


async def test_points_are_remembered_by_their_last_time(store: SqliteStore) -> None:
    """Attempts without points do not start a cool-down."""
    await add_learner(store)
    for at, points in ((NOW, 80), (NOW + DAY, 60), (NOW + 2 * DAY, 0)):
        await add_attempt(store, at=at, points=points)
    assert (await store.situation(1, 1)).counted == {"q1": NOW + DAY}


async def test_memory_before_the_last_review_follows_it(store: SqliteStore) -> None:
    """A later review without a memory before it (a first one, redone) leaves none."""
    await add_learner(store)
    await store.commit(SaveRecall(1, recall(last=60), recall()))
    await store.commit(SaveRecall(1, recall(last=90), None))
    found = await store.situation(1, 1)
    assert found.recalls == {"q1": recall(last=90)}
    assert found.before == {}


async def test_one_quiz_is_unfinished_per_learner_and_chat(store: SqliteStore) -> None:
    """A second one is a conflict until the first is finished; saving again moves it on."""
    await add_learner(store)
    await store.commit(SaveSession(quiz()))
    with pytest.raises(Conflict):
        await store.commit(SaveSession(quiz("t2")))
    await store.commit(SaveSession(quiz(done=3, finished_at=NOW)), SaveSession(quiz("t2")))
    assert await store.session("t1") == quiz(done=3, finished_at=NOW)
    assert (await store.situation(1, 1)).session == quiz("t2")


async def test_a_quiz_has_its_attempts_in_order_without_retries(store: SqliteStore) -> None:
    """Answers elsewhere and second tries do not stand in a quiz's summary."""
    await add_learner(store)
    await store.commit(SaveSession(quiz()))
    ids = []
    for question in ("q2", "q1"):
        ask_id = await add_ask(store, question=question, session="t1")
        ids += (await store.commit(MoveAsk(ask_id, AskState.OPEN, AskState.ANSWERED), append(ask_id, question=question)))[1:]
    again = await add_ask(store, session="t1", retry_of=ids[0])
    await store.commit(MoveAsk(again, AskState.OPEN, AskState.ANSWERED), append(again, retry_of=ids[0], points=0))
    await add_attempt(store, question="q9")
    assert [attempt.id for attempt in await store.session_attempts("t1")] == ids


async def test_days_answered_are_those_that_count(store: SqliteStore) -> None:
    """Each local day stands once; a blank answer and somebody else's do not count."""
    await add_learner(store)
    await add_learner(store, 2)
    await add_attempt(store)
    await add_attempt(store)
    await add_attempt(store, local_day=TODAY + DAY, counted=False, points=0)
    await add_attempt(store, 2, local_day=TODAY - DAY)
    assert (await store.days(1)).answered == {TODAY}


async def test_the_schedule_log_keeps_one_entry_per_day(store: SqliteStore) -> None:
    """A second entry for a day replaces the first; entries come oldest first."""
    await add_learner(store)
    first, second = Schedule(TODAY, "UTC"), Schedule(TODAY, "Asia/Tokyo", 31, TODAY + DAY)
    older = Schedule(TODAY - DAY, "UTC", 127)
    await store.commit(LogSchedule(1, first), LogSchedule(1, second), LogSchedule(1, older))
    assert (await store.days(1)).schedule == (older, second)


async def test_what_was_asked_lately_and_on_a_day_is_found(store: SqliteStore) -> None:
    """By time for the choice of the next question, by local day in any chat for today's."""
    await add_learner(store)
    first = await add_ask(store, chat_id=-3, question="q2")
    old = await add_ask(store, asked_at=NOW - 9 * DAY, local_day=TODAY - 9 * DAY, state=AskState.DROPPED)
    later = await add_ask(store, question="q3", asked_at=NOW + timedelta(hours=1))
    assert await store.recently_asked(1, NOW) == {"q2", "q3"}
    assert [ask.id for ask in await store.asks_on(1, TODAY)] == [first, later]
    assert [ask.id for ask in await store.asks_on(1, TODAY - 9 * DAY)] == [old]


async def test_circles_are_joined_left_and_renamed(store: SqliteStore) -> None:
    """Joining twice is joining once; a group's circle is found by its chat, also after the chat's id changed."""
    await add_learner(store)
    friends, group = Circle("f", "Friends"), Circle("g", "Group", -10)
    await store.commit(SaveCircle(friends, NOW), SaveCircle(group, NOW), JoinCircle("f", 1, NOW), JoinCircle("f", 1, NOW))
    assert await store.circles(1) == [friends]
    moved = replace(group, name="Renamed", chat_id=-1000010)
    await store.commit(SaveCircle(moved, NOW), LeaveCircle("f", 1))
    assert await store.circle_of_chat(-10) is None
    assert await store.circle_of_chat(-1000010) == await store.circle("g") == moved
    assert await store.circles(1) == []


async def test_a_group_has_one_circle(store: SqliteStore) -> None:
    """A second circle for the same chat is a conflict."""
    await store.commit(SaveCircle(Circle("g", "Group", -10), NOW))
    with pytest.raises(Conflict):
        await store.commit(SaveCircle(Circle("h", "Group", -10), NOW))


async def test_tallies_are_of_the_members_within_the_days(store: SqliteStore) -> None:
    """Points and answers of the asked-for days; retries count nowhere; who earned nothing stands last with zero."""
    await store.commit(SaveCircle(Circle("f", "Friends"), NOW))
    for id_ in (1, 2, 3, 4):
        await add_learner(store, id_, on_boards=id_ != 2)
        if id_ < 4:
            await store.commit(JoinCircle("f", id_, NOW))
    attempt_id = await add_attempt(store, 1)
    await add_attempt(store, 1, points=0, retry_of=attempt_id)
    await add_attempt(store, 2, points=100, local_day=TODAY + 6 * DAY)
    await add_attempt(store, 2, points=90, local_day=TODAY + 7 * DAY)
    await add_attempt(store, 4)
    assert await store.tallies("f", TODAY, TODAY + 6 * DAY) == [
        Tally(2, "Learner 2", False, 100, 1),
        Tally(1, "Learner 1", True, 80, 1),
        Tally(3, "Learner 3", True, 0, 0),
    ]
    assert [(t.learner_id, t.points, t.answered) for t in await store.tallies("f", None, None)] == [(2, 190, 2), (1, 80, 1), (3, 0, 0)]


async def test_an_appeal_is_made_once_per_point(store: SqliteStore) -> None:
    """A second one for the same attempt and point is a conflict; they are counted per local day."""
    await add_learner(store)
    attempt_id = await add_attempt(store)
    appeal = AppendAppeal(attempt_id, 1, "q1", "signed", "it is sealed", 90, NOW, TODAY)
    await store.commit(appeal, replace(appeal, label="client"))
    with pytest.raises(Conflict):
        await store.commit(appeal)
    assert await store.appeals_today(1, TODAY) == 2
    assert await store.appeals_today(1, TODAY + DAY) == 0


async def test_proposals_count_different_learners(store: SqliteStore) -> None:
    """The phrase that most learners made comes first; one learner's repetition counts once."""
    for id_ in (1, 2, 3):
        await add_learner(store, id_)
    for id_, phrase in ((1, "sealed"), (2, "Sealed"), (3, "wrapped"), (3, "wrapped")):
        attempt_id = await add_attempt(store, id_)
        await store.commit(AppendAppeal(attempt_id, id_, "q1", "signed", phrase, 90, NOW, TODAY))
    assert await store.proposals() == [Proposal("q1", "signed", "Sealed", 2), Proposal("q1", "signed", "wrapped", 1)]


async def test_coroutines_side_by_side_do_not_share_a_transaction(store: SqliteStore) -> None:
    """Of a hundred commits at once, those that fail take nothing of the others with them."""
    await add_learner(store)

    async def one(number: int) -> bool:
        doomed = [MoveAsk(0, AskState.OPEN, AskState.ASIDE)] if number % 3 == 0 else []
        try:
            await store.commit(place(chat_id=number, question=f"q{number}"), *doomed)
        except Conflict:
            return False
        return True

    done = await asyncio.gather(*(one(number) for number in range(100)))
    asked = await store.recently_asked(1, NOW - DAY)
    assert asked == {f"q{number}" for number in range(100) if number % 3}
    assert done == [bool(number % 3) for number in range(100)]


async def test_a_cancelled_commit_is_whole_or_nothing(store: SqliteStore) -> None:
    """Cancelling the one who waits never leaves half a commit, nor a transaction that blocks the next."""
    await add_learner(store)
    waiting = asyncio.ensure_future(store.commit(place(question="q1"), place(question="q2", state=AskState.ASIDE)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await store.recently_asked(1, NOW - DAY) in (frozenset(), {"q1", "q2"})
    await store.commit(GiveHint(1))


async def test_acknowledged_commits_survive_reopening(tmp_path: Path) -> None:
    """What was committed is there when the file is opened again."""
    database = await Database.open(tmp_path / "coach.db")
    await add_learner(SqliteStore(database))
    await database.close()
    again = await Database.open(tmp_path / "coach.db")
    assert await SqliteStore(again).learner(1) == learner()
    await again.close()
