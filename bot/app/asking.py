"""Use cases around the question itself: today's, the next, a quiz, a hint, skipping, showing the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.app.call import Call
from bot.app.changes import Change, GiveHint, MoveAsk, SaveRecall, SaveSession
from bot.app.coach import TODAYS, Coach, followed, placing, saving, set_aside, step_after, summary, today
from bot.app.outcomes import (
    Asked,
    Cancelled,
    DoneToday,
    Hinted,
    NoMoreHints,
    NothingOpen,
    NothingToAsk,
    NotStarted,
    Outcome,
    QuizDone,
    Shown,
    Skipped,
    Stale,
)
from bot.app.ports import Situation
from bot.app.wishes import read_wish, wish_title
from bot.core.choosing import Wish, choose, matching
from bot.core.memory import review
from bot.core.model import Question
from bot.core.people import Ask, AskState, Learner, Session, Source

QUIZ_LENGTH = 5
SEEN_LATELY = timedelta(days=7)
OPENABLE = (AskState.OPEN, AskState.ASIDE)


async def today_question(coach: Coach, call: Call) -> Outcome:
    """/today: the open one of today again, or that it is done, or a fresh one."""
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    if (learner := situation.learner) is None:
        return NotStarted()
    todays = [ask for ask in await coach.store.asks_on(learner.id, today(call, learner)) if ask.source in TODAYS]
    for ask in reversed(todays):
        if ask.state in OPENABLE and ask.chat_id == call.chat_id and (asked := await _reopen(coach, call, situation, ask)):
            return asked
    if todays:
        attempt = await coach.store.attempt_on(todays[-1].id)
        return DoneToday(attempt.score if attempt else None)
    return await ask_one(coach, call, situation, Source.TODAY, Wish(sections=learner.sections))


async def next_question(coach: Coach, call: Call) -> Outcome:
    """Another question, whatever is most useful now; the open one again when there is one."""
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    if situation.learner is None:
        return NotStarted()
    if situation.ask and (asked := coach.asked(situation.ask, situation.session)):
        return asked
    return await ask_one(coach, call, situation, Source.NEXT, Wish(sections=situation.learner.sections))


async def ask_one(coach: Coach, call: Call, situation: Situation, source: Source, wish: Wish) -> Asked | NothingToAsk:
    """Choose a question and put it to the learner."""
    chosen = await _choose(coach, call, situation, wish, 1)
    if not chosen or situation.learner is None:
        return NothingToAsk(wish_title(coach, wish))
    return await put(coach, call, situation, chosen[0], source)


async def put(
    coach: Coach, call: Call, situation: Situation, question: Question, source: Source, retry_of: int | None = None
) -> Asked | NothingToAsk:
    """Put this question to the learner now; what was open makes room."""
    if situation.learner is None:
        return NothingToAsk("")
    place = placing(call, situation.learner, question, source, retry_of=retry_of)
    ids = await coach.store.commit(*set_aside(situation), *not_waiting(situation.learner, call), place, update_id=call.update_id)
    return Asked(ids[-1] or 0, question, source, coach.titles.get(question.section, question.section))


def not_waiting(learner: Learner, call: Call) -> tuple[Change, ...]:
    """Once a question is asked, typed text is an answer again and no longer a setting."""
    if not learner.awaiting:
        return ()
    return (saving(call, replace(learner, awaiting=""), learner),)


async def _choose(coach: Coach, call: Call, situation: Situation, wish: Wish, count: int) -> list[Question]:
    questions = matching(coach.deck, wish, situation.recalls)
    avoid = await coach.store.recently_asked(call.learner_id, call.at - SEEN_LATELY)
    return choose(questions, situation.recalls, avoid, call.at, coach.rng, count)


async def _reopen(coach: Coach, call: Call, situation: Situation, ask: Ask) -> Asked | None:
    if ask.state is AskState.ASIDE:
        await coach.store.commit(*set_aside(situation), MoveAsk(ask.id, AskState.ASIDE, AskState.OPEN), update_id=call.update_id)
    return coach.asked(ask, situation.session, back=True)


async def quiz(coach: Coach, call: Call) -> Outcome:
    """/quiz: goes on with the unfinished one, or starts what the words ask for."""
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    if situation.learner is None:
        return NotStarted()
    wish, count, unknown = read_wish(coach, call.text)
    if unknown:
        return NothingToAsk(unknown)
    if situation.session and not call.text.strip() and (going_on := await _go_on(coach, call, situation, situation.session)):
        return going_on
    chosen = await _choose(coach, call, situation, wish if call.text.strip() else _usual(wish, situation.learner), count or QUIZ_LENGTH)
    return await _start_quiz(coach, call, situation, wish, chosen) if chosen else NothingToAsk(wish_title(coach, wish))


def _usual(wish: Wish, learner: Learner) -> Wish:
    return replace(wish, sections=learner.sections)


async def _go_on(coach: Coach, call: Call, situation: Situation, session: Session) -> Asked | None:
    for ask in (*((situation.ask,) if situation.ask else ()), *situation.aside):
        if ask.session == session.token:
            return await _reopen(coach, call, situation, ask)
    return None


async def _start_quiz(coach: Coach, call: Call, situation: Situation, wish: Wish, chosen: list[Question]) -> Asked:
    learner = situation.learner
    assert learner is not None  # noqa: S101 - the caller looked
    token = coach.new_token()
    session = Session(token, learner.id, call.chat_id, wish_title(coach, wish), tuple(q.id for q in chosen), call.at)
    ended = (SaveSession(replace(situation.session, finished_at=call.at)),) if situation.session else ()
    asides = [MoveAsk(a.id, a.state, AskState.DROPPED) for a in (situation.ask, *situation.aside) if a and a.session]
    room = () if situation.ask and situation.ask.session else set_aside(situation)
    place = placing(call, learner, chosen[0], Source.QUIZ, token)
    changes = (*ended, *asides, *room, *not_waiting(learner, call), SaveSession(session), place)
    ids = await coach.store.commit(*changes, update_id=call.update_id)
    return Asked(ids[-1] or 0, chosen[0], Source.QUIZ, coach.titles.get(chosen[0].section, ""), 1, len(chosen))


async def hint(coach: Coach, call: Call) -> Outcome:
    """The next hint of the open question, heaviest point first."""
    if (ask := await _target(coach, call)) is None:
        return Stale() if call.ask_id else NothingOpen()
    points = sorted(coach.questions[ask.question_id].points, key=lambda point: -point.weight)
    if ask.hints >= len(points):
        return NoMoreHints()
    await coach.store.commit(GiveHint(ask.id), update_id=call.update_id)
    return Hinted(points[ask.hints].hint, ask.hints + 1, len(points))


async def _target(coach: Coach, call: Call) -> Ask | None:
    """The learner's own ask that the button names, else the open one; ``None`` when it is closed or not theirs."""
    if call.ask_id is None:
        ask = (await coach.store.situation(call.learner_id, call.chat_id)).ask
    else:
        ask = await coach.store.ask(call.ask_id)
    mine = ask is not None and ask.learner_id == call.learner_id and ask.state in OPENABLE and ask.question_id in coach.questions
    return ask if mine else None


async def skip(coach: Coach, call: Call) -> Outcome:
    """Leave the open question; a quiz goes on with the next."""
    return await _leave(coach, call, AskState.SKIPPED)


async def show(coach: Coach, call: Call) -> Outcome:
    """Show the answer without trying; it comes back soon, and earns nothing."""
    return await _leave(coach, call, AskState.SHOWN)


async def _leave(coach: Coach, call: Call, state: AskState) -> Outcome:
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    ask = await _target(coach, call)
    if ask is None or situation.learner is None:
        return Stale() if call.ask_id else NothingOpen()
    question = coach.questions[ask.question_id]
    changes: list[Change] = [MoveAsk(ask.id, ask.state, state)]
    if state is AskState.SHOWN:
        before = situation.recalls.get(question.id)
        changes.append(SaveRecall(situation.learner.id, review(question.id, before, 0, call.at), before))
    step = step_after(coach, call, situation, ask)
    ids = await coach.store.commit(*changes, *step.changes, update_id=call.update_id)
    following = await followed(coach, step, ids[len(changes) :])
    return Shown(question, following) if state is AskState.SHOWN else Skipped(question, following)


async def cancel(coach: Coach, call: Call) -> Outcome:
    """/cancel: ends the setting being typed, else the quiz (with its summary), else the open question."""
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    learner, ask, session = situation.learner, situation.ask, situation.session
    if learner is None:
        return NotStarted()
    if learner.awaiting:
        await coach.store.commit(*not_waiting(learner, call), update_id=call.update_id)
        return Cancelled("setting")
    if session:
        return await _cut(coach, call, situation, session)
    if ask is None:
        return Cancelled("nothing")
    step = step_after(coach, call, situation, ask)
    ids = await coach.store.commit(MoveAsk(ask.id, AskState.OPEN, AskState.DROPPED), *step.changes, update_id=call.update_id)
    following = await followed(coach, step, ids[1:])
    return Cancelled("question", following if isinstance(following, Asked) else None)


async def _cut(coach: Coach, call: Call, situation: Situation, session: Session) -> QuizDone:
    own = [ask for ask in (situation.ask, *situation.aside) if ask and ask.session == session.token]
    drops = [MoveAsk(ask.id, ask.state, AskState.DROPPED) for ask in own]
    await coach.store.commit(*drops, SaveSession(replace(session, finished_at=call.at)), update_id=call.update_id)
    return await summary(coach, session, cut=True)
