"""How many answers a second, and at what cost: a bare echo and the whole answer path, side by side over loopback.

    python -m bench.throughput [--answers 3000] [--latency 0.06]

Between them stands the coach with a desk that only echoes: the durable inbox, order per chat, and sending, without the use
cases. Each runs as a process of its own against a stand-in Bot API in this one, with the same HTTP stack. The echo is
python-telegram-bot's own Application at its best setting (32 updates at once). The answer path is the coach as it runs:
inbox, order per chat, grading, one transaction with synchronous=FULL, verdict rendered and sent, inbox row done; only
Telegram's pace is lifted. CPU is the process's own, from the first poll to the last reply; all handle every update.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import shutil
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from bot.adapters.pacing import Pacer
from bot.adapters.sqlite import Database
from bot.adapters.sqlite_inbox import SqliteInbox
from bot.adapters.sqlite_store import SqliteStore
from bot.adapters.telegram_bot import YOUNG, Telegram
from bot.adapters.telegram_http import AiohttpRequest, bot_url
from bot.adapters.toml_decks import built_in_decks, load_deck
from bot.app.call import Call
from bot.app.changes import PlaceAsk, SaveLearner
from bot.app.coach import Coach
from bot.app.desk import Desk
from bot.app.message import Message, Reply, Span
from bot.core.grading import Grader
from bot.core.people import Learner, Source

TEXT = "By default it is a dict stored in a cookie in the browser, signed with the secret key but not encrypted"
DONE = b"done\n"
# python-telegram-bot and httpx load these where they find them: 9 MiB that come with the tests' packages and are not deployed.
NOT_DEPLOYED = ("cryptography", "click", "pygments")
CHILD = f"import runpy, sys; sys.modules |= dict.fromkeys({NOT_DEPLOYED}); runpy.run_module('bench.throughput', None, '__main__', True)"
STARTED = time.perf_counter()


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)  # noqa: TID251 - a benchmark runs in real time


# --- the two that are compared; each a process of its own


def begin() -> float:
    """Tell the parent that this process is about to poll (and how many seconds after its imports); returns its CPU seconds."""
    print(json.dumps({"seconds": time.perf_counter() - STARTED}), flush=True)
    return time.process_time()


def report(began: float) -> None:
    """Tell the parent what this process used since ``began`` (CPU seconds)."""
    status = Path("/proc/self/status")  # not ru_maxrss: that begins with what the parent used
    lines = status.read_text().splitlines() if status.exists() else []
    peak = sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    print(json.dumps({"cpu": time.process_time() - began, "peak_mib": peak}), flush=True)


def until_told(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    """An event that is set when the parent writes a line; where it dies without a word, this process ends at once."""
    told = asyncio.Event()

    def hear() -> None:
        loop.remove_reader(sys.stdin.fileno())
        if not os.read(sys.stdin.fileno(), len(DONE)):
            os._exit(1)  # nobody is left to serve or to report to
        told.set()

    loop.add_reader(sys.stdin.fileno(), hear)
    return told


async def echo(token: str, url: str) -> None:
    """python-telegram-bot, answering each text with itself."""

    async def reply(update: Update, context: Any) -> None:
        await update.message.reply_text(update.message.text)  # type: ignore[union-attr, arg-type]

    builder = Application.builder().token(token).base_url(bot_url(url)).job_queue(None)
    app = builder.request(AiohttpRequest()).get_updates_request(AiohttpRequest()).concurrent_updates(32).build()
    app.add_handler(MessageHandler(filters.TEXT, reply))
    told = until_told(asyncio.get_running_loop())
    gc.set_threshold(YOUNG)  # as the coach has it
    async with app:
        await app.start()
        began = begin()
        await app.updater.start_polling()  # type: ignore[union-attr]
        await told.wait()
        report(began)
        await app.updater.stop()  # type: ignore[union-attr]
        await app.stop()


class Parrot(Desk):
    """A desk that says back what it hears: what is left of the coach is the durable inbox, order, and sending."""

    async def text(self, call: Call) -> Reply:
        """The same words."""
        return Reply((Message((Span(call.text),)),))


async def coach(token: str, url: str, file: str, *, parrot: bool = False) -> None:
    """The coach, as it runs but for the pace; ``parrot`` leaves out the use cases."""
    database = await Database.open(Path(file))
    deck = load_deck(next(iter(built_in_decks())))
    telegram = Telegram(token, url, frozenset(), now, random.Random(1), pacer=Pacer(1e9, chats=False))
    grader = Grader.for_deck(deck)
    for question in () if parrot else deck.questions:  # a question's sheet is made at its first answer and kept
        grader.sheet(question)
    use_cases = Coach(SqliteStore(database), deck, grader, random.Random(1), lambda: "token", telegram.link)
    told = until_told(asyncio.get_running_loop())
    began = 0.0

    async def started() -> None:
        nonlocal began
        began = begin()

    serving = asyncio.ensure_future(
        telegram.run((Parrot if parrot else Desk)(use_cases), SqliteInbox(database), stopping=told, started=started)
    )
    await told.wait()
    report(began)
    await serving
    await database.close()


# --- the measuring


async def prepare(file: Path, many: int) -> list[str]:
    """A database with that many learners, each with an open question; returns an answer for each."""
    deck = load_deck(next(iter(built_in_decks())))
    questions = [question for question in deck.questions if question.samples]
    database, at = await Database.open(file), now()
    store, typed = SqliteStore(database), []
    for start in range(1, many + 1, 500):
        changes: list[Any] = []
        for learner_id in range(start, min(start + 500, many + 1)):
            question = questions[learner_id % len(questions)]
            typed.append(question.samples[learner_id % len(question.samples)].answer or TEXT)
            changes.append(SaveLearner(Learner(learner_id, f"Learner {learner_id}", at, ready=True), None))
            changes.append(PlaceAsk(learner_id, learner_id, question.id, Source.TODAY, at, date(at.year, at.month, at.day)))
        await store.commit(*changes)
    await database.close()
    return typed


async def measure(kind: str, typed: list[str], latency: float, file: Path) -> dict[str, float]:
    """Serve one of the two with every text typed by a person of its own, until each has a reply."""
    from tests.standin import StandIn  # here, so that its parser of markup is not counted as the coach's memory

    async with StandIn(now, quick=True, latency=latency) as standin:
        people = [standin.user(number, started=True) for number in range(1, len(typed) + 1)]
        for person, text in zip(people, typed, strict=True):
            person.say(text)
        command = [sys.executable, "-c", CHILD, f"--child={kind}", standin.token, standin.url, str(file)]
        child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        assert child.stdin
        assert child.stdout
        ready = json.loads(await child.stdout.readline())["seconds"]
        await standin.requested("getUpdates")
        began = time.perf_counter()
        async with asyncio.timeout(300):
            for person in people:
                await person.room.said.get()
        seconds = time.perf_counter() - began
        child.stdin.write(DONE)
        used = json.loads(await child.stdout.readline())
        await child.wait()
    cpu_ms = 1000 * used["cpu"] / len(typed)
    return {"ready": ready, "per_second": len(typed) / seconds, "cpu_ms": cpu_ms, "peak_mib": used["peak_mib"]}


async def main(many: int, latency: float, rounds: int) -> None:
    """Measure both in turn and print the figures with their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            file = Path(folder) / f"{number}.db"
            typed = await prepare(file, many)
            shutil.copy(file, empty := file.with_suffix(".inbox"))
            files = {"echo": empty, "inbox": empty, "answers": file}  # what one inbox has seen it takes for repeated
            figures = {kind: await measure(kind, typed, latency, files[kind]) for kind in ("echo", "inbox", "answers")}
            for kind, each in figures.items():
                print(f"{kind:8} {each['per_second']:7.0f}/s {each['cpu_ms']:6.2f} ms CPU {each['peak_mib']:6.0f} MiB")
            print(f"the coach polls {figures['inbox']['ready']:.2f} s after its imports")  # "answers" makes every question's sheet first
            ratio = figures["answers"]["cpu_ms"] / figures["echo"]["cpu_ms"]
            a_second = 1000 / figures["answers"]["cpu_ms"]
            print(f"the whole answer path costs {ratio:.2f} times the CPU of the echo; one core does {a_second:.0f} answers a second")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=3000, help="how many are typed, each by a person of its own")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that the stand-in takes for each request")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--child", choices=("echo", "inbox", "answers"), help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child == "echo":
        asyncio.run(echo(*options.rest[:2]))
    elif options.child:
        asyncio.run(coach(*options.rest, parrot=options.child == "inbox"))
    else:
        asyncio.run(main(options.answers, options.latency, options.rounds))
