"""Which question comes next: what is about to be forgotten first, then what interviewers ask most."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.memory import retrievability
from bot.core.model import Deck, Kind, Level, Question
from bot.core.people import Recall

WEAK_BELOW = 60

_LEVEL = {Level.BEGINNER: 0.3, Level.INTERMEDIATE: 0.15, Level.ADVANCED: 0.0}


@dataclass(frozen=True, slots=True)
class Wish:
    """What may be asked: sections (empty: all), only hot ones, only weak ones, typed answers or multiple choice."""

    sections: tuple[str, ...] = ()
    hot: bool = False
    weak: bool = False
    mcq: bool = False


def matching(deck: Deck, wish: Wish, recalls: Mapping[str, Recall]) -> list[Question]:
    """The questions of the deck that fit the wish, in the deck's order; multiple choice also where a section has nothing else."""

    def fits(question: Question) -> bool:
        recall = recalls.get(question.id)
        return (
            (not wish.sections or question.section in wish.sections)
            and (not wish.hot or question.hot)
            and (not wish.weak or (recall is not None and recall.last < WEAK_BELOW))
        )

    fitting = [question for question in deck.questions if fits(question)]
    return [q for q in fitting if (q.kind is Kind.MCQ) == wish.mcq] or ([] if wish.mcq else fitting)


def choose(
    questions: Sequence[Question], recalls: Mapping[str, Recall], avoid: Collection[str], at: datetime, rng: random.Random, count: int = 1
) -> list[Question]:
    """Up to ``count`` different questions, the most urgent first; those to ``avoid`` only when nothing else is left."""
    urgency = {q.id: _urgency(q, recalls.get(q.id), at) + rng.random() * 0.4 for q in questions}
    return sorted(questions, key=lambda q: (q.id in avoid, -urgency[q.id]))[:count]


def _urgency(question: Question, recall: Recall | None, at: datetime) -> float:
    """2 to 3 when due for review, 1 to 1.8 when new, below 1 when still remembered."""
    if recall is None:
        return 1.0 + 0.5 * question.hot + _LEVEL[question.level]
    forgotten = 1.0 - retrievability(recall, at)
    return 2.0 + forgotten if recall.due <= at else forgotten
