"""What is held about a person can be shown, removed to the last row, and ages out; checked by walking the schema."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_inbox import SqliteInbox
from bot.adapters.sqlite_store import SqliteStore
from bot.app.changes import AppendAppeal, JoinCircle, LogSchedule, SaveCircle, SaveRecall, SaveSession, SettlePush
from bot.app.ports import Received
from bot.core.people import Circle, PushState, Recall, Schedule, Session
from tests.adapters.stored import DAY, NOW, TODAY, add_ask, add_attempt, add_learner, plan

ANN, BOB = 700100200, 800100200
NOT_PERSONAL = {"heartbeat", "outage", "applied_update"}


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "coach.db")
    for beat in (NOW - DAY, NOW):
        await SqliteStore(opened).heartbeat(beat)
    yield opened
    await opened.close()


async def live(database: Database, id_: int, update_id: int) -> int:
    """Leave a row of this learner in every table that can hold one; returns the push."""
    store, inbox = SqliteStore(database), SqliteInbox(database)
    await add_learner(store, id_, NOW, zone="Asia/Tokyo", sections=("security",))
    attempt_id = await add_attempt(store, id_)
    recall = Recall("q1", 2, None, 3.5, 5.25, NOW + DAY, NOW, 1, 80, 80)
    own, shared = Circle(f"own-{id_}", "Alone"), Circle("shared", "Friends")
    (*_, push_id) = await store.commit(
        LogSchedule(id_, Schedule(TODAY, "Asia/Tokyo")),
        SaveSession(Session(f"quiz-{id_}", id_, id_, "Security", ("q1",), NOW)),
        SaveRecall(id_, recall, recall),
        SaveCircle(own, NOW),
        SaveCircle(shared, NOW),
        JoinCircle(own.token, id_, NOW),
        JoinCircle("shared", id_, NOW),
        AppendAppeal(attempt_id, id_, "q1", "signed", "sealed", 90, NOW, TODAY),
        plan(id_),
        update_id=update_id,
    )
    await add_ask(store, id_, chat_id=-5, retry_of=attempt_id, session=f"quiz-{id_}")
    private = json.dumps({"message": {"from": {"id": id_}, "chat": {"id": id_}, "text": "hello"}})
    group = json.dumps({"message": {"from": {"id": id_}, "chat": {"id": -5}, "text": "hello"}})
    await inbox.receive([Received(update_id, id_, private, NOW), Received(update_id + 1, -5, group, NOW)])
    return push_id or 0


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the file."""
    db = sqlite3.connect(path)
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    found = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608 - names from the schema
    db.close()
    return found


async def test_forgetting_leaves_no_row_in_any_table(database: Database) -> None:
    """After it the learner's id and tokens stand nowhere; the other learner has lost nothing."""
    await live(database, BOB, 20)
    before = rows(database.path)
    await live(database, ANN, 10)
    filled = rows(database.path)
    assert all(filled.values()), "the walk must meet a row in every table"
    await SqliteStore(database).forget(ANN)
    after = rows(database.path)
    text = repr(after)
    assert str(ANN) not in text
    for table in before.keys() - {"inbox", "applied_update"}:
        assert after[table] == before[table], table
    assert [row for row in after["inbox"] if str(BOB) in repr(row)] == [row for row in before["inbox"] if str(BOB) in repr(row)]


async def test_a_reply_to_the_forgotten_is_still_answered(database: Database) -> None:
    """Somebody else's update that only quotes the learner is not taken away from them."""
    inbox = SqliteInbox(database)
    await add_learner(SqliteStore(database), ANN)
    quoting = json.dumps({"message": {"from": {"id": BOB}, "reply_to_message": {"from": {"id": ANN}}, "chat": {"id": -5}}})
    await inbox.receive([Received(1, -5, quoting, NOW), Received(2, BOB, "not json", NOW)])
    await SqliteStore(database).forget(ANN)
    assert [update.update_id for update in await inbox.pending()] == [1, 2]


async def test_a_circle_lives_as_long_as_a_member(database: Database) -> None:
    """The shared circle stays for the friend; when the last one goes it goes as well."""
    store = SqliteStore(database)
    await live(database, BOB, 20)
    await live(database, ANN, 10)
    await store.forget(ANN)
    assert await store.circle("shared") is not None
    assert await store.circle(f"own-{ANN}") is None
    await store.forget(BOB)
    assert await store.circle("shared") is None


async def test_forgetting_somebody_unknown_changes_nothing(database: Database) -> None:
    """A second /deleteme is harmless."""
    await live(database, BOB, 20)
    before = rows(database.path)
    await SqliteStore(database).forget(ANN)
    assert rows(database.path) == before


async def test_everything_is_every_row_that_names_the_learner(database: Database) -> None:
    """Walking the schema finds no row with the learner's id that the answer lacks, nor one of somebody else in it."""
    await live(database, BOB, 20)
    await live(database, ANN, 10)
    shown = await SqliteStore(database).everything(ANN)
    assert json.loads(json.dumps(shown)) == shown
    assert str(BOB) not in json.dumps(shown)
    for table, found in rows(database.path).items():
        if table not in NOT_PERSONAL:
            named = [row for row in found if str(ANN) in repr(row) or (table == "circle" and row[0] == "shared")]
            assert len(shown[table]) == len(named) > 0, table
    assert shown["learner"][0]["created_at"] == NOW.isoformat()
    assert shown["learner"][0]["sections"] == ["security"]


async def test_typed_words_are_purged_by_age_and_the_rest_stays(database: Database) -> None:
    """Old answers lose their words, not their score, day or points; newer ones keep both."""
    store = SqliteStore(database)
    await add_learner(store)
    old, new = await add_attempt(store, at=NOW - 180 * DAY), await add_attempt(store)
    assert await store.purge_answers(NOW - DAY) == 1
    assert await store.purge_answers(NOW - DAY) == 0
    purged, kept = await store.attempt(old), await store.attempt(new)
    assert purged is not None
    assert (purged.answer, purged.score, purged.points) == (None, 80, 80)
    assert kept is not None
    assert kept.answer == "signed cookies"


async def test_settled_rows_are_pruned_by_age_and_unfinished_ones_stay(database: Database) -> None:
    """Sent pushes, finished and set-aside updates go once they are old; what is due or pending never does."""
    store, inbox = SqliteStore(database), SqliteInbox(database)
    push_id = await live(database, ANN, 10)
    await live(database, BOB, 20)
    await store.commit(SettlePush(push_id, PushState.SENT))
    await inbox.done([10])
    for _ in range(3):
        await inbox.failed(11, "boom")
    assert await store.prune(NOW - DAY) == 0
    assert await store.prune(NOW + 2 * DAY) == 4
    found = rows(database.path)
    assert [row[1] for row in found["push"]] == [BOB]
    assert [row[1] for row in found["inbox"]] == [20, 21]
    assert [row[0] for row in found["applied_update"]] == [20]


async def test_purged_words_are_not_left_in_the_file(database: Database) -> None:
    """Once the log is folded into the file, the erased words are not readable in its bytes."""
    store = SqliteStore(database)
    await add_learner(store)
    await add_attempt(store, answer="a very private sentence", at=NOW - timedelta(days=200))
    await store.purge_answers(NOW)
    await database.read(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    assert b"very private" not in database.path.read_bytes()
