"""What a use case came to: small values that ``messages`` puts into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.model import Grade, Question
from bot.core.people import Attempt, Circle, Learner, Session, Source, Standing, Streak


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
class Difference:
    """A second try against the one before: scores, and how many points and words more (negative: fewer)."""

    before: int
    after: int
    points: int
    words: int


@dataclass(frozen=True, slots=True)
class Graded:
    """A typed answer and its verdict. ``froze`` tells that today's answer earned a freeze."""

    question: Question
    attempt_id: int
    grade: Grade
    points: int
    streak: Streak
    froze: bool = False
    first_today: bool = False
    difference: Difference | None = None
    next: Asked | QuizDone | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A multiple-choice answer: which option, and whether it was right."""

    question: Question
    picked: int
    points: int
    streak: Streak
    first_today: bool = False
    next: Asked | QuizDone | None = None


@dataclass(frozen=True, slots=True)
class NotAnOption:
    """What was typed is none of the options."""

    question: Question
    ask_id: int


@dataclass(frozen=True, slots=True)
class AlreadyAnswered:
    """The question was closed before; nothing counted twice. ``grade`` is the stored verdict where there is one."""

    question: Question
    attempt: Attempt | None
    grade: Grade | None
    next: Asked | None = None


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


@dataclass(frozen=True, slots=True)
class Welcome:
    """A learner starts; ``circle`` was joined by the link that brought them. ``back`` when known already."""

    learner: Learner
    now: datetime
    circle: Circle | None = None
    back: bool = False


@dataclass(frozen=True, slots=True)
class AskTime:
    """The zone is set; now the daily time."""

    learner: Learner
    now: datetime


@dataclass(frozen=True, slots=True)
class ReadyToGo:
    """Set-up is complete; the first question follows."""

    learner: Learner
    now: datetime
    first: Asked | None


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Typed text that was meant for a setting but cannot be read: ``what`` is zone, time, name or pause."""

    what: str


@dataclass(frozen=True, slots=True)
class NotStarted:
    """The person has not sent /start."""


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """The settings; ``page`` is main, time, zone, days, pause, sections or name."""

    learner: Learner
    now: datetime
    page: str = "main"
    sections: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StreakShown:
    """The streak with its ledger."""

    streak: Streak
    today: date


@dataclass(frozen=True, slots=True)
class Board:
    """A circle's standings; ``own`` is the asking learner's id. Rows beyond the tenth are left out save the own one."""

    circle: Circle
    week: Sequence[Standing]
    ever: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class Boards:
    """Every board the learner may see here."""

    boards: tuple[Board, ...]
    own: int
    private: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """The learner is in a circle now."""

    circle: Circle


@dataclass(frozen=True, slots=True)
class Left:
    """The learner is out of the circle."""

    circle: Circle


@dataclass(frozen=True, slots=True)
class Invitation:
    """The link that brings friends into the circle."""

    circle: Circle
    link: str


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
class PrivacyShown:
    """What is kept, and for how long."""

    answer_days: int


@dataclass(frozen=True, slots=True)
class DataReady:
    """Everything held about the learner, as JSON."""

    content: bytes


@dataclass(frozen=True, slots=True)
class DeleteAsked:
    """The learner wants to be forgotten: asked once more."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """Every row is gone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The learner thought better of it."""


@dataclass(frozen=True, slots=True)
class HelpShown:
    """The commands for this place; ``unknown`` is a command that does not exist."""

    private: bool
    owner: bool
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class StatsShown:
    """Figures for the owner, by name."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OwnersOnly:
    """A command that is not this person's."""


@dataclass(frozen=True, slots=True)
class PrivateOnly:
    """A command that belongs into the private chat."""

    link: str


@dataclass(frozen=True, slots=True)
class GroupOnly:
    """A command that belongs into a group."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A button whose moment has passed."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A sticker, a picture, a voice message: kindly refused."""


@dataclass(frozen=True, slots=True)
class Troubled:
    """An unexpected error: the fixed sentence."""


Outcome = (
    Asked
    | NothingOpen
    | NothingToAsk
    | DoneToday
    | Hinted
    | NoMoreHints
    | Skipped
    | Shown
    | Graded
    | Chosen
    | NotAnOption
    | AlreadyAnswered
    | QuizDone
    | Explained
    | CodeShown
    | AppealOffer
    | AppealWords
    | AppealTaken
    | AppealRefused
    | Welcome
    | AskTime
    | ReadyToGo
    | NotUnderstood
    | NotStarted
    | SettingsShown
    | StreakShown
    | Boards
    | Joined
    | Left
    | Invitation
    | Found
    | SearchWanted
    | SectionsShown
    | Cancelled
    | PrivacyShown
    | DataReady
    | DeleteAsked
    | Deleted
    | Kept
    | HelpShown
    | StatsShown
    | OwnersOnly
    | PrivateOnly
    | GroupOnly
    | Stale
    | Unreadable
    | Troubled
)
