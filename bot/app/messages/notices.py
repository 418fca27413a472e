"""Words for help, privacy, the owner, and everything that is refused kindly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.app.message import Attachment
from bot.app.messages.parts import Button, Part, Reply, bold, count, message, reply
from bot.app.outcomes import DataReady, HelpShown, PrivacyShown, PrivateOnly, StatsShown

NOTHING_OPEN = "No question is open right now."
NOT_STARTED = "Send /start first, so that I know your time zone and when to ask."
STALE = "That button's moment has passed."
UNREADABLE = "I can only read typed text. Please type your answer."
TROUBLE = "Something went wrong on my side. Your message is safe; please try again in a moment."
OWNERS_ONLY = "That command is for the bot's owner."
MOST_LISTED, LONGEST_FIGURE = 10, 200
FLOODED = "That is a lot at once. Please wait a few seconds; what you sent meanwhile was not read."


def help_shown(outcome: HelpShown, topics: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> Reply:
    """The commands by topic; first a word on one that does not exist."""
    unknown = (f"I do not know /{outcome.unknown}. Here is what I know:\n\n",) if outcome.unknown else ()
    texts: list[Part] = []
    for topic, rows in topics:
        texts += [bold(topic), "\n" + "\n".join(f"/{name} {summary}" for name, summary in rows) + "\n\n"]
    return reply(*unknown, *texts, "Or just type your answer to the open question.")


def privacy(outcome: PrivacyShown) -> Reply:
    """What is kept, and for how long."""
    return reply(
        bold("What I keep"),
        "\nYour Telegram id and first name, your settings, the questions I asked, your typed answers with "
        "their scores, the days you answered, and the circles you are in. "
        f"Typed answers are erased after {outcome.answer_days} days; the scores stay.",
        "\n\nOnly you see your answers. Friends in your circles see your name (unless hidden in /settings), points and streak. ",
        "When you tap “I was right”, the author sees the words you mark, without your name. Nothing is sent to anybody else.",
        "\n\n/mydata sends you everything I hold. /deleteme removes all of it at once",
        f"; nightly copies for emergencies are gone after {count(outcome.copy_days, 'day')}." if outcome.copy_days else ".",
    )


def data_ready(outcome: DataReady) -> Reply:
    """Everything held, as a file."""
    return Reply((message("Everything I hold about you.", attachment=Attachment("my-data.json", outcome.content)),))


def delete_asked() -> Reply:
    """Once more before everything goes."""
    text = "Remove everything I hold about you: answers, streak, points, settings? This cannot be undone."
    return reply(text, buttons=[[Button("Yes, remove everything", "forget:yes"), Button("No, keep it", "forget:no")]])


def stats(outcome: StatsShown) -> Reply:
    """Figures for the owner."""
    return reply(bold("Figures"), *(f"\n{name}: {_figure(value)}" for name, value in outcome.rows))


def _figure(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {each}" for name, each in value.items()) or "none"
    if isinstance(value, list):
        return "".join(f"\n  {each[:LONGEST_FIGURE]}" for each in value[-MOST_LISTED:]) or "none"
    return f"{value:%Y-%m-%d %H:%M:%S} UTC" if isinstance(value, datetime) else str(value)


def nothing_open() -> Reply:
    """There is nothing to answer."""
    return reply(
        NOTHING_OPEN,
        " What would you like?",
        buttons=[[Button("Today's question", "today"), Button("Quiz", "quiz"), Button("Next", "next")]],
    )


def private_only(outcome: PrivateOnly) -> Reply:
    """That belongs into the private chat."""
    return reply(
        "Let us do that in private: ", buttons=[[Button("Open our chat", url=outcome.link)]] if outcome.link.startswith("https") else []
    )
