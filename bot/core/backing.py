"""How far a text is backed by what is known to be true about its question.

The deck says a lot about every question: the model answer, the explanation, the accepted phrases, good samples. A right
answer mostly moves within these words and, more tellingly, puts the same words next to each other; a fluent wrong one takes
the topic's words and joins them in ways that nothing backs.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, combinations, compress, islice
from math import log

from bot.core.drafts import Draft, Phrase, numbers_of
from bot.core.lexicon import ABSOLUTES, BELIEVING, ERRORS, OTHER_PEOPLE, SUPPOSING, TALK, TURNS
from bot.core.model import Question
from bot.core.phrases import Search
from bot.core.text import Text, read

_NEAR = 3
_NEAR_IN_TRUTH = 6
_GOOD_SAMPLE = 75
_NEW_WORD = 0.3
_UNRATED = 0.7
_MOST_CACHED = 160  # a question's own, from text to text: all of a deck's together must stay small
_SOME_WORDS, _SOME_PAIRS = 1, 3  # what a sentence must add to count as much as the text around it
_TALK = TALK | BELIEVING | ERRORS | OTHER_PEOPLE | TURNS
_FALSE = 2  # the first of the fields of what is false
Word = tuple[int, int, str, str, int, bool]  # the sentence and the clause of a word, the word, its stem, its units, whether it is negated


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

    def trust_within(self, whole: Support) -> float:
        """From 0 (nothing is backed) to 2 (every word and pair is): of this part, and the less it says, of the ``whole`` around it."""
        words = (self.backed_words + _SOME_WORDS * whole.backed_words / max(whole.words, 0.01)) / (self.words + _SOME_WORDS)
        pairs = (self.backed_pairs + _SOME_PAIRS * whole.backed_pairs / max(whole.pairs, 1)) / (self.pairs + _SOME_PAIRS)
        return words + pairs


class Backing:
    """The words and pairs of words that stand behind one question; its truths become a part of the book.

    The partners of a unit, those that stand next to it somewhere, are four fields of bits side by side in one integer: of what is
    true said plainly and said negated, of what is false said plainly and said negated. Most units have few: what is kept are the
    places of their bits, all units' in one row, and where each unit's begin.

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
        self._truth = self._backed = sum(draft.learned.values())
        self._width = draft.width
        self._field = (1 << self._width) - 1
        self._cached: dict[int, tuple[int, int, int, int]] = {}
        partners: list[set[int]] = [set() for _ in range(self._width)]
        for left, right, negated in (pair for text in truths for pair in pairs_of(text, _NEAR_IN_TRUTH)):
            self._join(partners, draft.learned[left], draft.learned[right], negated)
            self._join(partners, draft.learned[right], draft.learned[left], negated)
        for phrase in accept:
            self._backed |= phrase.units
            self._join(partners, phrase.units, phrase.units, phrase.negative)
        for phrase in false:
            self._join(partners, phrase.units, phrase.units, _FALSE + phrase.negative)
        self._partners = array("I", chain.from_iterable(partners))
        self._begins = array("I", accumulate(map(len, partners), initial=0))

    def _join(self, partners: list[set[int]], units: int, others: int, field: int) -> None:
        places = [number + self._width * field for number in numbers_of(others)]
        for unit in numbers_of(units):
            partners[unit].update(places)

    def weigh(self, text: Text, search: Search) -> dict[int, Support]:
        """How far each sentence of a text is backed, by the number of the sentence. Words that talk about any matter are left aside."""
        for units in list(islice(self._cached, max(0, len(self._cached) - _MOST_CACHED))):  # those that have been there longest
            del self._cached[units]
        sentences = {number: Support() for number in dict.fromkeys(text.sentence)}
        everything = zip(text.sentence, text.clause, text.words, search.stems, search.units, search.negated, strict=True)
        words = [word for word in compress(everything, text.content) if word[2] not in _TALK]
        self._weigh_words(words, sentences)
        supposed = {clause for clause, word in zip(text.clause, text.words, strict=True) if word in SUPPOSING}
        self._weigh_pairs(words, sentences, supposed)
        return sentences

    def joins(self, places: tuple[int, ...], search: Search) -> bool:
        """Whether any two of these words stand together in what is known to be true."""
        return any(self._joined(left, right, search) for left, right in combinations(places, 2))

    def joins_throughout(self, places: tuple[int, ...], search: Search) -> bool:
        """Whether each of these words stands together with each other in what is known to be true."""
        return all(self._joined(left, right, search) for left, right in combinations(places, 2))

    def _joined(self, left: int, right: int, search: Search) -> bool:
        negated = search.negated[left] or search.negated[right]
        return self._near(search.units[left])[negated] & search.units[right] > 0

    def _near(self, units: int) -> tuple[int, int, int, int]:
        """The partners of all these units, field by field."""
        near = self._cached.get(units)
        if near is None:
            partners = 0
            for unit in numbers_of(units):
                for place in self._partners[self._begins[unit] : self._begins[unit + 1]]:
                    partners |= 1 << place
            width, field = self._width, self._field
            near = partners & field, partners >> width & field, partners >> 2 * width & field, partners >> 3 * width
            self._cached[units] = near
        return near

    def _weigh_words(self, words: list[Word], sentences: Mapping[int, Support]) -> None:
        """Counts the words that are not the question's own, each where it stands first."""
        first = {word[3]: word for word in reversed(words)}
        for sentence, _, word, word_stem, units, _ in first.values():
            if word_stem not in self._prompt:
                support, backed = sentences[sentence], units & self._backed > 0
                weight = self._rarity.get(word_stem, _UNRATED if backed or not self._rarity else _NEW_WORD)
                support.words += weight
                support.backed_words += weight * backed
                support.absolutes += word in ABSOLUTES and not backed

    def _weigh_pairs(self, words: list[Word], sentences: Mapping[int, Support], supposed: set[int]) -> None:
        """Counts the pairs of neighbours that are not the question's own: joined as in what is true, as in what is false, as nowhere.

        Each pair counts once: repeating it adds nothing.
        """
        seen: set[tuple[str, str, bool]] = set()
        again = _repeated([word[3] for word in words])
        prompt = self._prompt
        for order, (sentence, clause, _, left, units, turned) in enumerate(words, 1):
            support, near, asked, repeated = sentences[sentence], self._near(units), left in prompt, left in again
            for its_sentence, its_clause, _, right, others, turns in words[order : order + _NEAR]:
                if sentence != its_sentence:
                    break
                if left == right or (asked and right in prompt):
                    continue
                negated = turned or turns
                if repeated or right in again:
                    pair = (left, right, negated) if left < right else (right, left, negated)
                    if pair in seen:
                        continue
                    seen.add(pair)
                support.pairs += 1
                if near[negated] & others:
                    support.backed_pairs += 1
                else:
                    support.false_pairs += clause == its_clause and near[_FALSE + negated] & others > 0
                    support.turned_pairs += near[not negated] & others & self._truth > 0 and not (negated and clause in supposed)


def _repeated(stems: Sequence[str]) -> set[str]:
    """The stems that occur more than once."""
    last = {word_stem: place for place, word_stem in enumerate(stems)}
    return {word_stem for place, word_stem in enumerate(stems) if last[word_stem] != place} if len(last) < len(stems) else set()


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
    places = list(compress(range(len(text)), text.content))
    for order, left in enumerate(places):
        for right in places[order + 1 : order + 1 + distance]:
            if text.sentence[left] != text.sentence[right]:
                break
            if text.stems[left] != text.stems[right]:
                yield *_pair(text.stems[left], text.stems[right]), text.negated[left] or text.negated[right]


def _pair(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)
