"""What "/quiz 10 hot secruity" asks for: a number, marks and sections in any order, typos forgiven."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from bot.app.coach import Coach
from bot.core.choosing import Wish

LONGEST_QUIZ = 50
_FILLER = {"questions", "question", "quiz", "please", "about", "on", "me", "and", "only", "the", "of", "some", "new"}
_SURE = 80


def read_wish(coach: Coach, text: str) -> tuple[Wish, int | None, str]:
    """The wish, how many questions (1 to 50; ``None`` when not said), and the first word that means nothing here."""
    words = [word for word in re.findall(r"[\w&-]+", text.lower()) if word not in _FILLER]
    numbers = [int(word) for word in words if word.isdecimal() and len(word) < 6]
    rest = [word for word in words if not word.isdecimal()]
    marks = {mark for mark in ("hot", "weak", "mcq") if mark in rest}
    sections, unknown = _sections(coach, [word for word in rest if word not in marks])
    wish = Wish(sections, "hot" in marks, "weak" in marks, mcq="mcq" in marks)
    return wish, max(1, min(LONGEST_QUIZ, numbers[0])) if numbers else None, unknown


def _sections(coach: Coach, words: list[str]) -> tuple[tuple[str, ...], str]:
    found: list[str] = []
    names = _names(coach)
    if (whole := names.get(" ".join(words))) is not None:
        return (whole,), ""
    for word in words:
        match = process.extractOne(word, names.keys(), scorer=fuzz.ratio, score_cutoff=_SURE)
        if match is None:
            return (), word
        found.append(names[match[0]])
    return tuple(dict.fromkeys(found)), ""


def _names(coach: Coach) -> dict[str, str]:
    """Section ids, whole titles and the titles' longer words, each to the first section it stands for."""
    names: dict[str, str] = {}
    for section in coach.deck.sections:
        for name in (section.id, section.title.lower(), *re.findall(r"\w{4,}", section.title.lower())):
            names.setdefault(name, section.id)
    return names


def wish_title(coach: Coach, wish: Wish) -> str:
    """The wish in a few words: "hot, Security"."""
    parts = [mark for mark, on in (("hot", wish.hot), ("weak", wish.weak), ("multiple choice", wish.mcq)) if on]
    return ", ".join([*parts, *(coach.titles.get(section, section) for section in wish.sections)])
