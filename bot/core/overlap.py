"""Grading with a reference answer alone, or with key points in free words: how much of their wording does an answer cover?

A key point counts in full where one of its phrasings is found as a phrase of a deck would be (see ``phrases``), and in part where
only its words are there.

Coverage is the weighted share of a text's words found in the answer: small words and words of the question count less (their being
there says little), negators fully, synonyms half, typos by ``Indel`` similarity from .7 (words of three letters and more). The longer a
model answer, the less of it a good answer needs: a root over coverage, the stronger the longer. The form was measured on public
short-answer sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from rapidfuzz import process
from rapidfuzz.distance import Indel

from bot.core.backing import Support, pairs_of
from bot.core.drafts import Draft
from bot.core.lexicon import NEGATORS, STOP_WORDS
from bot.core.phrases import Phrasebook, Search
from bot.core.text import Text, read
from bot.core.wordings import Synonyms

_SMALL = 0.3
_ASKED = 0.6
_SYNONYM = 0.5
_TYPO = 0.7
_ROOT = (0.3, 0.8)
_ROOT_WORDS = 5
_PAIRS = 0.25
_LENGTH = 0.1
_POLARITY = 0.05
_WHOLE = 1.4
_SCATTERED = 0.7
_SAID = 0.4
_DENIED = 0.3
_POINTS_ROOT = 0.75
_ENOUGH_WORDS = 20


@dataclass(frozen=True, slots=True)
class Cover:
    """How far a wording is covered by an answer (0 to 1), and by which of the answer's words."""

    share: float
    wording: str
    places: tuple[int, ...]


class Wording:
    """A reference answer or a phrasing of a key point, ready to be looked for."""

    def __init__(self, source: str, asked: frozenset[str], synonyms: Synonyms) -> None:
        self.source = source
        text = read(source)
        self._words = {s: (w, _weight(w, s, asked)) for w, s in zip(text.words, text.stems, strict=True)}
        self._total = sum(weight for _, weight in self._words.values())
        self._synonyms = {s: [other[0] for other in synonyms.get(s, ()) if len(other) == 1] for s in self._words}
        self.negative = any(word in NEGATORS for word in text.words)
        self.root = max(_ROOT[0], min(_ROOT[1], _ROOT_WORDS / max(1, len(text))))
        self.pairs = set(pairs_of(text, 6))
        self._close = {pair[:2] for pair in pairs_of(text, 3)}

    def covered_by(self, text: Text) -> Cover:
        """How far this wording is found in a text."""
        where: dict[str, int] = {}
        for index, word_stem in enumerate(text.stems):
            where.setdefault(word_stem, index)
        candidates = {index: word for index, word in enumerate(text.words) if len(word) >= 3}
        credit, places = 0.0, []
        for word_stem, (word, weight) in self._words.items():
            found, share = self._find(word_stem, word, where, candidates)
            if share:
                credit += weight * share
                places.append(found)
        return Cover(credit / self._total if self._total else 0.0, self.source, tuple(sorted(set(places))))

    def neighbours_in(self, pairs: set[tuple[str, str]]) -> float:
        """The share of this wording's neighbouring words that are neighbours in the answer as well."""
        return len(self._close & pairs) / max(1, len(self._close))

    def _find(self, word_stem: str, word: str, where: Mapping[str, int], candidates: Mapping[int, str]) -> tuple[int, float]:
        if word_stem in where:
            return where[word_stem], 1.0
        for other in self._synonyms[word_stem]:
            if other in where:
                return where[other], _SYNONYM
        if len(word) < 3 or word.isdigit():
            return 0, 0.0
        best = process.extractOne(word, candidates, scorer=Indel.normalized_similarity, score_cutoff=_TYPO)
        return (best[2], best[1] * 0.9) if best else (0, 0.0)


class Point:
    """A key point in free words: its phrasings, in the language of a deck's phrases, ready to be looked for."""

    def __init__(self, phrasings: Sequence[str], asked: frozenset[str], synonyms: Synonyms, draft: Draft) -> None:
        self.label = phrasings[0]
        self._wordings = [Wording(phrasing, asked, synonyms) for phrasing in phrasings]
        self._phrases = draft.add_all(phrasings)

    def covered_by(self, text: Text, search: Search) -> Cover:
        """The best cover among the phrasings: in full where one is said as a phrase, else in part, by its words.

        With the opposite polarity a phrasing hardly counts.
        """
        said = next((match for matches in search.find(self._phrases) for match in matches if match.holds), None)
        if said:
            return Cover(1.0, said.phrase.wording, said.places)
        best = max((_with_polarity(wording, text) for wording in self._wordings), key=lambda cover: cover.share)
        return Cover(_SCATTERED * best.share, best.wording, best.places)


class Reference:
    """A prompt with its model answers and perhaps key points in free words; ``need`` is how many of them are enough."""

    def __init__(
        self,
        prompt: str,
        references: Iterable[str],
        key_points: Iterable[Sequence[str]],
        need: int | None,
        synonyms: Synonyms,
    ) -> None:
        self.asked = frozenset(read(prompt).stems)
        self._models = [Wording(text, self.asked, synonyms) for text in references if text.strip()]
        draft = Draft(synonyms)
        self.points = [Point(phrasings, self.asked, synonyms, draft) for phrasings in key_points]
        self._book = Phrasebook(draft)
        self._need = min(need or len(self.points), len(self.points))

    def covers(self, text: Text) -> list[Cover]:
        """For every key point how far it is said."""
        search = self._book.search(text)
        return [point.covered_by(text, search) for point in self.points]

    def score(self, text: Text, covers: Sequence[Cover]) -> float:
        """The score before the guards, 0 to 100."""
        parts = []
        if self._models:
            parts.append(self._closeness(text))
        if covers:
            best = sorted((cover.share for cover in covers), reverse=True)[: self._need]
            parts.append((sum(best) / len(best)) ** _POINTS_ROOT)
        return 100 * sum(parts) / len(parts) if parts else 0.0

    def support(self, text: Text) -> Support:
        """How many of the answer's neighbouring words are neighbours in a model answer too, and how many with the opposite polarity."""
        known = {pair for model in self._models for pair in model.pairs}
        pairs = list(pairs_of(text, 3))
        turned = sum((a, b, not negated) in known and (a, b, negated) not in known for a, b, negated in pairs)
        return Support(pairs=len(pairs), backed_pairs=sum(pair in known for pair in pairs), turned_pairs=turned)

    def _closeness(self, text: Text) -> float:
        close = {pair[:2] for pair in pairs_of(text, 3)}
        best = max(self._models, key=lambda model: model.covered_by(text).share)
        share = best.covered_by(text).share
        length = min(1.0, log(1 + len(text)) / log(1 + _ENOUGH_WORDS)) * min(1.0, 3 * share)
        negative = any(word in NEGATORS for word in text.words)
        together = max(model.neighbours_in(close) for model in self._models)
        raw: float = share**best.root + _PAIRS * together**0.5 + _LENGTH * length - _POLARITY * (negative != best.negative)
        return min(1.0, max(0.0, raw / _WHOLE))


def said(cover: Cover) -> bool:
    """Whether a key point in free words counts as said."""
    return cover.share >= _SAID


def _with_polarity(phrase: Wording, text: Text) -> Cover:
    cover = phrase.covered_by(text)
    negated = any(text.negated[place] for place in cover.places)
    return cover if negated <= phrase.negative else Cover(cover.share * _DENIED, cover.wording, cover.places)


def _weight(word: str, word_stem: str, asked: frozenset[str]) -> float:
    if word in NEGATORS:
        return 1.0
    return (_SMALL if word in STOP_WORDS else 1.0) * (_ASKED if word_stem in asked else 1.0)
