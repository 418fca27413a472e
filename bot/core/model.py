"""The values every room speaks in: the deck, the learner, and what happened between them.

Everything here is frozen. Times are aware UTC datetimes unless a name says ``local``; a local day is a plain ``date``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

# --- the deck ---------------------------------------------------------------------------------------------------------


class Level(StrEnum):
    """How far into the subject a question lies."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Kind(StrEnum):
    """The form of a question; only ``mcq`` is answered by choosing instead of typing."""

    CONCEPT = "concept"
    HOW_TO = "how-to"
    COMPARE = "compare"
    SCENARIO = "scenario"
    MCQ = "mcq"


class Severity(StrEnum):
    """What a misconception costs: ``wrong`` most, ``risky`` less, ``imprecise`` nothing (it is only commented)."""

    WRONG = "wrong"
    RISKY = "risky"
    IMPRECISE = "imprecise"


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One thing a good answer says.

    ``accept`` holds the phrasings that count as having said it. ``weight`` is 1 to 3. ``need`` is how many different
    phrasings must be found (1 unless the point asks for several examples). ``sides`` maps the name of a side of a
    comparison to the phrasings that belong to it; said of another side they count against the point.
    """

    label: str
    hint: str
    accept: tuple[str, ...]
    weight: int = 1
    essential: bool = False
    need: int = 1
    sides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Misconception:
    """A claim that is wrong, how learners word it, what in the same sentence excuses it, and the correction."""

    id: str
    claim: str
    severity: Severity
    phrases: tuple[str, ...]
    correction: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """A typed answer with the range of scores a fair interviewer would give it."""

    answer: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Question:
    """One card of the deck. ``need`` is how many points make a full answer; ``None`` means the weights of all count.

    ``sides`` (for comparisons) maps the name of each side to the words by which learners call it.
    ``options`` and ``answer`` (an index into them) belong to multiple choice alone.
    """

    id: str
    section: str
    question: str
    level: Level
    kind: Kind
    aliases: tuple[str, ...] = ()
    hot: bool = False
    related: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    checked: str = ""
    memorize: str = ""
    answer_30s: str = ""
    explanation: str = ""
    code: str = ""
    followups: tuple[str, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    samples: tuple[Sample, ...] = ()
    points: tuple[KeyPoint, ...] = ()
    need: int | None = None
    sides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    answer: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of a deck."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Deck:
    """A subject: its sections in order, its questions in order, the words it treats as the same."""

    id: str
    title: str
    checked: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    synonyms: tuple[tuple[str, ...], ...] = ()
    misconceptions: tuple[Misconception, ...] = ()


# --- a graded answer --------------------------------------------------------------------------------------------------


class Band(StrEnum):
    """The score in one word: strong from 85, good from 60, partial from 40, weak below, none for no answer."""

    STRONG = "strong"
    GOOD = "good"
    PARTIAL = "partial"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the learner's own text: ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A key point that was said: which (index into the question's points), by which words, and the phrase they matched."""

    point: int
    label: str
    quote: str
    phrase: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """A key point that was not said, with its hint."""

    point: int
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A misconception recognised in the answer, with the learner's words that show it."""

    id: str
    claim: str
    severity: Severity
    correction: str
    quote: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """The verdict on one typed answer. ``score`` is 0 to 100; ``seconds`` is how long it takes to speak (150 words a minute)."""

    score: int
    band: Band
    hits: tuple[Hit, ...] = ()
    misses: tuple[Miss, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    words: int = 0
    seconds: float = 0.0


# --- people and what they did -----------------------------------------------------------------------------------------

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
    """``length`` answered days in a row (freezes and neutral days bridge, they do not add), the ``best`` ever, ``freezes`` held."""

    length: int
    best: int
    freezes: int
    answered_today: bool
    ledger: tuple[LedgerDay, ...] = ()


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
