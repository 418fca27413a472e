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

from bot.core.drafts import Draft, Phrase, bits
from bot.core.lexicon import ABSOLUTES, STOP_WORDS
from bot.core.model import Question
from bot.core.phrases import Search
from bot.core.text import Text, read

_NEAR = 3
_NEAR_IN_TRUTH = 6
_GOOD_SAMPLE = 75
_NEW_WORD = 0.3
_UNRATED = 0.7
_MOST_CACHED = 96  # a question's own: all of a deck's together must stay small
_FALSE = 2  # the first of the fields of what is false


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
    """The words and pairs of words that stand behind one question; its truths become a part of the book.

    The partners of a unit, those that stand next to it somewhere, are four fields of bits side by side in one integer: of what is
    true said plainly and said negated, of what is false said plainly and said negated.

    ``rarity`` gives the weight (0 to 1) of a stem: how much it tells about a question. Words of no rarity are new to the deck.
    """

    def __init__(
        self,
        question: Question,
        draft: Draft,
        accept: Iterable[Phrase],
        false: Iterable[Phrase],
        rarity: Mapping[str, float] | None = None,
    ) -> None:
        good = [sample.answer for sample in question.samples if sample.low >= _GOOD_SAMPLE]
        self._rarity = rarity or {}
        self._prompt = set(read(question.question).stems)
        truths = [read(text) for text in (question.answer_30s, question.explanation, question.memorize, *good)]
        for text in truths:
            draft.learn(text)
        self._width = draft.width
        self._truth = self._backed = sum(draft.learned.values())
        self._partners = [0] * self._width
        self._cached: dict[int, int] = {}
        for left, right, negated in (pair for text in truths for pair in pairs_of(text, _NEAR_IN_TRUTH)):
            one, other = draft.learned[left], draft.learned[right]
            self._join(one, other, negated)
            self._join(other, one, negated)
        for phrase in accept:
            self._backed |= phrase.units
            self._join(phrase.units, phrase.units, phrase.negative)
        for phrase in false:
            self._join(phrase.units, phrase.units, _FALSE + phrase.negative)

    def _join(self, units: int, others: int, field: int) -> None:
        for unit in bits(units):
            self._partners[unit.bit_length() - 1] |= others << self._width * field

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
        return self._near(search.units[left]) >> self._width * negated & search.units[right] > 0

    def _near(self, units: int) -> int:
        """The partners of all these units."""
        near = self._cached.get(units)
        if near is None:
            if len(self._cached) >= _MOST_CACHED:
                self._cached.clear()
            near, left = 0, units
            while left:
                number = left.bit_length() - 1
                near |= self._partners[number]
                left ^= 1 << number
            self._cached[units] = near
        return near

    def _weigh_words(self, own: set[int], text: Text, search: Search, sentences: dict[int, Support]) -> None:
        first = {search.stems[i]: i for i in sorted(own, reverse=True)}
        for word, index in first.items():
            support = sentences[text.sentence[index]]
            backed = search.units[index] & self._backed > 0
            weight = self._rarity.get(word, _UNRATED if backed or not self._rarity else _NEW_WORD)
            support.words += weight
            support.backed_words += weight * backed
            support.absolutes += text.words[index] in ABSOLUTES and not backed

    def _weigh_pairs(self, places: list[int], own: set[int], text: Text, search: Search, sentences: dict[int, Support]) -> None:
        """Counts the pairs of neighbours that are not the question's own: joined as in what is true, as in what is false, as nowhere.

        Each pair counts once: repeating it adds nothing.
        """
        seen: set[tuple[str, str, bool]] = set()
        stems, width, cached = search.stems, self._width, self._cached
        once = _once([stems[place] for place in places])
        words = [
            (text.sentence[i], text.clause[i], stems[i], search.units[i], search.negated[i], i in own, stems[i] in once) for i in places
        ]
        for order, (sentence, clause, word, units, turned, new, alone) in enumerate(words, 1):
            support, near = sentences[sentence], cached[units] if units in cached else self._near(units)
            for its_sentence, its_clause, other, others, turns, also_new, also_alone in words[order : order + _NEAR]:
                if sentence != its_sentence:
                    break
                if word == other or not (new or also_new):
                    continue
                negated = turned or turns
                if not (alone and also_alone):
                    if (word, other, negated) in seen:
                        continue
                    seen.add((word, other, negated))
                    seen.add((other, word, negated))
                support.pairs += 1
                field = width if negated else 0
                if near >> field & others:
                    support.backed_pairs += 1
                elif near:
                    support.false_pairs += clause == its_clause and near >> _FALSE * width + field & others > 0
                    support.turned_pairs += near >> width - field & others & self._truth > 0


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
