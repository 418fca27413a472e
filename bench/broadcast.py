"""A broadcast: everybody's daily question falls due at the same minute, with Telegram's limits on.

    python -m bench.broadcast [--people 2000]

The coach is the real process (``python -m bot telegram``) against the stand-in Bot API over HTTP, which answers 429 beyond 30
messages a second over all or one a second in a chat. Meanwhile somebody writes to the coach every two seconds and waits for
the reply. Prints messages a second, 429s, and how long those replies took; exits 1 when a figure is not reached.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench.kills import LATENCY, Process, copy_decks, noon_zone, now
from bot.adapters.sqlite import Database
from bot.adapters.sqlite_store import SqliteStore
from bot.app.changes import SaveLearner
from bot.core.people import Learner
from tests.standin import StandIn, User
from tests.standin.people import Room

FIRST, WRITER = 10_001, 1
SLOWEST, FASTEST, LONGEST_REPLY = 28.0, 30.0, 1.0


async def prepare(file: Path, people: int) -> None:
    """People whose local minute has just come, and one who writes."""
    at = now()
    minute, zone = 11 * 60, noon_zone(at)
    database = await Database.open(file)
    store = SqliteStore(database)
    everybody = [Learner(id_, f"Learner {id_}", at, zone, minute, ready=True) for id_ in range(FIRST, FIRST + people)]
    for start in range(0, people, 500):
        await store.commit(*(SaveLearner(one, at - timedelta(seconds=1)) for one in everybody[start : start + 500]))
    await store.commit(SaveLearner(Learner(WRITER, "Ada", at, zone, minute, ready=True), None))
    await database.close()


async def write(person: User, every: float) -> list[float]:
    """Ask for help again and again; returns how many seconds each reply took. Ends when it is cancelled."""
    took: list[float] = []
    try:
        while True:
            began = time.monotonic()
            person.say("/help")
            await person.room.said.get()
            took.append(time.monotonic() - began)
            await asyncio.sleep(max(0.0, every - took[-1]))
    except asyncio.CancelledError:
        return took


async def main(people: int, folder: Path) -> bool:
    """Measure and print; whether everything was reached."""
    copy_decks(folder)
    await prepare(folder / "coach.db", people)
    async with StandIn(now, limits=True, latency=LATENCY) as standin:
        rooms = [standin.user(id_, started=True).room for id_ in range(FIRST, FIRST + people)]
        process = Process(standin, folder / "coach.db", folder / "log", paced=True)
        await process.start()
        await anyone(rooms)
        began = time.monotonic()
        writing = asyncio.ensure_future(write(standin.user(WRITER, started=True), 2.0))
        async with asyncio.timeout(people / 10 + 60):
            for room in rooms:
                while not room.messages:  # noqa: ASYNC110 - what is waited for happens in another process
                    await asyncio.sleep(0.05)
        seconds = time.monotonic() - began
        writing.cancel()
        took = await writing
        code = await process.end(signal.SIGTERM)
    rate, busy = (people + len(took)) / seconds, standin.statuses["sendMessage", 429]
    twice = sum(len(room.messages) != 1 for room in rooms)
    print(f"{people} pushes and {len(took)} replies in {seconds:.1f} s: {rate:.1f} messages a second")
    print(f"429s {busy}; people with other than one question {twice}; exit code {code}")
    print(f"a reply meanwhile took {sum(took) / len(took):.2f} s, the slowest {max(took):.2f} s")
    return SLOWEST <= rate <= FASTEST and not busy and not twice and max(took) < LONGEST_REPLY and code == os.EX_OK


async def anyone(rooms: list[Room]) -> None:
    """Wait for the first message to anybody."""
    async with asyncio.timeout(60):
        while not any(room.messages for room in rooms):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        good = asyncio.run(main(options.people, Path(temporary)))
    sys.exit(not good)
