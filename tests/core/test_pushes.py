"""The rules of pushes: one a local day at the learner's minute, whatever the clocks do."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.people import EVERY_DAY, Ask, AskState, Learner, Push, PushKind, PushState, Source
from bot.core.pushes import (
    LONGEST_WAIT,
    MOST_TRIES,
    after_trouble,
    after_unsure,
    backoff,
    day_end,
    decide,
    later,
    next_push,
    remind_at,
    unwanted,
)
from bot.core.streaks import local_day

ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu",
    "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "America/St_Johns", "Africa/Cairo", "Asia/Beirut", "Europe/Helsinki",
    "Africa/Casablanca", "America/Havana", "Asia/Tehran", "Etc/GMT+12", "Antarctica/Troll", "America/Nuuk",
]  # fmt: skip

zones = st.sampled_from(ZONES)
minutes = st.integers(0, 1439)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
weekdays = st.integers(1, EVERY_DAY)
START = datetime(2020, 1, 1, tzinfo=UTC)


def someone(zone: str = "UTC", minute: int = 540, days: int = EVERY_DAY, paused: date | None = None) -> Learner:
    return Learner(1, "Ann", START, zone=zone, push_at=minute, days=days, paused_until=paused, ready=True)


def walls(learner: Learner, first: datetime, last: datetime) -> list[str]:
    """The learner's pushes between two instants, as local wall time."""
    found, at = [], first
    while (at := next_push(at, learner) or last) < last:
        found.append(at.astimezone(ZoneInfo(learner.zone)).strftime("%Y-%m-%d %H:%M"))
    return found


def a_push(kind: PushKind = PushKind.DAILY, *, tries: int = 1, again: bool = False) -> Push:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return Push(1, 1, 1, kind, noon.date(), 1, noon, noon + timedelta(hours=16), PushState.SENDING, tries, again)


def an_ask(state: AskState = AskState.OPEN, asked_at: datetime = START) -> Ask:
    return Ask(1, 1, 1, "q", Source.DAILY, asked_at, asked_at.date(), state)


@given(instants, zones, minutes, weekdays)
def test_the_next_push_lies_after_the_given_instant_on_a_chosen_day(after: datetime, zone: str, minute: int, days: int) -> None:
    """The next push is strictly later, and its local day is one of the learner's."""
    at = next_push(after, someone(zone, minute, days))
    assert at is not None
    assert at > after
    assert days >> local_day(at, zone).weekday() & 1


@given(instants, zones, minutes)
def test_a_push_is_at_the_chosen_minute_where_that_exists(after: datetime, zone: str, minute: int) -> None:
    """The wall clock shows the learner's minute, or the first one after a skipped hour or day."""
    at = next_push(after, someone(zone, minute))
    assert at is not None
    wall = at.astimezone(ZoneInfo(zone))
    before = (at - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    jumped = wall.utcoffset() != before.utcoffset()
    assert jumped or wall.hour * 60 + wall.minute == minute
    assert wall.fold == 0 or jumped


@given(instants, zones, minutes)
def test_no_local_day_has_two_pushes(after: datetime, zone: str, minute: int) -> None:
    """Ten pushes in a row fall on ten different local days, in order."""
    learner, days = someone(zone, minute), []
    at: datetime | None = after
    for _ in range(10):
        at = next_push(at, learner)
        assert at is not None
        days.append(local_day(at, zone))
    assert days == sorted(set(days))


@given(instants, zones, minutes)
def test_no_push_is_skipped_for_asking_at_another_moment(after: datetime, zone: str, minute: int) -> None:
    """Asked at any instant before it, the next push is the same."""
    learner = someone(zone, minute)
    at = next_push(after, learner)
    assert at is not None
    assert next_push(at - timedelta(microseconds=1), learner) == at
    assert next_push(after + (at - after) / 2, learner) == at


def test_a_local_time_that_does_not_exist_becomes_the_next_one_that_does() -> None:
    """02:30 on the night clocks go forward is sent at 03:00, once."""
    learner = someone("Europe/Berlin", 150)
    pushes = walls(learner, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC))
    assert pushes == ["2026-03-29 03:00", "2026-03-30 02:30"]


def test_a_repeated_local_time_fires_at_its_first_occurrence() -> None:
    """02:30 on the night clocks go back is sent before they do, and not again an hour later."""
    learner = someone("Europe/Berlin", 150)
    at = next_push(datetime(2026, 10, 24, 12, tzinfo=UTC), learner)
    assert at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_push(at, learner) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    assert next_push(at + timedelta(minutes=30), learner) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_half_hour_of_daylight_saving_is_followed() -> None:
    """On Lord Howe, where clocks move by half an hour at 02:00, 02:15 becomes 02:30 once a year."""
    pushes = walls(someone("Australia/Lord_Howe", 135), datetime(2026, 10, 3, tzinfo=UTC), datetime(2026, 10, 5, tzinfo=UTC))
    assert pushes == ["2026-10-04 02:30", "2026-10-05 02:15"]


def test_a_day_that_the_date_line_took_away_has_no_second_push() -> None:
    """Samoa had no 30 December 2011: its 09:00 becomes midnight of the 31st, which is still the 30th by the learner's day."""
    learner = someone("Pacific/Apia", 540)
    first, last = datetime(2011, 12, 29, 10, tzinfo=UTC), datetime(2012, 1, 1, 0, tzinfo=UTC)
    assert walls(learner, first, last) == [
        "2011-12-29 09:00", "2011-12-31 00:00", "2011-12-31 09:00", "2012-01-01 09:00",
    ]  # fmt: skip


def test_a_skipped_minute_before_the_rollover_does_not_double_the_next_day() -> None:
    """Where 03:30 is skipped it becomes 04:00 and so the next local day, whose own 03:30 is then left out."""
    learner = someone("Europe/Helsinki", 210)
    pushes = walls(learner, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 31, 12, tzinfo=UTC))
    assert pushes == ["2026-03-29 04:00", "2026-03-31 03:30"]


def test_a_leap_day_is_a_day_like_any_other() -> None:
    """29 February has its push."""
    assert next_push(datetime(2028, 2, 28, 10, tzinfo=UTC), someone()) == datetime(2028, 2, 29, 9, tzinfo=UTC)


def test_a_push_in_the_small_hours_belongs_to_the_evening_before() -> None:
    """With Friday alone chosen, 01:00 fires on Saturday's date."""
    at = next_push(datetime(2026, 3, 2, tzinfo=UTC), someone(minute=60, days=1 << 4))
    assert at == datetime(2026, 3, 7, 1, tzinfo=UTC)


@given(instants, zones, minutes, st.integers(-3, 400))
def test_no_push_comes_before_a_pause_is_over(after: datetime, zone: str, minute: int, length: int) -> None:
    """The first push after a pause is on its first local day with questions again, or later."""
    until = local_day(after, zone) + timedelta(days=length)
    at = next_push(after, someone(zone, minute, paused=until))
    assert at is not None
    assert local_day(at, zone) >= until
    assert at <= max(day_end(until, zone), after) + timedelta(days=3)


def test_nobody_inactive_or_without_days_is_pushed_to() -> None:
    """A learner who blocked the coach, or has no day, has no next push."""
    assert next_push(START, replace(someone(), active=False)) is None
    assert next_push(START, someone(days=0)) is None


@given(instants, zones, minutes)
def test_a_due_push_is_sent_late_on_its_own_local_day_only(now: datetime, zone: str, minute: int) -> None:
    """Due now means: today's moment has passed and today is one of the days; what is next lies ahead."""
    learner = someone(zone, minute)
    due = decide(now, learner)
    assert due.next_at is not None
    assert due.next_at > now
    if due.day is not None:
        assert due.day == local_day(now, zone)
        assert now < due.expires_at <= now + timedelta(hours=49)
        assert local_day(due.next_at, zone) > due.day


@given(instants, zones, minutes, weekdays)
def test_at_the_very_instant_of_a_push_it_is_sent(after: datetime, zone: str, minute: int, days: int) -> None:
    """Whatever instant was planned, deciding at that instant sends, for its local day."""
    learner = someone(zone, minute, days)
    at = next_push(after, learner)
    assert at is not None
    assert decide(at, learner).day == local_day(at, zone)


def test_a_push_missed_for_longer_than_its_day_is_left_out() -> None:
    """After three days asleep, before today's moment, nothing is sent and the next push is today's."""
    due = decide(datetime(2026, 3, 4, 8, tzinfo=UTC), someone())
    assert due.day is None
    assert due.next_at == datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_a_local_day_ends_at_four() -> None:
    """A push of 1 March is worthless from 04:00 local on 2 March."""
    assert day_end(date(2026, 3, 1), "Asia/Kathmandu") == datetime(2026, 3, 1, 22, 15, tzinfo=UTC)


def test_a_reminder_is_in_the_evening_or_three_hours_after_a_late_push() -> None:
    """09:00 is reminded of at 20:00, 19:00 at 22:00, and 02:00 not at all because the day is over by then."""
    nine, seven, two = (datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (9, 19, 2))
    assert remind_at(nine, decide(nine, someone(minute=540)), "UTC") == nine.replace(hour=20)
    assert remind_at(seven, decide(seven, someone(minute=1140)), "UTC") == nine.replace(hour=22)
    assert remind_at(two, decide(two, someone(minute=120)), "UTC") is None


@pytest.mark.parametrize(
    ("learner", "ask", "state"),
    [
        (someone(), an_ask(), None),
        (someone(), an_ask(AskState.ASIDE), None),
        (someone(), an_ask(AskState.ANSWERED), PushState.DROPPED),
        (someone(), None, PushState.DROPPED),
        (None, an_ask(), PushState.DROPPED),
        (replace(someone(), active=False), an_ask(), PushState.DROPPED),
        (someone(paused=date(2026, 3, 2)), an_ask(), PushState.DROPPED),
        (someone(paused=date(2026, 3, 1)), an_ask(), None),
    ],
)
def test_a_push_that_nobody_wants_any_more_is_dropped(learner: Learner | None, ask: Ask | None, state: PushState | None) -> None:
    """Answered meanwhile, paused, blocked or forgotten: the message stays unsent."""
    fate = unwanted(a_push(), learner, ask, a_push().not_before)
    assert (fate.state if fate else None) is state


def test_a_reminder_is_for_those_who_want_one() -> None:
    """A reminder turned off meanwhile is dropped."""
    push = a_push(PushKind.REMINDER)
    assert unwanted(push, replace(someone(), remind=True), an_ask(), push.not_before) is None
    fate = unwanted(push, someone(), an_ask(), push.not_before)
    assert fate is not None
    assert fate.state is PushState.DROPPED


def test_a_push_of_yesterday_expires() -> None:
    """Once the local day is over, a push is not sent."""
    fate = unwanted(a_push(), someone(), an_ask(), a_push().expires_at)
    assert fate is not None
    assert fate.state is PushState.EXPIRED


def test_a_doubtful_daily_push_goes_out_once_more_and_no_more() -> None:
    """The first doubt sends it again, marked so; the second leaves it in doubt; a reminder is never repeated."""
    now = a_push().not_before
    first = after_unsure(a_push(), now)
    assert (first.state, first.not_before, first.again) == (PushState.DUE, now, True)
    assert after_unsure(a_push(again=True), now).state is PushState.UNSURE
    assert after_unsure(a_push(PushKind.REMINDER), now).state is PushState.DROPPED
    assert after_unsure(a_push(), a_push().expires_at).state is PushState.EXPIRED


@given(st.integers(0, 100), st.integers())
def test_waits_grow_and_stay_within_bounds(tries: int, seed: int) -> None:
    """A wait is between half and all of 30 s doubled per try, and never over half an hour."""
    wait = backoff(tries, random.Random(seed))
    assert timedelta(seconds=15) <= wait <= LONGEST_WAIT
    if tries <= 4:
        assert timedelta(seconds=15) * 2 ** (max(tries, 1) - 1) <= wait <= timedelta(seconds=30) * 2 ** (max(tries, 1) - 1)


def test_trouble_is_tried_again_until_it_has_failed_too_often() -> None:
    """The last try but one is due again later; after the last it has failed; past its day it expires."""
    now, rng = a_push().not_before, random.Random(1)
    again = after_trouble(a_push(tries=MOST_TRIES - 1), now, rng, "503")
    assert again.state is PushState.DUE
    assert again.not_before is not None
    assert again.not_before > now
    assert after_trouble(a_push(tries=MOST_TRIES), now, rng, "503").state is PushState.FAILED
    assert later(a_push(), a_push().expires_at, "busy").state is PushState.EXPIRED
