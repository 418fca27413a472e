"""What came of setting up and staying with it: settings, streak, boards, circles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.app.outcomes.questions import Asked
from bot.core.people import Circle, Learner, Standing, Streak


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
    """A circle's standings (``None``: the learner alone). Rows beyond the tenth are left out save the own one."""

    circle: Circle | None
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
