"""What came of asking: questions, hints, skips, quizzes, searches."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.model import Question
from bot.core.people import Session, Source


@dataclass(frozen=True, slots=True)
class Asked:
    """A question is open. ``number`` of ``total`` places it in a quiz; ``back`` means it was waiting behind another."""

    ask_id: int
    question: Question
    source: Source
    section: str
    number: int = 0
    total: int = 0
    back: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class NothingOpen:
    """There is no question to answer, hint at or skip."""


@dataclass(frozen=True, slots=True)
class NothingToAsk:
    """No question fits what was asked for."""

    wish: str


@dataclass(frozen=True, slots=True)
class DoneToday:
    """Today's question was dealt with already; ``score`` if it was answered."""

    score: int | None


@dataclass(frozen=True, slots=True)
class Hinted:
    """Hint ``number`` of ``total``."""

    hint: str
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class NoMoreHints:
    """Every hint of the open question was given."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """The open question was skipped."""

    question: Question
    next: Asked | QuizDone | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer was shown without an attempt."""

    question: Question
    next: Asked | QuizDone | None = None


@dataclass(frozen=True, slots=True)
class QuizDone:
    """A quiz ended: its attempts in order; ``cut`` when it was ended before the last question."""

    session: Session
    attempts: tuple[tuple[Question, int], ...]
    cut: bool = False
    next: Asked | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanation of a question."""

    question: Question


@dataclass(frozen=True, slots=True)
class CodeShown:
    """The code of a question."""

    question: Question


@dataclass(frozen=True, slots=True)
class Found:
    """Questions that fit the words, best first."""

    words: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class SearchWanted:
    """/search without words: the next text is what to look for."""


@dataclass(frozen=True, slots=True)
class SectionsShown:
    """Every section with (title, known, all)."""

    rows: tuple[tuple[str, str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What /cancel ended: ``setting``, ``question`` or ``nothing``."""

    what: str
    next: Asked | None = None


@dataclass(frozen=True, slots=True)
class NotAnOption:
    """What was typed is none of the options."""

    question: Question
    ask_id: int
