"""How far a text is backed by what is known to be true about its question.

The deck says a lot about every question: the model answer, the explanation, the accepted phrases, good samples. A right
answer mostly moves within these words and, more tellingly, puts the same words next to each other; a fluent wrong one takes
the topic's words and joins them in ways that nothing backs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log

from bot.core.lexicon import ABSOLUTES, STOP_WORDS
from bot.core.model import Question
from bot.core.phrases import Phrasebook, Search, shared
from bot.core.text import Text, read

_NEAR = 3
_NEAR_IN_TRUTH = 6
_GOOD_SAMPLE = 75
_NEW_WORD = 0.3
_UNRATED = 0.7
_PLAIN, _NEGATED = 1, 2
Partners = tuple[frozenset[int], frozenset[int]]
_NO_PARTNERS: Partners = (frozenset(), frozenset())


@dataclass(slots=True)
class Support:
    """What backs a text or a sentence: of its words beyond the question's own (weighed by rarity) and of its pairs of neighbours,
    how many are backed; how many pairs occur only in false claims, how many only negated (or not) where here it
    is the other way round; how many absolutes ("always", "automatically") nothing backs.
    """

    words: float = 0.0
    backed_words: float = 0.0
    pairs: int = 0
    backed_pairs: int = 0
    false_pairs: int = 0
    turned_pairs: int = 0
    absolutes: int = 0

    @property
    def trust(self) -> float:
        """From 0 (nothing is backed) to 2 (every word and every pair is)."""
        return self.backed_words / max(self.words, 0.01) + self.backed_pairs / max(self.pairs, 1)


class Backing:
    """The words and pairs of words that stand behind one question.

    ``rarity`` gives the weight (0 to 1) of a stem: how much it tells about a question. Words of no rarity are new to the deck.
    """

    def __init__(
        self, question: Question, book: Phrasebook, accept: Iterable[int], false: Iterable[int], rarity: Mapping[str, float] | None = None
    ) -> None:
        good = [sample.answer for sample in question.samples if sample.low >= _GOOD_SAMPLE]
        truths = [read(text) for text in (question.answer_30s, question.explanation, question.memorize, *good)]
        accept = list(accept)
        self._rarity = rarity or {}
        self._prompt = set(read(question.question).stems)
        self._words = {s for text in truths for s in text.stems}
        book.learn(word for text in truths for word in text.words)
        self._pairs: dict[str, dict[str, int]] = defaultdict(dict)
        for left, right, negated in (pair for text in truths for pair in pairs_of(text, _NEAR_IN_TRUTH)):
            for one, other in ((left, right), (right, left)):
                self._pairs[one][other] = self._pairs[one].get(other, 0) | (_NEGATED if negated else _PLAIN)
        self._good = _unit_partners(book, accept)
        self._bad = _unit_partners(book, false)
        self._accepted = frozenset(unit for number in accept for unit in book.phrases[number].units)
        self._cached: tuple[dict[frozenset[int], Partners], dict[frozenset[int], Partners]] = ({}, {})

    def weigh(self, text: Text, search: Search) -> dict[int, Support]:
        """How far each sentence of a text is backed, by the number of the sentence."""
        sentences: dict[int, Support] = defaultdict(Support)
        places = [i for i, w in enumerate(text.words) if w not in STOP_WORDS]
        own = {i for i in places if search.stems[i] not in self._prompt}
        self._weigh_words(own, text, search, sentences)
        self._weigh_pairs(places, own, text, search, sentences)
        return sentences

    def joins(self, places: tuple[int, ...], search: Search) -> bool:
        """Whether any two of these words stand together in what is known to be true."""
        return any(self._joined(left, right, search) for left, right in combinations(places, 2))

    def joins_throughout(self, places: tuple[int, ...], search: Search) -> bool:
        """Whether each of these words stands together with each other in what is known to be true."""
        return all(self._joined(left, right, search) for left, right in combinations(places, 2))

    def _joined(self, left: int, right: int, search: Search) -> bool:
        negated = search.negated[left] or search.negated[right]
        if self._pairs.get(search.stems[left], _UNKNOWN).get(search.stems[right], 0) & (_NEGATED if negated else _PLAIN):
            return True
        return not search.units[right].isdisjoint(self._partners(0, search.units[left])[negated])

    def _weigh_words(self, own: set[int], text: Text, search: Search, sentences: dict[int, Support]) -> None:
        first = {search.stems[i]: i for i in sorted(own, reverse=True)}
        for word, index in first.items():
            support = sentences[text.sentence[index]]
            backed = word in self._words or not self._accepted.isdisjoint(search.units[index])
            weight = self._rarity.get(word, _UNRATED if backed or not self._rarity else _NEW_WORD)
            support.words += weight
            support.backed_words += weight * backed
            support.absolutes += text.words[index] in ABSOLUTES and not backed

    def _weigh_pairs(self, places: list[int], own: set[int], text: Text, search: Search, sentences: dict[int, Support]) -> None:
        """Counts the pairs of neighbours that are not the question's own: joined as in what is true, as in what is false, as nowhere.

        Each pair counts once: repeating it adds nothing.
        """
        seen: set[tuple[str, str, bool]] = set()
        stems, negations, sentence, clause, units = search.stems, search.negated, text.sentence, text.clause, search.units
        goods, bads = self._cached
        once = _once([stems[place] for place in places])
        for order, left in enumerate(places):
            here, word, asked, turned, alone = sentence[left], stems[left], left not in own, negations[left], stems[left] in once
            good = goods.get(units[left]) or self._partners(0, units[left])
            bad = bads.get(units[left]) or self._partners(1, units[left])
            support, known_pairs = sentences[here], self._pairs.get(word, _UNKNOWN)
            for right in places[order + 1 : order + 1 + _NEAR]:
                if here != sentence[right]:
                    break
                other = stems[right]
                if word == other or (asked and right not in own):
                    continue
                negated = turned or negations[right]
                if not (alone and other in once):
                    if (word, other, negated) in seen:
                        continue
                    seen.add((word, other, negated))
                    seen.add((other, word, negated))
                known = known_pairs.get(other, 0)
                support.pairs += 1
                if known & (_NEGATED if negated else _PLAIN) or not units[right].isdisjoint(good[negated]):
                    support.backed_pairs += 1
                else:
                    support.false_pairs += clause[left] == clause[right] and not units[right].isdisjoint(bad[negated])
                    support.turned_pairs += known > 0

    def _partners(self, false: int, units: frozenset[int]) -> Partners:
        """The units that stand in a phrase together with any of these: in positive phrases, and in negative ones."""
        cache = self._cached[false]
        partners = cache.get(units)
        if partners is None:
            table = self._bad if false else self._good
            known = [table[unit] for unit in units if unit in table]
            partners = (_NOTHING.union(*(p[0] for p in known)), _NOTHING.union(*(p[1] for p in known))) if known else _NO_PARTNERS
            if len(cache) < _MOST_CACHED:
                cache[units] = partners
        return partners


_NOTHING: frozenset[int] = frozenset()
_UNKNOWN: Mapping[str, int] = {}
_MOST_CACHED = 2_000


def _once(stems: Sequence[str]) -> set[str]:
    """The stems that occur no more than once."""
    seen: set[str] = set()
    again = {s for s in stems if s in seen or seen.add(s)}  # type: ignore[func-returns-value]
    return seen - again


def total(sentences: Iterable[Support]) -> Support:
    """The support of a whole text."""
    whole = Support()
    for part in sentences:
        whole.words += part.words
        whole.backed_words += part.backed_words
        whole.pairs += part.pairs
        whole.backed_pairs += part.backed_pairs
        whole.turned_pairs += part.turned_pairs
        whole.false_pairs += part.false_pairs
        whole.absolutes += part.absolutes
    return whole


def rarities(texts: Iterable[str]) -> dict[str, float]:
    """For every stem of a deck how much it tells: near 1 in one text only, near 0 in all of them (inverse document frequency)."""
    counts: dict[str, int] = defaultdict(int)
    number = 1
    for text in texts:
        number += 1
        for word in set(read(text).stems):
            counts[word] += 1
    return {word: 1 - log(count + 1) / log(number + 1) for word, count in counts.items()}


def pairs_of(text: Text, distance: int) -> Iterator[tuple[str, str, bool]]:
    """Pairs of different content words of one sentence at most so many content words apart, and whether one of them is negated."""
    places = [i for i, w in enumerate(text.words) if w not in STOP_WORDS]
    for order, left in enumerate(places):
        for right in places[order + 1 : order + 1 + distance]:
            if text.sentence[left] != text.sentence[right]:
                break
            if text.stems[left] != text.stems[right]:
                yield *_pair(text.stems[left], text.stems[right]), text.negated[left] or text.negated[right]


def _pair(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)


def _unit_partners(book: Phrasebook, phrases: Iterable[int]) -> dict[int, Partners]:
    """For every unit those that stand in a phrase with it; a unit of several words stands with itself."""
    table: dict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for phrase in (book.phrases[number] for number in phrases):
        for unit in phrase.units:
            table[unit][phrase.negative].update(phrase.units)
    return {unit: (shared(frozenset(positive)), shared(frozenset(negative))) for unit, (positive, negative) in table.items()}
