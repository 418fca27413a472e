"""One SQLite file through aiosqlite: opening it, its migrations, one-hop transactions, and faults as sentences."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from bot.app.ports import StoreTrouble

T = TypeVar("T")

APPLICATION_ID = 0x436F6163  # "Coac": tells the coach's files from those of other programs
OLDEST_SQLITE = (3, 37)  # the first with STRICT tables
PATIENCE = 5.0
LEAST_ROOM = 1 << 20  # bytes; with less than this a disk is full

_FAULTS = {
    sqlite3.SQLITE_BUSY: "is locked by another program; close that program (or an open SQLite shell), then try again",
    sqlite3.SQLITE_LOCKED: "is locked by another program; close that program (or an open SQLite shell), then try again",
    sqlite3.SQLITE_FULL: "cannot grow because the disk is full; make room, then start the coach again. Nothing acknowledged is lost",
    sqlite3.SQLITE_READONLY: "cannot be written; make the file and its folder writable for this user",
    sqlite3.SQLITE_PERM: "cannot be used; make the file and its folder readable and writable for this user",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; make its folder writable for this user, or set COACH_DB to another file",
    sqlite3.SQLITE_IOERR: "cannot be read or written because of a disk error; check the disk, then restore a backup if this stays",
    sqlite3.SQLITE_CORRUPT: "is damaged; stop the coach and restore a backup (python -m bot restore FILE)",
    sqlite3.SQLITE_NOTADB: "is not a database; set COACH_DB to another file, or restore a backup (python -m bot restore FILE)",
}


def explained(error: Exception, path: Path | str) -> Exception:
    """The error as a ``StoreTrouble`` with a sentence, or the error itself when it is a mistake in the program."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, OSError):
        return StoreTrouble(f"The database {path} {_FAULTS[sqlite3.SQLITE_CANTOPEN]} ({error.strerror}).")
    if code is not None and code & 0xFF == sqlite3.SQLITE_IOERR and _no_room(path):  # for some files SQLite does not tell the two apart
        code = sqlite3.SQLITE_FULL
    sentence = _FAULTS.get(code & 0xFF) if code is not None else None
    return StoreTrouble(f"The database {path} {sentence}.") if sentence else error


def _is_damage(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _mark(path: Path) -> Path:
    """The file that stands beside a database which was found damaged, until it is sound again."""
    return path.with_name(path.name + ".damaged")


def _no_room(path: Path | str) -> bool:
    try:
        return shutil.disk_usage(Path(path).parent).free < LEAST_ROOM
    except OSError:
        return False


@dataclass(slots=True)
class _Job:
    """A function that waits for its turn in the thread, who waits for it, and what became of it."""

    fn: Callable[[sqlite3.Connection], Any]
    writes: bool
    done: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class Database:
    """The open file. Everything runs in aiosqlite's one thread, one hop to it after the other.

    What is asked for while a hop is on its way shares the next one: a hop costs as much as a statement or ten.
    """

    def __init__(self, path: Path, connection: aiosqlite.Connection) -> None:
        self.path = path
        self._connection = connection
        self._waiting: list[_Job] = []
        self._hopping: asyncio.Task[None] | None = None
        self._damage = ""
        self.on_damage: Callable[[], None] | None = None

    @classmethod
    async def open(cls, path: Path | str, *, migrate: bool = True, patience: float = PATIENCE) -> Database:
        """Open the file, create or migrate it unless told not to. ``patience``: seconds to wait for another program's lock.

        Raises ``StoreTrouble`` for a file that cannot be used: locked, damaged, of another program, of a newer version.
        """
        path = Path(path)
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise StoreTrouble(f"SQLite {sqlite3.sqlite_version} is too old; install a Python with SQLite 3.37 or newer.")
        connection = aiosqlite.connect(path, timeout=patience, isolation_level=None, cached_statements=256)
        try:
            _ensure_file(path, create=migrate)
            await connection
        except (sqlite3.Error, OSError) as error:
            await asyncio.to_thread(_join, connection)
            raise explained(error, path) from error
        database = cls(path, connection)
        try:
            await database.read(lambda db: _prepare(db, path, migrate))
        except BaseException:
            await connection.close()
            raise
        return database

    def check(self) -> None:
        """Raise ``StoreTrouble`` once the file was found damaged. ``on_damage`` is called at that moment."""
        if self._damage:
            raise StoreTrouble(self._damage)

    async def transaction(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``fn`` between BEGIN IMMEDIATE and COMMIT in the thread; all of it is applied or nothing.

        ``fn`` gets the connection of that thread and must not await. Raises ``StoreTrouble``, and whatever ``fn`` raises.
        Those that share a hop share its COMMIT, each in a savepoint of its own: writing to the disk is what takes the time,
        and it takes no longer for thirty of them.
        """
        return await self._in_turn(fn, writes=True)

    async def read(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``fn`` outside a transaction in the thread. Raises ``StoreTrouble``, and whatever ``fn`` raises."""
        return await self._in_turn(fn, writes=False)

    async def snapshot(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """The same for several statements: all of them see one state of the file, and lock it once, which halves their time."""
        return await self.read(lambda db: _transact(db, fn, "BEGIN"))

    async def _in_turn(self, fn: Callable[[sqlite3.Connection], T], *, writes: bool) -> T:
        self.check()
        job = _Job(fn, writes, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        if self._hopping is None:
            self._hopping = asyncio.create_task(self._hop())  # noqa: TID251 - close() waits for it
        return await job.done  # type: ignore[no-any-return]

    async def _hop(self) -> None:
        """Run in the thread what waits, until nothing does."""
        while self._waiting:
            jobs, self._waiting = self._waiting, []
            try:
                # aiosqlite offers no public way to run a whole function in its thread.
                await self._connection._execute(lambda jobs=jobs: _run(self._connection._conn, jobs))  # type: ignore[no-untyped-call]
            except Exception as error:  # closed
                for job in jobs:
                    job.error = error
            for job in jobs:
                self._tell(job)
        self._hopping = None

    def _tell(self, job: _Job) -> None:
        if job.done.done():  # who waited for it was cancelled
            return
        if job.error is None:
            job.done.set_result(job.result)
            return
        fault = explained(job.error, self.path)
        if _is_damage(job.error) and not self._damage and self.on_damage:
            self._damage = str(fault)  # nothing more is read or written: damage would spread
            _mark(self.path).touch()
            self.on_damage()
        if fault is not job.error:
            fault.__cause__ = job.error
        job.done.set_exception(fault)

    async def close(self) -> None:
        """Finish what is queued and close the file."""
        if self._hopping:
            await self._hopping
        await self._connection.close()


def _run(db: sqlite3.Connection, jobs: Sequence[_Job]) -> None:
    """Run what shares a hop: first what writes, so that a read sees every transaction that was asked for before it."""
    if writing := [job for job in jobs if job.writes]:
        try:
            _transact(db, lambda db: _in_savepoints(db, writing))
        except Exception as error:
            for job in writing:
                job.error = job.error or error
    for job in jobs:
        if not job.writes:
            try:
                job.result = job.fn(db)
            except Exception as error:
                job.error = error


def _join(connection: aiosqlite.Connection) -> None:
    """Wait for the thread of a connection that could not be opened, or it would outlive the event loop and complain."""
    if connection._thread.is_alive():
        connection._thread.join()


def _transact(db: sqlite3.Connection, fn: Callable[[sqlite3.Connection], T], begin: str = "BEGIN IMMEDIATE") -> T:
    db.execute(begin)
    try:
        result = fn(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result


def _in_savepoints(db: sqlite3.Connection, jobs: Sequence[_Job]) -> None:
    """Run those that share a transaction; the failure of one is its own, unless it took the whole transaction with it."""
    for each in jobs:
        db.execute("SAVEPOINT one")
        try:
            each.result = each.fn(db)
        except Exception as error:
            if not db.in_transaction or _is_damage(error):  # SQLite itself rolls back when the disk is full
                raise
            db.execute("ROLLBACK TO one")
            each.error = error
        db.execute("RELEASE one")


def _ensure_file(path: Path, *, create: bool) -> None:
    """Answers are private, so a new file is readable for its owner alone; the WAL inherits that."""
    if not path.exists():
        if not create:
            raise StoreTrouble(f"There is no database {path}; set COACH_DB to the coach's file, or start the coach once to create it.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)


def _prepare(db: sqlite3.Connection, path: Path, migrate: bool) -> None:
    check_owner(db, path)
    if migrate and _mark(path).exists():
        _check_whole(db)
        _mark(path).unlink()
    if migrate:
        _pragma(db, "journal_mode = WAL")
    _pragma(db, "synchronous = FULL")  # NORMAL lost hundreds of acknowledged commits at a power cut; FULL lost none
    _pragma(db, "foreign_keys = ON")
    _pragma(db, "secure_delete = FAST")  # what a learner had removed is overwritten where that costs no extra write
    if migrate:
        for version, script in _migrations():
            _transact(db, lambda db, v=version, s=script: _migrate(db, v, s))  # type: ignore[misc]
    elif _pragma(db, "user_version") < newest_version():
        raise StoreTrouble(f"The database {path} is from an older version of the coach; start the coach once to bring it up to date.")


def _check_whole(db: sqlite3.Connection) -> None:
    """Read every page: a file that was found damaged is not used again before it was restored."""
    if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        error = sqlite3.DatabaseError("damaged")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def check_owner(db: sqlite3.Connection, path: Path, remedy: str = "set COACH_DB to another file") -> int:
    """Return the file's format (0: still empty). Raises ``StoreTrouble`` for a file of another program or a newer coach."""
    ours, version = _pragma(db, "application_id"), _pragma(db, "user_version")
    empty = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if ours != APPLICATION_ID and not (empty and ours == 0):
        raise StoreTrouble(f"The database {path} belongs to another program; {remedy}.")
    if version > newest_version():
        raise StoreTrouble(
            f"The database {path} is from a newer version of the coach (format {version}, this one knows {newest_version()}); "
            "install the newer version, or restore a backup made by this one."
        )
    return int(version)


def newest_version() -> int:
    """The format that this program writes: the number of its last migration."""
    return max(version for version, _ in _migrations())


def _migrations() -> Iterator[tuple[int, str]]:
    scripts = sorted((file for file in files("bot.adapters.migrations").iterdir() if file.name.endswith(".sql")), key=lambda f: f.name)
    return ((int(script.name[:4]), script.read_text("utf-8")) for script in scripts)


def _migrate(db: sqlite3.Connection, version: int, script: str) -> None:
    """One migration and its record, inside the caller's transaction; one that another process applied meanwhile is left out."""
    if _pragma(db, "user_version") >= version:
        return
    for statement in _statements(script):
        db.execute(statement)
    _pragma(db, f"application_id = {APPLICATION_ID}")
    _pragma(db, f"user_version = {version}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, because ``executescript`` would commit the open transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _pragma(db: sqlite3.Connection, text: str) -> Any:
    rows = db.execute(f"PRAGMA {text}").fetchall()
    return rows[0][0] if rows else None
