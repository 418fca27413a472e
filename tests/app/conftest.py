"""A coach over a real SQLite file and a small deck of its own, for the use cases."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_store import SqliteStore
from bot.app.call import Call
from bot.app.coach import Coach
from bot.app.desk import Desk
from bot.app.message import Button, Message, Quote, Reply
from bot.core.grading import Grader
from bot.core.model import Deck, KeyPoint, Kind, Level, Question, Section

MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OWNER = 99


def question(number: int, section: str, hot: bool = False) -> Question:
    """A question with two plain points: the right answer is "alpha beta, gamma delta"."""
    points = (
        KeyPoint("the alpha", "What comes first?", (f"alpha{number} beta",), 2, essential=True),
        KeyPoint("the gamma", "What comes third?", (f"gamma{number} delta",), 1),
    )
    spoken = f"I would say alpha{number} beta comes first, and then there is the gamma{number} delta to think of."
    return Question(
        f"q{number}",
        section,
        f"What is thing {number}?",
        Level.BEGINNER,
        Kind.CONCEPT,
        aliases=(f"Explain thing {number}.",),
        hot=hot,
        memorize="In short.",
        answer_30s=spoken,
        explanation="A **long** story about `things`.",
        code="print(1)\n",
        followups=("And then?", "Why?"),
        points=points,
    )


MCQ = Question(
    "m1", "choice", "Which one is right?", Level.BEGINNER, Kind.MCQ, explanation="Because it is the second.",
    options=("the first one", "the second one", "another one", "none of them"), answer=1,
)  # fmt: skip
DECK = Deck(
    "test", "Test deck", "nothing", (Section("one", "Section One"), Section("two", "Second Things"), Section("choice", "Choices")),
    (*(question(n, "one", hot=n == 1) for n in range(1, 5)), *(question(n, "two") for n in range(5, 9)), MCQ),
)  # fmt: skip


def right(shown: Message) -> str:
    """The full answer to the question in a message."""
    number = next(q.id[1:] for q in DECK.questions if q.question in text_of(shown))
    return f"alpha{number} beta, then gamma{number} delta"


def text_of(message: Message) -> str:
    """The words of a message."""
    return "".join("".join(s.text for s in b.spans) if isinstance(b, Quote) else b.text for b in message.blocks)


def buttons_of(reply: Reply) -> dict[str, Button]:
    """The buttons of a reply by their labels."""
    shown = [*reply.messages, *([reply.edit] if reply.edit else [])]
    return {button.label: button for message in shown for row in message.buttons for button in row}


@dataclass
class Person:
    """Somebody who writes to the coach; the clock is theirs to move."""

    desk: Desk
    id: int = 7
    name: str = "Ada"
    chat_id: int = 7
    private: bool = True
    now: datetime = MONDAY
    updates: Iterator[int] | None = None
    last: Reply = field(default_factory=Reply)

    def call(self, text: str, **more: object) -> Call:
        return Call(self.id, self.name, self.chat_id, self.now, text, self.private, chat_title="The group", **more)  # type: ignore[arg-type]

    async def says(self, text: str, **more: object) -> str:
        """Type something; returns everything that came back."""
        if text.startswith("/"):
            name, _, rest = text[1:].partition(" ")
            self.last = await self.desk.command(name, self.call(rest, **more))
        else:
            self.last = await self.desk.text(self.call(text, **more))
        return self.heard()

    async def presses(self, label: str, reply: Reply | None = None) -> str:
        """Press a button of the last reply, or of an earlier one."""
        button = buttons_of(reply or self.last)[label]
        self.last = await self.desk.press(self.call(button.action))
        return self.heard()

    async def forges(self, action: str) -> str:
        """Send a button's action that nobody offered."""
        self.last = await self.desk.press(self.call(action))
        return self.heard()

    def heard(self) -> str:
        shown = [*([self.last.edit] if self.last.edit else []), *self.last.messages]
        return "\n---\n".join([*map(text_of, shown), *([self.last.toast] if self.last.toast else [])])

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    async def answers(self) -> str:
        """Answer the question of the last reply in full."""
        return await self.says(right(self.last.messages[-1]))

    async def sets_up(self) -> None:
        """Go through /start; the first question is open then."""
        await self.says("/start")
        await self.says("London")
        await self.says("9:00")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """The front desk of a coach over a fresh database file."""
    database = await Database.open(tmp_path / "coach.db")
    tokens = iter(f"token-{n:020d}" for n in range(1000))
    coach = Coach(
        store=SqliteStore(database), deck=DECK, grader=Grader.for_deck(DECK), rng=random.Random(4), new_token=lambda: next(tokens),
        link=lambda parameter: f"https://t.me/coach?start={parameter}", owners=frozenset({OWNER}),
    )  # fmt: skip
    yield Desk(coach)
    await database.close()


@pytest.fixture
async def ada(desk: Desk) -> Person:
    """A learner who has set up and has the first question open."""
    person = Person(desk)
    await person.sets_up()
    return person


@pytest.fixture
def stranger(desk: Desk) -> Person:
    """Somebody who never sent /start."""
    return Person(desk, 8, "Bob", 8)
