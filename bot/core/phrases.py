"""Finding phrases in a text the way a patient listener would: any order, close together, typos and synonyms forgiven.

All units of a phrase (see ``wordings``) must stand close together in one sentence. A phrase with a negator matches only what is
negated, one without only what is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

from bot.core.drafts import Draft, Phrase
from bot.core.spelling import Speller
from bot.core.text import Text
from bot.core.wordings import Words

_REACH = {1: 2, 2: 6, 3: 8, 4: 10}
_MOST_WINDOWS = 8
_UNEXPECTED = -1
_SEVERAL_IN_ONE = 8
Spot = tuple[int, int, int]  # the first and the last word of an occurrence, and the units that occur


class Found(NamedTuple):
    """A phrase found in a text: the places (indexes of words) that matched, and whether any / the last of them is negated."""

    phrase: Phrase
    places: tuple[int, ...]
    negated: bool
    ends_negated: bool


class Search:
    """A text looked through for the words of a book: for every word its units, what it stands for, and whether it is negated.

    Phrases are put together on demand: most of a book's speak for something that only a few texts give reason to ask.
    """

    def __init__(self, text: Text, spots: list[Spot], units: list[int], stems: list[str], negated: list[bool]) -> None:
        self.units = units
        self.stems = stems
        self.negated = negated
        self._text = text
        sentences: dict[int, list[Spot]] = defaultdict(list)
        for spot in spots:
            sentences[text.sentence[spot[0]]].append(spot)
        self._sentences = [(_present(here), here) for here in sentences.values()]
        self._present = reduce(or_, (present for present, _ in self._sentences), 0)

    def find(self, phrases: Iterable[Phrase]) -> list[list[Found]]:
        """Those of the phrases whose words stand close together in a sentence, whatever the polarity: the first matches of each."""
        present = self._present
        possible = [phrase for phrase in phrases if phrase.units & present == phrase.units]
        return [matches for phrase in possible if (matches := self._matches(phrase))]

    def _matches(self, phrase: Phrase) -> list[Found]:
        matches: list[Found] = []
        for present, spots in self._sentences:
            if phrase.units & present == phrase.units:
                matches += _windows(phrase, spots, self._text, self.negated)
        return matches[:_MOST_WINDOWS]


class Phrasebook:
    """Many phrases looked for at once. Compiled once, then fast: the work grows with the words that match, not with the phrases."""

    def __init__(self, draft: Draft) -> None:
        self._units = dict(draft.units)
        self._longer = dict(draft.longer)
        self._compounds = draft.compounds
        self._asked = draft.asked
        self._speller = Speller(self._units, draft.spellings, draft.known)

    def search(self, text: Text) -> Search:
        """What of this book occurs in the text."""
        stems, negated = text.stems.copy(), text.negated.copy()
        units = [self._units.get(word_stem, _UNEXPECTED) for word_stem in stems]
        names: list[Words] = list(zip(stems, strict=True))
        for index in [index for index, here in enumerate(units) if here == _UNEXPECTED]:
            reading = self._speller.read(text.words[index], stems[index])
            stems[index] = reading.stem
            negated[index] ^= reading.turned
            units[index] = self._units.get(reading.stem, 0)
            names[index] = (reading.stem, reading.second) if reading.second else (reading.stem,)
        return Search(text, self._spots(text, names, units), units, stems, negated)

    def _spots(self, text: Text, names: list[Words], units: list[int]) -> list[Spot]:
        """Where units that phrases need occur, from the first to the last word; adds those of several words to ``units``."""
        asked = self._asked
        spots = [(index, index, needed) for index, here in enumerate(units) if (needed := here & asked)]
        spots += [(index, index, self._units[each[1]]) for index, each in enumerate(names) if len(each) > 1]
        single = len(spots)
        for index, (one, other) in enumerate(pairwise(text.words)):
            if one + other in self._compounds:
                spots.append((index, index + 1, self._units[self._compounds[one + other]] & asked))
        for index, name in [(index, name) for index, each in enumerate(names) for name in each if name in self._longer]:
            spots += self._sequences(index, name, names)
        for begin, end, here in spots[single:]:
            for index in range(begin, end + 1):
                units[index] |= here
        return sorted(spots)

    def _sequences(self, begin: int, first: str, names: list[Words]) -> Iterator[Spot]:
        """The units of several words that begin with this one, with at most one other word between two of theirs."""
        paths = [(first, begin)]
        for path, last in paths:  # it grows
            tried = set()
            for index in range(last, min(last + 3, len(names))):
                for name in names[index]:
                    longer = f"{path} {name}"
                    if longer in self._longer and name not in tried:
                        tried.add(name)
                        paths.append((longer, index))
                        if self._longer[longer]:
                            yield begin, index, self._longer[longer]


def _present(spots: list[Spot]) -> int:
    present = 0
    for _, _, units in spots:
        present |= units
    return present


def _windows(phrase: Phrase, spots: list[Spot], text: Text, negated: list[bool]) -> list[Found]:
    """The places in one sentence where all units of a phrase stand close together."""
    needs, count, place = phrase.units, phrase.units.bit_count(), text.place
    if count == 1:
        return [_found(phrase, tuple(range(begin, end + 1)), text, negated) for begin, end, here in spots if here & needs]
    reach = _REACH.get(count, 12)
    latest: dict[int, Spot] = {}  # of each unit, the one longest ago first
    windows = []
    for spot in spots:
        units = spot[2] & needs
        while units:
            unit = units & -units
            units ^= unit
            latest.pop(unit, None)
            latest[unit] = spot
            if len(latest) == count:
                occurrences = list(latest.values())
                if place[spot[0]] - place[occurrences[0][0]] <= reach and (places := _places(occurrences, text)):
                    windows.append(_found(phrase, places, text, negated))
    return windows


def _places(spots: list[Spot], text: Text) -> tuple[int, ...]:
    """The words of these occurrences, one per unit; none if units share a word that is not long enough to be several in one."""
    begins, ends, _ = zip(*spots, strict=True)
    if len(set(begins)) < len(begins):
        if not any(len(text.words[b]) >= _SEVERAL_IN_ONE for b in begins if begins.count(b) > 1):
            return ()
    elif begins == ends:
        return begins
    return tuple(sorted({index for begin, end, _ in spots for index in range(begin, end + 1)}))


def _found(phrase: Phrase, places: tuple[int, ...], text: Text, negated: list[bool]) -> Found:
    first, ends = negated[places[0]], negated[places[-1]]
    if len(places) == 2:
        if text.words[places[0]] == "no" and places[1] == places[0] + 1:
            ends = first
    elif not first and len(places) > 2:
        first = True in [negated[place] for place in places[1:-1]]
    return Found(phrase, places, first or ends, ends)
