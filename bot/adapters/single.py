"""One coach per database: an operating-system lock beside the file, which ends with the process however that ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.app.ports import StoreTrouble

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # Windows locks bytes against reading too; the process id at the start must stay readable

    def _lock(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Hold the lock of this database while the block runs.

    Raises ``StoreTrouble`` when another process holds it, with that process's id, or when the lock cannot be made.
    """
    file = lock_file(database)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreTrouble(f"The lock {file} cannot be made ({error.strerror}); make its folder writable for this user.") from error
    try:
        _lock_or_tell(handle, file, database)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0) if hasattr(os, "pwrite") else None
        yield
    finally:
        os.close(handle)  # which lets go of the lock; the file stays, since removing it would race with the next process


def lock_file(database: Path) -> Path:
    """The lock's file; the same however the path to the database is written."""
    full = database.resolve()
    return full.with_name(full.name + ".lock")


def _lock_or_tell(handle: int, file: Path, database: Path) -> None:
    try:
        _lock(handle)
    except OSError as error:
        holder = file.read_text().strip()
        who = f" (process {holder})" if holder else ""
        raise StoreTrouble(f"A coach{who} is already running on {database}; stop it first, or set COACH_DB to another file.") from error
