"""Use cases around an answer: grading it once, choosing an option, trying again, and hearing "I was right"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from rapidfuzz import fuzz

from bot.app.asking import OPENABLE, put
from bot.app.call import Call
from bot.app.changes import AppendAttempt, Change, MoveAsk, SaveRecall
from bot.app.coach import Coach, followed, step_after, today
from bot.app.outcomes import AlreadyAnswered, Asked, Chosen, Difference, Graded, NotAnOption, NothingOpen, NotStarted, Outcome, Stale
from bot.app.ports import Conflict, Days, Situation
from bot.core.boards import points
from bot.core.memory import review
from bot.core.model import Band, Grade, Kind, Question
from bot.core.people import Ask, AskState, Attempt, Source, Streak
from bot.core.streaks import streak

LONGEST_ANSWER = 4096  # what Telegram lets anybody type into one message
CLOCKS_APART = timedelta(minutes=1)  # so far the clock of the chat program may be behind ours


@dataclass(frozen=True, slots=True)
class _Scored:
    """What an answer came to, before it is applied."""

    points: int
    streak: int
    froze: bool
    changes: tuple[Change, ...]


async def answer(coach: Coach, call: Call, *, tries: int = 2, situation: Situation | None = None) -> Outcome:
    """A typed answer to the open question, or to the one whose message it replies to; ``situation`` where it was just read.

    When the daily question takes that one's place between reading and writing, the answer is still to the one it was meant for.
    """
    situation = situation or await coach.store.situation(call.learner_id, call.chat_id, call.at)
    if situation.learner is None:
        return NotStarted()
    if not tries or (ask := _meant(situation, call)) is None:
        return await _nothing_open(coach, call)
    if (question := coach.questions.get(ask.question_id)) is None:
        return NothingOpen()
    try:
        if question.kind is not Kind.MCQ:
            return await _grade(coach, call, situation, ask, question)
        picked = read_option(question, call.text)
        return NotAnOption(question, ask.id) if picked is None else await _choose(coach, call, situation, ask, question, picked)
    except Conflict:
        return await answer(coach, replace(call, ask_id=ask.id), tries=tries - 1)


def _meant(situation: Situation, call: Call) -> Ask | None:
    if call.ask_id is None:
        return _in_front(situation, call)
    asks = [ask for ask in (situation.ask, *situation.aside) if ask]
    return next((ask for ask in asks if ask.id == call.ask_id), None)


def _in_front(situation: Situation, call: Call) -> Ask | None:
    """The question that was open when the answer was typed: what a daily one, pushed since then, has put aside."""
    ask, said_by = situation.ask, min(call.came_at or call.at, call.at + CLOCKS_APART)
    if ask is None or ask.source is not Source.DAILY or ask.asked_at <= said_by:
        return ask
    return next((older for older in situation.aside if older.asked_at <= said_by), ask)


async def _nothing_open(coach: Coach, call: Call) -> Outcome:
    """A replayed answer and a reply to an answered question get the stored verdict; anything else, a kind sentence."""
    if call.update_id is not None and await coach.store.attempt_by_update(call.update_id):
        return await replay(coach, call)
    attempt = await coach.store.attempt_on(call.ask_id) if call.ask_id is not None else None
    if attempt is None or attempt.learner_id != call.learner_id or attempt.question_id not in coach.questions:
        return NothingOpen()
    return AlreadyAnswered(coach.questions[attempt.question_id], attempt, _regrade(coach, attempt))


async def _grade(coach: Coach, call: Call, situation: Situation, ask: Ask, question: Question) -> Outcome:
    text = call.text[:LONGEST_ANSWER]
    grade = coach.grader.grade(question, text)
    earlier = await coach.store.attempt(ask.retry_of) if ask.retry_of else None
    scored = await _score(coach, call, situation, ask, grade.score, grade.band is not Band.NONE, text, earlier)
    step = step_after(coach, call, situation, ask)
    ids = await coach.store.commit(*scored.changes, *step.changes, update_id=call.update_id)
    return Graded(
        question=question,
        attempt_id=ids[1] or 0,
        grade=grade,
        points=scored.points,
        streak=scored.streak,
        froze=scored.froze,
        difference=_difference(coach, earlier, grade),
        next=await followed(coach, step, ids[len(scored.changes) :]),
    )


async def _score(
    coach: Coach, call: Call, situation: Situation, ask: Ask, score: int, counted: bool, text: str, earlier: Attempt | None
) -> _Scored:
    """Decide what the answer is worth; its changes begin with closing the ask and appending the attempt."""
    learner = situation.learner
    assert learner is not None  # noqa: S101 - the caller looked
    day = today(call, learner)
    earned = 0 if ask.retry_of else points(score, situation.counted.get(ask.question_id), call.at)
    moved = _moved(situation.days, day) if counted else None
    recalls = situation.before if ask.retry_of else situation.recalls
    best = max(score, earlier.score) if earlier else score
    recall = review(ask.question_id, recalls.get(ask.question_id), best, call.at)
    attempt = AppendAttempt(ask.id, learner.id, ask.question_id, text, score, earned, counted, call.at, day, ask.retry_of)
    changes = (
        MoveAsk(ask.id, ask.state, AskState.ANSWERED),
        attempt,
        SaveRecall(learner.id, recall, recalls.get(ask.question_id)),
    )
    return _Scored(earned, moved.length if moved else 0, moved is not None and moved.froze, changes)


def _moved(days: Days | None, day: date) -> Streak | None:
    """The streak with the day's first answer; ``None`` for a later one, which does not move it."""
    return streak(days.answered | {day}, days.schedule, days.outages, day, ledger=False) if days else None


def _difference(coach: Coach, earlier: Attempt | None, grade: Grade) -> Difference | None:
    if earlier is None or (old := _regrade(coach, earlier)) is None:
        return None
    return Difference(earlier.score, grade.score, len(grade.hits) - len(old.hits), grade.words - old.words)


def _regrade(coach: Coach, attempt: Attempt) -> Grade | None:
    """The verdict as it stood: graded again from the stored words (``None`` once they are purged)."""
    question = coach.questions.get(attempt.question_id)
    if question is None or attempt.answer is None or question.kind is Kind.MCQ:
        return None
    return coach.grader.grade(question, attempt.answer)


async def pick(coach: Coach, call: Call, option: int) -> Outcome:
    """A pressed option of a multiple-choice question; only the learner's own open question can be answered."""
    situation = await coach.store.situation(call.learner_id, call.chat_id, call.at)
    ask = _meant(situation, call)
    if ask is None or ask.state not in OPENABLE or (question := coach.questions.get(ask.question_id)) is None:
        return Stale()
    if not 0 <= option < len(question.options):
        return Stale()
    return await _choose(coach, call, situation, ask, question, option)


async def _choose(coach: Coach, call: Call, situation: Situation, ask: Ask, question: Question, picked: int) -> Outcome:
    score = 100 if picked == question.answer else 0
    scored = await _score(coach, call, situation, ask, score, True, question.options[picked], None)
    step = step_after(coach, call, situation, ask)
    ids = await coach.store.commit(*scored.changes, *step.changes, update_id=call.update_id)
    following = await followed(coach, step, ids[len(scored.changes) :])
    return Chosen(question, picked, scored.points, scored.streak, following)


def read_option(question: Question, text: str) -> int | None:
    """The option that typed text means: its letter, its number from 1, or its words."""
    typed = text.strip().strip(").:").casefold()
    if len(typed) == 1 and "a" <= typed < "abcdefgh"[len(question.options)]:
        return ord(typed) - ord("a")
    if typed in (words := [option.casefold() for option in question.options]):
        return words.index(typed)
    if typed.isdecimal():
        return int(typed) - 1 if 1 <= int(typed) <= len(words) else None
    scores = [fuzz.ratio(typed, option) for option in words]
    return scores.index(max(scores)) if max(scores) >= 75 else None


async def again(coach: Coach, call: Call, attempt_id: int) -> Outcome:
    """Try the same question once more; it earns no points, and the better score counts for memory."""
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    attempt = await coach.store.attempt(attempt_id)
    if attempt is None or attempt.learner_id != call.learner_id or attempt.question_id not in coach.questions:
        return Stale()
    if situation.ask and situation.ask.retry_of == attempt_id and (asked := coach.asked(situation.ask)):
        return asked
    return await put(coach, call, situation, coach.questions[attempt.question_id], Source.RETRY, retry_of=attempt_id)


async def replay(coach: Coach, call: Call) -> Outcome:
    """What an update that was applied before a crash came to: its verdict again, or the question that is open now."""
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    attempt = await coach.store.attempt_by_update(call.update_id) if call.update_id is not None else None
    asked = _waiting(coach, call, situation)
    if attempt is None or attempt.learner_id != call.learner_id:
        return asked or NothingOpen()
    return await _verdict_again(coach, call, situation, attempt, asked)


def _waiting(coach: Coach, call: Call, situation: Situation) -> Asked | None:
    """The open question; one that this update did not ask was shown before, and says so."""
    ask = situation.ask
    return coach.asked(ask, situation.session, back=ask.asked_at != call.at) if ask else None


async def _verdict_again(coach: Coach, call: Call, situation: Situation, attempt: Attempt, asked: Asked | None) -> Outcome:
    question, grade = coach.questions.get(attempt.question_id), _regrade(coach, attempt)
    if question is None or situation.learner is None:
        return asked or NothingOpen()
    if grade is None:
        picked = read_option(question, attempt.answer or "") or 0
        return Chosen(question, picked, attempt.points, next=asked)
    earlier = await coach.store.attempt(attempt.retry_of) if attempt.retry_of else None
    return Graded(question, attempt.id, grade, attempt.points, difference=_difference(coach, earlier, grade), next=asked)
