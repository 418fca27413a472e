""" "I was right": the learner marks the missed point and the words that said it; their own score is corrected at once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.app.call import Call
from bot.app.changes import AppendAppeal, Change, SaveRecall
from bot.app.coach import Coach, today
from bot.app.outcomes import AppealOffer, AppealRefused, AppealTaken, AppealWords, Outcome, Stale
from bot.app.ports import Conflict, Situation
from bot.core.memory import review
from bot.core.model import Grade, KeyPoint, Kind, Question
from bot.core.people import Attempt

APPEALS_A_DAY = 3
MOST_CLAUSES = 6


async def offer(coach: Coach, call: Call, attempt_id: int) -> Outcome:
    """Which points may be claimed: those that were missed."""
    if (found := await _graded(coach, call, attempt_id)) is None:
        return Stale()
    attempt, question, grade = found
    if await _left(coach, call) <= 0:
        return AppealRefused("limit")
    missed = tuple((miss.point, miss.label) for miss in grade.misses)
    return AppealOffer(attempt.id, question, missed) if missed else AppealRefused("nothing")


async def claim(coach: Coach, call: Call, attempt_id: int, point: int, clause: int | None) -> Outcome:
    """Claim a missed point: first the clause that said it is asked for (when there are several), then the score is corrected."""
    if (found := await _graded(coach, call, attempt_id)) is None:
        return Stale()
    attempt, question, grade = found
    if point not in [miss.point for miss in grade.misses]:
        return Stale()
    clauses = split_clauses(attempt.answer or "")
    if clause is None and len(clauses) > 1:
        return AppealWords(attempt.id, point, question.points[point].label, clauses)
    if (clause or 0) >= len(clauses):
        return Stale()
    return await _take(coach, call, attempt, question, point, clauses[clause or 0])


async def _take(coach: Coach, call: Call, attempt: Attempt, question: Question, point: int, phrase: str) -> Outcome:
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    left = await _left(coach, call)
    if (learner := situation.learner) is None or left <= 0:
        return AppealRefused("limit")
    claimed = await coach.store.appealed(attempt.id)
    points = question.points
    granted = [points[point], *(p for p in points if p.label in claimed)]
    before = _score_with(coach, question, attempt, granted[1:])
    after = max(before, _score_with(coach, question, attempt, granted))
    label = points[point].label
    appeal = AppendAppeal(attempt.id, learner.id, question.id, label, phrase[:200], after, call.at, today(call, learner))
    try:
        await coach.store.commit(appeal, *_remembered(situation, attempt, after), update_id=call.update_id)
    except Conflict:
        return AppealRefused("before")
    return AppealTaken(label, before, after, left - 1)


def _score_with(coach: Coach, question: Question, attempt: Attempt, granted: Sequence[KeyPoint]) -> int:
    """The score as if the answer had also said these points in words that the deck accepts."""
    said = [phrase for point in granted for phrase in _accepted(point)]
    return max(attempt.score, coach.grader.grade(question, "\n".join([attempt.answer or "", *said])).score if said else 0)


def _accepted(point: KeyPoint) -> list[str]:
    """Accepted words of a point, as many phrasings as it needs."""
    phrases = point.accept or tuple(phrase for words in point.sides.values() for phrase in words)
    return [" ".join(word.split("|")[0] for word in phrase.split()) + "." for phrase in phrases[: point.need]]


def _remembered(situation: Situation, attempt: Attempt, score: int) -> tuple[Change, ...]:
    """The review of that answer done again with the corrected score, unless the question was answered anew since."""
    recall, before = situation.recalls.get(attempt.question_id), situation.before.get(attempt.question_id)
    if recall is None or recall.reviewed_at != attempt.at:
        return ()
    return (SaveRecall(attempt.learner_id, review(attempt.question_id, before, score, attempt.at), before),)


async def _graded(coach: Coach, call: Call, attempt_id: int) -> tuple[Attempt, Question, Grade] | None:
    """The learner's own attempt with its question and verdict; ``None`` for somebody else's or one whose words are purged."""
    attempt = await coach.store.attempt(attempt_id)
    if attempt is None or attempt.learner_id != call.learner_id or not attempt.answer:
        return None
    question = coach.questions.get(attempt.question_id)
    if question is None or question.kind is Kind.MCQ:
        return None
    return attempt, question, coach.grader.grade(question, attempt.answer)


async def _left(coach: Coach, call: Call) -> int:
    learner = await coach.store.learner(call.learner_id)
    return APPEALS_A_DAY - await coach.store.appeals_today(call.learner_id, today(call, learner)) if learner else 0


def split_clauses(answer: str) -> tuple[str, ...]:
    """The answer's clauses in order, at most six; the last one takes what is left."""
    parts = [part.strip() for part in re.split(r"(?<=[.;!?\n])\s+|,\s+|\n+", answer) if part.strip()]
    return tuple(parts[: MOST_CLAUSES - 1] + ([", ".join(parts[MOST_CLAUSES - 1 :])] if len(parts) >= MOST_CLAUSES else []))
