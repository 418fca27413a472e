"""Whether a deck is fit to be asked from: every problem at once, each with its place and its remedy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.grading import Grader
from bot.core.model import Deck, Kind, Misconception, Question
from bot.core.wordings import units_of

# Telegram's limits for quiz polls and messages (core.telegram.org/bots/api#sendpoll, #sendmessage).
POLL_QUESTION, POLL_OPTION, POLL_EXPLANATION = 300, 100, 200
MESSAGE = 4096

SPOKEN_WORDS = range(60, 91)
EXPLANATION_WORDS = range(80, 201)
POINTS = range(3, 8)
WEIGHTS = range(1, 4)
MODEL_ANSWER_AT_LEAST = 90
NOT_AN_ANSWER_BELOW = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is (question or misconception id; empty for the deck itself), what it is, how to mend it."""

    where: str
    what: str
    remedy: str


def check_deck(deck: Deck) -> list[Problem]:
    """All problems of the deck, in its own order."""
    grader = Grader.for_deck(deck)
    problems = [*_identity(deck), *_misconceptions(deck.misconceptions), *_unused(deck)]
    for question in deck.questions:
        problems += _question(question, deck)
        if question.kind is not Kind.MCQ and question.points:
            problems += _grading(question, grader)
    return problems


def combine(decks: Sequence[Deck]) -> Deck:
    """Several decks as one: their sections and questions one after the other. Ids that clash show up in ``check_deck``."""
    if len(decks) == 1:
        return decks[0]
    return Deck(
        id="+".join(deck.id for deck in decks),
        title=", ".join(deck.title for deck in decks),
        checked="; ".join(deck.checked for deck in decks if deck.checked),
        sections=tuple({section.id: section for deck in decks for section in deck.sections}.values()),
        questions=tuple(question for deck in decks for question in deck.questions),
        synonyms=tuple(group for deck in decks for group in deck.synonyms),
        misconceptions=tuple(misconception for deck in decks for misconception in deck.misconceptions),
    )


def _identity(deck: Deck) -> Iterator[Problem]:
    for question_id, times in Counter(q.id for q in deck.questions).items():
        if times > 1:
            yield Problem(question_id, f"the id is used {times} times", "give each question an id of its own, never used before")
    for source, times in Counter(source for q in deck.questions for source in q.sources).items():
        if times > 1:
            yield Problem("", f"the source {source} is mapped {times} times", "keep it with the one question that asks it")
    for misconception_id, times in Counter(m.id for m in deck.misconceptions).items():
        if times > 1:
            yield Problem(misconception_id, f"this misconception stands {times} times", "keep one of them")
    wordings = Counter(_plain(w) for q in deck.questions for w in {_plain(w): w for w in (q.question, *q.aliases)}.values())
    for wording, times in wordings.items():
        if times > 1:
            yield Problem("", f'"{wording}" is the wording of {times} questions', "keep it as an alias of one")


def _unused(deck: Deck) -> Iterator[Problem]:
    used = {m.id for q in deck.questions for m in q.misconceptions}
    for misconception in deck.misconceptions:
        if misconception.id not in used:
            yield Problem(misconception.id, "no question uses this misconception", "name it in a question's misconceptions, or remove it")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _misconceptions(misconceptions: Iterable[Misconception]) -> Iterator[Problem]:
    for each in misconceptions:
        if not each.phrases:
            yield Problem(each.id, "has no phrases", "add the words by which learners say it")
        if not 10 <= len(each.correction) <= 200:
            yield Problem(each.id, f"the correction has {len(each.correction)} characters", "say it in 10 to 200")
        yield from _dead(each.id, (*each.phrases, *each.unless))


def _dead(where: str, phrases: Iterable[str]) -> Iterator[Problem]:
    for phrase in phrases:
        if not units_of(phrase)[0]:
            yield Problem(where, f'the phrase "{phrase}" matches nothing', "put a word beside its negator, or remove it")


def _question(question: Question, deck: Deck) -> Iterator[Problem]:
    yield from _references(question, deck)
    if not question.checked:
        yield Problem(question.id, "does not say what it was checked against", 'add checked = "release, date"')
    if not 10 <= len(question.memorize) <= 150:
        yield Problem(question.id, f"memorize has {len(question.memorize)} characters", "use 10 to 150")
    yield from _choices(question) if question.kind is Kind.MCQ else _texts(question)


def _references(question: Question, deck: Deck) -> Iterator[Problem]:
    sections = {section.id for section in deck.sections}
    ids = {q.id for q in deck.questions}
    if question.section not in sections:
        yield Problem(question.id, f'section "{question.section}" is not in deck.toml', "add it there, or correct the name")
    for other in question.related:
        if other not in ids or other == question.id:
            yield Problem(question.id, f'related question "{other}" does not exist', "correct the id")


def _choices(question: Question) -> Iterator[Problem]:
    options = question.options
    if len(options) != 4 or len(set(options)) != 4:
        yield Problem(question.id, f"has {len(set(options))} different options", "give exactly four")
    if question.answer is None or not 0 <= question.answer < max(1, len(options)):
        yield Problem(question.id, "answer is not the place of an option", "count from 0")
    for text, limit, name in [
        (question.question, POLL_QUESTION, "question"),
        (question.explanation, POLL_EXPLANATION, "explanation"),
        *((option, POLL_OPTION, "option") for option in options),
    ]:
        if not 1 <= len(text) <= limit:
            yield Problem(question.id, f"{name} has {len(text)} characters", f"Telegram takes 1 to {limit}")


def _texts(question: Question) -> Iterator[Problem]:
    yield from _lengths(question)
    if len(question.points) not in POINTS:
        yield Problem(question.id, f"has {len(question.points)} key points", "use 3 to 7")
    if len(question.followups) != 2:
        yield Problem(question.id, f"has {len(question.followups)} follow-ups", "write two")
    if len(question.samples) < 3:
        yield Problem(question.id, f"has {len(question.samples)} sample answers", "write at least three: terse, half, fluent but wrong")
    if not any(point.essential for point in question.points):
        yield Problem(question.id, "no key point is essential", "mark what every good answer must say")
    if question.need is not None and not 1 <= question.need <= len(question.points):
        yield Problem(question.id, f"need = {question.need} with {len(question.points)} points", "ask for at least one and at most all")
    yield from _points(question)


def _lengths(question: Question) -> Iterator[Problem]:
    for name, text, words in [
        ("answer_30s", question.answer_30s, SPOKEN_WORDS),
        ("explanation", question.explanation, EXPLANATION_WORDS),
    ]:
        if (count := len(text.split())) not in words:
            yield Problem(question.id, f"{name} has {count} words", f"use {words.start} to {words.stop - 1}")
    for name, text in [("explanation", question.explanation), ("code", question.code)]:
        if len(text) > MESSAGE - 400:
            yield Problem(question.id, f"{name} has {len(text)} characters", "shorten it: it must fit one message with its title")


def _points(question: Question) -> Iterator[Problem]:
    yield from _dead(question.id, (name for names in question.sides.values() for name in names))
    for number, point in enumerate(question.points, 1):
        yield from _dead(question.id, (*point.accept, *(phrase for phrases in point.sides.values() for phrase in phrases)))
        place = f'point {number} "{point.label}"'
        if not point.accept and not point.sides:
            yield Problem(question.id, f"{place} accepts no phrase", "add the words by which learners say it")
        if point.weight not in WEIGHTS:
            yield Problem(question.id, f"{place} has weight {point.weight}", "use 1 to 3")
        if not point.label or not point.hint:
            yield Problem(question.id, f"{place} lacks a label or a hint", "add both: the hint makes one think and gives nothing away")
        if not 1 <= point.need <= max(1, len(point.accept)):
            yield Problem(question.id, f"{place} needs {point.need} of {len(point.accept)} phrases", "ask for what can be found")
        for side in point.sides:
            if side not in question.sides:
                yield Problem(
                    question.id, f'{place} names the side "{side}"', "add it to the question's sides with the words learners use for it"
                )


def _grading(question: Question, grader: Grader) -> Iterator[Problem]:
    own = grader.grade(question, question.answer_30s)
    if own.score < MODEL_ANSWER_AT_LEAST:
        missing = ", ".join(f'"{miss.label}"' for miss in own.misses)
        mistakes = ", ".join(mistake.id for mistake in own.mistakes)
        yield Problem(
            question.id,
            f"its own answer_30s scores {own.score} (misses {missing or 'nothing'}; mistakes {mistakes or 'none'})",
            "widen accept until it scores 90",
        )
    for sample in question.samples:
        if not sample.low <= (score := grader.grade(question, sample.answer).score) <= sample.high:
            yield Problem(
                question.id,
                f'sample "{sample.answer[:40]}..." scores {score}, not {sample.low} to {sample.high}',
                "widen or narrow the phrases, or correct the range if it was unfair",
            )
    for wording in (question.question, *question.aliases):
        if (score := grader.grade(question, wording).score) >= NOT_AN_ANSWER_BELOW:
            yield Problem(
                question.id, f'the echoed question "{wording[:40]}" scores {score}', "take the question's own words out of accept"
            )
    yield from _single_phrases(question, grader)


def _single_phrases(question: Question, grader: Grader) -> Iterator[Problem]:
    if question.need == 1:
        return
    for point in question.points:
        for phrase in (*point.accept, *(p for side in point.sides.values() for p in side)):
            words = " ".join(word.split("|")[0] for word in phrase.split())
            if (score := grader.grade(question, words).score) >= NOT_AN_ANSWER_BELOW:
                yield Problem(
                    question.id,
                    f'the phrase "{words}" alone scores {score}',
                    "make it more specific, or add need if it is the whole answer",
                )


def cross_scores(deck: Deck) -> Iterator[Problem]:
    """Model answers that score on another question; quadratic in the deck, so only the tests and ``check`` run it."""
    grader = Grader.for_deck(deck)
    typed = [q for q in deck.questions if q.kind is not Kind.MCQ]
    for question in typed:
        for other in typed:
            if other.id in (question.id, *question.related) or question.id in other.related:
                continue
            if (score := grader.grade(question, other.answer_30s).score) >= NOT_AN_ANSWER_BELOW:
                yield Problem(
                    question.id, f"the answer to {other.id} scores {score} here", "narrow accept, or add it to related if it fits"
                )
