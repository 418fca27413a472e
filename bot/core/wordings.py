"""The wording of a phrase, taken apart: what must be said, in which words, and what means the same.

A phrase is a few words; ``a|b`` are alternatives, a hyphen or code joins words that belong next to each other. Each word with its
alternatives is a *unit*. A phrase with a negator speaks of something negated.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bot.core.lexicon import NEGATORS, SMALL_WORDS
from bot.core.text import stem, words_of

Words = tuple[str, ...]
Unit = tuple[Words, ...]
Synonyms = Mapping[str, tuple[Words, ...]]
_QUOTED_PLACEHOLDER = re.compile(r"""["'](?:x|y|key|foo|bar)["']""")


def units_of(wording: str) -> tuple[list[Unit], bool]:
    """The units of a phrase (each some alternative word sequences) and whether it carries a negator.

    Small words are no units, unless there is nothing else. A negator alone is a phrase without units: nothing matches it.
    """
    units: list[Unit] = []
    everything: list[Unit] = []
    negative = False
    for chunk in _QUOTED_PLACEHOLDER.sub("", wording).split():
        options, all_negated = _alternatives(chunk)
        negative = negative or all_negated
        if options:
            everything.append(options)
            if not all(len(words) == 1 and words[0] in SMALL_WORDS for words in options):
                units.append(options)
    return units if len(units) > 1 or (units and negative) else everything, negative


def _alternatives(chunk: str) -> tuple[Unit, bool]:
    """The word sequences of one ``a|b`` and whether all of them carry a negator, which then speaks for the whole phrase.

    Where only some do ("nosql|no-sql") the negator belongs to the word.
    """
    readings = [words for alternative in chunk.split("|") if (words := tuple(words_of(alternative)))]
    if readings and all(not NEGATORS.keys().isdisjoint(words) for words in readings):
        return tuple(sorted({kept for words in readings if (kept := tuple(w for w in words if w not in NEGATORS))})), True
    return tuple(sorted({words if words[0] not in NEGATORS else ("".join(words),) for words in readings})), False


def stems_of(sequence: Words, synonyms: Synonyms) -> Iterator[Words]:
    """The sequences of stems that say a sequence of words: its own, written as one word, and what means the same."""
    stems = tuple([stem(word) for word in sequence])
    yield stems
    if len(sequence) > 1:
        joined = stem("".join(sequence))
        if joined not in stems:  # "login-in": without its ending that would be every "login"
            yield (joined,)
    yield from synonyms.get(" ".join(stems), ())


def synonym_table(groups: Iterable[Iterable[str]]) -> dict[str, tuple[Words, ...]]:
    """For the stems of a word or short phrase: the stem sequences that mean the same."""
    table: dict[str, set[Words]] = defaultdict(set)
    for group in groups:
        members = [tuple(stem(w) for w in words_of(member)) for member in group]
        for member in members:
            table[" ".join(member)].update(other for other in members if other and other != member)
    return {key: tuple(sorted(others)) for key, others in table.items()}
