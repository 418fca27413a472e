"""Compiling the phrases of one question: what each of them needs, and which typed words say it.

A unit is known by a bit, so that many of them are one integer: what a word stands for, what a phrase needs, what a text holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce
from itertools import accumulate
from sys import intern

from bot.core.text import Text, stem
from bot.core.wordings import Synonyms, Unit, Words, stems_of, units_of


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A compiled phrase: its wording, the units it needs, whether it speaks of something negated, and the number of what it is about.

    Worded alike, two phrases are still two: each speaks for itself.
    """

    wording: str
    units: int
    negative: bool
    about: int


class Draft:
    """A book being written: phrases with their units, and the words that may stand for them.

    ``longer`` holds what several words in a row stand for, their stems joined by blanks, and every beginning of such a row.
    """

    def __init__(self, synonyms: Synonyms, known: frozenset[str] = frozenset()) -> None:
        self.learned: dict[str, int] = {}
        self.units: dict[str, int] = defaultdict(int)
        self.longer: dict[str, int] = {}
        self.compounds: dict[str, str] = {}
        self.spellings: dict[str, None] = {}  # in their order
        self.known = known
        self._synonyms = synonyms
        self._numbered: dict[Unit, int] = {}

    def add(self, wording: str, about: int = 0) -> Phrase:
        """Compiles a phrase. A phrase of small words only is taken as it is."""
        units, negative = units_of(wording)
        return Phrase(wording, reduce(_both, map(self._unit, units), 0), negative, about)

    def add_all(self, wordings: Iterable[str], about: int = 0) -> list[Phrase]:
        """Compiles phrases; those without a word are left out, for they would match anything."""
        return [phrase for wording in wordings if (phrase := self.add(wording, about)).units]

    def learn(self, text: Text) -> None:
        """Takes up the words of a text: a typo may stand for them, and each stem becomes a unit of its own (``learned``)."""
        for word, word_stem in zip(text.words, text.stems, strict=True):
            if word_stem not in self.learned:
                self.learned[word_stem] = _bit(self.width)
                self.units[word_stem] = _both(self.units[word_stem], self.learned[word_stem])
            self._spell(word)

    def _unit(self, unit: Unit) -> int:
        if unit in self._numbered:
            return self._numbered[unit]
        bit = self._numbered[unit] = _bit(self.width)
        for stems in dict.fromkeys(stems for sequence in unit for stems in stems_of(sequence, self._synonyms)):
            self._stand_for(stems, bit)
        for sequence in unit:
            joined = "".join(sequence)
            if len(sequence) > 1 or len(joined) > 5:
                self.compounds[intern(joined)] = stem(joined)
            for word in sequence:
                self._spell(word)
        return bit

    def _stand_for(self, stems: Words, bit: int) -> None:
        for word_stem in stems:
            self.units[word_stem] = _both(self.units[word_stem], bit if len(stems) == 1 else 0)
            self._spell(word_stem)
        if len(stems) > 1:
            rows = [intern(row) for row in accumulate(stems, "{} {}".format)]
            for beginning in rows[:-1]:
                self.longer.setdefault(beginning, 0)
            self.longer[rows[-1]] = _both(self.longer.get(rows[-1], 0), bit)

    def _spell(self, word: str) -> None:
        if len(word) >= 4 and not word[0].isdigit():
            self.spellings[intern(word)] = None

    @property
    def asked(self) -> int:
        """All units that phrases need."""
        return sum(self._numbered.values())

    @property
    def width(self) -> int:
        """How many units there are so far."""
        return len(self._numbered) + len(self.learned)


def bits_of(units: int) -> list[int]:
    """The single units among many."""
    bits = []
    while units:
        bits.append(units & -units)
        units ^= bits[-1]
    return bits


def numbers_of(units: int) -> list[int]:
    """The numbers of the single units among many: the places of their bits."""
    return [unit.bit_length() - 1 for unit in bits_of(units)]


def _both(units: int, others: int) -> int:
    """The units of both; where one has none, the other as it is: tens of thousands of single units are then shared."""
    return units | others if units and others else units or others


@cache
def _bit(number: int) -> int:
    """The unit of that number; the same object for all books."""
    return 1 << number
