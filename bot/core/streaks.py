"""The learner's day and the streak: a pure reading of the days answered, the schedule log and the outages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence, Set
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.core.people import DayReason, LedgerDay, Schedule, Streak

ROLLOVER = timedelta(hours=4)  # an answer at 01:00 still counts for the evening before
DAYS_PER_FREEZE = 7
MOST_FREEZES = 3
NEUTRAL_OUTAGE = timedelta(minutes=10)  # shorter interruptions cost nobody their chance to answer
_NEAR = timedelta(days=2)  # in no zone is a day further from that day in UTC

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


def streak(
    answered: Collection[date], schedule: Sequence[Schedule], outages: Sequence[Outage], today: date, *, ledger: bool = True
) -> Streak:
    """The streak on ``today``, walked from the first answered day; ``ledger`` tells whether its days are wanted one by one.

    Answered days add one. Rest days, pauses, outages and days lost by moving zone bridge without adding. A missed day uses
    a freeze when one is held, else it ends the streak. Every seventh answered day earns a freeze; at most three are held.
    Today stays open until it is over.
    """
    days = {day.toordinal() for day in answered if day <= today}
    length = best = freezes = held = total = 0
    entries: list[LedgerDay] = []
    for first, count, reason in _stretches(days, schedule, outages, today):
        if reason is DayReason.ANSWERED:
            held, freezes = _earned(freezes, total, total + count - 1), _earned(freezes, total, total + count)
            length, total = length + count, total + count
            best = max(best, length)
        elif reason is DayReason.MISSED and freezes:
            freezes, reason = freezes - 1, DayReason.FREEZE
        elif reason is DayReason.MISSED:
            length = 0
        if ledger:
            entries += [LedgerDay(date.fromordinal(day), reason) for day in range(first, first + count)]
    now = today.toordinal() in days
    return Streak(length, best, freezes, now, tuple(entries), now and freezes > held)


def _earned(freezes: int, before: int, after: int) -> int:
    """The freezes held after the ``before + 1``st to the ``after``th answered day, given in a row."""
    return min(MOST_FREEZES, freezes + after // DAYS_PER_FREEZE - before // DAYS_PER_FREEZE)


def _stretches(
    answered: Set[int], schedule: Sequence[Schedule], outages: Sequence[Outage], today: date
) -> Iterator[tuple[int, int, DayReason]]:
    """From the first answered day (days as ordinals): those answered in a row with their number, every other one by itself."""
    log = sorted(schedule, key=lambda entry: entry.since)
    last = today.toordinal()
    first = min(answered, default=last)
    while first <= last:
        count = 0
        while first + count in answered:
            count += 1
        yield (first, count, DayReason.ANSWERED) if count else (first, 1, _unanswered(date.fromordinal(first), today, log, outages))
        first += count or 1


def _unanswered(day: date, today: date, log: Sequence[Schedule], outages: Sequence[Outage]) -> DayReason:
    place = max(0, bisect_right(log, day, key=lambda entry: entry.since) - 1)
    before, now = (log[place - 1] if place else None), (log[place] if log else None)
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
    near = [(gone, back) for gone, back in outages if gone.date() - _NEAR <= day <= back.date() + _NEAR]
    if not near:
        return False
    start, end = day_bounds(day, zone)
    return any(min(end, back) - max(start, gone) >= NEUTRAL_OUTAGE for gone, back in near)
