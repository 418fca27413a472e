"""Points and standings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.boards import COOL_DOWN, points, standings, week_of
from bot.core.people import Standing

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


def row(learner: int, earned: int, name: str = "") -> Standing:
    return Standing(0, learner, name or f"learner {learner}", earned, 1)


def test_ties_share_a_rank_and_the_next_is_skipped() -> None:
    """Two leaders with equal points are both first, the next is third."""
    assert [(s.learner_id, s.rank) for s in standings([row(1, 50), row(2, 80), row(3, 80)])] == [(2, 1), (3, 1), (1, 3)]


@given(st.lists(st.integers(0, 100), max_size=30))
def test_a_rank_is_one_more_than_the_number_of_those_ahead(earned: list[int]) -> None:
    """Nobody with fewer points stands before somebody with more."""
    for standing in standings([row(n, gained) for n, gained in enumerate(earned)]):
        assert standing.rank == 1 + sum(other > standing.points for other in earned)


def test_the_same_question_earns_again_only_after_the_cool_down() -> None:
    """A second go within the cool-down is worth nothing."""
    assert points(70, None, NOW) == 70
    assert points(90, NOW - COOL_DOWN + timedelta(seconds=1), NOW) == 0
    assert points(90, NOW - COOL_DOWN, NOW) == 90


def test_a_week_is_monday_to_sunday() -> None:
    """The week of a Sunday began on the Monday before."""
    assert week_of(date(2026, 3, 1)) == (date(2026, 2, 23), date(2026, 3, 1))
