"""What came of an answer: verdicts and appeals."""

from __future__ import annotations

from dataclasses import dataclass

from bot.app.outcomes.questions import Asked, QuizDone
from bot.core.model import Grade, Question
from bot.core.people import Attempt


@dataclass(frozen=True, slots=True)
class Difference:
    """A second try against the one before: scores, and how many points and words more (negative: fewer)."""

    before: int
    after: int
    points: int
    words: int


@dataclass(frozen=True, slots=True)
class Graded:
    """A typed answer and its verdict. ``streak`` is its length where this answer moved it, else 0; ``froze``: it earned a freeze."""

    question: Question
    attempt_id: int
    grade: Grade
    points: int
    streak: int = 0
    froze: bool = False
    difference: Difference | None = None
    next: Asked | QuizDone | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A multiple-choice answer: which option; ``streak`` as in ``Graded``."""

    question: Question
    picked: int
    points: int
    streak: int = 0
    next: Asked | QuizDone | None = None


@dataclass(frozen=True, slots=True)
class AlreadyAnswered:
    """The question was closed before; nothing counted twice. ``grade`` is the stored verdict where there is one."""

    question: Question
    attempt: Attempt | None
    grade: Grade | None
    next: Asked | None = None


@dataclass(frozen=True, slots=True)
class AppealOffer:
    """The missed points that the learner may say were in the answer."""

    attempt_id: int
    question: Question
    missed: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class AppealWords:
    """The clauses of the learner's answer, to mark the one that said the point."""

    attempt_id: int
    point: int
    label: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppealTaken:
    """The appeal corrected the learner's own score."""

    label: str
    before: int
    after: int
    left: int


@dataclass(frozen=True, slots=True)
class AppealRefused:
    """No appeal here: ``limit`` reached, ``nothing`` was missed, made ``before``, or the answer is ``gone``."""

    reason: str
