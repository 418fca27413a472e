"""What the world does to the coach, end to end: the real Application over HTTP, a real SQLite file, time passed in."""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.logs import configure_logging
from bot.adapters.sqlite_store import SqliteStore
from bot.app import pushing
from bot.app.commands import COMMANDS
from bot.app.desk import Desk
from bot.app.message import Message, Span
from bot.app.outbox import Outbox
from bot.app.ports import Received, Situation
from bot.core.people import AskState, PushState
from tests.adapters.test_telegram_flow import ANSWER, counted, onboard
from tests.standin import StandIn, User
from tests.standin.coach import Clock, Running, coaching
from tests.standin.people import Seen
from tests.standin.rules import Refusal

SECRET = "my very private words about signed cookies"


def outbox_of(coach: Running) -> Outbox:
    """The outbox of a running coach, ticked by hand."""
    desk: Desk = coach.desk
    pick, word = partial(pushing.pick, desk.coach), partial(pushing.worded, desk.coach)
    return Outbox(desk.coach.store, coach.telegram.chat, pick, word, random.Random(7))


async def rows(coach: Running, sql: str) -> list[tuple[Any, ...]]:
    """What the file says."""
    return await coach.database.read(lambda db: db.execute(sql).fetchall())


async def due(coach: Running) -> None:
    """Let everybody's daily question (9:30) fall due."""
    coach.clock.forward(hours=3)


async def pushed(user: User) -> Seen:
    """The next daily question that arrives."""
    while "Question of the day" not in (seen := await user.reply()).text:
        pass
    return seen


# --- the file


@pytest.mark.parametrize("fault", ["locked", "full"])
async def test_an_answer_waits_out_a_file_that_cannot_be_written(tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    """Another program holds the lock, or the disk is full: when that is over the answer is scored once and answered, in its order."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        await coach.database.read(lambda db: db.execute("PRAGMA busy_timeout = 1").fetchall())
        undo = await (locked if fault == "locked" else full)(coach)
        ada.say(ANSWER + " and so on" * 380)  # more than the pages at hand have room for
        async with asyncio.timeout(10):
            while not ("Telegram keeps them" in caplog.text or "deferred" in caplog.text):  # noqa: ASYNC110 - the log has no event
                await asyncio.sleep(0)
        assert ada.room.said.empty()
        await undo()
        assert "100" in (await ada.reply()).text
        assert await counted(coach) == 1


async def locked(coach: Running) -> Callable[[], Any]:
    other = sqlite3.connect(coach.database.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    async def undo() -> None:
        other.execute("ROLLBACK")
        other.close()

    return undo


async def full(coach: Running) -> Callable[[], Any]:
    def fill(db: sqlite3.Connection) -> None:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}").fetchall()

    def empty(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA max_page_count = 1000000").fetchall()

    await coach.database.read(fill)
    return lambda: coach.database.read(empty)


async def test_a_damaged_row_of_the_inbox_is_set_aside_and_the_owner_hears(tmp_path: Path) -> None:
    """A stored update that cannot be read fails three times, is told to the owner and listed in /stats; everybody else is served."""
    async with StandIn(Clock()) as standin:
        standin.user(7, started=True)
        async with coaching(tmp_path, standin=standin) as coach:
            ada, _ = await onboard(coach)
            await coach.inbox.receive([Received(5, 1, '{"update_id": 5, "message": {"broken', standin.clock())])
        async with coaching(tmp_path, standin=standin, owners=frozenset({7})) as coach:
            root = standin.user(7, "Root")
            assert "update 5 failed three times" in (await root.reply()).text.lower()
            ada.say(ANSWER)
            assert "100" in (await ada.reply()).text
            root.say("/stats")
            stats = (await root.reply()).text
            assert "aside: \n  5 JSONDecodeError" in stats
            assert "inbox: 1" in stats  # this very update
            assert "outbox: 0" in stats


# --- an answer and the daily question meet


class Interrupted(SqliteStore):
    """The real store; ``meanwhile`` runs once between the reading and the writing of an answer."""

    meanwhile: Callable[[], Any] | None = None

    async def situation(self, learner_id: int, chat_id: int, answering: datetime | None = None) -> Situation:
        """The situation, before what happens meanwhile."""
        found = await super().situation(learner_id, chat_id, answering)
        if self.meanwhile:
            run, self.meanwhile = self.meanwhile, None
            await run()
        return found


async def test_an_answer_that_meets_the_daily_question_is_to_what_was_seen(tmp_path: Path) -> None:
    """The daily question takes the open one's place while an answer to that is being graded: it is scored for that, once."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        await due(coach)
        store = Interrupted(coach.database)
        store.meanwhile = lambda: outbox_of(coach).tick(coach.clock())
        object.__setattr__(coach.desk.coach, "store", store)
        ada.say(ANSWER)
        await pushed(ada)
        assert "100" in (await ada.reply()).text
        assert await rows(coach, "SELECT source, state FROM ask ORDER BY id") == [("first", "answered"), ("daily", "open")]


# --- Telegram


@pytest.mark.parametrize("fault", ["drop before", Refusal(429, "Too Many Requests: retry after 7", retry_after=7)])
async def test_a_question_that_could_not_be_sent_takes_no_answers(tmp_path: Path, fault: str | Refusal) -> None:
    """While the daily question is put off, what is typed is still to the one that was seen before."""
    async with coaching(tmp_path) as coach:
        await onboard(coach)
        await due(coach)
        if isinstance(fault, Refusal):
            coach.standin.fault("sendMessage", fault, chat_id=1)
            await outbox_of(coach).tick(coach.clock())
            assert await rows(coach, "SELECT state FROM push") == [(PushState.DUE,)]
            assert await rows(coach, "SELECT state FROM ask ORDER BY id") == [(AskState.OPEN,), (AskState.ASIDE,)]
        else:  # the connection broke after the request had left: it may have been seen
            coach.standin.fault("sendMessage", fault, chat_id=1)
            await outbox_of(coach).tick(coach.clock())
            assert (await rows(coach, "SELECT again FROM push")) == [(1,)]
            assert await rows(coach, "SELECT state FROM ask ORDER BY id") == [(AskState.ASIDE,), (AskState.OPEN,)]


async def test_a_push_that_is_withdrawn_in_its_turn_never_leaves(tmp_path: Path) -> None:
    """What is recorded just before the request goes can still stop it, and a push that goes is recorded before it goes."""

    async def withdrawn() -> None:
        raise LookupError

    async def departing() -> None:
        before.append(coach.standin.requests("sendMessage"))

    before: list[int] = []
    async with coaching(tmp_path) as coach:
        await onboard(coach)
        sent = coach.standin.requests("sendMessage")
        with pytest.raises(LookupError):
            await coach.telegram.chat.send(1, Message((Span("a push"),)), withdrawn)
        assert coach.standin.requests("sendMessage") == sent
        await coach.telegram.chat.send(1, Message((Span("a push"),)), departing)
        assert before == [sent]
        assert coach.standin.requests("sendMessage") == sent + 1


async def test_a_blocked_learner_costs_the_others_nothing(tmp_path: Path) -> None:
    """403 in a broadcast makes one learner inactive; a deactivated account likewise; the third gets the question."""
    async with coaching(tmp_path) as coach:
        people = [(await onboard(coach, id_, name))[0] for id_, name in ((1, "Ada"), (2, "Bob"), (3, "Cyd"))]
        await due(coach)
        people[0].room.blocked = True
        coach.standin.fault("sendMessage", Refusal(403, "Forbidden: user is deactivated"), chat_id=2)
        await outbox_of(coach).tick(coach.clock())
        await pushed(people[2])
        assert await rows(coach, "SELECT id, active FROM learner ORDER BY id") == [(1, 0), (2, 0), (3, 1)]
        assert await rows(coach, "SELECT learner_id, state FROM push ORDER BY 1") == [(1, "failed"), (2, "failed"), (3, "sent")]


async def test_a_group_that_moves_is_answered_in_its_new_place(tmp_path: Path) -> None:
    """/join before and /leaderboard after the group became a supergroup: the board is the same."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        friends = coach.standin.group(-5)
        ada.say("/join", group=friends)
        await friends.reply()
        new = friends.becomes_supergroup(-100500)
        ada.say("/leaderboard", group=new)
        assert "Friends" in (await new.reply()).text
        assert await rows(coach, "SELECT chat_id, learner_id FROM circle JOIN member USING (token)") == [(-100500, 1)]


# --- time


async def test_a_machine_asleep_for_three_days_costs_no_streak(tmp_path: Path) -> None:
    """One question on waking, an outage in the ledger, and the streak goes on as if the days had not been."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        outbox = outbox_of(coach)
        ada.say(ANSWER)
        assert "1 day in a row" in (await ada.reply()).text
        await outbox.tick(coach.clock())
        coach.clock.forward(days=3, hours=2)
        await outbox.tick(coach.clock())
        question = await pushed(ada)
        assert ada.room.said.empty()
        ada.say(ANSWER, reply_to=question)
        assert "2 days in a row" in (await ada.reply()).text
        assert len(await rows(coach, "SELECT * FROM outage")) == 1
        ada.say("/streak")
        assert "down" in (await ada.reply()).text


async def test_a_clock_set_back_pushes_nothing_twice(tmp_path: Path) -> None:
    """The same local day comes again; its question does not."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        await due(coach)
        outbox = outbox_of(coach)
        await outbox.tick(coach.clock())
        await pushed(ada)
        coach.clock.forward(hours=-2)
        for _ in range(3):
            coach.clock.forward(minutes=40)
            await outbox.tick(coach.clock())
        assert ada.room.said.empty()
        assert await rows(coach, "SELECT state FROM push") == [("sent",)]


# --- privacy


async def test_the_log_holds_no_words_and_no_token(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At the chattiest level, through an answer, a fault, a set-aside update and a push, no typed word and no secret is logged."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("DEBUG")
    try:
        async with coaching(tmp_path) as coach:
            ada, _ = await onboard(coach, name="Adalbertine")
            coach.standin.fault("sendMessage", Refusal(502, "Bad Gateway"))
            ada.say(SECRET)
            await ada.reply()
            ada.say(f"/search {SECRET}")
            await ada.reply()
            await due(coach)
            await outbox_of(coach).tick(coach.clock())
            await pushed(ada)
            token = coach.standin.token
    finally:
        root.handlers, root.level = handlers, level
    log = capsys.readouterr().err
    assert "update handled update=" in log
    assert "push tried push=1 kind=daily learner=1 state=sent" in log
    for word in ("very private", "cookies", "Adalbertine", token, token.split(":")[1]):
        assert word not in log


async def test_deleteme_leaves_nothing_in_the_file(tmp_path: Path) -> None:
    """Afterwards no row of any table names the person or holds their words, updates waiting in the inbox included."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach, 987654321, "Adalbertine")
        ada.say(SECRET)
        await ada.reply()
        await due(coach)
        await outbox_of(coach).tick(coach.clock())
        await pushed(ada)
        ada.say("/invite")
        await ada.reply()
        ada.say("/deleteme")
        await ada.reply()
        ada.press("Yes")
        await ada.toast()
        coach.standin.user(2, "Bob").say("/help")
        await coach.standin.user(2).reply()
        tables = [name for (name,) in await rows(coach, "SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {table: await rows(coach, f"SELECT * FROM {table}") for table in tables if table != "sqlite_sequence"}  # noqa: S608
    assert {"learner", "ask", "attempt", "inbox", "push", "circle"} <= held.keys()
    everything = repr(held)
    for trace in ("987654321", "Adalbertine", "private", "cookies"):
        assert trace not in everything


async def test_a_group_never_sees_private_answers(tmp_path: Path) -> None:
    """Every command, typed text and forged buttons in a group: nothing of what was answered in private is shown there."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        ada.say(SECRET)
        await ada.reply()
        friends = coach.standin.group(-5)
        for command in COMMANDS:
            coach.clock.forward(minutes=1)
            ada.say(f"/{command.name}", group=friends)
        ada.say("/join", group=friends)
        board = await friends.reply()
        while "board" not in board.text:
            board = await friends.reply()
        for action in ("again:1", "right:1", "claim:1:0", "show:1", "hint:1", "today", "quiz", "next", "set:zone", "forget:no"):
            coach.clock.forward(minutes=1)
            ada.tap(action, board, friends.room)
            await soon_toast(friends)
        ada.say("what did I say?", group=friends, reply_to=board)
        ada.say("/help")
        await ada.reply()
        shown = " ".join(m.text for m in friends.room.messages.values() if isinstance(m, Seen))
        assert "Friends" in shown
        for words in ("my very", "private words", "signed cookies"):
            assert words not in shown


async def soon_toast(group: Any) -> str:
    """The answer to a tap in the group."""
    async with asyncio.timeout(10):
        toast: str = await group.room.toasts.get()
        return toast


async def test_links_and_buttons_cannot_be_forged_into_somebody_elses_data(tmp_path: Path) -> None:
    """Eve sends every action that names Ada's rows, and guesses at links: nothing of Ada's changes or is shown."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        ada.say(SECRET)
        await ada.reply()
        ada.say("/invite")
        await ada.reply()
        eve, shown = await onboard(coach, 2, "Eve")
        tables = ("ask", "attempt", "learner", "recall", "member", "push")
        sql = [f"SELECT * FROM {table} WHERE {'id' if table == 'learner' else 'learner_id'} = 1" for table in tables]  # noqa: S608
        before = [await rows(coach, each) for each in sql]
        for verb in ("hint", "skip", "show", "again", "right", "claim", "pick"):
            coach.clock.forward(minutes=1)
            eve.tap(f"{verb}:1:0:0", shown)
            await eve.toast()
        for link in ("c_", "c_token", "c_token001", "c_../", "group", "c_" + "A" * 62):
            coach.clock.forward(minutes=1)
            eve.say(f"/start {link}")
            assert "very private" not in (await eve.reply()).text
        assert [await rows(coach, each) for each in sql] == before
        assert not any("very private" in m.text for m in eve.room.messages.values() if isinstance(m, Seen))
