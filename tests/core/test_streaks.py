"""The learner's day and the streak."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.people import EVERY_DAY, DayReason, Schedule
from bot.core.streaks import day_bounds, local_day, streak

START = date(2026, 3, 2)  # a Monday
YEARS = (datetime(2020, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001 - hypothesis wants them naive
ALWAYS = (Schedule(START, "UTC"),)


def days(*offsets: int) -> frozenset[date]:
    return frozenset(START + timedelta(days=offset) for offset in offsets)


def on(offset: int) -> date:
    return START + timedelta(days=offset)


def test_the_day_rolls_over_at_four_local_time() -> None:
    """An answer at 03:59 counts for the evening before, one at 04:00 for the new day."""
    before = datetime(2026, 5, 5, 21, 59, tzinfo=UTC)  # 03:59 in Almaty-like UTC+6
    assert local_day(before, "Etc/GMT-6") == date(2026, 5, 5)
    assert local_day(before + timedelta(minutes=1), "Etc/GMT-6") == date(2026, 5, 6)


@given(
    at=st.datetimes(*YEARS),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]),
)
def test_every_instant_lies_within_its_own_day(at: datetime, zone: str) -> None:
    """The bounds of a local day enclose every instant that is counted for it."""
    instant = at.replace(tzinfo=UTC)
    start, end = day_bounds(local_day(instant, zone), zone)
    assert start <= instant < end


def test_days_in_a_row_add_up_and_today_stays_open() -> None:
    """Three answered days are a streak of three on the fourth day, still unanswered."""
    result = streak(days(0, 1, 2), ALWAYS, (), on(3))
    assert (result.length, result.answered_today) == (3, False)
    assert result.ledger[-1].reason is DayReason.TODAY


def test_a_missed_day_without_a_freeze_ends_the_streak() -> None:
    """Answering on days one, two and four leaves a streak of one, and a best of two."""
    result = streak(days(0, 1, 3), ALWAYS, (), on(3))
    assert (result.length, result.best) == (1, 2)


def test_seven_answered_days_earn_a_freeze_that_saves_one_missed_day() -> None:
    """After a week one missed day is bridged and the next one is not."""
    week = range(7)
    assert streak(days(*week), ALWAYS, (), on(6)).freezes == 1
    bridged = streak(days(*week, 8), ALWAYS, (), on(8))
    assert (bridged.length, bridged.freezes, bridged.ledger[7].reason) == (8, 0, DayReason.FREEZE)
    assert streak(days(*week, 9), ALWAYS, (), on(9)).length == 1


@given(answered=st.frozensets(st.integers(0, 60), max_size=60))
def test_todays_answer_froze_when_it_left_one_freeze_more(answered: frozenset[int]) -> None:
    """One reading tells what two would show, that without today's answer and that with it."""
    without, with_it = (streak(days(*some), ALWAYS, (), on(60)) for some in (answered - {60}, answered | {60}))
    assert with_it.froze == (with_it.freezes > without.freezes)
    assert not without.froze


def test_at_most_three_freezes_are_held() -> None:
    """Forty answered days still hold three."""
    assert streak(days(*range(40)), ALWAYS, (), on(39)).freezes == 3


def test_rest_days_neither_add_nor_break() -> None:
    """With weekends off, Friday and Monday are two in a row."""
    weekdays = (Schedule(START, "UTC", 0b0011111),)
    result = streak(days(4, 7), weekdays, (), on(7))
    assert (result.length, result.ledger[1].reason) == (2, DayReason.REST)


def test_changing_the_days_does_not_rewrite_the_past() -> None:
    """A day missed while it counted stays missed when it becomes a rest day later."""
    log = (Schedule(START, "UTC", EVERY_DAY), Schedule(on(3), "UTC", 0b1111101))  # Tuesdays off from Thursday on
    assert streak(days(0, 2, 3), log, (), on(3)).ledger[1].reason is DayReason.MISSED


def test_a_pause_costs_nothing() -> None:
    """Paused days bridge the streak."""
    log = (Schedule(START, "UTC"), Schedule(on(1), "UTC", EVERY_DAY, on(4)))
    assert streak(days(0, 4), log, (), on(4)).length == 2


def test_an_outage_costs_nothing_and_a_hiccup_excuses_nothing() -> None:
    """A day on which the coach was down for hours is neutral; five minutes are not."""
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)
    down = ((noon, noon + timedelta(hours=3)),)
    assert streak(days(0, 2), ALWAYS, down, on(2)).length == 2
    assert streak(days(0, 2), ALWAYS, ((noon, noon + timedelta(minutes=5)),), on(2)).length == 1


def test_moving_zone_excuses_the_day_of_the_move() -> None:
    """The day on which the zone changed is marked as such and bridges."""
    log = (Schedule(START, "UTC"), Schedule(on(1), "Asia/Tokyo"))
    result = streak(days(0, 2), log, (), on(2))
    assert (result.length, result.ledger[1].reason) == (2, DayReason.MOVED)


@given(answered=st.sets(st.integers(0, 60)), today=st.integers(0, 60))
def test_the_streak_is_never_longer_than_the_days_answered(answered: set[int], today: int) -> None:
    """Length and best are bounded by the answered days; freezes by three; every day stands in the ledger once."""
    result = streak(days(*answered), ALWAYS, (), on(today))
    mine = [day for day in answered if day <= today]
    assert 0 <= result.length <= result.best <= len(mine)
    assert 0 <= result.freezes <= 3
    assert len({entry.day for entry in result.ledger}) == len(result.ledger)


@given(answered=st.sets(st.integers(0, 30)), outage=st.integers(0, 30))
def test_an_outage_never_shortens_a_streak(answered: set[int], outage: int) -> None:
    """Whatever was answered, a day of outage more cannot leave a shorter streak."""
    noon = datetime.combine(on(outage), datetime.min.time(), UTC) + timedelta(hours=10)
    with_outage = streak(days(*answered), ALWAYS, ((noon, noon + timedelta(hours=8)),), on(30))
    assert with_outage.length >= streak(days(*answered), ALWAYS, (), on(30)).length


@given(answered=st.frozensets(st.integers(0, 60), max_size=50), today=st.integers(0, 60))
def test_the_figures_are_the_same_without_the_ledger(answered: frozenset[int], today: int) -> None:
    """Leaving out the days one by one leaves out nothing else."""
    some = days(*answered)
    assert streak(some, ALWAYS, (), on(today), ledger=False) == replace(streak(some, ALWAYS, (), on(today)), ledger=())
