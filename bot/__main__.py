"""The command line, and the only place that names concrete adapters together."""

from __future__ import annotations

import argparse
import asyncio
import gc
import getpass
import os
import random
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from bot.adapters import backup as backups
from bot.adapters.logs import ErrorCount, configure_logging
from bot.adapters.single import only_one
from bot.adapters.sqlite import Database
from bot.adapters.sqlite_inbox import SqliteInbox
from bot.adapters.sqlite_store import SqliteStore
from bot.adapters.telegram_bot import YOUNG, Telegram, TelegramTrouble
from bot.adapters.terminal import Terminal, wants_color
from bot.adapters.ticker import Ticker, upkeep
from bot.adapters.toml_decks import DeckFaults, Fault, built_in_decks, load_deck
from bot.adapters.toml_edit import EditRefused, accept_phrase
from bot.app.coach import Coach, Vitals, no_vitals
from bot.app.desk import Desk
from bot.app.grade_lines import grade_lines, verdict
from bot.app.outbox import Outbox
from bot.app.ports import Proposal, StoreTrouble
from bot.app.pushing import pick, worded
from bot.config import ConfigFaults, Settings, load_settings
from bot.core.decks import Problem, check_deck, combine, cross_scores
from bot.core.grading import Grader
from bot.core.model import Deck, Kind

OK, FAULT, USAGE = 0, 1, 2
QUIET_SECONDS = 180  # six ticks without a heartbeat
IN_TERMINAL = "No TELEGRAM_BOT_TOKEN: this is the terminal. For Telegram, get a token from @BotFather and put it into .env (see README)."
Run = Callable[[Settings, argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """The command line's grammar; ``commands`` are its subcommands by name."""

    commands: dict[str, argparse.ArgumentParser]


def parser() -> Parser:
    """The grammar of the command line."""
    root = Parser(prog="python -m bot", description="An interview coach in Telegram or in the terminal.")
    root.set_defaults(run=run_coach)
    subs = root.add_subparsers(title="commands", metavar="COMMAND", parser_class=argparse.ArgumentParser)

    def add(name: str, run: Run, words: str) -> argparse.ArgumentParser:
        sub = subs.add_parser(name, help=words, description=words)
        sub.set_defaults(run=run)
        return sub

    add("telegram", telegram, "coach in Telegram (needs TELEGRAM_BOT_TOKEN)")
    add("practice", practice, "coach in the terminal, no token needed")
    check_parser = add("check", check, "list every fault of the deck with its remedy")
    check_parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="deck folders; default those of COACH_DECKS")
    grade_parser = add("grade", grade, "grade an answer and show the evidence")
    grade_parser.add_argument("question", nargs="?", metavar="QUESTION", help="a question's id")
    grade_parser.add_argument("answer", nargs="?", metavar="ANSWER", help="what was typed")
    grade_parser.add_argument("--jsonl", action="store_true", help="read JSON lines from standard input and write one per line")
    appeals_parser = add("appeals", appeals, "list the phrases that learners say were right")
    appeals_parser.add_argument("--accept", type=int, metavar="N", help="write proposal N into the deck file")
    backup_parser = add("backup", backup, "copy the database, also while the coach runs")
    backup_parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="where to; default a dated file beside the database")
    restore_parser = add("restore", restore, "put a copy back")
    restore_parser.add_argument("file", type=Path, metavar="FILE", help="the copy")
    restore_parser.add_argument("--force", action="store_true", help="overwrite the present database (it is kept beside)")
    add("health", health, "exit 0 when the coach is alive, else 1 with the reason")
    root.commands = dict(subs.choices)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command named on the command line and return its exit code: 0 good, 1 a fault, 2 used wrongly."""
    options = parser().parse_args(arguments)
    try:
        settings = load_settings(os.environ, Path(".env"))
        return int(options.run(settings, options))
    except ConfigFaults as faults:
        return complain(faults, USAGE)
    except (DeckFaults, StoreTrouble, EditRefused) as fault:
        return complain(fault, FAULT)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the flush at exit would complain
        return OK


def complain(fault: object, code: int) -> int:
    """Say what is wrong, on standard error."""
    print(fault, file=sys.stderr)
    return code


def clock() -> datetime:
    """The time: the one place that reads it."""
    return datetime.now(UTC)  # noqa: TID251 - time is passed in from here


def folders_of(settings: Settings) -> tuple[Path, ...]:
    """The deck folders to use."""
    return settings.decks or built_in_decks()


def load_decks(folders: Sequence[Path]) -> Deck:
    """All the decks as one. Raises ``DeckFaults`` with the faults of all of them."""
    decks: list[Deck] = []
    faults: list[Fault] = []
    for folder in folders:
        try:
            decks.append(load_deck(folder))
        except DeckFaults as found:
            faults += found.faults
    if faults:
        raise DeckFaults(faults)
    return combine(decks)


def new_coach(settings: Settings, deck: Deck, store: SqliteStore, link: Callable[[str], str], vitals: Vitals = no_vitals) -> Coach:
    """The coach with everything it needs from the world."""
    return Coach(
        store=store,
        deck=deck,
        grader=Grader.for_deck(deck),
        rng=random.Random(secrets.randbits(64)),
        new_token=partial(secrets.token_urlsafe, 16),
        link=link,
        owners=settings.owners,
        answer_days=settings.answer_days,
        copy_days=settings.backups,
        vitals=vitals,
    )


@asynccontextmanager
async def opened(path: Path, *, migrate: bool = True) -> AsyncIterator[Database]:
    """The database, closed again whatever happens."""
    database = await Database.open(path, migrate=migrate)
    try:
        yield database
    finally:
        await database.close()


def run_coach(settings: Settings, options: argparse.Namespace) -> int:
    """Telegram when there is a token, else the terminal."""
    if settings.token:
        return telegram(settings, options)
    print(IN_TERMINAL)
    return practice(settings, options)


def practice(settings: Settings, options: argparse.Namespace) -> int:
    """The coach in the terminal."""
    configure_logging("ERROR", sys.stderr)
    deck = load_decks(folders_of(settings))
    with only_one(settings.db):
        asyncio.run(_practice(settings, deck))
    return OK


async def _practice(settings: Settings, deck: Deck) -> None:
    name = "You"
    with suppress(OSError, KeyError, ImportError):
        name = getpass.getuser().capitalize()
    async with opened(settings.db) as database:
        coach = new_coach(settings, deck, SqliteStore(database), lambda parameter: f"/start {parameter}")
        await Terminal(Desk(coach), clock, sys.stdin, sys.stdout, name, wants_color(sys.stdout)).run()


def telegram(settings: Settings, options: argparse.Namespace) -> int:
    """The coach in Telegram, until SIGTERM or Ctrl-C."""
    if not settings.token:
        return complain("TELEGRAM_BOT_TOKEN is not set; get a token from @BotFather and put it into .env or the environment.", USAGE)
    counter = ErrorCount()
    configure_logging(settings.log_level, sys.stderr, (settings.token,)).addFilter(counter)
    deck = load_decks(folders_of(settings))
    try:
        with only_one(settings.db):
            asyncio.run(_telegram(settings, deck, settings.token, counter))
    except TelegramTrouble as trouble:
        return complain(trouble, USAGE)
    return OK


async def _telegram(settings: Settings, deck: Deck, token: str, counter: ErrorCount) -> None:
    rng, began = random.Random(secrets.randbits(64)), clock()
    chat = Telegram(token, settings.api_url, settings.owners, clock, rng)
    async with opened(settings.db) as database:
        store = SqliteStore(database)
        coach = new_coach(
            settings, deck, store, chat.link, lambda now: {"errors": counter.errors, "uptime": str(now - began).split(".")[0]}
        )
        outbox = Outbox(store, chat.chat, partial(pick, coach), partial(worded, coach), rng)
        ticker = Ticker(clock, outbox.tick, partial(upkeep, store, settings.db, settings.answer_days, settings.backups))

        async def started() -> None:
            await outbox.start(clock())
            ticker.start()

        stopping = asyncio.Event()
        database.on_damage = stopping.set
        try:
            await chat.run(Desk(coach), SqliteInbox(database), outbox, stopping=stopping, started=started)
        finally:
            await ticker.stop()
        database.check()


def check(settings: Settings, options: argparse.Namespace) -> int:
    """List every fault of the decks, or say what they hold."""
    deck = load_decks(options.folders or folders_of(settings))
    problems = [*check_deck(deck), *cross_scores(deck)]
    files = {question.id: f"{question.section}.toml" for question in deck.questions}
    for problem in problems:
        print(_placed(problem, files))
    print(f"{deck.title}: {len(deck.questions)} questions in {len(deck.sections)} sections, {len(problems)} problems")
    return FAULT if problems else OK


def _placed(problem: Problem, files: dict[str, str]) -> str:
    file = files.get(problem.where, "misconceptions.toml" if problem.where else "deck.toml")
    return ": ".join(part for part in (file, problem.where, f"{problem.what}; {problem.remedy}") if part)


def grade(settings: Settings, options: argparse.Namespace) -> int:
    """Grade one answer with its evidence, or JSON lines from standard input."""
    if options.jsonl != (options.question is None) or options.jsonl != (options.answer is None):
        return complain('Give a question and an answer: python -m bot grade ID "answer"; or --jsonl and lines on standard input.', USAGE)
    deck = load_decks(folders_of(settings))
    grader = Grader.for_deck(deck)
    if options.jsonl:
        return _grade_lines(deck, grader)
    question = next((question for question in deck.questions if question.id == options.question), None)
    if question is None:
        near = get_close_matches(options.question, [question.id for question in deck.questions], 3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        return complain(f"There is no question {options.question}{hint}", USAGE)
    if question.kind is Kind.MCQ:
        return complain(f"{question.id} is multiple choice: there is nothing to grade in typed words.", USAGE)
    print(verdict(question, options.answer, grader))
    return OK


def _grade_lines(deck: Deck, grader: Grader) -> int:
    gc.set_threshold(YOUNG)  # neither compiling a question nor grading leaves cycles
    good = True
    for line, fine in grade_lines(sys.stdin, deck, grader):
        print(line, flush=True)
        good = good and fine
    return OK if good else FAULT


def appeals(settings: Settings, options: argparse.Namespace) -> int:
    """List what learners say was right, or write one of them into the deck."""
    proposals = asyncio.run(_proposals(settings))
    if options.accept is None:
        for number, each in enumerate(proposals, 1):
            print(f'{number}. {each.question_id}, "{each.label}": "{each.phrase}" ({each.learners} learner{"s" * (each.learners != 1)})')
        print(f"{len(proposals)} proposals; --accept N writes one into the deck" if proposals else "No proposals.")
        return OK
    if not 1 <= options.accept <= len(proposals):
        return complain(f"There is no proposal {options.accept}; python -m bot appeals lists 1 to {len(proposals)}.", USAGE)
    chosen = proposals[options.accept - 1]
    file = accept_phrase(folders_of(settings), chosen.question_id, chosen.label, chosen.phrase)
    print(f'{file.name}: {chosen.question_id}, "{chosen.label}" now accepts "{chosen.phrase}". Run python -m bot check.')
    return OK


async def _proposals(settings: Settings) -> list[Proposal]:
    async with opened(settings.db) as database:
        return list(await SqliteStore(database).proposals())


def backup(settings: Settings, options: argparse.Namespace) -> int:
    """Copy the database while the coach runs, and say where it is."""
    target = options.file or settings.db.with_name(f"{settings.db.stem}-{clock():%Y%m%d-%H%M%S}.db")
    backups.backup(settings.db, target, _show_progress if sys.stderr.isatty() else lambda done, total: None)
    print(f"{target}: {target.stat().st_size:,} bytes, integrity checked")
    return OK


def _show_progress(done: int, total: int) -> None:
    print(f"\r{done} of {total} pages", end="" if done < total else "\n", file=sys.stderr, flush=True)


def restore(settings: Settings, options: argparse.Namespace) -> int:
    """Put a copy back in the database's place."""
    replaced = backups.restore(options.file, settings.db, options.force)
    print(f"{settings.db} is now the copy {options.file}" + (f"; what was there is {replaced}" if replaced else ""))
    return OK


def health(settings: Settings, options: argparse.Namespace) -> int:
    """Whether the coach is alive: its last heartbeat is at most three minutes old."""
    if not os.path.isfile(settings.db):  # Path.is_file raises where it may not look
        return complain(f"down: there is no database {settings.db}; set COACH_DB to the coach's file", FAULT)
    now = clock()
    beat = asyncio.run(_last_beat(settings))
    if beat is None:
        return complain("down: the coach has never run in Telegram on this database", FAULT)
    seconds = round((now - beat).total_seconds())
    if seconds > QUIET_SECONDS:
        return complain(f"down: the last sign of life is {seconds} s old", FAULT)
    print(f"up: the last sign of life is {seconds} s old")
    return OK


async def _last_beat(settings: Settings) -> datetime | None:
    async with opened(settings.db, migrate=False) as database:
        return await SqliteStore(database).last_beat()


if __name__ == "__main__":
    sys.exit(main())
