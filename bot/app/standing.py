"""Use cases of staying with it: the streak, the boards, circles of friends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.app.call import Call
from bot.app.changes import JoinCircle, LeaveCircle, SaveCircle, SaveLearner
from bot.app.coach import Coach, today
from bot.app.outcomes import Board, Boards, GroupOnly, Invitation, Joined, Left, NotStarted, Outcome, Stale, StreakShown
from bot.core.boards import standings, week_of
from bot.core.people import Circle, Learner, Standing, Streak
from bot.core.streaks import local_day, streak

HIDDEN = ""  # a learner who keeps off the boards has no name there


async def show_streak(coach: Coach, call: Call) -> Outcome:
    """/streak: its length, the freezes and every day with its reason."""
    if (learner := await coach.store.learner(call.learner_id)) is None:
        return NotStarted()
    return StreakShown(await streak_of(coach, call, learner.id, learner.zone), today(call, learner))


async def streak_of(coach: Coach, call: Call, learner_id: int, zone: str) -> Streak:
    """A learner's streak at the time of the call."""
    days = await coach.store.days(learner_id)
    return streak(days.answered, days.schedule, days.outages, local_day(call.at, zone))


async def leaderboard(coach: Coach, call: Call) -> Outcome:
    """/leaderboard: in a group, of those who joined in there; in private, of each of the learner's circles (or the learner alone)."""
    if call.private:
        circles = list(await coach.store.circles(call.learner_id))
    else:
        circle = await coach.store.circle_of_chat(call.chat_id)
        circles = [circle] if circle else []
    boards = [await _board(coach, call, circle) for circle in circles]
    if call.private and not boards and await coach.store.learner(call.learner_id):
        boards = [await _board(coach, call, None)]
    return Boards(tuple(boards), call.learner_id, call.private)


async def _board(coach: Coach, call: Call, circle: Circle | None) -> Board:
    learner = await coach.store.learner(call.learner_id)
    first, last = week_of(local_day(call.at, learner.zone if learner else "UTC"))
    week = _top(await _standings(coach, call, circle, first, last), call)
    ever = _top(await _standings(coach, call, circle, None, None), call)
    return Board(circle, await _with_streaks(coach, call, week), ever)


async def _standings(coach: Coach, call: Call, circle: Circle | None, first: date | None, last: date | None) -> list[Standing]:
    """The members of the circle (without one: the learner alone), ranked by what they earned in those days."""
    alone = await coach.store.tally(call.learner_id, first, last) if circle is None else None
    tallies = await coach.store.tallies(circle.token, first, last) if circle else [alone] if alone else []
    return standings(Standing(0, t.learner_id, t.name if t.on_boards else HIDDEN, t.points, t.answered) for t in tallies)


def _top(rows: list[Standing], call: Call, most: int = 10) -> list[Standing]:
    """The first ten and the learner's own row."""
    return rows[:most] + [row for row in rows[most:] if row.learner_id == call.learner_id]


async def _with_streaks(coach: Coach, call: Call, rows: list[Standing]) -> list[Standing]:
    shown = []
    for row in rows:
        learner = await coach.store.learner(row.learner_id)
        length = (await streak_of(coach, call, row.learner_id, learner.zone)).length if learner else 0
        shown.append(replace(row, streak=length))
    return shown


async def join(coach: Coach, call: Call) -> Outcome:
    """/join in a group: the learner stands on the group's board from now on."""
    if call.private:
        return GroupOnly()
    circle = await coach.store.circle_of_chat(call.chat_id) or Circle(coach.new_token(), call.chat_title[:64] or "This group", call.chat_id)
    newcomer = () if await coach.store.learner(call.learner_id) else (_newcomer(call),)
    changes = (SaveCircle(circle, call.at), *newcomer, JoinCircle(circle.token, call.learner_id, call.at))
    await coach.store.commit(*changes, update_id=call.update_id)
    return Joined(circle)


def _newcomer(call: Call) -> SaveLearner:
    """Somebody who joins in a group before ever writing in private: known by name, pushed to only after /start."""
    return SaveLearner(Learner(call.learner_id, call.name[:32] or "You", call.at, active=False), None)


async def leave(coach: Coach, call: Call, token: str) -> Outcome:
    """Leave a circle."""
    circle = next((circle for circle in await coach.store.circles(call.learner_id) if circle.token == token), None)
    if circle is None:
        return Stale()
    await coach.store.commit(LeaveCircle(token, call.learner_id), update_id=call.update_id)
    return Left(circle)


async def invite(coach: Coach, call: Call) -> Outcome:
    """/invite: the link into the learner's circle, which is made at the first call."""
    if (learner := await coach.store.learner(call.learner_id)) is None:
        return NotStarted()
    circle = next((circle for circle in await coach.store.circles(learner.id) if circle.chat_id is None), None)
    if circle is None:
        circle = Circle(coach.new_token(), f"{learner.name}'s circle")
        await coach.store.commit(SaveCircle(circle, call.at), JoinCircle(circle.token, learner.id, call.at), update_id=call.update_id)
    return Invitation(circle, coach.link(f"c_{circle.token}"))
