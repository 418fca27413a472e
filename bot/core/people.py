"""The values for learners and what happened: asks, attempts, memory, streaks, boards, pushes.

Everything here is frozen. Times are aware UTC datetimes unless a name says ``local``; a local day is a plain ``date``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

EVERY_DAY = 0b1111111


@dataclass(frozen=True, slots=True)
class Learner:
    """A person being coached.

    ``push_at`` is minutes after local midnight (0 to 1439); ``days`` has bit 0 for Monday to bit 6 for Sunday;
    ``paused_until`` is the first local day with questions again; ``sections`` empty means all of them;
    ``awaiting`` names the setting that the next typed text is for, empty when text is an answer.
    """

    id: int
    name: str
    created_at: datetime
    zone: str = "UTC"
    push_at: int = 9 * 60
    days: int = EVERY_DAY
    paused_until: date | None = None
    sections: tuple[str, ...] = ()
    remind: bool = False
    on_boards: bool = True
    active: bool = True
    ready: bool = False
    awaiting: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a learner had chosen from a local day on; the log of these tells a rest day from a missed one."""

    since: date
    zone: str
    days: int = EVERY_DAY
    paused_until: date | None = None


class Source(StrEnum):
    """Why a question was asked."""

    FIRST = "first"
    DAILY = "daily"
    TODAY = "today"
    QUIZ = "quiz"
    SEARCH = "search"
    NEXT = "next"
    RETRY = "retry"


class AskState(StrEnum):
    """``open`` takes the next typed answer; ``aside`` waits behind another question; the rest are final."""

    OPEN = "open"
    ASIDE = "aside"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    SHOWN = "shown"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question put to a learner in a chat. ``session`` is the quiz it belongs to; ``retry_of`` the attempt it repeats."""

    id: int
    learner_id: int
    chat_id: int
    question_id: str
    source: Source
    asked_at: datetime
    local_day: date
    state: AskState = AskState.OPEN
    session: str | None = None
    hints: int = 0
    retry_of: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A scored answer. ``score`` 0 to 100; ``points`` is what it earned on the boards (0 unless it counts there).

    ``counted`` tells whether it was an answer at all (a blank or "no idea" keeps no streak). ``answer`` is ``None`` once purged.
    """

    id: int
    ask_id: int
    learner_id: int
    question_id: str
    answer: str | None
    score: int
    points: int
    counted: bool
    at: datetime
    local_day: date
    retry_of: int | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """What is known of a learner's memory of one question: the FSRS card and how the tries went.

    ``stability`` in days, ``difficulty`` 1 to 10, ``due`` when it should be asked again; ``best`` and ``last`` are scores.
    """

    question_id: str
    state: int
    step: int | None
    stability: float | None
    difficulty: float | None
    due: datetime
    reviewed_at: datetime
    tries: int
    best: int
    last: int


@dataclass(frozen=True, slots=True)
class Session:
    """A quiz: its questions in order and how far it has come. ``done`` counts questions answered, skipped or shown."""

    token: str
    learner_id: int
    chat_id: int
    title: str
    question_ids: tuple[str, ...]
    started_at: datetime
    done: int = 0
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """Friends who share a board. ``chat_id`` is set for the circle that is a group chat."""

    token: str
    name: str
    chat_id: int | None = None


class DayReason(StrEnum):
    """Why a day stands in the streak ledger as it does."""

    ANSWERED = "answered"
    FREEZE = "freeze"
    REST = "rest"
    PAUSE = "pause"
    OUTAGE = "outage"
    MOVED = "moved"
    MISSED = "missed"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """One local day and its reason."""

    day: date
    reason: DayReason


@dataclass(frozen=True, slots=True)
class Streak:
    """``length`` answered days in a row (freezes and neutral days bridge, they do not add), the ``best`` ever, ``freezes`` held.

    ``froze`` tells that today's answer earned a freeze.
    """

    length: int
    best: int
    freezes: int
    answered_today: bool
    ledger: tuple[LedgerDay, ...] = ()
    froze: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of a board. Equal points share a ``rank``; the next rank is skipped (1, 1, 3)."""

    rank: int
    learner_id: int
    name: str
    points: int
    answered: int
    streak: int = 0


class PushKind(StrEnum):
    """What a message nobody asked for at that moment is."""

    DAILY = "daily"
    REMINDER = "reminder"


class PushState(StrEnum):
    """``due`` -> ``sending`` -> one of the others. ``unsure``: a process died while sending, so it may have arrived."""

    DUE = "due"
    SENDING = "sending"
    UNSURE = "unsure"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Push:
    """A row of the outbox. Not sent before ``not_before``; worthless after ``expires_at``; ``again`` when it may have arrived already."""

    id: int
    learner_id: int
    chat_id: int
    kind: PushKind
    local_day: date
    ask_id: int | None
    not_before: datetime
    expires_at: datetime
    state: PushState = PushState.DUE
    tries: int = 0
    again: bool = False
