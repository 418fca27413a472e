"""Kill the coach with SIGKILL at random moments under load, start it again each time, and count what became of everything.

    python -m bench.kills [--kills 50] [--rate 30] [--seed 1] [--unpaced]

The coach is the real process (``python -m bot telegram``) on a real SQLite file, against the stand-in Bot API over HTTP with
Telegram's limits on. People answer quizzes throughout (each has an open question at any moment); daily questions fall due
throughout as well, for people who only listen and for some of those in a quiz. After the last kill the coach works off what
waits, is stopped with SIGTERM, and what the stand-in was asked to send is compared with what the database says, row by row.

At Telegram's pace (28 messages a second) 30 answers a second, of two messages each, pile up in the inbox, which is a test of
its own. ``--unpaced`` lifts the pace and the limits, so that every kill meets answers and pushes in all stages. Of three kills
one comes at any moment from the start of the process, one once it works, and one while pushes are on their way. Prints a table;
exits 1 on any difference that is not traced.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_store import SqliteStore
from bot.adapters.toml_decks import built_in_decks, load_deck
from bot.app.changes import Change, PlaceAsk, SaveLearner, SaveSession
from bot.core.model import Kind
from bot.core.people import Learner, Session, Source
from bot.core.streaks import local_day
from tests.standin import StandIn
from tests.standin.people import Seen

QUIZZERS, FIRST_LISTENER = 100, 10_001
LATENCY = 0.06  # seconds that the stand-in takes for a request, as Telegram does
MOST_SECONDS = 900.0  # for working off what waits; a coach that hangs must not hang the measuring
STOP_SECONDS = 10.0


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)  # noqa: TID251 - real processes run in real time


def noon_zone(at: datetime) -> str:
    """A zone in which it is about noon, far from the change of the local day."""
    hours = 12 - at.hour
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


@dataclass
class Plan:
    """How hard to try. ``seconds`` is the shortest and the longest life of a process before it is killed."""

    kills: int = 50
    rate: float = 30.0
    seed: int = 1
    paced: bool = True
    listeners: int = 1500
    seconds: tuple[float, float] = (0.2, 4.5)


@dataclass
class Count:
    """What was counted. ``faults`` are the differences that nothing explains; the rest are figures."""

    figures: dict[str, object] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def table(self) -> str:
        """The figures, one a line, and the faults after them."""
        rows = [f"{name:58} {value}" for name, value in self.figures.items()]
        return "\n".join([*rows, *(f"FAULT {fault}" for fault in self.faults), f"{len(self.faults)} unexplained differences"])

    def must(self, name: str, wrong: Sequence[object]) -> None:
        """Note how many things break a rule, and which."""
        self.figures[name] = len(wrong)
        self.faults += [f"{name}: {each}" for each in wrong[:5]]


# --- the coach's process


def copy_decks(folder: Path) -> None:
    """Decks of its own for a long run: somebody may be writing questions meanwhile."""
    for deck in built_in_decks():
        shutil.copytree(deck, folder / "decks" / deck.name, dirs_exist_ok=True)


async def prepare(file: Path, plan: Plan, dice: random.Random) -> None:
    """A file with people in the middle of a long quiz, and others whose daily question falls due during the run."""
    questions = [question.id for question in load_deck(next(iter(built_in_decks()))).questions if question.kind is not Kind.MCQ]
    at, longest = now(), plan.kills * sum(plan.seconds) / 2
    zone = noon_zone(at)
    minute = at.astimezone(_zone(zone)).hour * 60
    due = [at + timedelta(seconds=dice.uniform(0, longest)) for _ in range(plan.listeners + QUIZZERS)]
    changes: list[Change] = []
    for id_ in range(FIRST_LISTENER, FIRST_LISTENER + plan.listeners):
        changes.append(SaveLearner(Learner(id_, f"Listener {id_}", at, zone, minute, ready=True), due.pop()))
    for id_ in range(1, QUIZZERS + 1):
        order = tuple(dice.sample(questions, len(questions)))
        changes += [
            SaveLearner(Learner(id_, f"Learner {id_}", at, zone, minute, ready=True), due.pop() if id_ % 2 else None),
            SaveSession(Session(f"quiz{id_}", id_, id_, "Quiz", order, at)),
            # An open question is old for some, so that a daily one takes its place while an answer to it is on its way.
            PlaceAsk(id_, id_, order[0], Source.QUIZ, at - timedelta(minutes=40), local_day(at, zone), session=f"quiz{id_}"),
        ]
    database = await Database.open(file)
    await SqliteStore(database).commit(*changes)
    await database.close()


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def child(paced: bool) -> int:
    """The coach with nothing changed but, if asked for, Telegram's pace lifted."""
    from bot import __main__ as coach
    from bot.adapters import telegram_bot
    from bot.adapters.pacing import Pacer

    if not paced:
        telegram_bot.Pacer = partial(Pacer, 1e6, chats=False)  # type: ignore[assignment, misc]
    return coach.main(["telegram"])


@dataclass
class Process:
    """The running coach."""

    standin: StandIn
    file: Path
    log: Path
    paced: bool
    running: asyncio.subprocess.Process | None = None
    before: int = 0

    async def start(self) -> None:
        """Start it; its log goes on in the same file."""
        self.before = self.standin.requests("getMe")
        decks = ",".join(str(deck) for deck in sorted((self.file.parent / "decks").iterdir()))
        settings = {
            "COACH_DECKS": decks,
            "TELEGRAM_BOT_TOKEN": self.standin.token,
            "TELEGRAM_API_URL": self.standin.url,
            "COACH_DB": str(self.file),
        }
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", *(["bot", "telegram"] if self.paced else ["bench.kills", "--child"])]
            self.running = await asyncio.create_subprocess_exec(*command, env={**os.environ, **settings}, stdout=log, stderr=log)

    async def works(self) -> None:
        """Wait until it has made its first request, however slow the machine."""
        async with asyncio.timeout(MOST_SECONDS):
            while self.standin.requests("getMe") == self.before:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.005)

    async def end(self, how: signal.Signals) -> int:
        """Send the signal and return the exit code."""
        assert self.running
        if self.running.returncode is None:
            self.running.send_signal(how)
        return await self.running.wait()


# --- the run


async def type_answers(standin: StandIn, rate: float, stop: asyncio.Event) -> dict[int, tuple[int, str]]:
    """Let one person after the other answer, until told to stop; returns who typed what, by update id."""
    people = [standin.user(id_, started=True) for id_ in range(1, QUIZZERS + 1)]
    typed: dict[int, tuple[int, str]] = {}
    began = time.monotonic()
    while not stop.is_set():
        person, text = people[len(typed) % len(people)], f"it is kept in a signed cookie, number{len(typed)}"
        typed[person.say(text)] = person.id, text
        await asyncio.sleep(max(0.0, began + len(typed) / rate - time.monotonic()))
    return typed


def waiting(file: Path) -> int:
    """How many updates, pushes and due people still wait."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10) as db:
        sql = (
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'pending') + (SELECT count(*) FROM push WHERE state IN ('due', 'sending')) "
            "+ (SELECT count(*) FROM learner WHERE next_push_at <= ?)"
        )
        found = int(db.execute(sql, (int(now().timestamp() * 1_000_000),)).fetchone()[0])
    db.close()
    return found


async def drained(file: Path, standin: StandIn) -> None:
    """Wait until nothing waits any more."""
    async with asyncio.timeout(MOST_SECONDS):
        while standin.updates or waiting(file):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)


async def a_push(standin: StandIn, most: float) -> None:
    """Wait until a push has arrived since now, others being on their way, or so many seconds have passed."""
    before, until = len(standin.calls), time.monotonic() + most
    pushed = False
    while time.monotonic() < until and not pushed:
        await asyncio.sleep(0.005)
        pushed = any(call.get("chat_id", 0) >= FIRST_LISTENER for _, call in standin.calls[before:])


async def fatal_moment(number: int, process: Process, plan: Plan, dice: random.Random) -> None:
    """Wait for the moment of that kill: any, one of work, or one with pushes on their way."""
    if number % 3:
        await process.works()
    if number % 3 == 2:
        await a_push(process.standin, plan.seconds[1])
        await asyncio.sleep(dice.uniform(0, LATENCY))
    else:
        await asyncio.sleep(dice.uniform(*plan.seconds))


async def run(plan: Plan, folder: Path) -> Count:
    """Type, kill, start again; then work off, stop, count."""
    dice, file, count, began = random.Random(plan.seed), folder / "coach.db", Count(), time.monotonic()
    copy_decks(folder)
    await prepare(file, plan, dice)
    async with StandIn(now, limits=plan.paced, latency=LATENCY) as standin:
        for id_ in range(FIRST_LISTENER, FIRST_LISTENER + plan.listeners):
            standin.user(id_, started=True)
        process, stop = Process(standin, file, folder / "log", plan.paced), asyncio.Event()
        await process.start()
        typing = asyncio.ensure_future(type_answers(standin, plan.rate, stop))
        try:
            for number in range(plan.kills):
                await fatal_moment(number, process, plan, dice)
                if (code := await process.end(signal.SIGKILL)) != -signal.SIGKILL:
                    raise RuntimeError(f"the coach ended by itself with exit code {code}; see its log")
                await process.start()
            stop.set()
            typed = await typing
            count.figures |= {"kills": plan.kills, "seconds under load": round(time.monotonic() - began)}
            await drained(file, standin)
        finally:
            stop.set()
            before = time.monotonic()
            code = await process.end(signal.SIGTERM)
        seconds = time.monotonic() - before
    count.figures |= {"seconds in all": round(time.monotonic() - began), "SIGTERM: seconds to the end": round(seconds, 1)}
    count.must("SIGTERM: exit code other than 0, or too slow", [code] if code or seconds > STOP_SECONDS else [])
    tell(count, file, standin, typed)
    return count


# --- the count


def tell(count: Count, file: Path, standin: StandIn, typed: dict[int, tuple[int, str]]) -> None:
    """Compare what was typed, what was sent and what the database says."""
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        count.must("database damaged", [row for row in db.execute("PRAGMA integrity_check") if row != ("ok",)])
        shown = {room.id: [m for m in room.messages.values() if isinstance(m, Seen)] for room in standin.rooms.values()}
        _answers(count, db, typed)
        _replies(count, db, shown)
        _pushes(count, db, shown)
    finally:
        db.close()


def _answers(count: Count, db: sqlite3.Connection, typed: dict[int, tuple[int, str]]) -> None:
    sql = "SELECT update_id, a.id, a.learner_id, a.answer FROM applied_update u JOIN attempt a ON a.id = u.attempt_id"
    scored = {update: (id_, (learner, answer)) for update, id_, learner, answer in db.execute(sql)}
    attempts = db.execute("SELECT id, learner_id, answer FROM attempt ORDER BY id").fetchall()
    answers = Counter((learner, answer) for _, learner, answer in attempts)
    count.figures["answers delivered"] = len(typed)
    count.must("answers not scored", [text for update, text in typed.items() if update not in scored])
    count.must("answers scored more than once", [text for text, times in answers.items() if times > 1])
    count.must("answers scored as somebody or something else", [u for u, said in typed.items() if u in scored and scored[u][1] != said])
    count.must("scores without an answer", [text for text in answers if text not in set(typed.values())])
    by_person: dict[int, list[int]] = defaultdict(list)
    for update, (learner, _) in typed.items():
        by_person[learner].append(scored[update][0] if update in scored else 0)
    count.must("people whose answers were scored out of order", [who for who, ids in by_person.items() if ids != sorted(ids)])
    count.must("updates left in the inbox", db.execute("SELECT update_id, state, error FROM inbox WHERE state <> 'done'").fetchall())


def _replies(count: Count, db: sqlite3.Connection, shown: dict[int, list[Seen]]) -> None:
    replies: dict[int, list[int]] = {chat: _named(messages, "again") for chat, messages in shown.items()}
    times = Counter(id_ for ids in replies.values() for id_ in ids)
    attempts = dict(db.execute("SELECT id, learner_id FROM attempt"))
    count.must("answers without a reply", [id_ for id_ in attempts if not times[id_]])
    count.must(
        "replies about no answer, or in another's chat", [i for chat, ids in replies.items() for i in ids if attempts.get(i) != chat]
    )
    first = {chat: list(dict.fromkeys(ids)) for chat, ids in replies.items()}
    count.must("chats with replies out of order", [chat for chat, ids in first.items() if ids != sorted(ids)])
    count.figures["replies sent once more after a kill"] = sum(times.values()) - len(times)
    asked = {id_ for messages in shown.values() for id_ in _named(messages, "hint")}
    # One that waits aside behind the daily question is shown after that.
    sql = "SELECT id FROM ask WHERE source = 'quiz' AND state <> 'aside' AND id NOT IN (SELECT min(id) FROM ask GROUP BY learner_id)"
    count.must("questions of a quiz that were never shown", [id_ for (id_,) in db.execute(sql) if id_ not in asked])


def _pushes(count: Count, db: sqlite3.Connection, shown: dict[int, list[Seen]]) -> None:
    heads = ("Question of the day", "In case this did not reach you")
    sent = Counter(id_ for messages in shown.values() for id_ in _named([m for m in messages if m.text.startswith(heads)], "hint"))
    rows = db.execute("SELECT id, ask_id, state, again, tries FROM push").fetchall()
    count.figures |= {"pushes planned": len(rows), "pushes by state": dict(Counter(state for _, _, state, _, _ in rows))}
    doubts = [row for row in rows if row[3]]
    count.figures["pushes with a traced doubt (sent once more, saying so)"] = len(doubts)
    arrivals = Counter(sent[ask] for _, ask, _, _, _ in doubts)
    count.figures["of those arrived never / once / twice"] = " / ".join(str(arrivals[n]) for n in (0, 1, 2))
    untraced = [(*row, sent[row[1]]) for row in rows if not row[3] and sent[row[1]] != (row[2] == "sent")]
    count.must("pushes arrived other than once, without a trace", untraced)
    count.must("pushes arrived more than twice", [row for row in doubts if sent[row[1]] > 2])
    count.must("pushes that are said to be sent and never arrived", [row for row in doubts if row[2] == "sent" and not sent[row[1]]])
    count.must("pushes arrived that the database does not know", sorted(sent.keys() - {ask for _, ask, _, _, _ in rows}))
    missed = "SELECT id FROM learner WHERE next_push_at IS NOT NULL AND id NOT IN (SELECT learner_id FROM push)"
    count.must("people due without a push", db.execute(missed).fetchall())


def _named(messages: Sequence[Seen], verb: str) -> list[int]:
    """The ids that the buttons with this verb name, message by message."""
    return [int(action.split(":")[1]) for m in messages for action in m.buttons.values() if action.startswith(f"{verb}:")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rate", type=float, default=30.0, help="answers a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unpaced", action="store_true", help="lift Telegram's pace and limits")
    parser.add_argument("--keep", type=Path, help="an existing folder for the database and the log")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        sys.exit(child(paced=False))
    with tempfile.TemporaryDirectory() as temporary:
        counted = asyncio.run(run(Plan(options.kills, options.rate, options.seed, not options.unpaced), options.keep or Path(temporary)))
    print(counted.table())
    sys.exit(bool(counted.faults))
