"""Zones and times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.places import CITIES
from bot.core.zones import city_of, clock, read_time, read_zone

NOW = datetime(2026, 11, 21, 16, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("sao paulo", "America/Sao_Paulo"),
        ("São Paulo!", "America/Sao_Paulo"),
        ("berln", "Europe/Berlin"),
        ("new yrok", "America/New_York"),
        ("i live in Mumbai", "Asia/Kolkata"),
        ("europe/berlin", "Europe/Berlin"),
        ("UTC+5:30", "Asia/Kolkata"),
        ("gmt -3", "Etc/GMT+3"),
        ("+2", "Etc/GMT-2"),
        ("utc", "UTC"),
        ("it is 21:40 here", "Asia/Kolkata"),
        ("it's 5pm now", "Etc/GMT-1"),
    ],
)
def test_a_place_an_offset_or_the_time_there_names_a_zone(typed: str, zone: str) -> None:
    """Cities with typos, offsets and clock times are understood."""
    assert read_zone(typed, NOW) == zone


@pytest.mark.parametrize("typed", ["", "   ", "asdfgh", "🙂", "UTC+99", "the session is a signed cookie", "\x00"])
def test_what_names_no_zone_is_refused(typed: str) -> None:
    """Nonsense is not guessed at."""
    assert read_zone(typed, NOW) is None


@given(st.text(max_size=200))
def test_any_text_is_refused_or_names_a_zone_that_exists(typed: str) -> None:
    """Whatever is typed, the answer is None or a zone that can be loaded."""
    zone = read_zone(typed, NOW)
    assert zone is None or ZoneInfo(zone).key == zone


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("9", 540),
        ("9:30", 570),
        ("21.40", 1300),
        ("9pm", 1260),
        ("12am", 0),
        ("12 pm", 720),
        ("noon", 720),
        ("at 7 in the morning", 420),
        ("18h30", 1110),
    ],
)
def test_clock_times_are_read_as_people_write_them(typed: str, minutes: int) -> None:
    """Hours alone, with minutes, with am and pm."""
    assert read_time(typed) == minutes


@pytest.mark.parametrize("typed", ["25:00", "9:75", "13pm", "soon", ""])
def test_what_is_no_time_is_refused(typed: str) -> None:
    """Hours and minutes out of range are no time."""
    assert read_time(typed) is None


@given(st.integers(0, 1439))
def test_a_clock_time_reads_back(minutes: int) -> None:
    """What is shown can be typed."""
    assert read_time(clock(minutes)) == minutes


def test_the_offered_cities_are_zones() -> None:
    """Every city on a button can be loaded and has a short name."""
    assert all(ZoneInfo(zone) and len(city_of(zone)) < 30 for _, zone in CITIES)
