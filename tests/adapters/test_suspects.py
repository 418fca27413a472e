"""Updates that end the process which handles them: real processes on a real inbox, ended with SIGKILL from within."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_inbox import SqliteInbox
from bot.adapters.updates import Intake
from bot.app.ports import Received
from tests.adapters.stored import NOW

DEADLY, COUNT = 13, 30
LIVES = 5


async def live(folder: Path) -> None:
    """One life of a process: it handles what is left and what comes, unless that ends it."""
    database = await Database.open(folder / "inbox.db")
    told, inbox = (folder / "told").open("a", buffering=1), SqliteInbox(database)
    over = asyncio.Event()

    async def handle(row: Received) -> None:
        await asyncio.sleep(0)
        if row.update_id == DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        await inbox.last_update_id()  # others are in hand meanwhile
        told.write(f"handled {row.update_id}\n")

    async def give_up(row: Received, error: Exception) -> None:
        told.write(f"aside {row.update_id} {type(error).__name__}\n")

    async def fetch(offset: int) -> Sequence[dict[str, Any]]:
        if offset == 1:
            return [{"update_id": id_, "message": {"chat": {"id": id_}, "text": "x"}} for id_ in range(1, COUNT + 1)]
        over.set()
        await asyncio.Event().wait()
        raise AssertionError

    intake = Intake(inbox, handle, give_up, lambda: NOW, lambda failures: 0.0)
    await intake.replay()
    polling = asyncio.ensure_future(intake.poll(fetch))
    await over.wait()
    polling.cancel()
    await intake.finish(20)
    await database.close()
    told.close()


async def ends_with(folder: Path) -> int:
    """The exit code of one life."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.adapters.test_suspects", str(folder))
    return await asyncio.wait_for(process.wait(), 30)


async def test_an_update_that_ends_three_processes_is_set_aside_and_the_others_are_handled(tmp_path: Path) -> None:
    """The fourth process does not touch it, tells of it once, and handles what was in hand beside it; the fifth is quiet."""
    assert [await ends_with(tmp_path) for _ in range(LIVES)] == [-signal.SIGKILL] * 3 + [0, 0]
    told = (tmp_path / "told").read_text().splitlines()
    assert [line for line in told if line.startswith("aside")] == [f"aside {DEADLY} Deadly"]
    assert {line for line in told if line.startswith("handled")} == {f"handled {n}" for n in range(1, COUNT + 1) if n != DEADLY}
    database = await Database.open(tmp_path / "inbox.db")
    inbox = SqliteInbox(database)
    assert await inbox.pending() == []
    assert [row.update_id for row in await inbox.set_aside()] == [DEADLY]
    await database.close()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1])))
