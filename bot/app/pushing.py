"""What the outbox asks of the coach: which question a learner gets today, and how a push is worded."""

from __future__ import annotations

from datetime import datetime

from bot.app.asking import SEEN_LATELY
from bot.app.coach import TODAYS, Coach
from bot.app.message import Message
from bot.app.messages import pushed, reminded, withdrawn
from bot.app.outcomes import Asked
from bot.core.choosing import Wish, choose, matching
from bot.core.people import Ask, Learner, Push, PushKind
from bot.core.streaks import local_day


async def pick(coach: Coach, learner: Learner, now: datetime) -> str | None:
    """The question to push today, or ``None`` when the learner has today's already (/today) or there is none to ask."""
    todays = await coach.store.asks_on(learner.id, local_day(now, learner.zone))
    if any(ask.source in TODAYS for ask in todays):
        return None
    situation = await coach.store.situation(learner.id, learner.id)
    questions = matching(coach.deck, Wish(sections=learner.sections), situation.recalls)
    avoid = await coach.store.recently_asked(learner.id, now - SEEN_LATELY)
    chosen = choose(questions, situation.recalls, avoid, now, coach.rng)
    return chosen[0].id if chosen else None


def worded(coach: Coach, push: Push, ask: Ask, learner: Learner, now: datetime) -> Message:
    """The push in words; when its question left the deck meanwhile, the way to another."""
    if (question := coach.questions.get(ask.question_id)) is None:
        return withdrawn()
    asked = Asked(ask.id, question, ask.source, coach.titles.get(question.section, question.section), again=push.again)
    return reminded(asked) if push.kind is PushKind.REMINDER else pushed(asked)
