"""The grader: how much of what a good answer says does this typed answer say, and what in it is wrong?

No neural network: phrases with typos and synonyms forgiven, negation by clause, misconceptions, sides of a comparison.
It says why: every hit carries the learner's own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.lexicon import NON_ANSWERS, STOP_WORDS, SYNONYMS
from bot.core.model import Band, Deck, Grade, Hit, KeyPoint, Kind, Level, Misconception, Miss, Mistake, Question, Severity, Span
from bot.core.phrases import Found, Phrasebook, synonym_table
from bot.core.text import Text, read

WORDS_PER_SECOND = 150 / 60
_NON_ANSWERS = frozenset(" ".join(read(words).words) for words in NON_ANSWERS)
_COST = {Severity.WRONG: 0.35, Severity.RISKY: 0.3, Severity.IMPRECISE: 0.0}
_CURVE = ((0.0, 8.0), (0.2, 35.0), (0.45, 58.0), (0.7, 80.0), (0.9, 94.0), (1.0, 98.0))


class Grader:
    """Grades typed answers. Questions are compiled when first met and kept; one grader serves a whole deck.

    ``synonyms`` are the deck's groups of words that mean the same; ``known`` are words that are no typos.
    """

    def __init__(self, synonyms: Iterable[Iterable[str]] = (), known: Iterable[str] = ()) -> None:
        groups = [line.split() for line in SYNONYMS.strip().splitlines()]
        self._synonyms = synonym_table([*groups, *(tuple(group) for group in synonyms)])
        self._known = frozenset(known)
        self._sheets: dict[int, tuple[Question, Sheet]] = {}

    @classmethod
    def for_deck(cls, deck: Deck) -> Grader:
        """A grader that knows the deck's synonyms, and that the words of its texts are no typos."""
        texts = (text for q in deck.questions for text in (q.question, q.answer_30s, q.explanation))
        return cls(deck.synonyms, (word for text in texts for word in read(text).words))

    def grade(self, question: Question, answer: str) -> Grade:
        """The verdict on an answer to a question of the deck: score 0 to 100 with the evidence for it."""
        return self.sheet(question).grade(answer)

    def grade_reference(
        self,
        prompt: str,
        references: Iterable[str],
        answer: str,
        key_points: Iterable[Iterable[str]] | None = None,
        need: int | None = None,
    ) -> Grade:
        """The verdict from a prompt and one or more model answers alone, or with key points given as lists of phrasings."""
        points = tuple(KeyPoint(label=phrasings[0], hint="", accept=phrasings) for phrasings in map(tuple, key_points or ()) if phrasings)
        question = Question("", "", prompt, Level.BEGINNER, Kind.CONCEPT, answer_30s=" \n".join(references), points=points, need=need)
        return Sheet(question, self._synonyms, self._known).grade(answer)

    def sheet(self, question: Question) -> Sheet:
        """The compiled form of a question, made once."""
        kept = self._sheets.get(id(question))
        if kept is None or kept[0] is not question:
            kept = self._sheets[id(question)] = (question, Sheet(question, self._synonyms, self._known))
        return kept[1]


@dataclass(slots=True)
class _Marks:
    """What was found in one answer."""

    hits: list[Hit]
    misses: list[Miss]
    mistakes: list[Mistake]
    credits: list[float]


class Sheet:
    """A question ready to be graded: all its phrases in one book, with what each of them belongs to."""

    def __init__(self, question: Question, synonyms: dict[str, frozenset[tuple[str, ...]]], known: frozenset[str]) -> None:
        self.question = question
        self._book = Phrasebook(synonyms, known)
        self._accept = [[self._book.add(p) for p in point.accept] for point in question.points]
        self._sides = [[self._book.add(p) for side in point.sides.values() for p in side] for point in question.points]
        self._claims = [[self._book.add(p) for p in m.phrases] for m in question.misconceptions]
        self._excuses = [[self._book.add(p) for p in m.unless] for m in question.misconceptions]
        self._prompt = {s for w, s in zip(*_words(question.question), strict=True) if w not in STOP_WORDS}
        self._model = {s for w, s in zip(*_words(question.answer_30s), strict=True) if w not in STOP_WORDS}

    def grade(self, answer: str) -> Grade:
        """The verdict on one answer."""
        text = read(answer)
        found = self._book.find(text)
        marks = self._mark(text, found)
        score = round(self._score(text, marks))
        words = len(text)
        return Grade(
            score, band(score), tuple(marks.hits), tuple(marks.misses), tuple(marks.mistakes), words, round(words / WORDS_PER_SECOND, 1)
        )

    def _mark(self, text: Text, found: dict[int, list[Found]]) -> _Marks:
        marks = _Marks([], [], [], [])
        for index, point in enumerate(self.question.points):
            good = self._said(found, self._accept[index]) + self._said(found, self._sides[index])
            credit = min(1.0, len({f.phrase for f in good}) / point.need)
            marks.credits.append(credit)
            if credit >= 0.5:
                marks.hits.append(self._hit(text, index, good[: point.need]))
            else:
                marks.misses.append(Miss(index, point.label, point.hint))
        for index, claim in enumerate(self.question.misconceptions):
            shown = self._claimed(text, found, index)
            if shown:
                marks.mistakes.append(_mistake(text, claim, shown))
        return marks

    def _said(self, found: dict[int, list[Found]], phrases: list[int]) -> list[Found]:
        """The phrases that were said with the polarity they ask for, one place each."""
        said = []
        for number in phrases:
            negative = self._book.phrases[number].negative
            match = next((f for f in found.get(number, ()) if (f.negated if negative else not f.ends_negated)), None)
            if match:
                said.append(match)
        return said

    def _claimed(self, text: Text, found: dict[int, list[Found]], index: int) -> Found | None:
        excused = {text.sentence[f.places[0]] for number in self._excuses[index] for f in found.get(number, ())}
        for number in self._claims[index]:
            negative = self._book.phrases[number].negative
            for match in found.get(number, ()):
                if match.negated == negative and text.sentence[match.places[0]] not in excused:
                    return match
        return None

    def _hit(self, text: Text, index: int, matches: list[Found]) -> Hit:
        spans = tuple(span for match in matches for span in _spans(text, match))
        wording = ", ".join(self._book.phrases[match.phrase].wording for match in matches)
        return Hit(index, self.question.points[index].label, " … ".join(text.source[s.start : s.end] for s in spans), wording, spans)

    def _score(self, text: Text, marks: _Marks) -> float:
        if not len(text):
            return 0.0
        if " ".join(text.words) in _NON_ANSWERS:
            return 0.0
        content = {s for w, s in zip(text.words, text.stems, strict=True) if w not in STOP_WORDS}
        covered = len(content & self._model) / len(self._model) if self._model else 0.0
        share = self._share(marks.credits) if marks.credits else covered**0.5
        if content and len(content - self._prompt) <= 1 and not marks.hits:
            return 5.0
        cost = sum(_COST[m.severity] for m in marks.mistakes)
        return max(0.0, _curve(share) * max(0.0, 1 - cost) - (5 if cost else 0))

    def _share(self, credits: list[float]) -> float:
        """How much of a full answer was said: by weight, or the best ``need`` points where any few will do."""
        points = self.question.points
        if self.question.need:
            return min(1.0, sum(sorted(credits)[-self.question.need :]) / self.question.need)
        return sum(c * p.weight for c, p in zip(credits, points, strict=True)) / sum(p.weight for p in points)


def band(score: float) -> Band:
    """The score in one word."""
    if score >= 85:
        return Band.STRONG
    if score >= 60:
        return Band.GOOD
    if score >= 40:
        return Band.PARTIAL
    return Band.WEAK if score > 0 else Band.NONE


def _words(source: str) -> tuple[list[str], list[str]]:
    text = read(source)
    return text.words, text.stems


def _curve(share: float) -> float:
    """The score that human graders give to a share of the points."""
    for (x0, y0), (x1, y1) in zip(_CURVE, _CURVE[1:], strict=False):
        if share <= x1:
            return y0 + (y1 - y0) * (share - x0) / (x1 - x0)
    return _CURVE[-1][1]


def _spans(text: Text, match: Found) -> list[Span]:
    """The stretches of the learner's text that a match covers; neighbouring words are one stretch."""
    spans: list[Span] = []
    last = -2
    for place in match.places:
        if spans and place == last + 1:
            spans[-1] = Span(spans[-1].start, text.ends[place])
        else:
            spans.append(Span(text.starts[place], text.ends[place]))
        last = place
    return spans


def _mistake(text: Text, claim: Misconception, match: Found) -> Mistake:
    start, end = text.starts[match.places[0]], text.ends[match.places[-1]]
    return Mistake(claim.id, claim.claim, claim.severity, claim.correction, text.source[start:end], (Span(start, end),))
