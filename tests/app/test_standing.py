"""Streaks, circles, boards, settings as a learner meets them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.app.desk import Desk
from tests.app.conftest import Person, buttons_of


async def test_a_streak_grows_day_by_day_and_shows_its_ledger(ada: Person) -> None:
    """Two answered days are a streak of two with both days listed."""
    await ada.answers()
    ada.later(days=1)
    await ada.says("/today")
    assert "🔥 2 days in a row" in await ada.answers()
    assert (await ada.says("/streak")).count("answered") >= 2


async def test_an_answer_at_one_at_night_counts_for_the_evening_before(ada: Person) -> None:
    """The day rolls over at 04:00 local time."""
    ada.later(hours=13)
    await ada.answers()
    assert "Mon 02 Mar: answered" in await ada.says("/streak")


async def test_friends_meet_in_a_circle(ada: Person, desk: Desk) -> None:
    """The invited friend stands on the same board, first place to whoever earned more."""
    await ada.says("alpha1 beta")
    link = (await ada.says("/invite")).split("start=")[1]
    bob = Person(desk, 8, "Bob", 8)
    assert "Ada's circle" in await bob.says(f"/start {link}")
    await bob.says("Paris")
    await bob.says("10")
    await bob.answers()
    board = await bob.says("/leaderboard")
    assert board.index("🥇 Bob (you)") < board.index("🥈 Ada")


async def test_a_link_nobody_made_joins_nothing(desk: Desk) -> None:
    """An unknown circle in a start link is ignored."""
    eve = Person(desk, 66, "Eve", 66)
    assert "where are you" in await eve.says("/start c_AAAAAAAAAAAAAAAAAAAAAA")
    assert "in no circle" in await eve.says("/leaderboard")


async def test_a_hidden_name_is_hidden(ada: Person, desk: Desk) -> None:
    """Who keeps off the boards stands there without a name."""
    await ada.answers()
    link = (await ada.says("/invite")).split("start=")[1]
    await ada.says("/settings")
    await ada.presses("Hide my name")
    bob = Person(desk, 8, "Bob", 8)
    await bob.says(f"/start {link}")
    board = await bob.says("/leaderboard")
    assert "name hidden" in board
    assert "Ada (" not in board
    assert "Ada:" not in board


async def test_a_group_board_holds_those_who_joined(ada: Person, desk: Desk) -> None:
    """In a group /join opts in; others are not listed."""
    await ada.answers()
    there = Person(desk, 7, "Ada", -100, private=False)
    assert "Nobody has joined" in await there.says("/leaderboard")
    await there.says("/join")
    assert "Ada (you)" in await there.says("/leaderboard")


async def test_private_commands_in_a_group_lead_to_the_private_chat(desk: Desk) -> None:
    """Nothing personal is shown in a group."""
    there = Person(desk, 7, "Ada", -100, private=False)
    for command in ("/today", "/settings", "/mydata", "/streak", "/deleteme", "/start"):
        assert "in private" in await there.says(command), command


async def test_a_group_that_moves_keeps_its_board(ada: Person, desk: Desk) -> None:
    """After the migration the new chat id has the members."""
    await ada.answers()
    there = Person(desk, 7, "Ada", -100, private=False)
    await there.says("/join")
    await desk.moved(-100, -100123)
    moved = Person(desk, 7, "Ada", -100123, private=False)
    assert "Ada (you)" in await moved.says("/leaderboard")


async def test_settings_are_edited_in_place(ada: Person) -> None:
    """Every page and every change replaces the same message."""
    await ada.says("/settings")
    for label in (
        "Days",
        "✅ Sun",
        "Back",
        "Pause",
        "7 days",
        "Reminder: on",
        "Sections",
        "✅ Choices",
        "Back",
        "Zone",
        "Tokyo",
        "Time",
        "21:00",
    ):
        await ada.presses(label)
        assert ada.last.edit is not None, label
        assert ada.last.messages == ()
    shown = ada.heard()
    for line in ("21:00", "Tokyo", "Mon, Tue, Wed, Thu, Fri, Sat", "until 09 Mar 2026", "reminder: on", "Sections: 2"):
        assert line in shown


@pytest.mark.parametrize(
    ("page", "typed", "shown"), [("Name", "Ada L.", "Ada L."), ("Time", "7:15pm", "19:15"), ("Zone", "sao paulo", "Sao Paulo")]
)
async def test_settings_can_be_typed(ada: Person, page: str, typed: str, shown: str) -> None:
    """The page that is open takes the next text; after it text is an answer again."""
    await ada.says("/settings")
    await ada.presses(page)
    assert shown in await ada.says(typed)
    assert "/100" in await ada.says("alpha1 beta")


async def test_the_last_day_of_the_week_stays_on(ada: Person) -> None:
    """Nobody can turn all days off."""
    await ada.says("/settings")
    await ada.presses("Days")
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        await ada.presses(f"✅ {day}")
    assert "✅ Sun" in buttons_of(ada.last)


async def test_coming_back_is_welcomed(ada: Person) -> None:
    """/start of a known learner changes no setting."""
    assert "Welcome back, Ada" in await ada.says("/start")
    assert "09:00" in await ada.says("/settings")


async def test_leaving_a_circle_takes_one_off_its_board(ada: Person) -> None:
    """After Leave the board is gone for the learner."""
    await ada.says("/invite")
    await ada.says("/leaderboard")
    assert "left Ada's circle" in await ada.presses("Leave")
    assert "in no circle" in await ada.says("/leaderboard")


async def test_changing_a_name_in_the_push_minute_loses_no_push(ada: Person) -> None:
    """A daily question that is due and not yet planned stays due when another setting is saved."""
    ada.now = ada.now.replace(hour=9, minute=0, second=10) + timedelta(days=1)
    await ada.says("/settings")
    await ada.presses("Reminder: on")
    assert [learner.id for learner in await ada.desk.coach.store.due_learners(ada.now, 10)] == [7]


async def test_without_a_circle_the_own_row_stands_alone(ada: Person) -> None:
    """/leaderboard shows one's own points even without friends."""
    await ada.answers()
    board = await ada.says("/leaderboard")
    assert "Ada (you)" in board
    assert "no circle" in board
