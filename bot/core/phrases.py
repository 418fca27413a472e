"""Finding phrases in a text the way a patient listener would: any order, close together, typos and synonyms forgiven.

All units of a phrase (see ``wordings``) must stand close together in one sentence. A phrase with a negator matches only what is
negated, one without only what is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import chain
from operator import add, and_
from typing import NamedTuple

from bot.core.drafts import Draft, Phrase, bits_of
from bot.core.spelling import Speller
from bot.core.text import Text

_REACH = {1: 2, 2: 6, 3: 8, 4: 10}
_MOST_WINDOWS = 8
_UNEXPECTED = -1
_SEVERAL_IN_ONE = 8
_LONG_SENTENCE = 100  # spots
Spot = tuple[int, int, int]  # the first and the last word of an occurrence, and the units that occur


class Found(NamedTuple):
    """A phrase found in a text: the places (indexes of words) that matched, and whether any / the last of them is negated."""

    phrase: Phrase
    places: tuple[int, ...]
    negated: bool
    ends_negated: bool

    @property
    def holds(self) -> bool:
        """Whether the phrase is said with the polarity it asks for: a positive one may be negated before its end."""
        return self.negated if self.phrase.negative else not self.ends_negated


class Search:
    """A ``text`` looked through for the words of a book: for every word its units, what it stands for, and whether it is negated.

    ``asked`` are the units that phrases of the book need. Phrases are put together on demand: most of a book's speak for something
    that only a few texts give reason to ask.
    """

    def __init__(self, text: Text, spots: list[Spot], units: list[int], stems: list[str], negated: list[bool], asked: int) -> None:
        self.units = units
        self.stems = stems
        self.negated = negated
        self.text = text
        self._plain = True not in negated
        sentences: dict[int, list[Spot]] = defaultdict(list)
        for spot in spots:
            sentences[text.sentence[spot[0]]].append(spot)
        self._sentences = [_Sentence(here, asked) for here in sentences.values()]
        self._absent = reduce(and_, [sentence.absent for sentence in self._sentences], asked)

    def find(self, phrases: Iterable[Phrase]) -> list[list[Found]]:
        """The matches of those phrases that are found."""
        return [matches for phrase in self.possible(phrases) if (matches := list(self.matches(phrase)))]

    def possible(self, phrases: Iterable[Phrase]) -> list[Phrase]:
        """Those phrases whose units are all somewhere in the text."""
        absent = self._absent
        return [phrase for phrase in phrases if not phrase.units & absent]

    def matches(self, phrase: Phrase) -> Iterator[Found]:
        """Where the words of a phrase stand close together in a sentence, whatever the polarity: the first matches."""
        needs = phrase.units
        count = needs.bit_count()
        reach, place = _REACH.get(count, 12), self.text.place
        left = _MOST_WINDOWS
        for sentence in self._sentences:
            if needs & sentence.absent:
                continue
            here = sentence.spots_of(needs)
            for several in [[spot] for spot in here] if count == 1 else _close(here, count, place, reach):
                if places := _places(several, self.text):
                    yield self._found(phrase, places)
                    left -= 1
                    if not left:
                        return

    def _found(self, phrase: Phrase, places: tuple[int, ...]) -> Found:
        if self._plain:
            return Found(phrase, places, False, False)
        first, ends = self.negated[places[0]], self.negated[places[-1]]
        if len(places) == 2:
            if self.text.words[places[0]] == "no" and places[1] == places[0] + 1:
                ends = first
        elif not first and len(places) > 2:
            first = True in [self.negated[place] for place in places[1:-1]]
        return Found(phrase, places, first or ends, ends)


class Phrasebook:
    """Many phrases looked for at once. Compiled once, then fast: the work grows with the words that match, not with the phrases."""

    def __init__(self, draft: Draft) -> None:
        self._units = dict(draft.units)
        self._longer = draft.longer
        self._compounds = draft.compounds
        self._asked = draft.asked
        self._speller = Speller(self._units, draft.spellings, draft.known)

    def search(self, text: Text) -> Search:
        """What of this book occurs in the text."""
        stems, negated = text.stems.copy(), text.negated.copy()
        units = [self._units.get(word_stem, _UNEXPECTED) for word_stem in stems]
        seconds: dict[int, str] = {}
        for index in [index for index, here in enumerate(units) if here == _UNEXPECTED]:
            units[index] = 0
            if reading := self._speller.read(text.words[index], stems[index]):
                stems[index] = reading.stem
                negated[index] ^= reading.turned
                units[index] = self._units.get(reading.stem, 0)
                if reading.second:
                    seconds[index] = reading.second
        return Search(text, self._spots(text, stems, seconds, units), units, stems, negated, self._asked)

    def _spots(self, text: Text, stems: list[str], seconds: dict[int, str], units: list[int]) -> list[Spot]:
        """Where units that phrases need occur, from the first to the last word; adds those of several words to ``units``.

        ``seconds`` are the stems, by place, where two words were typed as one.
        """
        asked = self._asked
        spots = [(index, index, needed) for index, here in enumerate(units) if (needed := here & asked)]
        spots += [(index, index, self._units[second]) for index, second in seconds.items()]
        joined = map(add, text.words, text.words[1:])
        compounds = [
            (index, self._compounds[both])
            for index, both in enumerate(joined)
            if both in self._compounds and text.sentence[index] == text.sentence[index + 1]
        ]
        several = [(index, index + 1, self._units[compound] & asked) for index, compound in compounds]
        several += self._sequences(stems, seconds, text.sentence)
        for begin, end, here in several:
            for index in range(begin, end + 1):
                units[index] |= here
        return sorted(spots + several)

    def _sequences(self, stems: list[str], seconds: dict[int, str], sentence: list[int]) -> Iterator[Spot]:
        """The units of several words that follow each other in a sentence, with at most one other word between two of theirs."""
        paths = [(index, index, word_stem) for index, word_stem in enumerate(stems) if word_stem in self._longer]
        paths += [(index, index, second) for index, second in seconds.items() if second in self._longer]
        for begin, last, row in paths:  # it grows
            reached: list[str] = []
            for index in range(last if last in seconds else last + 1, min(last + 3, len(stems))):
                if sentence[index] != sentence[begin]:
                    break
                for name in (stems[index], seconds[index]) if index in seconds else (stems[index],):
                    longer = f"{row} {name}"
                    if longer in self._longer and longer not in reached:
                        reached.append(longer)
                        paths.append((begin, index, longer))
                        if units := self._longer[longer]:
                            yield begin, index, units


class _Sentence:
    """The spots of one sentence, and the units asked for that are ``absent`` from it."""

    __slots__ = ("_spots", "_where", "absent")

    def __init__(self, spots: list[Spot], asked: int) -> None:
        present = 0
        for _, _, units in spots:
            present |= units
        self.absent = asked & ~present
        self._spots = spots
        self._where: dict[int, list[Spot]] | None = None

    def spots_of(self, needs: int) -> list[Spot]:
        """Where some units occur, in the order of the text. Looked up where a sentence is too long to be gone through each time."""
        if len(self._spots) <= _LONG_SENTENCE:
            return [(begin, end, both) for begin, end, units in self._spots if (both := units & needs)]
        if self._where is None:
            self._where = defaultdict(list)
            for begin, end, units in self._spots:
                for unit in bits_of(units):
                    self._where[unit].append((begin, end, unit))
        return sorted(chain.from_iterable([self._where[unit] for unit in bits_of(needs)]))


def _close(spots: list[Spot], count: int, place: list[int], reach: int) -> Iterator[list[Spot]]:
    """Every unit where it stood last, whenever so many are complete within the reach; the one longest ago first."""
    latest: dict[int, Spot] = {}
    for spot in spots:
        here = place[spot[0]]
        for unit in bits_of(spot[2]):
            latest.pop(unit, None)
            latest[unit] = spot
            if len(latest) == count and here - place[next(iter(latest.values()))[0]] <= reach:
                yield list(latest.values())


def _places(spots: list[Spot], text: Text) -> tuple[int, ...]:
    """The words of these occurrences, one per unit; none if units share a word that is not long enough to be several in one."""
    begins, ends = [spot[0] for spot in spots], [spot[1] for spot in spots]
    if len(begins) > 1 and len(set(begins)) < len(begins):
        if not any(len(text.words[b]) >= _SEVERAL_IN_ONE for b in begins if begins.count(b) > 1):
            return ()
    elif begins == ends:
        return tuple(begins)
    return tuple(sorted({index for begin, end, _ in spots for index in range(begin, end + 1)}))
