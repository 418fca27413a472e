"""What a typed word stands for where it is none of the words expected: a prefix, two words in one, a typo."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.lexicon import COMMON_WORDS, STOP_WORDS
from bot.core.text import stem

_PREFIXES = ("un", "non", "in", "im", "dis")
_COMMON_STEMS = frozenset(stem(word) for word in COMMON_WORDS)
_TWO_SLIPS = 8
_MOST_CACHED = 160  # a question's own: all of a deck's together must stay small


class Reading(NamedTuple):
    """The stem that a word stands for, a second one where two words were typed as one, and whether a prefix negates it."""

    stem: str
    second: str = ""
    turned: bool = False


class Speller:
    """Reads words by the stems that are expected, and by the spellings of these and of words that have them.

    Words known otherwise are no typos.
    """

    def __init__(self, stems: Collection[str], spellings: Iterable[str], known: frozenset[str]) -> None:
        self._stems = stems
        self._spellings = tuple(spellings)
        self._known = known
        self._read: dict[str, Reading] = {}

    def read(self, word: str, word_stem: str) -> Reading:
        """What a word stands for whose stem is not expected: itself, if nothing expected is near."""
        reading = self._read.get(word)
        if reading is None:
            if len(self._read) >= _MOST_CACHED:
                self._read.clear()
            reading = self._read[word] = self._interpret(word, word_stem)
        return reading

    def _interpret(self, word: str, word_stem: str) -> Reading:
        for prefix in _PREFIXES:
            if word.startswith(prefix) and len(word) - len(prefix) > 3 and (rest := stem(word[len(prefix) :])) in self._stems:
                return Reading(rest, turned=True)
        if len(word) < 4 or len(word) > 40 or word in STOP_WORDS or word_stem in _COMMON_STEMS or word_stem in self._known:
            return Reading(word_stem)
        for cut in range(2, len(word) - 1 if len(word) > 5 else 0):
            left, right = stem(word[:cut]), stem(word[cut:])
            if left in self._stems and right in self._stems:
                return Reading(left, right)
        return Reading(self._mistyped(word) or self._mistyped(word_stem) or word_stem)

    def _mistyped(self, word: str) -> str | None:
        """The one word expected that this is a typo of; the shorter the word, the fewer slips are believed."""
        slips = 1 if len(word) < _TWO_SLIPS else 2
        best = process.extractOne(word, self._spellings, scorer=OSA.distance, score_cutoff=slips)
        if best is None:
            return None
        meant, distance, _ = best
        if min(len(meant), len(word)) < 6 and meant[0] != word[0]:
            return None
        if distance > 1 and len(meant) < _TWO_SLIPS:
            return None
        return its_stem if (its_stem := stem(meant)) in self._stems else meant
