"""One table of commands: the menus, the handlers, /help, the terminal and the README's test all read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.app import asking, finding, privacy, standing, starting
from bot.app.call import Call
from bot.app.coach import Coach
from bot.app.outcomes import HelpShown, Outcome


class Scope(StrEnum):
    """Where a command may be used."""

    PRIVATE = "private"
    GROUP = "group"
    OWNER = "owner"


PRIVATE = frozenset({Scope.PRIVATE})
ANYWHERE = frozenset({Scope.PRIVATE, Scope.GROUP})
GROUP = frozenset({Scope.GROUP})
OWNER = frozenset({Scope.OWNER})


@dataclass(frozen=True, slots=True)
class Command:
    """A command without its slash, what it does in a few words, the /help topic it stands under, where it may be used."""

    name: str
    summary: str
    topic: str
    scopes: frozenset[Scope]
    run: Callable[[Coach, Call], Awaitable[Outcome]]


async def show_help(coach: Coach, call: Call) -> Outcome:
    """/help: the commands of this place."""
    return HelpShown(call.private, call.learner_id in coach.owners)


async def show_settings(coach: Coach, call: Call) -> Outcome:
    """/settings: the main page."""
    return await starting.settings(coach, call)


COMMANDS: tuple[Command, ...] = (
    Command("today", "today's question", "Questions", PRIVATE, asking.today_question),
    Command("quiz", "a quiz: /quiz 10 security, hot, weak, mcq", "Questions", PRIVATE, asking.quiz),
    Command("hint", "a hint for the open question", "Questions", PRIVATE, asking.hint),
    Command("skip", "skip the open question", "Questions", PRIVATE, asking.skip),
    Command("search", "find a question by words", "Questions", PRIVATE, finding.search),
    Command("sections", "what there is, and what you know", "Questions", PRIVATE, finding.sections),
    Command("streak", "your streak, day by day", "Progress", PRIVATE, standing.show_streak),
    Command("leaderboard", "who leads this week and overall", "Progress", ANYWHERE, standing.leaderboard),
    Command("join", "stand on this group's board", "Progress", GROUP, standing.join),
    Command("invite", "a link for a circle of friends", "Progress", PRIVATE, standing.invite),
    Command("settings", "time, zone, days, pause, name", "You", PRIVATE, show_settings),
    Command("privacy", "what I keep", "You", ANYWHERE, privacy.notice),
    Command("mydata", "everything I hold about you", "You", PRIVATE, privacy.my_data),
    Command("deleteme", "remove all of it", "You", PRIVATE, privacy.delete_me),
    Command("cancel", "end the quiz or the question", "You", PRIVATE, asking.cancel),
    Command("start", "set up, or come back", "You", ANYWHERE, starting.start),
    Command("help", "these commands", "You", ANYWHERE, show_help),
    Command("stats", "figures for the owner", "Owner", OWNER, finding.stats),
)


def commands_for(*, private: bool, owner: bool = False) -> tuple[Command, ...]:
    """The commands that may be used in such a chat."""
    wanted = {Scope.PRIVATE if private else Scope.GROUP} | ({Scope.OWNER} if owner and private else set())
    return tuple(command for command in COMMANDS if command.scopes & wanted)


def topics_for(*, private: bool, owner: bool = False) -> list[tuple[str, list[tuple[str, str]]]]:
    """The same, grouped by topic in the table's order."""
    topics: dict[str, list[tuple[str, str]]] = {}
    for command in commands_for(private=private, owner=owner):
        topics.setdefault(command.topic, []).append((command.name, command.summary))
    return list(topics.items())
