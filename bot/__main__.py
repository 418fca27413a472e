"""The command line, and the only place that names concrete adapters together."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import random
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.adapters.logs import configure_logging
from bot.adapters.sqlite import Database
from bot.adapters.sqlite_inbox import SqliteInbox
from bot.adapters.sqlite_store import SqliteStore
from bot.adapters.terminal import Terminal, wants_color
from bot.adapters.toml_decks import DeckFaults, built_in_decks, load_deck
from bot.adapters.toml_edit import EditRefused, accept_phrase
from bot.app.coach import Coach
from bot.app.desk import Desk
from bot.app.ports import StoreTrouble
from bot.config import ConfigFaults, Settings, load_settings
from bot.core.decks import Problem, check_deck, combine, cross_scores
from bot.core.grading import Grader
from bot.core.model import Deck

OK, FAULT, USAGE = 0, 1, 2
GET_A_TOKEN = "No TELEGRAM_BOT_TOKEN: this is the terminal. For Telegram, get a token from @BotFather and put it into .env (see README)."
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
        sys.stderr.close()
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
    decks, faults = [], []
    for folder in folders:
        try:
            decks.append(load_deck(folder))
        except DeckFaults as found:
            faults += found.faults
    if faults:
        raise DeckFaults(faults)
    return combine(decks)


def new_coach(settings: Settings, deck: Deck, store: SqliteStore, link: Callable[[str], str]) -> Coach:
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
    )


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Database]:
    """The database, closed again whatever happens."""
    database = await Database.open(path)
    try:
        yield database
    finally:
        await database.close()


def run_coach(settings: Settings, options: argparse.Namespace) -> int:
    """Telegram when there is a token, else the terminal."""
    if settings.token:
        return telegram(settings, options)
    print(GET_A_TOKEN)
    return practice(settings, options)


def practice(settings: Settings, options: argparse.Namespace) -> int:
    """The coach in the terminal."""
    configure_logging("ERROR", sys.stderr)
    asyncio.run(_practice(settings, load_decks(folders_of(settings))))
    return OK


async def _practice(settings: Settings, deck: Deck) -> None:
    name = "You"
    with suppress(OSError, KeyError, ImportError):
        name = getpass.getuser().capitalize()
    async with opened(settings.db) as database:
        coach = new_coach(settings, deck, SqliteStore(database), lambda parameter: f"/start {parameter}")
        await Terminal(Desk(coach), clock, sys.stdin, sys.stdout, name, wants_color(sys.stdout)).run()


def telegram(settings: Settings, options: argparse.Namespace) -> int:
    """The coach in Telegram."""
    raise NotImplementedError


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
    raise NotImplementedError


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


async def _proposals(settings: Settings) -> list[object]:
    async with opened(settings.db) as database:
        return list(await SqliteStore(database).proposals())


def backup(settings: Settings, options: argparse.Namespace) -> int:
    """Copy the database."""
    raise NotImplementedError


def restore(settings: Settings, options: argparse.Namespace) -> int:
    """Put a copy back."""
    raise NotImplementedError


def health(settings: Settings, options: argparse.Namespace) -> int:
    """Whether the coach is alive."""
    raise NotImplementedError


__all__ = ["SqliteInbox", "main"]

if __name__ == "__main__":
    sys.exit(main())
