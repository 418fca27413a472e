"""How a writer stands to what a sentence says: is it their own view, or what others believe? Is it said under a condition, or of
something that is set apart? Does it say what goes wrong without a thing?

"People think that it is encrypted" and "don't say it is encrypted" claim nothing of the kind, and "without a key it raises an
error" asks for a key.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.lexicon import BELIEVING, CONTRASTS, ERRORS, HARMS, NEGATORS, OTHER_PEOPLE, SUPPOSING, TURNS
from bot.core.text import Text

_CUES = ERRORS | BELIEVING
_FORBIDDING = frozenset(["not", "never"])
_ADVISING = frozenset(["i", "you", "we", "should", "would", "do", "please", "and", "but", "so", "also"])
_CONDITIONS = SUPPOSING | {"when"}
_LACKING = frozenset(["without", "no", "lacks", "lack"])
_GOES_WRONG = HARMS.union(NEGATORS) - _LACKING
_NEAR = 3
_FAR = 6


def reported(text: Text) -> frozenset[int]:
    """The places of the words that give what others believe, or what one should not believe: up to a "but" or the sentence's end."""
    if _CUES.isdisjoint(text.words):
        return frozenset()
    return frozenset([place for cue in _cues(text) for place in _following(text, cue)])


def hedges(text: Text, place: int) -> int:
    """How many of two things make it likely that a word is about something else: a condition before it, a contrast in its sentence."""
    here = text.sentence_around(place)
    conditional = not _CONDITIONS.isdisjoint(text.words[here.start : place])
    return conditional + (not CONTRASTS.isdisjoint(text.words[here.start : here.stop]))


def warns_of_lack(text: Text, places: tuple[int, ...]) -> bool:
    """Whether a sentence says what goes wrong without what stands at these places: "without a key it raises an error"."""
    first, last = places[0], places[-1]
    lack = next((i for i in range(last, max(-1, first - _FAR), -1) if text.words[i] in _LACKING), None)
    if lack is None or text.clause[lack] != text.clause[last] or (text.words[lack] == "no" and not _begins(text, lack)):
        return False
    here = text.sentence_around(lack)
    beside = text.words[here.start : min(lack, first)] + text.words[last + 1 : here.stop]
    return not _GOES_WRONG.isdisjoint(beside)


def _begins(text: Text, place: int) -> bool:
    return place == 0 or text.clause[place - 1] != text.clause[place]


def _cues(text: Text) -> Iterator[int]:
    for place, word in enumerate(text.words):
        if word in ERRORS:
            yield place
        elif word in BELIEVING:
            before = range(max(text.sentence_around(place).start, place - _NEAR), place)
            if any(text.words[i] in OTHER_PEOPLE or _forbids(text, i) for i in before):
                yield place


def _forbids(text: Text, place: int) -> bool:
    """Whether a "not" is advice, as in "don't assume": it begins a clause or follows somebody who gives or gets advice."""
    return text.words[place] in _FORBIDDING and (_begins(text, place) or text.words[place - 1] in _ADVISING)


def _following(text: Text, cue: int) -> Iterator[int]:
    for place in range(cue + 1, text.sentence_around(cue).stop):
        if text.words[place] in TURNS:
            return
        yield place
