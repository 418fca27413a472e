"""What a use case came to: small values that ``messages`` puts into words."""

from __future__ import annotations

from bot.app.outcomes.learning import (
    AskTime,
    Board,
    Boards,
    Invitation,
    Joined,
    Left,
    NotStarted,
    NotUnderstood,
    ReadyToGo,
    SettingsShown,
    StreakShown,
    Welcome,
)
from bot.app.outcomes.notices import (
    DataReady,
    DeleteAsked,
    Deleted,
    GroupOnly,
    HelpShown,
    Kept,
    OwnersOnly,
    PrivacyShown,
    PrivateOnly,
    Stale,
    StatsShown,
    Troubled,
    Unreadable,
)
from bot.app.outcomes.questions import (
    Asked,
    Cancelled,
    CodeShown,
    DoneToday,
    Explained,
    Found,
    Hinted,
    NoMoreHints,
    NotAnOption,
    NothingOpen,
    NothingToAsk,
    QuizDone,
    SearchWanted,
    SectionsShown,
    Shown,
    Skipped,
)
from bot.app.outcomes.verdicts import AlreadyAnswered, AppealOffer, AppealRefused, AppealTaken, AppealWords, Chosen, Difference, Graded

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

__all__ = [
    "AlreadyAnswered",
    "AppealOffer",
    "AppealRefused",
    "AppealTaken",
    "AppealWords",
    "AskTime",
    "Asked",
    "Board",
    "Boards",
    "Cancelled",
    "Chosen",
    "CodeShown",
    "DataReady",
    "DeleteAsked",
    "Deleted",
    "Difference",
    "DoneToday",
    "Explained",
    "Found",
    "Graded",
    "GroupOnly",
    "HelpShown",
    "Hinted",
    "Invitation",
    "Joined",
    "Kept",
    "Left",
    "NoMoreHints",
    "NotAnOption",
    "NotStarted",
    "NotUnderstood",
    "NothingOpen",
    "NothingToAsk",
    "Outcome",
    "OwnersOnly",
    "PrivacyShown",
    "PrivateOnly",
    "QuizDone",
    "ReadyToGo",
    "SearchWanted",
    "SectionsShown",
    "SettingsShown",
    "Shown",
    "Skipped",
    "Stale",
    "StatsShown",
    "StreakShown",
    "Troubled",
    "Unreadable",
    "Welcome",
]
