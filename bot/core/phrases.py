"""Finding phrases in a text the way a patient listener would: any order, close together, typos and synonyms forgiven.

A phrase is a few words; ``a|b`` are alternatives, a hyphen or code joins words that belong next to each other. All its
words must stand close together in one sentence. A phrase with a negator matches only what is negated, one without only
what is not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.lexicon import COMMON_WORDS, NEGATORS, SMALL_WORDS, STOP_WORDS
from bot.core.text import Text, read, stem

Sequence = tuple[str, ...]
Reading = tuple[tuple[str, bool], ...]
_QUOTED_PLACEHOLDER = re.compile(r"""["'](?:x|y|key|foo|bar)["']""")
_PREFIXES = ("un", "non", "in", "im", "dis")
_REACH = {1: 2, 2: 6, 3: 8, 4: 10}
_COMMON_STEMS = frozenset(stem(word) for word in COMMON_WORDS)
_MOST_CACHED = 50_000
_MOST_WINDOWS = 8
_TWO_SLIPS = 8
_NOTHING: frozenset[int] = frozenset()


class Phrase(NamedTuple):
    """A compiled phrase: its wording, the numbers of the units it needs, and whether it speaks of something negated."""

    wording: str
    units: tuple[int, ...]
    negative: bool


class Found(NamedTuple):
    """A phrase found in a text: the places (indexes of words) that matched, and whether any / the last of them is negated."""

    phrase: int
    places: tuple[int, ...]
    negated: bool
    ends_negated: bool


class Search(NamedTuple):
    """What of a book occurs in a text: phrases by number, and for every word its units, what it stands for, and whether it is negated."""

    found: dict[int, list[Found]]
    units: list[frozenset[int]]
    stems: list[str]
    negated: list[bool]


class Heard(NamedTuple):
    """What a typed word stands for in a book: its readings' names, the units of the first reading and of all, the rows of words it
    may begin, its meaning, and whether a prefix negates it."""

    names: frozenset[str]
    units: frozenset[int]
    every: tuple[int, ...]
    begins: tuple[tuple[str, list[tuple[int, Sequence]]], ...]
    meaning: str
    turned: bool


class Phrasebook:
    """Many phrases looked for at once. Compiled once, then fast: the work grows with the words that match, not with the phrases."""

    def __init__(self, synonyms: Mapping[str, tuple[Sequence, ...]], known: frozenset[str] = frozenset()) -> None:
        self._synonyms = synonyms
        self._known = known
        self.phrases: list[Phrase] = []
        self._unit_ids: dict[tuple[Sequence, ...], int] = {}
        self._phrases_of: list[list[int]] = []
        self._anchored: list[list[tuple[int, tuple[int, ...]]]] | None = None
        self._single: dict[str, frozenset[int]] = {}
        self._several: dict[str, dict[str, list[tuple[int, Sequence]]]] = {}
        self._vocabulary: set[str] = set()
        self._spellings: dict[str, str] = {}
        self._spelled: list[str] = []
        self._compounds: dict[str, str] = {}
        self._readings: dict[str, Heard] = {}

    def add(self, wording: str) -> int:
        """Compiles a phrase and gives its number. A phrase of small words only is taken as it is."""
        units, negative = _parse(wording)
        ids = tuple(dict.fromkeys(self._unit(unit) for unit in units))
        number = len(self.phrases)
        self.phrases.append(Phrase(wording, ids, negative))
        for unit in ids:
            self._phrases_of[unit].append(number)
        self._readings.clear()
        self._anchored = None
        return number

    def learn(self, words: Iterable[str]) -> None:
        """Adds words that a typo may stand for, though no phrase holds them."""
        for word in words:
            self._meet(word, stem(word))
        self._readings.clear()

    def search(self, text: Text) -> Search:
        """Everything of this book that occurs in the text."""
        known = self._readings
        heard = [known[w] if w in known else self._reading(w, s) for w, s in zip(text.words, text.stems, strict=True)]
        negated = [is_negated != h.turned for is_negated, h in zip(text.negated, heard, strict=True)]
        units = [h.units for h in heard]
        spots = self._spots(text, heard, units)
        return Search(self._assemble(spots, text, negated), units, [h.meaning for h in heard], negated)

    def _assemble(self, spots: Mapping[int, list[tuple[int, int]]], text: Text, negated: list[bool]) -> dict[int, list[Found]]:
        """Every phrase whose words stand close together, whatever the polarity, by its number."""
        anchored = self._anchored or self._anchor()
        present = set(spots)
        found = {}
        for unit in spots:
            for number, units in anchored[unit]:
                if present.issuperset(units):
                    windows = _windows(number, [spots[u] for u in units], text, negated)
                    if windows:
                        found[number] = windows
        return found

    def _anchor(self) -> list[list[tuple[int, tuple[int, ...]]]]:
        """Every phrase under its rarest unit only: where that one is missing the phrase need not be looked at."""
        anchored: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in self._phrases_of]
        for number, phrase in enumerate(self.phrases):
            if phrase.units:
                anchored[min(phrase.units, key=lambda unit: len(self._phrases_of[unit]))].append((number, phrase.units))
        self._anchored = anchored
        return anchored

    def _unit(self, sequences: tuple[Sequence, ...]) -> int:
        if sequences in self._unit_ids:
            return self._unit_ids[sequences]
        number = self._unit_ids[sequences] = len(self._unit_ids)
        self._phrases_of.append([])
        for same in dict.fromkeys(same for sequence in sequences for same in self._same(sequence)):
            if len(same) == 1:
                self._single[same[0]] = self._single.get(same[0], _NOTHING) | {number}
            else:
                self._several.setdefault(same[0], {}).setdefault(same[1], []).append((number, same[1:]))
            for word in same:
                self._meet(word, word)
        for word in dict.fromkeys(word for sequence in sequences for word in sequence):
            self._meet(word, stem(word))
        return number

    def _meet(self, word: str, meaning: str) -> None:
        """Takes up a spelling (a word or a stem) and the stem it stands for."""
        self._vocabulary.add(meaning)
        if len(word) >= 4 and not word[0].isdigit() and word not in self._spellings:
            self._spellings[word] = meaning
            self._spelled.append(word)

    def _same(self, sequence: Sequence) -> Iterator[Sequence]:
        stems = tuple(stem(word) for word in sequence)
        yield stems
        if len(sequence) > 1:
            joined = "".join(sequence)
            self._compounds[joined] = stem(joined)
            yield (stem(joined),)
        elif len(sequence[0]) > 5:
            self._compounds[sequence[0]] = stems[0]
        yield from self._synonyms.get(" ".join(stems), ())

    def _spots(self, text: Text, heard: list[Heard], units: list[frozenset[int]]) -> dict[int, list[tuple[int, int]]]:
        """For every unit that occurs the first and last word of each occurrence, in order; adds those of several words to ``units``."""
        spots: dict[int, list[tuple[int, int]]] = defaultdict(list)
        present = frozenset().union(*(h.names for h in heard))
        compounds, before = self._compounds, ""
        for index, (word, h) in enumerate(zip(text.words, heard, strict=True)):
            compound = compounds.get(before + word) if before else None
            if compound:
                joined = self._single.get(compound, _NOTHING)
                for unit in joined:
                    spots[unit].append((index - 1, index))
                units[index - 1], units[index] = units[index - 1] | joined, units[index] | joined
            if h.every:
                spot = (index, index)
                for unit in h.every:
                    spots[unit].append(spot)
            for second, sequences in h.begins:
                if second in present:
                    self._note(sequences, index, heard, spots, units)
            before = word
        return spots

    def _note(
        self,
        sequences: list[tuple[int, Sequence]],
        index: int,
        heard: list[Heard],
        spots: dict[int, list[tuple[int, int]]],
        units: list[frozenset[int]],
    ) -> None:
        """Notes the units of several words that begin here, where the rest of them follows."""
        for unit, rest in sequences:
            end = _follow(heard, index, rest)
            if end >= 0:
                spots[unit].append((index, end))
                for place in range(index, end + 1):
                    units[place] |= {unit}

    def _reading(self, word: str, word_stem: str) -> Heard:
        """What a typed word may stand for among the words of the phrases; the flag says that a prefix negates it."""
        if len(self._readings) > _MOST_CACHED:
            self._readings.clear()
        options = tuple(self._interpret(word, word_stem))
        heard = self._readings[word] = Heard(
            frozenset(option for option, _ in options),
            self._single.get(options[0][0], _NOTHING) if options else _NOTHING,
            tuple(unit for option, _ in options for unit in self._single.get(option, ())),
            tuple(row for option, _ in options for row in self._several.get(option, {}).items()),
            options[0][0] if options else word_stem,
            bool(options) and options[0][1],
        )
        return heard

    def _interpret(self, word: str, word_stem: str) -> Iterator[tuple[str, bool]]:
        if word_stem in self._vocabulary:
            yield word_stem, False
            return
        for prefix in _PREFIXES:
            if word.startswith(prefix) and stem(word[len(prefix) :]) in self._vocabulary and len(word) - len(prefix) > 3:
                yield stem(word[len(prefix) :]), True
                return
        if len(word) < 4 or len(word) > 40 or word in STOP_WORDS or word_stem in _COMMON_STEMS or word_stem in self._known:
            return
        for cut in range(2, len(word) - 1):
            left, right = stem(word[:cut]), stem(word[cut:])
            if left in self._vocabulary and right in self._vocabulary and len(word) > 5:
                yield left, False
                yield right, False
                return
        meant = self._mistyped(word) or self._mistyped(word_stem)
        if meant:
            yield meant, False

    def _mistyped(self, word: str) -> str | None:
        """The one word of the phrases that this is a typo of; the shorter the word, the fewer slips are believed."""
        slips = 1 if len(word) < _TWO_SLIPS else 2
        best = process.extractOne(word, self._spelled, scorer=OSA.distance, score_cutoff=slips)
        if best is None:
            return None
        meant, distance = str(best[0]), best[1]
        if min(len(meant), len(word)) < 6 and meant[0] != word[0]:
            return None
        return self._spellings[meant] if distance == 1 or len(meant) >= _TWO_SLIPS else None


def _parse(wording: str) -> tuple[list[tuple[Sequence, ...]], bool]:
    """The units of a phrase (each a set of alternative word sequences) and whether it carries a negator."""
    units: list[tuple[Sequence, ...]] = []
    everything: list[tuple[Sequence, ...]] = []
    negative = False
    for chunk in _QUOTED_PLACEHOLDER.sub("", wording).split():
        options, all_negated = _alternatives(chunk)
        negative = negative or all_negated
        if options:
            everything.append(options)
            if not all(len(words) == 1 and words[0] in SMALL_WORDS for words in options):
                units.append(options)
    return units if len(units) > 1 or negative else everything, negative


@lru_cache(maxsize=65536)
def shared(numbers: frozenset[int]) -> frozenset[int]:
    """The same set, as one object for all who hold it: a deck's books hold tens of thousands of small ones."""
    return numbers


@lru_cache(maxsize=65536)
def _alternatives(chunk: str) -> tuple[tuple[Sequence, ...], bool]:
    """The word sequences of one ``a|b`` and whether all of them carry a negator, which then speaks for the whole phrase.

    Where only some do ("nosql|no-sql") the negator belongs to the word.
    """
    readings = [tuple(read(alternative).words) for alternative in chunk.split("|")]
    readings = [words for words in readings if words]
    if readings and all(any(w in NEGATORS for w in words) for words in readings):
        return tuple(sorted({kept for words in readings if (kept := tuple(w for w in words if w not in NEGATORS))})), True
    return tuple(sorted({words if words[0] not in NEGATORS else ("".join(words),) for words in readings})), False


def _follow(heard: list[Heard], last: int, rest: Sequence) -> int:
    """Where the rest of a sequence ends if its words follow with at most one other word between; -1 if they do not."""
    for wanted in rest:
        for step in (0, 1, 2):
            index = last + step
            if index < len(heard) and wanted in heard[index].names:
                last = index
                break
        else:
            return -1
    return last


def _windows(number: int, spots: list[list[tuple[int, int]]], text: Text, negated: list[bool]) -> list[Found]:
    """The first places where all units of a phrase stand close together in one sentence."""
    if len(spots) == 1:
        return [
            Found(number, (begin,), negated[begin], negated[begin])
            if begin == end
            else _found(number, tuple(range(begin, end + 1)), text, negated)
            for begin, end in sorted(spots[0])[:_MOST_WINDOWS]
        ]
    missing, reach, place, sentence = len(spots), _REACH.get(len(spots), 12), text.place, text.sentence
    begins, ends = [-1] * missing, [-1] * missing
    windows: list[Found] = []
    for begin, end, unit in sorted([(begin, end, unit) for unit, places in enumerate(spots) for begin, end in places]):
        missing -= begins[unit] < 0
        begins[unit], ends[unit] = begin, end
        if not missing:
            first = min(begins)
            if place[begin] - place[first] <= reach and sentence[first] == sentence[begin] and _differ(begins, text):
                taken = begins if begins == ends else [i for one, other in zip(begins, ends, strict=True) for i in range(one, other + 1)]
                windows.append(_found(number, tuple(sorted(set(taken))), text, negated))
                if len(windows) == _MOST_WINDOWS:
                    break
    return windows


def _differ(begins: list[int], text: Text) -> bool:
    """Whether units took different words; a long word may stand for several (it may be several in one)."""
    return len(set(begins)) == len(begins) or any(len(text.words[b]) > 7 for b in begins if begins.count(b) > 1)


def _found(number: int, places: tuple[int, ...], text: Text, negated: list[bool]) -> Found:
    if len(places) == 2 and text.words[places[0]] == "no" and places[1] == places[0] + 1:
        return Found(number, places, negated[places[0]], negated[places[0]])
    ends = negated[places[-1]]
    return Found(number, places, ends or negated[places[0]] or True in [negated[i] for i in places[1:-1]], ends)


def synonym_table(groups: Iterable[Iterable[str]]) -> dict[str, tuple[Sequence, ...]]:
    """For the stems of a word or short phrase: the stem sequences that mean the same."""
    table: dict[str, set[Sequence]] = defaultdict(set)
    for group in groups:
        members = [tuple(stem(w) for w in read(member).words) for member in group]
        for member in members:
            table[" ".join(member)].update(other for other in members if other and other != member)
    return {key: tuple(sorted(others)) for key, others in table.items()}
