"""What a typed word stands for where it is none of the words expected: a prefix, two words in one, a typo."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.lexicon import COMMON_WORDS, STOP_WORDS
from bot.core.text import stem

_PREFIXES = ("un", "non", "in", "im", "dis")
_COMMON_STEMS = frozenset(stem(word) for word in COMMON_WORDS)
_SHORTEST, _LONGEST = 4, 40  # letters of a word that may be mistyped
_TWO_SLIPS = 8
_MOST_SLIPS = 2
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
        self._spellings = sorted(spellings, key=len)
        self._up_to = [bisect_right(self._spellings, length, key=len) for length in range(_LONGEST + _MOST_SLIPS + 1)]
        self._known = known
        self._read: dict[str, Reading | None] = {}

    def read(self, word: str, word_stem: str) -> Reading | None:
        """What a word stands for whose stem is not expected; ``None`` if nothing expected is near."""
        if len(word) < _SHORTEST:
            return None
        if word not in self._read:
            if len(self._read) >= _MOST_CACHED:
                self._read.clear()
            self._read[word] = self._interpret(word, word_stem)
        return self._read[word]

    def _interpret(self, word: str, word_stem: str) -> Reading | None:
        for prefix in _PREFIXES:
            if word.startswith(prefix) and len(word) - len(prefix) > 3 and (rest := stem(word[len(prefix) :])) in self._stems:
                return Reading(rest, turned=True)
        if len(word) > _LONGEST or word in STOP_WORDS or word_stem in _COMMON_STEMS or word_stem in self._known:
            return None
        for cut in range(2, len(word) - 1 if len(word) > 5 else 0):
            if (left := stem(word[:cut])) in self._stems and (right := stem(word[cut:])) in self._stems:
                return Reading(left, right)
        meant = self._mistyped(word) or (self._mistyped(word_stem) if word_stem != word else None)
        return Reading(meant) if meant else None

    def _mistyped(self, word: str) -> str | None:
        """The one word expected that this is a typo of; the shorter the word, the fewer slips are believed."""
        slips = 1 if len(word) < _TWO_SLIPS else _MOST_SLIPS
        near = self._spellings[self._up_to[max(0, len(word) - slips - 1)] : self._up_to[len(word) + slips]]
        best = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
        if best is None:
            return None
        meant, distance, _ = best
        if min(len(meant), len(word)) < 6 and meant[0] != word[0]:
            return None
        if distance > 1 and len(meant) < _TWO_SLIPS:
            return None
        return its_stem if (its_stem := stem(meant)) in self._stems else meant
