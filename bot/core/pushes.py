"""When the daily question is due, and what becomes of a push whose fate is unknown or that could not be delivered.

The learner's local day (04:00 to 04:00) decides which days count; a push planned at 01:00 belongs to the evening before.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.core.people import Ask, AskState, Learner, Push, PushKind, PushState
from bot.core.streaks import ROLLOVER, local_day, zone_info

REMIND_FROM = time(20, 0)
REMIND_AFTER = timedelta(hours=3)
YIELD_TO = timedelta(minutes=30)  # a question younger than this keeps its place; the daily one waits behind it
MOST_TRIES = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """What a due learner gets: the local day of the push (``None``: its day is over, nothing is sent), and the next instant."""

    day: date | None
    expires_at: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a push: its new state, when it is tried again (DUE only), whether it may have arrived, and why."""

    state: PushState
    not_before: datetime | None = None
    again: bool = False
    note: str = ""


def instant(day: date, minute: int, zone: str) -> datetime:
    """The instant (UTC) of a local wall time; one that is skipped becomes the next that exists, a repeated one is its first."""
    info = zone_info(zone)
    wall = datetime.combine(day, time(), info) + minute * _MINUTE
    at = wall.astimezone(UTC)
    if at.astimezone(info).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return at
    return _end_of_gap(wall.replace(fold=1).astimezone(UTC), at, wall)


def _end_of_gap(before: datetime, after: datetime, wall: datetime) -> datetime:
    """The first second at which the zone's wall clock is past ``wall``; it lies between the two instants."""
    info, skipped = wall.tzinfo, wall.replace(tzinfo=None)
    low, high = int(before.timestamp()), int(after.timestamp())
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, info).replace(tzinfo=None) < skipped:
            low = middle + 1
        else:
            high = middle
    return datetime.fromtimestamp(low, UTC)


def day_end(day: date, zone: str) -> datetime:
    """The instant (UTC) at which a local day is over: the next 04:00 local."""
    return instant(day + _DAY, int(ROLLOVER / _MINUTE), zone)


def next_push(after: datetime, learner: Learner) -> datetime | None:
    """The next instant (UTC) strictly after ``after`` at the learner's minute on one of the learner's days, one per local day.

    Not before ``paused_until``. ``None`` for a learner who is inactive or has no day. Raises ``ZoneInfoNotFoundError``.
    """
    if not learner.active or not learner.days & 0b1111111:
        return None
    start = after.astimezone(zone_info(learner.zone)).date() - _DAY
    if learner.paused_until:
        start = max(start, learner.paused_until)
    # Two weeks hold every weekday, even when the date line or a skipped hour takes one of them away.
    for date_ in (start + count * _DAY for count in range(15)):
        at = instant(date_, learner.push_at, learner.zone)
        if at > after and _wanted(local_day(at, learner.zone), learner) and not _second_of_its_day(date_, at, learner):
            return at
    return None


def _wanted(day: date, learner: Learner) -> bool:
    return bool(learner.days >> day.weekday() & 1) and not (learner.paused_until and day < learner.paused_until)


def _second_of_its_day(date_: date, at: datetime, learner: Learner) -> bool:
    """A skipped 03:30 moves to 04:00 and so into the next local day, which has a 03:30 of its own."""
    return local_day(instant(date_ - _DAY, learner.push_at, learner.zone), learner.zone) == local_day(at, learner.zone)


def decide(now: datetime, learner: Learner) -> Due:
    """What to do about a learner whose push is due: late the same local day it is sent, afterwards it is left out."""
    today = local_day(now, learner.zone)
    planned = next_push(day_end(today - _DAY, learner.zone) - _MINUTE, learner)
    send = planned is not None and planned <= now and local_day(planned, learner.zone) == today
    return Due(today if send else None, day_end(today, learner.zone), next_push(now, learner))


def remind_at(now: datetime, due: Due, zone: str) -> datetime | None:
    """When an unanswered question pushed now is reminded of: 20:00 local, or three hours later if that is later still.

    ``None`` when the local day is over by then.
    """
    if due.day is None:
        return None
    evening = instant(due.day, REMIND_FROM.hour * 60 + REMIND_FROM.minute, zone)
    at = max(evening, now + REMIND_AFTER)
    return at if at < due.expires_at else None


def unwanted(push: Push, learner: Learner | None, ask: Ask | None, now: datetime) -> Fate | None:
    """Why a claimed push is not sent after all, or ``None`` when it is."""
    if now >= push.expires_at:
        return Fate(PushState.EXPIRED, again=push.again, note="its day was over")
    if learner is None or not learner.active:
        return Fate(PushState.DROPPED, again=push.again, note="learner inactive")
    if learner.paused_until and push.local_day < learner.paused_until:
        return Fate(PushState.DROPPED, again=push.again, note="paused")
    if ask is None or ask.state not in (AskState.OPEN, AskState.ASIDE):
        return Fate(PushState.DROPPED, again=push.again, note="question closed")
    if push.kind is PushKind.REMINDER and not learner.remind:
        return Fate(PushState.DROPPED, note="reminders turned off")
    return None


def after_unsure(push: Push, now: datetime) -> Fate:
    """What becomes of a push that may have arrived: a daily one goes out once more for the same ask, a reminder does not."""
    if now >= push.expires_at:
        return Fate(PushState.EXPIRED, again=True, note="may have arrived; its day was over")
    if push.kind is PushKind.REMINDER:
        return Fate(PushState.DROPPED, again=True, note="may have arrived")
    if push.again:
        return Fate(PushState.UNSURE, again=True, note="may have arrived, twice")
    return Fate(PushState.DUE, not_before=now, again=True, note="may have arrived")


def after_trouble(push: Push, now: datetime, rng: random.Random, note: str) -> Fate:
    """What becomes of a push that did not arrive for a passing reason: later again, or failed after ``MOST_TRIES`` tries."""
    if push.tries >= MOST_TRIES:
        return Fate(PushState.FAILED, again=push.again, note=note)
    return later(push, now + backoff(push.tries, rng), note)


def later(push: Push, at: datetime, note: str) -> Fate:
    """Due again at ``at``, or expired when its day is over by then."""
    if at >= push.expires_at:
        return Fate(PushState.EXPIRED, again=push.again, note=note)
    return Fate(PushState.DUE, not_before=at, again=push.again, note=note)


def backoff(tries: int, rng: random.Random) -> timedelta:
    """How long to wait after that many tries: 30 s doubling up to 30 min, of which a random half is taken off at most."""
    doublings = min(max(tries, 1) - 1, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings)) * rng.uniform(0.5, 1.0)
