"""The grader: how much of what a good answer says does this typed answer say, and what in it is wrong?

No neural network: phrases with typos and synonyms forgiven, negation by clause, misconceptions, sides of a comparison.
It says why: every hit carries the learner's own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.core import guards, overlap, scoring
from bot.core.backing import rarities
from bot.core.drafts import Draft
from bot.core.evidence import Evidence, PointEvidence, Witness
from bot.core.lexicon import NEGATORS, SYNONYMS
from bot.core.model import Band, Deck, Grade, Hit, Misconception, Miss, Mistake, Question, Span
from bot.core.overlap import Cover, Reference
from bot.core.phrases import Found
from bot.core.text import Text, read
from bot.core.wordings import Synonyms, synonym_table

WORDS_PER_SECOND = 150 / 60
_HIT = 0.5
_HARDLY = 0.25
_LITTLE = 5.0
_DENIED = 0.25
_POINTLESS = 24.0  # the most without a single point; without words that belong to the answer no more than a little
_A_WORD = 0.5
_PER_WORD = 12.0
_SENTENCE = 6  # fewer different words are a phrase, which is no more than a beginning where more than one thing was to be said
_A_PHRASE = 39.0
_ALL = 0.999
_MOST_REFERENCES = 2_000


class Grader:
    """Grades typed answers. Questions are compiled when first met and kept; one grader serves a whole deck.

    ``synonyms`` are the deck's groups of words that mean the same; ``rarity`` (from ``for_deck``) says how much a word
    tells, and that it is no typo.
    """

    def __init__(self, synonyms: Iterable[Iterable[str]] = (), rarity: Mapping[str, float] | None = None) -> None:
        groups = [line.split() for line in SYNONYMS.strip().splitlines()]
        self._synonyms = synonym_table([*groups, *(tuple(group) for group in synonyms)])
        self._rarity = rarity or {}
        self._known = frozenset(self._rarity)
        self._references: dict[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...], int | None], Reference] = {}
        self._sheets: dict[int, tuple[Question, Sheet]] = {}

    @classmethod
    def for_deck(cls, deck: Deck) -> Grader:
        """A grader that knows the deck's synonyms, and that the words of its texts are no typos."""
        return cls(deck.synonyms, rarities(f"{q.answer_30s} {q.explanation}" for q in deck.questions))

    def grade(self, question: Question, answer: str) -> Grade:
        """The verdict on an answer to a question of the deck: score 0 to 100 with the evidence for it."""
        return self.sheet(question).grade(answer)

    def grade_reference(
        self,
        prompt: str,
        references: Iterable[str],
        answer: str,
        key_points: Iterable[Sequence[str]] | None = None,
        need: int | None = None,
    ) -> Grade:
        """The verdict from a prompt and its model answers alone, or with key points given as lists of phrasings (``need`` of them)."""
        points = tuple(tuple(phrasings) for phrasings in key_points or () if phrasings)
        key = (prompt, tuple(references), points, need)
        reference = self._references.get(key)
        if reference is None:
            if len(self._references) >= _MOST_REFERENCES:
                self._references.clear()
            reference = self._references[key] = Reference(*key[:4], self._synonyms)
        return _grade_by(reference, read(answer))

    def sheet(self, question: Question) -> Sheet:
        """The compiled form of a question, made once."""
        kept = self._sheets.get(id(question))
        if kept is None or kept[0] is not question:
            kept = self._sheets[id(question)] = (question, Sheet(question, self._synonyms, self._rarity, self._known))
        return kept[1]


class Sheet:
    """A question ready to be graded."""

    def __init__(self, question: Question, synonyms: Synonyms, rarity: Mapping[str, float], known: frozenset[str]) -> None:
        self.question = question
        self._witness = Witness(question, Draft(synonyms, known), rarity)
        self._misses = [Miss(index, point.label, point.hint) for index, point in enumerate(question.points)]
        self._prompt = frozenset(read(question.question).content_stems())

    def grade(self, answer: str) -> Grade:
        """The verdict on one answer."""
        text = read(answer)
        evidence = self._witness.gather(text)
        score = round(self._score(text, evidence))
        return Grade(
            score,
            band(score),
            tuple([self._hit(text, index, point) for index, point in enumerate(evidence.points) if point.credit >= _HIT]),
            tuple([miss for miss, point in zip(self._misses, evidence.points, strict=True) if point.credit < _HIT]),
            tuple([_mistake(text, mistake.claim, mistake.found) for mistake in evidence.mistakes]),
            *_length(text),
        )

    def evidence(self, answer: str) -> Evidence:
        """What an answer shows, before it becomes a score."""
        return self._witness.gather(read(answer))

    def _hit(self, text: Text, index: int, evidence: PointEvidence) -> Hit:
        point = self.question.points[index]
        matches = evidence.said[: point.need]
        shown = [_with_negator(text, match.places) if match.phrase.negative else match.places for match in matches]
        spans = tuple([span for places in shown for span in _spans(text, places)])
        wording = ", ".join([match.phrase.wording for match in matches])
        return Hit(index, point.label, _quote(text, spans), wording, spans)

    def _score(self, text: Text, evidence: Evidence) -> float:
        if guards.is_no_answer(text):
            return 0.0
        covered = scoring.share(self.question, [e.credit for e in evidence.points])
        if covered < _HARDLY and (guards.gives_up(text) or guards.echoes(text, self._prompt, covered > 0)):
            return _LITTLE
        score = scoring.score(self.question, evidence) * guards.left_by_form(text, evidence.support)
        if guards.denies_truth(text, evidence.opening, evidence.refutes):
            score *= _DENIED
        if covered <= 0:
            return min(score, _POINTLESS, _LITTLE + _PER_WORD * max(0.0, evidence.support.backed_words - _A_WORD))
        return min(score, _A_PHRASE) if len(set(text.stems)) < _SENTENCE and covered < _ALL else score


def _grade_by(reference: Reference, text: Text) -> Grade:
    """The verdict by coverage of model answers and of key points in free words."""
    covers = reference.covers(text)
    if guards.is_no_answer(text):
        points = 0.0
    elif guards.gives_up(text) or guards.repeats(text, reference.asked):
        points = _LITTLE
    else:
        points = reference.score(text, covers) * guards.left_by_form(text, reference.support(text))
        points *= _DENIED if guards.opens_with_denial(text) else 1.0
    labels = [point.label for point in reference.points]
    return Grade(
        round(points),
        band(round(points)),
        tuple(_cover_hit(text, i, labels[i], cover) for i, cover in enumerate(covers) if overlap.said(cover)),
        tuple(Miss(i, labels[i], "") for i, cover in enumerate(covers) if not overlap.said(cover)),
        (),
        *_length(text),
    )


def _cover_hit(text: Text, index: int, label: str, cover: Cover) -> Hit:
    spans = tuple(_spans(text, cover.places))
    return Hit(index, label, _quote(text, spans), cover.wording, spans)


def _length(text: Text) -> tuple[int, float]:
    """The words of a text and the seconds it takes to speak them."""
    return len(text), round(len(text) / WORDS_PER_SECOND, 1)


def _quote(text: Text, spans: Iterable[Span]) -> str:
    return " … ".join([text.source[s.start : s.end] for s in spans])


def band(score: float) -> Band:
    """The score in one word."""
    if score >= 85:
        return Band.STRONG
    if score >= 60:
        return Band.GOOD
    if score >= 40:
        return Band.PARTIAL
    return Band.WEAK if score > 0 else Band.NONE


def _with_negator(text: Text, places: tuple[int, ...]) -> tuple[int, ...]:
    """The places of a denied phrase with the word that denies it, when that stands shortly before: "not encrypted"."""
    before = range(places[0] - 1, max(-1, places[0] - 4), -1)
    negator = next((place for place in before if text.words[place] in NEGATORS and text.clause[place] == text.clause[places[0]]), None)
    return places if negator is None else (negator, *places)


def _spans(text: Text, places: Iterable[int]) -> list[Span]:
    """The stretches of the learner's text that a match covers; neighbouring words are one stretch."""
    stretches: list[tuple[int, int]] = []
    last = -2
    for place in places:
        if place == last + 1:
            stretches[-1] = (stretches[-1][0], text.ends[place])
        else:
            stretches.append((text.starts[place], text.ends[place]))
        last = place
    return [Span(start, end) for start, end in stretches]


def _mistake(text: Text, claim: Misconception, match: Found) -> Mistake:
    start, end = text.starts[match.places[0]], text.ends[match.places[-1]]
    return Mistake(claim.id, claim.claim, claim.severity, claim.correction, text.source[start:end], (Span(start, end),))
