"""What came of everything else: notices and kind refusals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrivacyShown:
    """What is kept, and for how many days: typed answers, and copies of the database."""

    answer_days: int
    copy_days: int


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
    """Figures for the owner, by name: numbers, words, a time, a table of numbers, or a list of lines."""

    rows: tuple[tuple[str, object], ...]


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
