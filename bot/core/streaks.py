"""The learner's day and the streak: a pure reading of the days answered, the schedule log and the outages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.core.people import DayReason, LedgerDay, Schedule, Streak

ROLLOVER = timedelta(hours=4)  # an answer at 01:00 still counts for the evening before
DAYS_PER_FREEZE = 7
MOST_FREEZES = 3
NEUTRAL_OUTAGE = timedelta(minutes=10)  # shorter interruptions cost nobody their chance to answer

Outage = tuple[datetime, datetime]


@cache
def zone_info(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises ``ZoneInfoNotFoundError`` for an unknown one."""
    return ZoneInfo(name)


def local_day(at: datetime, zone: str) -> date:
    """The learner's day at that instant; it rolls over at 04:00 local wall time."""
    return (at.astimezone(zone_info(zone)).replace(tzinfo=None) - ROLLOVER).date()


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """When a local day begins and ends (04:00 to 04:00), as aware datetimes of the zone."""
    start = datetime.combine(day, time(), zone_info(zone)) + ROLLOVER
    return start, datetime.combine(day + timedelta(days=1), time(), zone_info(zone)) + ROLLOVER


def streak(answered: Collection[date], schedule: Sequence[Schedule], outages: Sequence[Outage], today: date) -> Streak:
    """The streak on ``today``, walked from the first answered day.

    Answered days add one. Rest days, pauses, outages and days lost by moving zone bridge without adding. A missed day uses
    a freeze when one is held, else it ends the streak. Every seventh answered day earns a freeze; at most three are held.
    Today stays open until it is over.
    """
    days = frozenset(day for day in answered if day <= today)
    length = best = freezes = held = total = 0
    ledger = []
    for day, reason in _reasons(days, schedule, outages, today):
        held = freezes
        if reason is DayReason.ANSWERED:
            length, total = length + 1, total + 1
            best = max(best, length)
            freezes = min(MOST_FREEZES, freezes + (total % DAYS_PER_FREEZE == 0))
        elif reason is DayReason.MISSED and freezes:
            freezes, reason = freezes - 1, DayReason.FREEZE
        elif reason is DayReason.MISSED:
            length = 0
        ledger.append(LedgerDay(day, reason))
    return Streak(length, best, freezes, today in days, tuple(ledger), freezes > held)


def _reasons(
    answered: frozenset[date], schedule: Sequence[Schedule], outages: Sequence[Outage], today: date
) -> Iterator[tuple[date, DayReason]]:
    log = sorted(schedule, key=lambda entry: entry.since)
    day = min(answered, default=today)
    place = 0
    while day <= today:
        while place + 1 < len(log) and log[place + 1].since <= day:
            place += 1
        before, now = (log[place - 1] if place else None), (log[place] if log else None)
        yield day, DayReason.ANSWERED if day in answered else _unanswered(day, today, before, now, outages)
        day += timedelta(days=1)


def _unanswered(day: date, today: date, before: Schedule | None, now: Schedule | None, outages: Sequence[Outage]) -> DayReason:
    zone = now.zone if now else "UTC"
    if _down(day, zone, outages):
        return DayReason.OUTAGE
    if now and before and day == now.since and before.zone != now.zone:
        return DayReason.MOVED
    if now and now.paused_until and day < now.paused_until:
        return DayReason.PAUSE
    if now and not now.days >> day.weekday() & 1:
        return DayReason.REST
    return DayReason.TODAY if day == today else DayReason.MISSED


def _down(day: date, zone: str, outages: Sequence[Outage]) -> bool:
    if not outages:
        return False
    start, end = day_bounds(day, zone)
    return any(min(end, back) - max(start, gone) >= NEUTRAL_OUTAGE for gone, back in outages)
