"""Words for setting up and settings."""

from __future__ import annotations

from datetime import datetime

from bot.app.messages.parts import Button, Message, Reply, bold, count, message, reply
from bot.app.messages.questions import asked
from bot.app.outcomes import AskTime, NotUnderstood, ReadyToGo, SettingsShown, Welcome
from bot.core.people import EVERY_DAY, Learner
from bot.core.places import CITIES
from bot.core.streaks import zone_info
from bot.core.zones import city_of, clock

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TIMES = (7 * 60, 8 * 60, 9 * 60, 12 * 60, 18 * 60, 20 * 60, 21 * 60, 22 * 60)
PAUSES = (1, 3, 7, 14)


def welcome(outcome: Welcome) -> Reply:
    """The greeting in three lines, with the zone as buttons; a known learner is only welcomed back."""
    joined = [message(f"You are in {outcome.circle.name}. /leaderboard shows it.")] if outcome.circle else []
    if outcome.back:
        back = message(f"Welcome back, {outcome.learner.name}. ", "/today asks today's question, /quiz a handful, /help shows the rest.",
                       buttons=[[Button("Today's question", "today"), Button("Quiz", "quiz")]])  # fmt: skip
        return Reply((*joined, back))
    text = (
        "Hello! I ask you an interview question a day and grade what you type.\n"
        "You see what you hit, what you missed, and an answer you can say in 30 seconds.\n"
        "First: where are you? Tap a city, or type yours (or UTC+5:30, or the time it is there now)."
    )
    return Reply((*joined, message(text, buttons=_cities())))


def _cities() -> list[list[Button]]:
    buttons = [Button(city, f"set:zone:{zone}") for city, zone in CITIES]
    return [buttons[n : n + 3] for n in range(0, len(buttons), 3)]


def _now_there(learner: Learner, now: datetime) -> str:
    return now.astimezone(zone_info(learner.zone)).strftime("%H:%M")


def ask_time(outcome: AskTime) -> Reply:
    """The zone echoed, and the daily time asked for."""
    learner = outcome.learner
    text = f"{city_of(learner.zone)}: your local time is {_now_there(learner, outcome.now)}.\nWhen should the daily question come?"
    return reply(text, " Tap a time, or type one.", buttons=_times())


def _times() -> list[list[Button]]:
    buttons = [Button(clock(minutes), f"set:time:{minutes}") for minutes in TIMES]
    return [buttons[:4], buttons[4:]]


def ready(outcome: ReadyToGo) -> Reply:
    """Set-up is complete; the first question follows."""
    text = f"Every day at {clock(outcome.learner.push_at)}. /settings changes that, /help shows the rest. Let us begin:"
    return Reply((message(text), *((asked(outcome.first),) if outcome.first else ())))


def not_understood(outcome: NotUnderstood) -> Reply:
    """What was typed cannot be read as that setting."""
    if outcome.what == "zone":
        text = "I do not know that place. Type a big city near you, an offset such as UTC+5:30, or the time it is there now (21:40)."
        return reply(text, buttons=_cities())
    if outcome.what == "time":
        return reply("That is not a time I can read. Type it as 09:00, 9pm or 21:30.", buttons=_times())
    if outcome.what == "pause":
        return reply("Type for how many days to pause: a number from 0 to 365.", buttons=_pauses())
    return reply("Type a name of 1 to 32 letters, or /cancel.")


def _pauses() -> list[list[Button]]:
    return [[Button(count(days, "day"), f"set:pause:{days}") for days in PAUSES], [Button("No pause", "set:pause:0")]]


def settings(outcome: SettingsShown) -> Message:
    """The page of the settings that is asked for."""
    pages = {
        "time": _time_page,
        "zone": _zone_page,
        "days": _days_page,
        "pause": _pause_page,
        "sections": _sections_page,
        "name": _name_page,
    }
    return pages.get(outcome.page, _main_page)(outcome)


_BACK = [Button("Back", "set:main")]


def _main_page(outcome: SettingsShown) -> Message:
    learner = outcome.learner
    pause = f"until {learner.paused_until:%d %b %Y}" if learner.paused_until else "no"
    lines = (
        f"\nDaily question: {clock(learner.push_at)}\nTime zone: {city_of(learner.zone)} (now {_now_there(learner, outcome.now)})"
        f"\nDays: {_days(learner.days)}\nPaused: {pause}\nSections: {len(learner.sections) or 'all'}"
        f"\nEvening reminder: {_on(learner.remind)}\nName on boards: {learner.name if learner.on_boards else 'hidden'}"
    )
    buttons = [
        [Button("Time", "set:time"), Button("Zone", "set:zone"), Button("Days", "set:days")],
        [Button("Pause", "set:pause"), Button("Sections", "set:sections")],
        [Button(f"Reminder: {_on(not learner.remind)}", "set:remind"), Button("Name", "set:name")],
        [Button("Hide my name" if learner.on_boards else "Show my name", "set:boards")],
    ]
    return message(bold("Settings"), lines, buttons=buttons)


def _on(value: bool) -> str:
    return "on" if value else "off"


def _days(days: int) -> str:
    return "every day" if days == EVERY_DAY else ", ".join(name for bit, name in enumerate(DAYS) if days >> bit & 1)


def _time_page(outcome: SettingsShown) -> Message:
    return message("When should the daily question come? Tap a time, or type one.", buttons=[*_times(), _BACK])


def _zone_page(outcome: SettingsShown) -> Message:
    return message(
        "Where are you? Tap a city, or type yours, an offset (UTC+5:30), or the time it is there now.", buttons=[*_cities(), _BACK]
    )


def _days_page(outcome: SettingsShown) -> Message:
    buttons = [Button(f"{'✅' if outcome.learner.days >> bit & 1 else '▫️'} {name}", f"set:day:{bit}") for bit, name in enumerate(DAYS)]
    return message("On which days? The others are rest days: they never cost your streak.", buttons=[buttons[:4], buttons[4:], _BACK])


def _pause_page(outcome: SettingsShown) -> Message:
    text = "Pause for how long? Tap, or type a number of days. A pause never costs your streak."
    return message(text, buttons=[*_pauses(), _BACK])


def _sections_page(outcome: SettingsShown) -> Message:
    chosen = outcome.learner.sections or [section for section, _ in outcome.sections]
    rows = [Button(f"{'✅' if section in chosen else '▫️'} {title}", f"set:section:{section}") for section, title in outcome.sections]
    pairs = [rows[n : n + 2] for n in range(0, len(rows), 2)]
    return message("Which sections may the daily question come from?", buttons=[*pairs, _BACK])


def _name_page(outcome: SettingsShown) -> Message:
    return message("Which name should stand on the boards? Type it (up to 32 letters).", buttons=[_BACK])
