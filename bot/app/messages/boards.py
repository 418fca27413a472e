"""Words for the streak, the boards and circles of friends."""

from __future__ import annotations

from collections.abc import Sequence

from bot.app.messages.parts import Button, Message, Part, Reply, bold, count, message, reply
from bot.app.outcomes import Board, Boards, Invitation, Joined, StreakShown
from bot.core.people import DayReason, Standing

_MARKS = {
    DayReason.ANSWERED: "🟩",
    DayReason.FREEZE: "🧊",
    DayReason.REST: "💤",
    DayReason.PAUSE: "⏸",
    DayReason.OUTAGE: "🔧",
    DayReason.MOVED: "✈️",
    DayReason.MISSED: "⬜",
    DayReason.TODAY: "⏳",
}
_REASONS = {
    DayReason.ANSWERED: "answered",
    DayReason.FREEZE: "missed, saved by a freeze",
    DayReason.REST: "rest day",
    DayReason.PAUSE: "paused",
    DayReason.OUTAGE: "I was down: not your fault",
    DayReason.MOVED: "moved to another time zone",
    DayReason.MISSED: "missed",
    DayReason.TODAY: "still open",
}
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
LEDGER_DAYS = 14


def streak_shown(outcome: StreakShown) -> Message:
    """The streak and the ledger of the last two weeks, each day with its reason."""
    streak = outcome.streak
    head = f"🔥 {count(streak.length, 'day')} in a row" if streak.length else "No streak yet: answer today's question and it begins."
    freezes = "🧊" * streak.freezes or "none"
    best = f"\nBest: {count(streak.best, 'day')}. Freezes: {freezes} (one for every seven answered days, at most three)."
    today = "" if streak.answered_today else "\nToday is still open; the day ends at 04:00."
    days = [f"\n{_MARKS[entry.reason]} {entry.day:%a %d %b}: {_REASONS[entry.reason]}" for entry in reversed(streak.ledger[-LEDGER_DAYS:])]
    return message(bold(head), best, today, *(["\n", *days] if days else []))


def boards(outcome: Boards) -> Reply:
    """Every board of the place."""
    if not outcome.boards:
        if outcome.private:
            return reply("Send /start first; then your points stand here.")
        return reply("Nobody has joined here yet. /join puts you on the board.", buttons=[[Button("Join", "join")]])
    return Reply(tuple(_board(board, outcome) for board in outcome.boards))


def _board(board: Board, outcome: Boards) -> Message:
    week, ever = _rows(board.week, outcome.own), _rows(board.ever, outcome.own)
    name = board.circle.name if board.circle else "Just you so far"
    parts: list[Part] = [bold(name), "\nThis week", *week, "\n\nAll time", *ever]
    if board.circle is None:
        return message(*parts, "\n\nYou are in no circle yet.", buttons=[[Button("Invite friends", "invite")]])
    buttons = (
        [[Button("Invite", "invite"), Button("Leave", f"leave:{board.circle.token}")]] if outcome.private else [[Button("Join", "join")]]
    )
    return message(*parts, buttons=buttons)


def _rows(rows: Sequence[Standing], own: int) -> list[str]:
    if not any(row.points for row in rows):
        return ["\nNo points yet."]
    return [
        f"\n{_MEDALS.get(row.rank, f'{row.rank}.')} {row.name or 'somebody (name hidden)'}"
        f"{' (you)' if row.learner_id == own else ''}: {count(row.points, 'point')}, {count(row.answered, 'answer')}"
        f"{f', 🔥 {row.streak}' if row.streak else ''}"
        for row in rows
    ]


def joined(outcome: Joined) -> Reply:
    """In the circle."""
    return reply(f"You are on the board of {outcome.circle.name}. Points come from first answers; /leaderboard shows who leads.")


def invitation(outcome: Invitation) -> Reply:
    """The link into the circle."""
    return reply(f"Send this link to friends; whoever opens it joins {outcome.circle.name}:\n{outcome.link}")
