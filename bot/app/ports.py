"""What the use cases need from the world: a ``Store`` that keeps and a ``Chat`` that delivers.

A use case gathers with the reading methods, decides with ``core``, and applies with one ``Store.commit`` of small
``Change`` values. Every implementation passes the contract suites in ``tests/``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from bot.app.changes import Change
from bot.app.message import Message
from bot.core.people import (
    Ask,
    Attempt,
    Circle,
    Learner,
    Push,
    Recall,
    Schedule,
    Session,
)


class Conflict(Exception):
    """The commit would break an invariant (the ask was closed meanwhile, one is open already); nothing of it was applied."""


class AlreadyApplied(Exception):
    """This update's commit was applied before (a replay after a crash); nothing was applied now."""


class StoreTrouble(Exception):
    """The database cannot be used; the sentence says what is wrong and how to mend it."""


# --- what can be read -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Days:
    """What a streak is computed from: local days answered, the schedule log, and outages as (start, end)."""

    answered: frozenset[date]
    schedule: tuple[Schedule, ...]
    outages: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a use case needs to know of one learner in one chat, read in one go. ``days``: where an answer may move the streak."""

    learner: Learner | None
    ask: Ask | None
    aside: tuple[Ask, ...]
    session: Session | None
    recalls: Mapping[str, Recall]
    before: Mapping[str, Recall]
    counted: Mapping[str, datetime]
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A learner's row for a board: points and answers within the asked-for days."""

    learner_id: int
    name: str
    on_boards: bool
    points: int
    answered: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """An appealed phrase with the number of different learners who made it."""

    question_id: str
    label: str
    phrase: str
    learners: int


class Store(Protocol):
    """Keeps everything. Reads see every acknowledged commit; times come back as aware UTC."""

    async def commit(self, *changes: Change, update_id: int | None = None) -> list[int | None]:
        """Apply all changes in one transaction and return, per change, the id of the row it inserted (else ``None``).

        With ``update_id`` the transaction also records that this update was applied.
        Raises ``AlreadyApplied`` for an update recorded before, ``Conflict`` when an invariant would break.
        """

    async def learner(self, learner_id: int) -> Learner | None:
        """The learner, or ``None``."""

    async def situation(self, learner_id: int, chat_id: int, answering: datetime | None = None) -> Situation:
        """The learner, the open ask and those aside (newest first), the unfinished quiz, the memory of every question,
        for each the memory before its last review, and when each question last earned points.

        For an answer, given at the time ``answering``: of all the questions only those that wait, and what the streak is
        computed from unless the learner's day has a counted answer already. So it takes no longer after years of answers.
        """

    async def ask(self, ask_id: int) -> Ask | None:
        """One ask by id."""

    async def attempt(self, attempt_id: int) -> Attempt | None:
        """One attempt by id."""

    async def attempt_on(self, ask_id: int) -> Attempt | None:
        """The attempt that closed this ask."""

    async def attempt_by_update(self, update_id: int) -> Attempt | None:
        """The attempt that the update with this id made, for replays."""

    async def session_attempts(self, token: str) -> Sequence[Attempt]:
        """The attempts of a quiz, oldest first (retries left out)."""

    async def session(self, token: str) -> Session | None:
        """A quiz by its token."""

    async def days(self, learner_id: int) -> Days:
        """What the learner's streak is computed from."""

    async def asks_on(self, learner_id: int, local_day: date) -> Sequence[Ask]:
        """Every ask put to the learner on that local day, in any chat, oldest first."""

    async def recently_asked(self, learner_id: int, since: datetime) -> frozenset[str]:
        """Ids of the questions put to the learner since then, answered or not."""

    async def circle(self, token: str) -> Circle | None:
        """A circle by its token."""

    async def circle_of_chat(self, chat_id: int) -> Circle | None:
        """The circle that is this group chat."""

    async def circles(self, learner_id: int) -> Sequence[Circle]:
        """The circles the learner is in."""

    async def tallies(self, token: str, first: date | None, last: date | None) -> Sequence[Tally]:
        """The members of a circle with what they earned from ``first`` to ``last`` (``None``: all time), most points first."""

    async def tally(self, learner_id: int, first: date | None, last: date | None) -> Tally | None:
        """The same for one learner, in a circle or not; ``None`` for an unknown one."""

    async def appeals_today(self, learner_id: int, local_day: date) -> int:
        """How many appeals the learner made on that local day."""

    async def appealed(self, attempt_id: int) -> Sequence[str]:
        """The labels of the points that were claimed for an attempt, oldest first."""

    async def proposals(self) -> Sequence[Proposal]:
        """All appealed phrases, most learners first."""

    async def everything(self, learner_id: int) -> Mapping[str, list[dict[str, Any]]]:
        """Every row held about the learner, by table, JSON-ready."""

    async def forget(self, learner_id: int) -> None:
        """Remove every row of the learner, in every table. A circle left empty goes as well."""

    # delivery

    async def due_learners(self, now: datetime, limit: int) -> Sequence[Learner]:
        """Active learners whose next daily question is due at ``now``, longest due first (indexed)."""

    async def learners(self, learner_ids: Sequence[int]) -> Mapping[int, Learner]:
        """Those of the learners that exist, by id."""

    async def asks(self, ask_ids: Sequence[int]) -> Mapping[int, Ask]:
        """Those of the asks that exist, by id."""

    async def open_asks(self, learner_ids: Sequence[int]) -> Mapping[int, Ask]:
        """The open ask in each learner's private chat (its id is the learner's), by learner."""

    async def plan_reminders(self, now: datetime) -> int:
        """Insert a reminder for every daily push whose ``remind_at`` has come, whose question still waits, and whose learner
        wants one; each push is looked at once. Returns how many."""

    async def claim(self, now: datetime, limit: int) -> Sequence[Push]:
        """Mark due rows as ``sending`` (oldest first) and return them; the mark is durable before this returns."""

    async def depart(self, push_id: int) -> bool:
        """Record, durably, that the request for this claimed row leaves now; false when it was withdrawn meanwhile."""

    async def orphans(self) -> Sequence[Push]:
        """At start: the rows that a dead process left ``sending`` and departed, now marked ``unsure``; the others are due again."""

    async def heartbeat(self, now: datetime) -> datetime | None:
        """Record that the coach is alive and return the beat before this one; a gap over ten minutes is recorded as an outage.

        When the clock was set back by more than that, nothing recorded stays in the future: outages are cut short, and
        learners whose next push was planned from the wrong time become due, to be planned anew.
        """

    async def health(self, now: datetime) -> Mapping[str, Any]:
        """Figures for the owner: learners, active, answers today (UTC), pushes by state, inbox and outbox depth, updates set aside
        (each with its error), last beat.

        Pushes are those that expire after yesterday's this time. ``last_beat`` is a datetime or ``None``.
        """

    # upkeep

    async def purge_answers(self, before: datetime) -> int:
        """Erase the typed words of answers given before then (score and days stay). Returns how many."""

    async def prune(self, before: datetime) -> int:
        """Remove settled pushes that expired before then, finished or set-aside updates received before then, and the record
        of applied updates that can no longer come again. Returns how many rows went."""


@dataclass(frozen=True, slots=True)
class Received:
    """An update that Telegram delivered, as it stands in the inbox: its JSON, when it came, how often handling it failed."""

    update_id: int
    chat_id: int
    payload: str
    received_at: datetime
    tries: int = 0
    error: str = ""


class Inbox(Protocol):
    """Holds every update from before Telegram is told that we have it until it has been handled."""

    async def receive(self, updates: Sequence[Received]) -> Sequence[int]:
        """Write the updates durably in one transaction and return the ids of those not seen before."""

    async def pending(self) -> Sequence[Received]:
        """What was received and not finished, oldest first; set-aside updates left out."""

    async def payload(self, update_id: int) -> str | None:
        """The JSON of an update that was received and not finished; ``None`` for any other."""

    async def done(self, update_ids: Sequence[int]) -> None:
        """These were handled and answered; their rows go."""

    async def failed(self, update_id: int, error: str) -> int:
        """Handling raised: count the try and return the count; at 3 the update is set aside with its error."""

    async def begun(self, update_id: int) -> bool:
        """Count, durably, a try that the process may not survive, before an update is handled that an earlier process left
        unfinished. False when three in a row have ended like that: it is set aside then and must not be handled. One that was
        applied is past that and counts nothing."""

    async def survived(self, update_id: int) -> None:
        """Forget what ``begun`` counted."""

    async def set_aside(self) -> Sequence[Received]:
        """The updates that failed three times, for the owner."""

    async def last_update_id(self) -> int:
        """The id of the update received last, 0 for none: where polling goes on. (Ids start anew after a quiet week.)"""


# --- delivery ---------------------------------------------------------------------------------------------------------


class ChatError(Exception):
    """A message could not be delivered as asked."""


class ChatGone(ChatError):
    """The chat is closed to us: blocked, kicked, deleted."""


class ChatBusy(ChatError):
    """Telegram asks to wait ``retry_after`` seconds; the message did not arrive."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"wait {retry_after:g} s")
        self.retry_after = retry_after


class ChatUnsure(ChatError):
    """The answer was lost: the message may have arrived."""


class ChatRefused(ChatError):
    """The message itself was refused; sending it again cannot help."""


class Chat(Protocol):
    """Delivers a message to a chat, for messages that nobody asked for at that moment (replies go out in the adapter)."""

    async def send(self, chat_id: int, message: Message, leaving: Callable[[], Awaitable[None]] | None = None) -> None:
        """Deliver, or raise one of the four chat errors. ``leaving`` is awaited once its turn has come, just before it goes."""
