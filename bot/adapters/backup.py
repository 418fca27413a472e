"""Copies of the database: made while the coach runs, checked, put back, and kept for some nights."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from bot.adapters.single import only_one
from bot.adapters.sqlite import check_owner, explained
from bot.app.ports import StoreTrouble

Progress = Callable[[int, int], None]  # pages copied, pages in all

PAGES_AT_ONCE = 1000
PART = ".part"
NO_COPY = "is damaged, or no copy of the coach's database; nothing was replaced. Use another copy"
_BESIDE = ("-wal", "-shm")  # what belongs to a database file that was not closed


def _quiet(done: int, total: int) -> None:
    pass


def backup(source: Path, target: Path, progress: Progress = _quiet) -> None:
    """Copy the database to ``target``, also while the coach writes to it, and check the copy before it gets its name.

    Raises ``StoreTrouble``: no such database, a file of that name is there already, no room, or a damaged database.
    """
    if not source.is_file():
        raise StoreTrouble(f"There is no database {source}; set COACH_DB to the coach's file.")
    if target.exists():
        raise StoreTrouble(f"{target} is there already; choose another name, or move it away first.")
    with _told(source), closing(sqlite3.connect(source, isolation_level=None)) as db:
        if not check_owner(db, source):
            raise StoreTrouble(f"The database {source} is empty; there is nothing to copy.")
        with _part(target) as part:
            _copy(db, part, progress)
            _settle(part, target)


def restore(file: Path, target: Path, force: bool = False) -> Path | None:
    """Put the copy ``file`` in the place of the database ``target``, and return where the replaced one now is, if there was one.

    Raises ``StoreTrouble``: a copy that is missing, damaged or of another or newer program, a database that is there already
    (unless ``force``), a coach that is running on it.
    """
    if not file.is_file():
        raise StoreTrouble(f"There is no copy {file}.")
    if target.exists() and file.samefile(target):
        raise StoreTrouble(f"{file} is the database itself; name a copy.")
    if target.exists() and not force:
        raise StoreTrouble(f"There is a database {target} already; --force replaces it (it is kept beside).")
    with only_one(target), _told(file, NO_COPY), closing(sqlite3.connect(file, isolation_level=None)) as db:
        if not check_owner(db, file, "name a copy that the coach made"):
            raise StoreTrouble(f"The copy {file} {NO_COPY}.")
        with _part(target) as part:
            _copy(db, part, _quiet)
            replaced = _put_by(target)
            _settle(part, target)
    return replaced


def nightly(database: Path, folder: Path, now: datetime, keep: int) -> Path | None:
    """Make the copy of this UTC day unless it is there, remove all but the ``keep`` newest, and return the new one.

    ``keep`` 0 makes none and removes none. Raises ``StoreTrouble``; then no old copy is removed.
    """
    if keep < 1:
        return None
    target = folder / f"{database.stem}-{now:%Y-%m-%d}.db"
    made = None
    if not target.exists():
        with _told(folder):
            folder.mkdir(parents=True, exist_ok=True)
        backup(database, target)
        made = target
    name = re.compile(re.escape(database.stem) + r"-\d{4}-\d{2}-\d{2}\.db")
    for old in sorted(file for file in folder.iterdir() if name.fullmatch(file.name))[:-keep]:
        old.unlink(missing_ok=True)
    return made


@contextmanager
def _told(path: Path, unreadable: str = "") -> Iterator[None]:
    """Faults of SQLite and the disk as sentences; ``unreadable`` is the one for a file that is damaged or no database."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if unreadable and getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise StoreTrouble(f"The copy {path} {unreadable}.") from error
        fault = explained(error, path)
        if fault is error:
            raise
        raise fault from error


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    """A name for the unfinished copy, which never outlives a failure. Its own faults name it, not the source."""
    part = target.with_name(target.name + PART)
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        yield part
    except OSError as error:
        raise StoreTrouble(f"The copy {target} cannot be written ({error.strerror}); make its folder writable for this user.") from error
    finally:
        for file in (part, *(part.with_name(part.name + end) for end in (*_BESIDE, "-journal"))):
            with suppress(OSError):
                file.unlink(missing_ok=True)


def _copy(db: sqlite3.Connection, part: Path, progress: Progress) -> None:
    """Copy and check. A read transaction holds still what is copied: without it, copying in steps starts over at each write.

    (In one step it would not, but then nothing could be said of how far it is.)
    """
    db.execute("BEGIN")
    db.execute("SELECT count(*) FROM sqlite_master").fetchall()
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        try:
            db.backup(copy, pages=PAGES_AT_ONCE, progress=lambda _, left, total: progress(total - left, total), sleep=0.05)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, without a log beside it
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
                raise StoreTrouble(f"There is no room for the copy {part}; make room, or name another disk.") from error
            raise
        finally:
            db.execute("ROLLBACK")
        found = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")] + [
            f"a stray row in {row[0]}" for row in copy.execute("PRAGMA foreign_key_check")
        ]
    if found != ["ok"]:
        raise StoreTrouble(f"What was copied is damaged ({found[0]}), so the copy was thrown away; restore an older copy.")


def _settle(part: Path, target: Path) -> None:
    """Give the finished copy its name, so that it survives a power cut from then on."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _put_by(target: Path) -> Path | None:
    """Move the present database out of the way with its log, or that log would be replayed into the restored file."""
    if not target.exists():
        for end in _BESIDE:
            target.with_name(target.name + end).unlink(missing_ok=True)
        return None
    number = 1
    while (aside := target.with_name(f"{target.stem}-replaced-{number}{target.suffix}")).exists():
        number += 1
    for end in (*_BESIDE, ""):
        file = target.with_name(target.name + end)
        if file.exists():
            file.replace(aside.with_name(aside.name + end))
    return aside
