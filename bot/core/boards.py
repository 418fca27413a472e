"""Who leads: tallies into standings, and what a first attempt is worth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bot.core.people import Standing

COOL_DOWN = timedelta(days=14)  # before that the same question earns nothing again


def points(score: int, last_earned: datetime | None, at: datetime) -> int:
    """What an attempt earns: its score (0 to 100), or nothing within the cool-down of the same question."""
    return 0 if last_earned is not None and at - last_earned < COOL_DOWN else score


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week that the day lies in."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def standings(rows: Iterable[Standing]) -> list[Standing]:
    """The rows with their ranks: most points first, ties share a rank and are listed by name (1, 1, 3)."""
    ranked: list[Standing] = []
    for place, row in enumerate(sorted(rows, key=lambda r: (-r.points, r.name.casefold(), r.learner_id)), 1):
        tie = ranked and ranked[-1].points == row.points
        rank = ranked[-1].rank if tie else place
        ranked.append(Standing(rank, row.learner_id, row.name, row.points, row.answered, row.streak))
    return ranked
