"""Answers that meet the daily question on its way: each is to what the learner had in front, and the quiz goes on."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.app.coach import Coach
from bot.app.desk import Desk
from bot.app.message import Message
from bot.app.outbox import Outbox
from bot.app.pushing import pick, worded
from tests.app.conftest import MONDAY, Person, right

NINE = MONDAY + timedelta(hours=21)  # when Ada's next daily question is due
MINUTE = timedelta(minutes=1)


@dataclass
class Arrivals:
    """A chat that keeps what arrives."""

    messages: list[Message] = field(default_factory=list)

    async def send(self, chat_id: int, message: Message, leaving: Callable[[], Awaitable[None]]) -> None:
        await leaving()
        self.messages.append(message)


@dataclass
class JustBefore:
    """A store on which something happens just before its next commit."""

    store: Any
    happens: Callable[[], Awaitable[object]]
    pending: bool = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def commit(self, *changes: Any, **more: Any) -> Any:
        if self.pending:
            self.pending = False
            await self.happens()
        return await self.store.commit(*changes, **more)


async def push(coach: Coach, at: datetime = NINE) -> Message:
    """Deliver Ada's daily question, as the ticker does."""
    chat = Arrivals()
    await Outbox(coach.store, chat, partial(pick, coach), partial(worded, coach), random.Random(7)).tick(at)
    (message,) = chat.messages
    return message


async def starts_a_quiz(ada: Person, words: str) -> Message:
    """Begin one an hour before the daily question is due; returns its first question."""
    ada.now = NINE - 60 * MINUTE
    await ada.says(words)
    ada.now = NINE + timedelta(seconds=1)
    return ada.last.messages[-1]


def meeting(desk: Desk) -> Desk:
    """The desk for one call between whose reading and writing the daily question goes in front."""
    return Desk(replace(desk.coach, store=JustBefore(desk.coach.store, partial(push, desk.coach))))  # type: ignore[arg-type]


async def test_a_quiz_answered_in_the_moment_of_the_push_goes_on_behind_it(ada: Person) -> None:
    """The answer is to the quiz, the daily question stays open, and after it the quiz returns with its next question."""
    asked, calm = await starts_a_quiz(ada, "/quiz 3 two"), ada.desk
    ada.desk = meeting(calm)
    assert int((await ada.says(right(asked), update_id=901)).split("/")[0]) >= 85
    ada.desk, ada.now = calm, NINE + MINUTE
    situation = await calm.coach.store.situation(7, 7)
    assert situation.ask is not None
    daily = calm.coach.questions[situation.ask.question_id]
    spoken = await ada.says(f"alpha{daily.id[1:]} beta, then gamma{daily.id[1:]} delta")
    assert int(spoken.split("/")[0]) >= 85
    assert "Still waiting for you:\nQuiz 2/3" in spoken
    for _ in range(2):
        last = await ada.answers()
    assert "Quiz" in last
    assert (await calm.coach.store.situation(7, 7)).session is None


async def test_after_a_crash_a_question_that_was_shown_before_says_so(ada: Person) -> None:
    """The verdict comes again after a crash; the daily question in front then does not pass for a second one."""
    asked, calm = await starts_a_quiz(ada, "/quiz 3 two"), ada.desk
    ada.desk = meeting(calm)
    await ada.says(right(asked), update_id=902)
    ada.desk = calm
    again = await ada.says(right(asked), update_id=902)
    assert "Still waiting for you:\nQuestion of the day" in again


@pytest.mark.parametrize("came", [-1, 9], ids=["in the inbox", "with Telegram"])
async def test_an_answer_typed_before_the_push_is_to_the_question_before(ada: Person, came: int) -> None:
    """However late it is handled: what lay in the inbox, or with Telegram, when the daily question went out."""
    asked = await starts_a_quiz(ada, "/quiz 3 two")
    await push(ada.desk.coach)
    ada.now = NINE - 2 * MINUTE
    assert int((await ada.says(right(asked), came_at=NINE + came * MINUTE)).split("/")[0]) >= 85


async def test_a_question_that_nobody_saw_is_not_answered(ada: Person) -> None:
    """Of two answers typed before the push the first is to the quiz; its next question, still unseen, does not take the second."""
    asked = await starts_a_quiz(ada, "/quiz 3 two")
    await push(ada.desk.coach)
    for words, seconds in ((right(asked), 20), ("and what I forgot", 10)):
        ada.now = NINE - timedelta(seconds=seconds)
        await ada.says(words, came_at=ada.now)
    situation = await ada.desk.coach.store.situation(7, 7)
    assert situation.session is not None
    assert len(await ada.desk.coach.store.session_attempts(situation.session.token)) == 1


async def test_a_clock_some_seconds_ahead_takes_no_answer_from_the_daily_question(ada: Person) -> None:
    """Telegram dates the answer before the push, but it came after it: it is to the daily question."""
    await starts_a_quiz(ada, "/quiz 3 two")
    daily = right(await push(ada.desk.coach))
    ada.now = NINE - timedelta(seconds=20)
    assert int((await ada.says(daily, came_at=NINE + timedelta(seconds=10))).split("/")[0]) >= 85


async def test_an_older_question_of_the_quiz_can_be_answered_skipped_and_finished_behind_the_daily_one(ada: Person) -> None:
    """By replying to its message or with its buttons; the daily question stays in front all the while."""
    await starts_a_quiz(ada, "/quiz 3 two")
    shown = ada.last
    await push(ada.desk.coach)
    assert "Skipped" in await ada.presses("Skip", shown)
    second = (await ada.desk.coach.store.situation(7, 7)).aside[0]
    number = second.question_id[1:]
    assert int((await ada.says(f"alpha{number} beta, then gamma{number} delta", ask_id=second.id)).split("/")[0]) >= 85
    third = (await ada.desk.coach.store.situation(7, 7)).aside[0]
    assert "Quiz" in await ada.says("no idea", ask_id=third.id)
    situation = await ada.desk.coach.store.situation(7, 7)
    assert situation.session is None
    assert situation.ask is not None


async def test_a_button_pressed_in_the_moment_of_the_push_counts(ada: Person) -> None:
    """A choice made while the daily question goes in front is taken, not called stale."""
    await starts_a_quiz(ada, "/quiz 1 mcq")
    shown, calm = ada.last, ada.desk
    ada.desk = meeting(calm)
    assert "Right" in await ada.presses("B", shown)
