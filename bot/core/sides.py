"""Which side of a comparison is being spoken of: "the app context holds g, the request context holds request".

Words belong to the side named last before them in their sentence; where a sentence names its sides after the words
("g: app context, request: request context"), to the one named next. A negated side ("unlike ...") is not spoken of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.core.phrases import Found
from bot.core.text import Text

_POINTING_BACK = frozenset(["it", "its", "this", "that", "these", "they", "he", "there", "here"])


def side_of_each_word(text: Text, mentions: Iterable[tuple[str, Found]]) -> list[str | None]:
    """For every word the side it is said about, or ``None`` where no side was named."""
    named = sorted((found.places[0], found.places[-1], side) for side, found in mentions if not found.negated)
    sides: list[str | None] = [None] * len(text)
    start, last = 0, None
    while start < len(text):
        end = text.sentence_around(start).stop
        here = [m for m in named if start <= m[0] < end]
        if not here and text.words[start] in _POINTING_BACK and last:
            sides[start:end] = [last] * (end - start)
        last = _attribute(text, sides, start, end, here) or last
        start = end
    return sides


def _attribute(text: Text, sides: list[str | None], start: int, end: int, named: Sequence[tuple[int, int, str]]) -> str | None:
    """Gives the words of one sentence to the sides named in it; says which came last."""
    if not named:
        return None
    leading = text.place[named[0][0]] - text.place[start] <= 2
    for index in range(start, end):
        before = [m for m in named if m[0] <= index]
        after = [m for m in named if m[1] >= index]
        chosen = (before or after)[-1 if before else 0] if leading or not after else after[0]
        sides[index] = chosen[2]
    return named[-1][2]
