"""The values the deck and the grader speak in: questions and their key points, and the verdict on an answer.

Everything here is frozen. Learners and what they did are in ``people``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """One card of the deck. ``need`` is how many points make a full answer, the essential ones among them; ``None`` means the
    weights of all count.

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
