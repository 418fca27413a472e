"""Use cases of what is kept: the notice, the learner's own data, and forgetting it all."""

from __future__ import annotations

import json

from bot.app.call import Call
from bot.app.coach import Coach
from bot.app.outcomes import DataReady, DeleteAsked, Deleted, Kept, NotStarted, Outcome, PrivacyShown


async def notice(coach: Coach, call: Call) -> Outcome:
    """/privacy: what is kept, why, and for how long."""
    return PrivacyShown(coach.answer_days, coach.copy_days)


async def my_data(coach: Coach, call: Call) -> Outcome:
    """/mydata: every row held about the learner, as a JSON file."""
    if await coach.store.learner(call.learner_id) is None:
        return NotStarted()
    tables = await coach.store.everything(call.learner_id)
    return DataReady(json.dumps(tables, ensure_ascii=False, indent=2, default=str).encode())


async def delete_me(coach: Coach, call: Call) -> Outcome:
    """/deleteme asks once."""
    return NotStarted() if await coach.store.learner(call.learner_id) is None else DeleteAsked()


async def deleted(coach: Coach, call: Call, sure: bool) -> Outcome:
    """The answer to that: every row goes, or none."""
    if not sure:
        return Kept()
    await coach.store.forget(call.learner_id)
    return Deleted()
