"""How well a question is remembered, by FSRS (Free Spaced Repetition Scheduler, the open-spaced-repetition project)."""

from __future__ import annotations

from datetime import datetime

from fsrs import Card, Rating, Scheduler, State

from bot.core.people import Recall

# No fuzzing: the same answer at the same time must give the same memory, or a replay would change the past.
_SCHEDULER = Scheduler(enable_fuzzing=False, learning_steps=(), relearning_steps=())


def rating(score: int) -> Rating:
    """What a score (0 to 100) says of the memory: below 40 forgotten, below 60 hard, below 85 good, else easy."""
    return Rating.Again if score < 40 else Rating.Hard if score < 60 else Rating.Good if score < 85 else Rating.Easy


def review(question_id: str, before: Recall | None, score: int, at: datetime) -> Recall:
    """The memory after an answer with that score at that time, from the memory before it."""
    card, _ = _SCHEDULER.review_card(_card(before, at), rating(score), at)
    return Recall(
        question_id=question_id,
        state=int(card.state),
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        due=card.due,
        reviewed_at=at,
        tries=(before.tries if before else 0) + 1,
        best=max(before.best if before else 0, score),
        last=score,
    )


def retrievability(recall: Recall, at: datetime) -> float:
    """The chance (0 to 1) that the learner could answer the question now."""
    return float(_SCHEDULER.get_card_retrievability(_card(recall, at), at))


def _card(recall: Recall | None, at: datetime) -> Card:
    if recall is None:
        return Card(card_id=1, due=at)
    # A clock set back must not make the last review lie in the future: FSRS would take negative days.
    return Card(1, State(recall.state), recall.step, recall.stability, recall.difficulty, recall.due, min(recall.reviewed_at, at))
