"""Finding phrases in a text the way a patient listener would: any order, close together, typos and synonyms forgiven.

All units of a phrase (see ``wordings``) must stand close together in one sentence. A phrase with a negator matches only what is
negated, one without only what is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from bot.core.drafts import Draft, bits
from bot.core.spelling import Speller
from bot.core.text import Text
from bot.core.wordings import Words

_REACH = {1: 2, 2: 6, 3: 8, 4: 10}
_MOST_WINDOWS = 8
_UNEXPECTED = -1
_NEVER = -1  # needed by a phrase without words: no text holds all units
Spot = tuple[int, int, int]  # the first and the last word of an occurrence, and the units that occur


class Found(NamedTuple):
    """A phrase found in a text: the places (indexes of words) that matched, and whether any / the last of them is negated."""

    phrase: int
    places: tuple[int, ...]
    negated: bool
    ends_negated: bool


class Search(NamedTuple):
    """What of a book occurs in a text: phrases by number, and for every word its units, what it stands for, and whether it is negated."""

    found: dict[int, list[Found]]
    units: list[int]
    stems: list[str]
    negated: list[bool]


class Phrasebook:
    """Many phrases looked for at once. Compiled once, then fast: the work grows with the words that match, not with the phrases."""

    def __init__(self, draft: Draft) -> None:
        self.phrases = draft.phrases
        self._needs = [phrase.units or _NEVER for phrase in draft.phrases]
        self._units = dict(draft.units)
        self._longer = dict(draft.longer)
        self._compounds = draft.compounds
        self._learned = sum(draft.learned.values())
        self._speller = Speller(self._units, draft.spellings, draft.known)

    def search(self, text: Text) -> Search:
        """Everything of this book that occurs in the text."""
        stems, negated = text.stems.copy(), text.negated.copy()
        units = [self._units.get(word_stem, _UNEXPECTED) for word_stem in stems]
        names: list[Words] = list(zip(stems, strict=True))
        for index in [index for index, here in enumerate(units) if here == _UNEXPECTED]:
            reading = self._speller.read(text.words[index], stems[index])
            stems[index] = reading.stem
            negated[index] ^= reading.turned
            units[index] = self._units.get(reading.stem, 0)
            names[index] = (reading.stem, reading.second) if reading.second else (reading.stem,)
        spots = self._spots(text, names, units)
        return Search(self._assemble(spots, text, negated), units, stems, negated)

    def _spots(self, text: Text, names: list[Words], units: list[int]) -> list[Spot]:
        """Where units occur, from the first to the last word of each; adds those of several words to ``units``."""
        spots = [(index, index, here) for index, here in enumerate(units) if here]
        spots += [(index, index, self._units[each[1]]) for index, each in enumerate(names) if len(each) > 1]
        single = len(spots)
        for index, (one, other) in enumerate(pairwise(text.words)):
            if one + other in self._compounds:
                spots.append((index, index + 1, self._units[self._compounds[one + other]] & ~self._learned))
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

    def _assemble(self, spots: list[Spot], text: Text, negated: list[bool]) -> dict[int, list[Found]]:
        """Every phrase whose words stand close together in a sentence, whatever the polarity, by its number."""
        sentences: dict[int, list[Spot]] = defaultdict(list)
        for spot in spots:
            sentences[text.sentence[spot[0]]].append(spot)
        absent = ~_present(spots)
        possible = [(number, needs) for number, needs in enumerate(self._needs) if not needs & absent]
        found: dict[int, list[Found]] = defaultdict(list)
        for here in sentences.values():
            absent = ~_present(here)
            for number, needs in possible:
                if not needs & absent:
                    found[number] += _windows(number, needs, here, text, negated)
        return {number: windows[:_MOST_WINDOWS] for number, windows in found.items() if windows}


def _present(spots: list[Spot]) -> int:
    present = 0
    for _, _, units in spots:
        present |= units
    return present


def _windows(number: int, needs: int, spots: list[Spot], text: Text, negated: list[bool]) -> list[Found]:
    """The places in one sentence where all units of a phrase stand close together."""
    hits = [(begin, end, units) for begin, end, here in spots if (units := here & needs)]
    count = needs.bit_count()
    if count == 1:
        return [
            Found(number, (begin,), negated[begin], negated[begin])
            if begin == end
            else _found(number, tuple(range(begin, end + 1)), text, negated)
            for begin, end, _ in hits[:_MOST_WINDOWS]
        ]
    reach, place = _REACH.get(count, 12), text.place
    begins: dict[int, int] = {}
    ends: dict[int, int] = {}
    windows = []
    for begin, end, units in hits:
        for unit in bits(units) if units & units - 1 else (units,):
            begins[unit], ends[unit] = begin, end
            if len(begins) == count and place[begin] - place[min(begins.values())] <= reach:
                places = set(begins.values())
                if len(places) == count or _differ(list(begins.values()), text):
                    if begins != ends:
                        places.update(index for unit in begins for index in range(begins[unit], ends[unit] + 1))
                    windows.append(_found(number, tuple(sorted(places)), text, negated))
    return windows


def _differ(begins: list[int], text: Text) -> bool:
    """Whether units may take the same word: a long one may stand for several (it may be several in one)."""
    return any(len(text.words[b]) > 7 for b in begins if begins.count(b) > 1)


def _found(number: int, places: tuple[int, ...], text: Text, negated: list[bool]) -> Found:
    first, ends = negated[places[0]], negated[places[-1]]
    if len(places) == 2:
        if text.words[places[0]] == "no" and places[1] == places[0] + 1:
            ends = first
    elif not first and len(places) > 2:
        first = True in [negated[place] for place in places[1:-1]]
    return Found(number, places, first or ends, ends)
