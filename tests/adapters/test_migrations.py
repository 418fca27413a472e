"""Opening a database: created, migrated, refused, and every fault told in a sentence."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters import sqlite
from bot.adapters.sqlite import Database
from bot.adapters.sqlite_store import SqliteStore
from bot.app.ports import StoreTrouble
from tests.adapters.stored import add_learner


async def opened(path: Path) -> None:
    await (await Database.open(path)).close()


async def pragma(path: Path, name: str) -> object:
    database = await Database.open(path)
    rows = await database.read(lambda db: db.execute(f"PRAGMA {name}").fetchall())
    await database.close()
    return rows[0][0]


async def test_a_new_file_is_created_with_its_folder_and_for_its_owner_alone(tmp_path: Path) -> None:
    """Answers are private: nobody else may read the file."""
    path = tmp_path / "deep" / "coach.db"
    await opened(path)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("user_version", 1)])
async def test_the_file_is_set_up_to_lose_nothing(tmp_path: Path, name: str, value: object) -> None:
    """Write-ahead log, every commit on the disk, foreign keys enforced, the format recorded."""
    assert await pragma(tmp_path / "coach.db", name) == value


async def test_every_table_is_strict(tmp_path: Path) -> None:
    """No column takes a value of another type."""
    await opened(tmp_path / "coach.db")
    db = sqlite3.connect(tmp_path / "coach.db")
    loose = db.execute("SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'").fetchall()
    db.close()
    assert loose == []


async def test_every_row_of_a_learner_goes_with_the_learner(tmp_path: Path) -> None:
    """Each foreign key cascades, but the record of an applied update, which names nobody."""
    await opened(tmp_path / "coach.db")
    db = sqlite3.connect(tmp_path / "coach.db")
    keys = db.execute(
        "SELECT t.name, k.on_delete FROM sqlite_master t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'"
    ).fetchall()
    columns = db.execute(
        "SELECT t.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'learner_id'"
    ).fetchall()
    db.close()
    assert {rule for table, rule in keys if table != "applied_update"} == {"CASCADE"}
    assert {table for (table,) in columns} <= {table for table, _ in keys}


async def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    """What is stored is still there at the second opening."""
    path = tmp_path / "coach.db"
    first = await Database.open(path)
    await add_learner(SqliteStore(first))
    second = await Database.open(path)
    assert await SqliteStore(second).learner(1) is not None
    await second.close()
    await first.close()


async def test_a_failing_migration_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration and its record are one transaction: neither half a schema nor a wrong version stays."""
    path = tmp_path / "coach.db"
    await opened(path)
    broken = [*sqlite._migrations(), (2, "CREATE TABLE extra (id INTEGER) STRICT;\nCREATE TABLE ask (id INTEGER) STRICT;\n")]
    monkeypatch.setattr(sqlite, "_migrations", lambda: iter(broken))
    with pytest.raises(sqlite3.OperationalError):
        await Database.open(path)
    monkeypatch.undo()
    assert await pragma(path, "user_version") == 1
    database = await Database.open(path)
    assert await database.read(lambda db: db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone()) == (0,)
    await database.close()


async def test_a_second_migration_is_applied_to_an_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the format before is brought up to date and keeps its rows."""
    path = tmp_path / "coach.db"
    database = await Database.open(path)
    await add_learner(SqliteStore(database))
    await database.close()
    script = "-- a comment; with a semicolon\nALTER TABLE learner ADD COLUMN mood TEXT NOT NULL DEFAULT 'good; really';\n"
    more = [*sqlite._migrations(), (2, script)]
    monkeypatch.setattr(sqlite, "_migrations", lambda: iter(more))
    database = await Database.open(path)
    assert await database.read(lambda db: db.execute("SELECT id, mood FROM learner").fetchall()) == [(1, "good; really")]
    await database.close()


@pytest.mark.parametrize("migrate", [True, False])
async def test_a_file_of_a_newer_version_is_refused(tmp_path: Path, migrate: bool) -> None:
    """The sentence names both formats, and the file is not touched."""
    path = tmp_path / "coach.db"
    await opened(path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreTrouble, match=r"newer version .*format 99.*knows 1.*install"):
        await Database.open(path, migrate=migrate)
    assert path.read_bytes() == before


async def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    """Somebody else's tables are left alone."""
    path = tmp_path / "other.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t (x)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreTrouble, match=r"another program; set COACH_DB"):
        await Database.open(path)
    assert path.read_bytes() == before


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Text is not overwritten."""
    path = tmp_path / "notes.txt"
    path.write_text("remember the milk " * 100)
    with pytest.raises(StoreTrouble, match=r"is not a database; set COACH_DB"):
        await Database.open(path)
    assert path.read_text().startswith("remember")


async def test_a_missing_file_is_not_created_by_those_who_only_look(tmp_path: Path) -> None:
    """Health and backup say that there is none."""
    with pytest.raises(StoreTrouble, match=r"There is no database"):
        await Database.open(tmp_path / "coach.db", migrate=False)
    assert not (tmp_path / "coach.db").exists()


async def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    """A path that cannot be opened has a sentence with what to do."""
    with pytest.raises(StoreTrouble, match=r"cannot be opened; make its folder writable"):
        await Database.open(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StoreTrouble, match=r"cannot be opened"):
        await Database.open(tmp_path / "file" / "coach.db")


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="the superuser may write anywhere")
async def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    """A folder without write permission has a sentence with what to do."""
    path = tmp_path / "coach.db"
    await opened(path)
    os.chmod(path, 0o400)
    os.chmod(tmp_path, 0o500)
    try:
        with pytest.raises(StoreTrouble, match=r"make .* writable"):
            await Database.open(path)
    finally:
        os.chmod(tmp_path, 0o700)


async def test_a_database_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A write that SQLite refuses as read-only has a sentence; reading still works."""
    database = await Database.open(tmp_path / "coach.db")
    await database.read(lambda db: db.execute("PRAGMA query_only = ON").fetchall())
    with pytest.raises(StoreTrouble, match=r"cannot be written; make the file and its folder writable"):
        await add_learner(SqliteStore(database))
    assert await SqliteStore(database).learner(1) is None
    await database.close()


async def test_a_locked_database_is_told_and_works_afterwards(tmp_path: Path) -> None:
    """Once the other program lets go, the same connection goes on."""
    database = await Database.open(tmp_path / "coach.db", patience=0.05)
    other = sqlite3.connect(tmp_path / "coach.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreTrouble, match=r"is locked by another program; close"):
        await add_learner(SqliteStore(database))
    other.execute("ROLLBACK")
    other.close()
    await add_learner(SqliteStore(database))
    await database.close()


async def test_a_full_disk_is_told_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """When the file cannot grow, the commit fails whole; with room again the same connection goes on."""
    database = await Database.open(tmp_path / "coach.db")
    store = SqliteStore(database)
    await add_learner(store)
    pages = await database.read(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
    await database.read(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchall())
    with pytest.raises(StoreTrouble, match=r"disk is full; make room"):
        await add_learner(store, 2, name="x" * 100_000)
    assert await store.learner(1) is not None
    assert await store.learner(2) is None
    await database.read(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchall())
    await add_learner(store, 2, name="x" * 100_000)
    await database.close()


async def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    """Pages overwritten with rubbish have a sentence that names the way back."""
    path = tmp_path / "coach.db"
    await opened(path)
    bytes_ = bytearray(path.read_bytes())
    bytes_[4096:] = b"\xff" * (len(bytes_) - 4096)
    path.write_bytes(bytes_)
    with pytest.raises(StoreTrouble, match=r"is damaged; stop the coach and restore a backup"):
        await opened(path)


async def test_a_file_found_damaged_is_not_used_again_before_it_is_sound(tmp_path: Path) -> None:
    """One page suffices: from then on nothing is read, written or opened, until the page is what it was."""
    path, told = tmp_path / "coach.db", []
    database = await Database.open(path)
    sql = "SELECT rootpage FROM sqlite_master WHERE name = 'appeal'"
    page = await database.read(lambda db: db.execute(sql).fetchone()[0])
    await database.close()
    sound, at = path.read_bytes(), (page - 1) * 4096
    path.write_bytes(sound[:at] + b"\xff" * 4096 + sound[at + 4096 :])
    database = await Database.open(path)
    database.on_damage = lambda: told.append("damage")
    for sql in ("SELECT * FROM appeal", "SELECT * FROM learner"):
        with pytest.raises(StoreTrouble, match=r"is damaged"):
            await database.read(lambda db, sql=sql: db.execute(sql).fetchall())  # type: ignore[misc]
    with pytest.raises(StoreTrouble, match=r"is damaged"):
        await add_learner(SqliteStore(database))
    assert told == ["damage"]
    await database.close()
    with pytest.raises(StoreTrouble, match=r"is damaged"):
        await Database.open(path)
    path.write_bytes(sound)
    await opened(path)
    await opened(path)


async def test_transactions_that_wait_together_fail_apart(tmp_path: Path) -> None:
    """Fifty at once share few commits; each has its own result or its own error, and only the failed leave nothing."""
    database = await Database.open(tmp_path / "coach.db")

    def insert(number: int) -> Callable[[sqlite3.Connection], int]:
        def run(db: sqlite3.Connection) -> int:
            db.execute("INSERT INTO circle VALUES (?, 'x', NULL, 0)", (f"c{number}",))
            if number % 5 == 0:
                raise ValueError(number)
            return number

        return run

    done = await asyncio.gather(*(database.transaction(insert(number)) for number in range(50)), return_exceptions=True)
    kept = await database.read(lambda db: {token for (token,) in db.execute("SELECT token FROM circle")})
    await database.close()
    assert [str(one) for one in done] == [str(number) for number in range(50)]
    assert [isinstance(one, ValueError) for one in done] == [number % 5 == 0 for number in range(50)]
    assert kept == {f"c{number}" for number in range(50) if number % 5}


async def test_what_fails_with_the_disk_fails_whole(tmp_path: Path) -> None:
    """When one of several that share a commit fills the disk, none of them is told that it succeeded."""
    database = await Database.open(tmp_path / "coach.db")
    store = SqliteStore(database)
    pages = await database.read(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
    await database.read(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchall())
    names = ["short", "x" * 100_000, "short", "short"]
    done = await asyncio.gather(*(add_learner(store, id_, name=name) for id_, name in enumerate(names)), return_exceptions=True)
    stored = {id_ for id_ in range(len(names)) if await store.learner(id_)}
    await database.close()
    assert {id_ for id_, one in enumerate(done) if not isinstance(one, StoreTrouble)} == stored
    assert isinstance(done[1], StoreTrouble)
