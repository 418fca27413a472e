"""The coach: the ports and values that every use case works with, and what several of them share.

A use case is a function ``(coach, call) -> Outcome`` in one of the neighbouring modules. Each gathers (reads), decides
(with ``core``) and applies (one commit).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from bot.app.call import Call
from bot.app.changes import Change, MoveAsk, PlaceAsk, SaveLearner, SaveSession
from bot.app.outcomes import Asked, QuizDone
from bot.app.ports import Situation, Store
from bot.core.grading import Grader
from bot.core.model import Deck, Question
from bot.core.people import Ask, AskState, Learner, Session, Source
from bot.core.pushes import next_push
from bot.core.streaks import local_day

LASTING = (Source.DAILY, Source.TODAY, Source.QUIZ)  # these wait aside when another question comes; others are dropped
TICK_SLACK = timedelta(minutes=2)  # a push this young may not have been planned yet
TODAYS = (Source.DAILY, Source.TODAY)


Vitals = Callable[[datetime], Mapping[str, object]]


def no_vitals(now: datetime) -> Mapping[str, object]:
    """No figures of a process."""
    return {}


@dataclass(frozen=True)
class Coach:
    """What use cases need: where things are kept, what is asked, how answers are graded, chance, and links to this bot.

    ``link`` turns a start parameter into something a friend can open. ``answer_days`` is how long typed answers are kept,
    ``copy_days`` how long nightly copies of the database are.
    ``vitals`` gives the owner the figures of the running process.
    """

    store: Store
    deck: Deck
    grader: Grader
    rng: random.Random
    new_token: Callable[[], str]
    link: Callable[[str], str]
    owners: frozenset[int] = frozenset()
    answer_days: int = 180
    copy_days: int = 7
    vitals: Vitals = no_vitals

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """The deck's questions by id."""
        return {question.id: question for question in self.deck.questions}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The sections' titles by id."""
        return {section.id: section.title for section in self.deck.sections}

    def asked(self, ask: Ask, session: Session | None = None, *, back: bool = False) -> Asked | None:
        """An ask as it is shown, or ``None`` when its question left the deck."""
        if (question := self.questions.get(ask.question_id)) is None:
            return None
        here = session if session and ask.session == session.token else None
        number, total = (here.done + 1, len(here.question_ids)) if here else (0, 0)
        return Asked(ask.id, question, ask.source, self.titles.get(question.section, question.section), number, total, back)


def today(call: Call, learner: Learner) -> date:
    """The learner's local day at the time of the call."""
    return local_day(call.at, learner.zone)


def saving(call: Call, learner: Learner, known: Learner | None) -> SaveLearner:
    """The change that saves settings. A due time that nothing changed stays, or a push due this minute would be lost."""
    same = known is not None and _schedule(known) == _schedule(learner)
    due = next_push(call.at - TICK_SLACK, learner) if learner.ready and learner.active else None
    return SaveLearner(learner, due, keep_due=same)


def _schedule(learner: Learner) -> tuple[object, ...]:
    return learner.zone, learner.push_at, learner.days, learner.paused_until, learner.active, learner.ready


def placing(
    call: Call, learner: Learner, question: Question, source: Source, session: str | None = None, retry_of: int | None = None
) -> PlaceAsk:
    """The change that asks a learner a question in the chat of the call."""
    day = today(call, learner)
    return PlaceAsk(learner.id, call.chat_id, question.id, source, call.at, day, session=session, retry_of=retry_of)


def set_aside(situation: Situation) -> tuple[Change, ...]:
    """Makes room for another question: a lasting open one waits, a passing one is dropped."""
    if (ask := situation.ask) is None:
        return ()
    return (MoveAsk(ask.id, AskState.OPEN, AskState.ASIDE if ask.source in LASTING else AskState.DROPPED),)


@dataclass(frozen=True, slots=True)
class Step:
    """What follows when the open question is closed: the changes (a ``PlaceAsk`` last), what to show, the quiz that ended."""

    changes: tuple[Change, ...] = ()
    ask: Ask | None = None
    back: bool = False
    session: Session | None = None


def step_after(coach: Coach, call: Call, situation: Situation, closed: Ask) -> Step:
    """Decide what comes after ``closed``: the quiz goes on or ends; else the newest question that waits aside returns.

    Where another question is open it stays so, and the quiz goes on behind it.
    """
    learner, session = situation.learner, situation.session
    if learner is None:
        return Step()
    front = situation.ask if situation.ask and situation.ask.id != closed.id else None
    back = Step() if front else _back(coach, call, situation, closed)
    if session is None or closed.session != session.token:
        return back
    session = _advanced(coach, session)
    if session.done == len(session.question_ids):
        session = replace(session, finished_at=call.at)
        return Step((SaveSession(session), *back.changes), back.ask, back=True, session=session)
    place = placing(call, learner, coach.questions[session.question_ids[session.done]], Source.QUIZ, session.token)
    if front:  # nobody sees it before that one is dealt with, so it is younger
        place = replace(place, state=AskState.ASIDE, asked_at=max(call.at, front.asked_at))
        return Step((SaveSession(session), place), session=session)
    return Step((SaveSession(session), place), _as_ask(place), session=session)


def _advanced(coach: Coach, session: Session) -> Session:
    """One question further, past those that left the deck meanwhile."""
    done = session.done + 1
    while done < len(session.question_ids) and session.question_ids[done] not in coach.questions:
        done += 1
    return replace(session, done=done)


def _back(coach: Coach, call: Call, situation: Situation, closed: Ask) -> Step:
    """The newest question aside that is still worth asking: the quiz that goes on, or one of today (older ones would nag)."""
    learner, session = situation.learner, situation.session
    for ask in situation.aside:
        quiz = session is not None and ask.session == session.token and ask.session != closed.session
        of_today = ask.session is None and learner is not None and ask.local_day == today(call, learner)
        if ask.id != closed.id and ask.question_id in coach.questions and (quiz or of_today):
            return Step((MoveAsk(ask.id, AskState.ASIDE, AskState.OPEN),), ask, back=True, session=session)
    return Step()


def _as_ask(place: PlaceAsk) -> Ask:
    return Ask(0, place.learner_id, place.chat_id, place.question_id, place.source, place.asked_at, place.local_day, session=place.session)


async def followed(coach: Coach, step: Step, ids: list[int | None]) -> Asked | QuizDone | None:
    """What the step shows, once its changes are applied; ``ids`` are what the commit returned."""
    ask = step.ask
    if ask is not None and ask.id == 0 and ids and (placed := ids[-1]) is not None:
        ask = replace(ask, id=placed)
    shown = coach.asked(ask, step.session, back=step.back) if ask else None
    if step.session and step.session.finished_at:
        return await summary(coach, step.session, next_up=shown)
    return shown


async def summary(coach: Coach, session: Session, *, cut: bool = False, next_up: Asked | None = None) -> QuizDone:
    """How a quiz went, question by question."""
    attempts = await coach.store.session_attempts(session.token)
    pairs = tuple((coach.questions[a.question_id], a.score) for a in attempts if a.question_id in coach.questions)
    return QuizDone(session, pairs, cut, next_up)
