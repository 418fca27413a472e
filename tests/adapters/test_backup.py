"""Copies: whole while the coach writes, checked before they count, put back only where that loses nothing."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters import backup as copies
from bot.adapters.backup import backup, nightly, restore
from bot.adapters.single import lock_file, only_one
from bot.adapters.sqlite import Database
from bot.adapters.sqlite_store import SqliteStore
from bot.adapters.ticker import upkeep
from bot.app.ports import StoreTrouble
from tests.adapters.stored import NOW, add_ask, add_attempt, add_learner


async def fill(path: Path, learners: int = 3, padding: int = 0) -> None:
    database = await Database.open(path)
    store = SqliteStore(database)
    for id_ in range(1, learners + 1):
        await add_learner(store, id_, name="x" * padding)
    await database.close()


async def count(path: Path) -> int:
    database = await Database.open(path)
    (learners,) = await database.read(lambda db: db.execute("SELECT count(*) FROM learner").fetchone())
    await database.close()
    return int(learners)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "coach.db"
    asyncio.run(fill(path))
    return path


def test_a_copy_is_one_private_file_that_opens_as_the_coachs(db: Path) -> None:
    """Nothing beside it is needed, nobody else may read it, and the rows are there."""
    target = db.parent / "copy.db"
    backup(db, target)
    assert sorted(file.name for file in db.parent.iterdir()) == ["coach.db", "copy.db"]
    assert target.stat().st_mode & 0o077 == 0
    assert asyncio.run(count(target)) == 3


def test_progress_is_told_in_pages(tmp_path: Path) -> None:
    """It grows to the end, several times on the way."""
    path, seen = tmp_path / "coach.db", list[tuple[int, int]]()
    asyncio.run(fill(path, 5, padding=3_000_000))
    backup(path, tmp_path / "copy.db", lambda done, total: seen.append((done, total)))
    assert len(seen) > 2
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1] > 3000


def test_a_copy_made_under_writes_is_whole_and_ends(tmp_path: Path) -> None:
    """While somebody commits without a pause, the copy is of one moment: every learner in it has the ask of the same commit."""
    path, stop, written = tmp_path / "coach.db", threading.Event(), 0
    asyncio.run(fill(path, 5, padding=3_000_000))

    async def write() -> None:
        nonlocal written
        database = await Database.open(path)
        store = SqliteStore(database)
        while not stop.is_set():
            written += 1
            await add_learner(store, 1000 + written, name="y" * 5000)
            await add_ask(store, 1000 + written)
            wrote.set()
        await database.close()

    writer = threading.Thread(target=lambda: asyncio.run(write()))
    wrote, during = threading.Event(), list[int]()

    def after_a_write(done: int, total: int) -> None:
        wrote.clear()
        assert wrote.wait(20)
        during.append(written)

    writer.start()
    try:
        backup(path, tmp_path / "copy.db", after_a_write)
    finally:
        stop.set()
        writer.join()
    found = sqlite3.connect(tmp_path / "copy.db")
    missing = found.execute("SELECT count(*) FROM learner WHERE id > 1000 AND id NOT IN (SELECT learner_id FROM ask)").fetchone()
    found.close()
    assert missing[0] <= 1
    assert 2 < len(during) < 10, "a copy that begins anew at each write would take many more steps"


def test_a_name_that_is_taken_is_not_overwritten(db: Path) -> None:
    """Neither another file nor the database itself."""
    other = db.parent / "notes.txt"
    other.write_text("keep me")
    for target in (other, db):
        with pytest.raises(StoreTrouble, match=r"is there already; choose another name"):
            backup(db, target)
    assert other.read_text() == "keep me"
    assert asyncio.run(count(db)) == 3


def test_what_cannot_be_copied_is_told(tmp_path: Path, db: Path) -> None:
    """No database, an empty one, one of another program, a folder that is none: each has its sentence."""
    empty, text = tmp_path / "empty.db", tmp_path / "text.db"
    empty.touch()
    text.write_text("no database at all " * 50)
    for source, words in ((tmp_path / "none.db", "no database"), (empty, "is empty"), (text, "is not a database")):
        with pytest.raises(StoreTrouble, match=words):
            backup(source, tmp_path / "copy.db")
    with pytest.raises(StoreTrouble, match=r"cannot be written .* make its folder writable"):
        backup(db, db / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_damaged_database_gives_no_copy(db: Path) -> None:
    """A copy that fails its check never gets its name, and no half of one is left."""
    bytes_ = bytearray(db.read_bytes())
    bytes_[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    db.write_bytes(bytes_)
    with pytest.raises(StoreTrouble, match=r"damaged"):
        backup(db, db.parent / "copy.db")
    assert [file.name for file in db.parent.iterdir()] == ["coach.db"]


def test_no_room_for_the_copy_is_told(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unfinished copy goes, and the sentence says what to do."""
    connect = sqlite3.connect

    def cramped(path: Path, **options: object) -> sqlite3.Connection:
        opened = connect(path, **options)  # type: ignore[call-overload]
        if str(path).endswith(copies.PART):
            opened.execute("PRAGMA max_page_count = 2").fetchall()
        return opened  # type: ignore[no-any-return]

    monkeypatch.setattr(copies.sqlite3, "connect", cramped)
    with pytest.raises(StoreTrouble, match=r"no room for the copy .* make room"):
        backup(db, db.parent / "copy.db")
    assert [file.name for file in db.parent.iterdir()] == ["coach.db"]


def test_a_restored_copy_takes_the_place_and_the_replaced_is_kept(db: Path) -> None:
    """With force, the present database is put beside with everything in it."""
    copy = db.parent / "copy.db"
    backup(db, copy)
    asyncio.run(fill(db, 9))
    replaced = restore(copy, db, force=True)
    assert replaced is not None
    assert (asyncio.run(count(db)), asyncio.run(count(replaced)), asyncio.run(count(copy))) == (3, 9, 3)
    assert restore(copy, db, force=True) != replaced


def test_a_replaced_database_keeps_what_was_only_in_its_log(db: Path) -> None:
    """After a kill the newest rows stand in the log alone; they go with the replaced file and not into the restored one."""
    copy = db.parent / "copy.db"
    backup(db, copy)
    killed = multiprocessing.get_context("spawn").Process(target=_write_and_die, args=(db,))
    killed.start()
    killed.join()
    assert db.with_name("coach.db-wal").stat().st_size > 0
    replaced = restore(copy, db, force=True)
    assert replaced is not None
    assert (asyncio.run(count(db)), asyncio.run(count(replaced))) == (3, 4)


def _write_and_die(path: Path) -> None:
    async def write() -> None:
        await add_learner(SqliteStore(await Database.open(path)), 77)
        os._exit(9)

    asyncio.run(write())


def test_nothing_is_overwritten_without_force(db: Path) -> None:
    """A database that is there stays as it is."""
    copy = db.parent / "copy.db"
    backup(db, copy)
    asyncio.run(fill(db, 9))
    with pytest.raises(StoreTrouble, match=r"already; --force replaces it"):
        restore(copy, db)
    assert asyncio.run(count(db)) == 9


def test_a_copy_is_restored_where_there_is_no_database(db: Path) -> None:
    """On a new machine no force is needed, and a log left behind by a lost database is not replayed into it."""
    target = db.parent / "new" / "coach.db"
    target.parent.mkdir()
    target.with_name("coach.db-wal").write_bytes(b"left behind")
    assert restore(db, target) is None
    assert asyncio.run(count(target)) == 3


@pytest.mark.parametrize("damage", ["text", "cut", "overwritten", "empty"])
def test_a_damaged_copy_replaces_nothing(db: Path, damage: str) -> None:
    """Text, a file cut short, rubbish in the middle, nothing at all: refused, and the database stays."""
    copy = db.parent / "copy.db"
    backup(db, copy)
    good = copy.read_bytes()
    bad = {
        "text": b"not a database " * 400,
        "cut": good[: len(good) // 2],
        "overwritten": good[: 4096 * 2] + b"\xff" * 4096 * 4 + good[4096 * 6 :],
        "empty": b"",
    }[damage]
    copy.write_bytes(bad)
    with pytest.raises(StoreTrouble, match=r"damaged"):
        restore(copy, db, force=True)
    assert asyncio.run(count(db)) == 3
    assert sorted(file.name for file in db.parent.iterdir()) == ["coach.db", "coach.db.lock", "copy.db"]


def test_a_copy_of_a_newer_coach_or_another_program_is_refused(db: Path) -> None:
    """Both have their sentence."""
    newer, other = db.parent / "newer.db", db.parent / "other.db"
    backup(db, newer)
    for path, sql in ((newer, "PRAGMA user_version = 99"), (other, "CREATE TABLE t (x)")):
        connection = sqlite3.connect(path)
        connection.execute(sql)
        connection.close()
    with pytest.raises(StoreTrouble, match=r"newer version of the coach"):
        restore(newer, db, force=True)
    with pytest.raises(StoreTrouble, match=r"another program; name a copy"):
        restore(other, db, force=True)
    with pytest.raises(StoreTrouble, match=r"There is no copy"):
        restore(db.parent / "none.db", db, force=True)
    with pytest.raises(StoreTrouble, match=r"is the database itself"):
        restore(db, db, force=True)


def test_nothing_is_restored_under_a_running_coach(db: Path) -> None:
    """The coach must stop first; a copy can be made all the same."""
    copy = db.parent / "copy.db"
    with only_one(db):
        backup(db, copy)
        with pytest.raises(StoreTrouble, match=r"already running .* stop it first"):
            restore(copy, db, force=True)


def test_a_second_coach_is_told_which_process_runs(db: Path) -> None:
    """Also under another spelling of the path; once the first is gone the second may run."""
    words = rf"process {os.getpid()}\) is already running"
    with only_one(db), pytest.raises(StoreTrouble, match=words), only_one(db.parent / ".." / db.parent.name / db.name):
        pass
    with only_one(db):
        assert lock_file(db).exists()


def _hold(path: Path, ready: Callable[[], None]) -> None:
    with only_one(path):
        ready()
        os._exit(9)


def test_a_killed_coach_leaves_no_lock(db: Path) -> None:
    """The lock ends with the process, however it ends."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    other = context.Process(target=_hold, args=(db, ready.set))
    other.start()
    other.join()
    assert ready.is_set()
    with only_one(db):
        pass


def test_a_lock_that_cannot_be_made_is_told(db: Path) -> None:
    """A folder that is none has its sentence."""
    with pytest.raises(StoreTrouble, match=r"lock .* cannot be made"), only_one(db / "coach.db"):
        pass


def test_nightly_copies_are_one_a_day_and_the_newest_are_kept(db: Path) -> None:
    """Ten nights leave three copies; other files in the folder are left alone."""
    folder = db.parent / "backups"
    for night in range(10):
        assert nightly(db, folder, NOW + timedelta(days=night), 3) is not None
        assert nightly(db, folder, NOW + timedelta(days=night, hours=1), 3) is None
        (folder / "coach-before-holiday.db").touch()
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["coach-2026-03-09.db", "coach-2026-03-10.db", "coach-2026-03-11.db", "coach-before-holiday.db"]


def test_no_copies_are_made_when_none_are_wanted(db: Path) -> None:
    """Zero turns them off and removes nothing."""
    assert nightly(db, db.parent / "backups", NOW, 0) is None
    assert not (db.parent / "backups").exists()


async def test_upkeep_purges_prunes_and_copies(tmp_path: Path) -> None:
    """The night's copy no longer holds what was to be erased; a second run the same day changes nothing."""
    path = tmp_path / "coach.db"
    database = await Database.open(path)
    store = SqliteStore(database)
    await add_learner(store)
    attempt_id = await add_attempt(store, at=NOW - timedelta(days=181))
    for _ in range(2):
        await upkeep(store, path, 180, 7, NOW)
    attempt = await store.attempt(attempt_id)
    assert attempt is not None
    assert attempt.answer is None
    await database.close()
    copy = await Database.open(tmp_path / "backups" / "coach-2026-03-02.db")
    copied = await SqliteStore(copy).attempt(attempt_id)
    await copy.close()
    assert copied == attempt


async def test_upkeep_goes_on_when_a_copy_cannot_be_made(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The fault is logged as a sentence; the purge has happened."""
    path = tmp_path / "coach.db"
    database = await Database.open(path)
    store = SqliteStore(database)
    await add_learner(store)
    await add_attempt(store, at=datetime(2020, 1, 1, tzinfo=UTC))
    (tmp_path / "backups").touch()
    await upkeep(store, path, 180, 7, NOW)
    await database.close()
    assert "nightly copy: The database" in caplog.text
    assert "Traceback" not in caplog.text
