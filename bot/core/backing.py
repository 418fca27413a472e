"""How far a text is backed by what is known to be true about its question.

The deck says a lot about every question: the model answer, the explanation, the accepted phrases, good samples. A right
answer mostly moves within these words and, more tellingly, puts the same words next to each other; a fluent wrong one takes
the topic's words and joins them in ways that nothing backs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from bot.core.lexicon import ABSOLUTES, STOP_WORDS
from bot.core.model import Question, Sample
from bot.core.phrases import Phrasebook, Search
from bot.core.text import Text, read

_NEAR = 3
_NEAR_IN_TRUTH = 6
_GOOD_SAMPLE = 75
_BAD_SAMPLE = 30
Pair = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Support:
    """What backs a text: of its words and of its pairs of neighbours beyond the question's own, how many are backed; how many
    pairs occur only the other way round (``turned``: negated here, not there) or only in false claims; unbacked absolutes.
    """

    words: int = 0
    backed_words: int = 0
    pairs: int = 0
    backed_pairs: int = 0
    turned_pairs: int = 0
    false_pairs: int = 0
    absolutes: int = 0


class Backing:
    """The words and pairs of words that stand behind one question."""

    def __init__(self, question: Question, book: Phrasebook, accept: Iterable[int], false: Iterable[int]) -> None:
        good, bad = _samples(question.samples)
        truths = [read(text) for text in (question.answer_30s, question.explanation, question.memorize, *good)]
        self._book = book
        self._prompt = {s for text in map(read, (question.question,)) for s in text.stems}
        self._words = {s for text in truths for s in text.stems}
        book.learn(s for s in self._words if len(s) > 3)
        self._pairs = {pair for text in truths for pair in _pairs(text, text.stems, text.negated, _NEAR_IN_TRUTH)}
        self._false = {pair for text in map(read, bad) for pair in _pairs(text, text.stems, text.negated, _NEAR)} - self._pairs
        self._good_units = _unit_pairs(book, accept)
        self._bad_units = _unit_pairs(book, false)
        self._accepted = {unit for number in accept for unit in book.phrases[number].units}

    def weigh(self, text: Text, search: Search) -> Support:
        """How far the words of a text and their neighbourhood are backed."""
        places = [i for i, w in enumerate(text.words) if w not in STOP_WORDS and search.stems[i] not in self._prompt]
        backed = [self._backed(i, search) for i in places]
        absolutes = sum(text.words[i] in ABSOLUTES and not b for i, b in zip(places, backed, strict=True))
        kinds = [self._kind(i, j, search) for i, j in _neighbours(text, _NEAR) if not (self._asked(i, search) and self._asked(j, search))]
        return Support(len(places), sum(backed), len(kinds), kinds.count("true"), kinds.count("turned"), kinds.count("false"), absolutes)

    def _asked(self, index: int, search: Search) -> bool:
        return search.stems[index] in self._prompt

    def _backed(self, index: int, search: Search) -> bool:
        return search.stems[index] in self._words or not self._accepted.isdisjoint(search.units[index])

    def _kind(self, left: int, right: int, search: Search) -> str:
        """Whether two neighbours are joined as in what is true, the other way round, as in what is false, or as nowhere."""
        negated = search.negated[left] or search.negated[right]
        pair = _pair(search.stems[left], search.stems[right])
        if (*pair, negated) in self._pairs or self._share_phrase(left, right, search, self._good_units, negated):
            return "true"
        if self._share_phrase(left, right, search, self._bad_units, negated) or (*pair, negated) in self._false:
            return "false"
        return "turned" if (*pair, not negated) in self._pairs else ""

    def _share_phrase(self, left: int, right: int, search: Search, pairs: set[tuple[int, int, bool]], negated: bool) -> bool:
        return any((a, b, negated) in pairs for a in search.units[left] for b in search.units[right])


def _samples(samples: Iterable[Sample]) -> tuple[list[str], list[str]]:
    samples = list(samples)
    return [s.answer for s in samples if s.low >= _GOOD_SAMPLE], [s.answer for s in samples if s.high <= _BAD_SAMPLE]


def _neighbours(text: Text, distance: int) -> Iterator[tuple[int, int]]:
    """Pairs of content words of one sentence at most so many content words apart."""
    places = [i for i, w in enumerate(text.words) if w not in STOP_WORDS]
    for order, left in enumerate(places):
        for right in places[order + 1 : order + 1 + distance]:
            if text.sentence[left] != text.sentence[right]:
                break
            if text.stems[left] != text.stems[right]:
                yield left, right


def _pairs(text: Text, stems: list[str], negated: list[bool], distance: int) -> Iterator[Pair]:
    for left, right in _neighbours(text, distance):
        yield (*_pair(stems[left], stems[right]), negated[left] or negated[right])


def _pair(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)


def _unit_pairs(book: Phrasebook, phrases: Iterable[int]) -> set[tuple[int, int, bool]]:
    """The units that stand together in a phrase, both ways round; a unit of several words stands with itself."""
    pairs: set[tuple[int, int, bool]] = set()
    for phrase in (book.phrases[number] for number in phrases):
        pairs.update((unit, unit, phrase.negative) for unit in phrase.units)
        for a, b in combinations(phrase.units, 2):
            pairs.update(((a, b, phrase.negative), (b, a, phrase.negative)))
    return pairs
