"""Kill -9 at random moments under load, then count: ``python -m bench.kills``.

    python -m bench.kills [--kills 50] [--rate 30]

``python -m bot telegram`` runs as a process of its own against a stand-in Bot API, is killed again and again while answers
keep coming, and is started again each time. At the end what was typed, what the database holds and what Telegram accepted
are compared: every answer scored once, every one replied to, nothing left over. Replies that came twice are counted; only
those in flight at a kill can. Some five minutes with the defaults; it exits 1 when something does not add up.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_store import SqliteStore
from bot.adapters.toml_decks import built_in_decks, load_deck
from bot.app.changes import PlaceAsk, SaveLearner
from bot.core.people import AskState, Learner, Source
from tests.standin import StandIn
from tests.standin.people import Seen

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 40
LONGEST_LIFE = 3.0  # seconds after its first poll that a process is killed, at most; some are killed before it
DRAIN_SECONDS = 180


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)  # noqa: TID251 - a benchmark runs in real time


async def prepare(file: Path, many: int) -> None:
    """People with many questions each, all waiting aside, so that any of them can be answered by replying to it."""
    questions = load_deck(next(iter(built_in_decks()))).questions
    database, at = await Database.open(file), now()
    store = SqliteStore(database)
    for person in range(1, PEOPLE + 1):
        learner = SaveLearner(Learner(person, f"Learner {person}", at, ready=True), None)
        day = date(at.year, at.month, at.day)
        typed = [question for question in questions if question.samples][:many]
        asks = [PlaceAsk(person, person, question.id, Source.TODAY, at, day, AskState.ASIDE) for question in typed]
        await store.commit(learner, *asks)
    await database.close()


@dataclass
class Load:
    """Answers that keep coming, each a reply to a question of its own; ``typed`` notes them by their words."""

    standin: StandIn
    file: Path
    rate: float
    typed: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Type until cancelled or until every question has its answer."""
        with sqlite3.connect(self.file) as db:
            asks: Sequence[tuple[int, int]] = db.execute("SELECT id, learner_id FROM ask ORDER BY id").fetchall()
        db.close()
        mixed = sorted(asks, key=lambda ask: (ask[0] * 7919) % len(asks))
        for ask_id, person_id in mixed:
            question = Seen(1, person_id, "?", [], {"inline_keyboard": [[{"text": "Hint", "callback_data": f"hint:{ask_id}"}]]})
            words = f"number {len(self.typed)}: the session is a signed cookie in the browser"
            self.standin.user(person_id, started=True).say(words, reply_to=question)
            self.typed.append(words)
            await asyncio.sleep(1 / self.rate)


async def start(standin: StandIn, file: Path) -> asyncio.subprocess.Process:
    """The coach as an operator starts it."""
    settings = {"TELEGRAM_BOT_TOKEN": standin.token, "TELEGRAM_API_URL": standin.url, "COACH_DB": str(file), "LOG_LEVEL": "ERROR"}
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "telegram", env=environment, cwd=file.parent)


async def live_and_die(standin: StandIn, file: Path, rng: random.Random) -> bool:
    """Start the coach, kill it at a random moment; whether it had come as far as polling."""
    polls = standin.requests("getUpdates")
    process = await start(standin, file)
    early = rng.random() < 0.1
    if early:
        await asyncio.sleep(rng.uniform(0, 2))
    else:
        await standin.requested("getUpdates", since=polls)
        await asyncio.sleep(rng.uniform(0, LONGEST_LIFE))
    if process.returncode is not None:
        raise SystemExit(f"the coach ended by itself with exit code {process.returncode}")
    process.kill()
    await process.wait()
    return standin.requests("getUpdates") > polls


async def drain(standin: StandIn, file: Path, typed: int) -> None:
    """Let the coach finish what is left, and stop it as a supervisor would."""
    process = await start(standin, file)
    async with asyncio.timeout(DRAIN_SECONDS):
        while sum(count_replies(standin).values()) < typed or unfinished(file) or standin.updates:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.5)
    process.terminate()
    await asyncio.wait_for(process.wait(), 12)


def unfinished(file: Path) -> int:
    """Rows of the inbox that are not done."""
    db = sqlite3.connect(file, timeout=10)
    try:
        return int(db.execute("SELECT count(*) FROM inbox WHERE state <> 'done'").fetchone()[0])
    finally:
        db.close()


def count_replies(standin: StandIn) -> Counter[int]:
    """Messages that each person got."""
    return Counter({person: standin.user(person).room.said.qsize() for person in range(1, PEOPLE + 1)})


def compare(standin: StandIn, file: Path, typed: list[str], kills: int) -> int:
    """Print the count and return how many things do not add up."""
    db = sqlite3.connect(file)
    scored = Counter(row[0] for row in db.execute("SELECT answer FROM attempt"))
    left = Counter(dict(db.execute("SELECT state, count(*) FROM inbox GROUP BY state").fetchall()))
    people = Counter(dict(db.execute("SELECT learner_id, count(*) FROM attempt GROUP BY learner_id").fetchall()))
    db.close()
    replies = count_replies(standin)
    wrong = {
        "answers without a score": sum(words not in scored for words in typed),
        "answers scored more than once": sum(count > 1 for count in scored.values()),
        "scores for what nobody typed": len(scored.keys() - set(typed)),
        "people with fewer replies than answers": sum(replies[person] < count for person, count in people.items()),
        "updates left in the inbox": left["pending"],
        "updates set aside": left["aside"],
    }
    print(f"{kills} kills, {len(typed)} answers typed, {len(scored)} scored, {sum(replies.values())} replies", end="")
    print(f" ({sum(replies.values()) - len(typed)} came twice)")
    for what, count in wrong.items():
        print(f"{what}: {count}")
    return sum(wrong.values())


async def main(kills: int, rate: float, seed: int) -> int:
    """Run it all and return how many things do not add up."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "coach.db"
        await prepare(file, 1_000)
        async with StandIn(now) as standin:
            load = Load(standin, file, rate)
            typing = asyncio.ensure_future(load.run())
            polled = 0
            for number in range(kills):
                polled += await live_and_die(standin, file, rng)
                print(f"\rkill {number + 1}, {len(load.typed)} answers", end="", file=sys.stderr, flush=True)
            typing.cancel()
            await asyncio.gather(typing, return_exceptions=True)
            print(f"\n{polled} of them after the first poll", file=sys.stderr)
            await drain(standin, file, len(load.typed))
            return compare(standin, file, load.typed, kills)


if __name__ == "__main__":
    parser: Any = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rate", type=float, default=30.0, help="answers a second")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(1 if asyncio.run(main(options.kills, options.rate, options.seed)) else 0)
