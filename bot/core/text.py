"""A typed text as the grader reads it: words, stems, sentences, clauses and what is negated, without losing code.

``read`` keeps for every word where it stands in the learner's own text, so that a verdict can quote it. ``SECRET_KEY``
becomes "secret key", ``app.run(debug=True)`` "app run debug true", ``127.0.0.1`` stays one word, ``don't`` becomes "not".
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, compress
from sys import intern

from Stemmer import Stemmer  # type: ignore[import-not-found]  # a C extension without stubs

from bot.core.lexicon import (
    ABBREVIATIONS,
    CLAUSE_OPENERS,
    DENIALS,
    NEGATOR_PAIRS,
    NEGATORS,
    NOT_WORDS,
    NUMBERS,
    OWN_STEMS,
    PSEUDO_NEGATED,
    STOP_WORDS,
)

_TOKEN = re.compile(
    r" ?+("  # with the blank before it: tried by itself, that would fail one alternative after the other
    r"[a-zA-Z]++(?=[ ,])"  # most words: found before the rarer forms are tried
    r"|(?:e\.g|i\.e|etc|vs|approx)\.(?=\W|$)"
    r"|w/o?(?=\W|[a-z]|$)|b/c\b|\b[a-zA-Z]\d[a-zA-Z]\b"
    r"|\d+(?:\.\d+)+|\d+(?:st|nd|rd|th)\b|\d+"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*"
    r"|[.!?]+(?=[\s\"')\]]|$)|\n|[,;:()]|(?<=\s)[-–—•*](?=\s)|[—…]|->|=>|!="
    r")"
)
_CAMEL = re.compile(r"Not[A-Z][a-z]+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+")
_PLURAL_ACRONYM = re.compile(r"[A-Z]{2,}s$")
_FOLDS = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "\u200b": None, "\u2011": "-", "\r": "\n", "≠": "!=", "\u0338": "!="}
)
_SPELLINGS = (("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("ises", "izes"), ("ise", "ize"), ("iser", "izer"))
_DUTY = frozenset({"have", "has", "had"})
_KEPT_WHOLE = frozenset(  # names that are as often typed in lower case, and such as would turn into other words
    [
        "NoSQL",
        "OAuth",
        "NoneType",
        "JavaScript",
        "TypeScript",
        "GitHub",
        "GitLab",
        "MySQL",
        "PostgreSQL",
        "SQLite",
        "MongoDB",
        "MariaDB",
        "PyMongo",
        "WebSocket",
        "WebSockets",
        "SQLAlchemy",
        "RESTful",
        "RESTPlus",
        "SocketIO",
        "FastAPI",
        "OpenAPI",
        "GraphQL",
        "RabbitMQ",
        "PyPI",
        "jQuery",
        "uWSGI",
        "CPython",
        "ETag",
        "ETags",
    ]
)
_stemmer = Stemmer("english", 0)  # cached here
_WEAK_AFTER_NO = frozenset(["i", "it", "its", "you", "the", "we", "they", "this", "that"])


_TURNING = frozenset({*NEGATORS, *DENIALS, *(first for first, _ in NEGATOR_PAIRS)})
Row = tuple[str, str, int, int, int, int]


@lru_cache(maxsize=2048)
def stem(word: str) -> str:
    """The stem of a lower-case word: sign, signs, signed and signing are one, signature is another."""
    if len(word) > 5 and word[-1] in "esgnr":
        for british, american in _SPELLINGS:
            if word.endswith(british) and len(word) - len(british) >= 4:
                word = word[: -len(british)] + american
                break
    return intern(_stemmer.stemWord(word) if len(word) > 3 and word not in OWN_STEMS else word)


def canonical(word: str) -> tuple[str, ...]:
    """The words that a lower-case chat word stands for: db is database, isn't is not, four is 4."""
    if word.endswith("n't") or word in NOT_WORDS:
        return ("not",)
    if "'" in word:
        word = word.split("'", 1)[0]
    word = NUMBERS.get(word, word)
    return tuple(ABBREVIATIONS.get(word, word).split("-"))


@dataclass(slots=True)
class Text:
    """The words of a text side by side with their stems, places and roles; all lists have one entry per word.

    ``content`` marks the words that are not small ones, ``place`` counts these alone (small words take no room), ``negated`` marks
    the reach of a negator, ``code`` counts the marks of code (calls, arrows, ...).
    """

    source: str
    words: list[str] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    clause: list[int] = field(default_factory=list)
    content: list[bool] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    negated: list[bool] = field(default_factory=list)
    code: int = 0

    def __len__(self) -> int:
        return len(self.words)

    def sentence_around(self, place: int) -> range:
        """The places of the words of the sentence that the word at a place belongs to."""
        return range(bisect_left(self.sentence, self.sentence[place]), bisect_right(self.sentence, self.sentence[place]))

    def content_stems(self) -> list[str]:
        """The stems of the words that are not small ones."""
        return list(compress(self.stems, self.content))


def read(source: str) -> Text:
    """The words of a text with their stems, sentences, clauses and negation. Linear in its length."""
    folded, offsets = _fold(source)
    rows, code = _rows(folded)
    return _text(source, rows, offsets, code)


def words_of(source: str) -> list[str]:
    """The words of a text alone."""
    if source.isascii() and source.isalpha():  # most of a deck's phrases are made of such
        return [word for word, *_ in _analyse(source)]
    return [row[0] for row in _rows(_fold(source)[0])[0]]


def _rows(folded: str) -> tuple[list[Row], int]:
    """Every word with its stem, where it stands, its sentence and clause; and the marks of code."""
    rows: list[Row] = []
    sentence = clause = code = 0
    for match in _TOKEN.finditer(folded):
        raw, at = match[1], match.start(1)
        kind = raw[0]
        if kind.isalnum():
            for word, word_stem, start, end, opener in _analyse(raw):
                if opener and rows and rows[-1][5] == clause:
                    clause += 1
                if word == "to" and rows and rows[-1][0] in _DUTY:
                    rows[-1] = ("must", "must", *rows[-1][2:])
                else:
                    rows.append((word, word_stem, at + start, at + end, sentence, clause))
        elif raw == "!=":
            rows.append(("not", "not", at, match.end(), sentence, clause))
        elif kind in ".!?\n":
            sentence, clause = sentence + 1, clause + 1
        elif raw in ("->", "=>") or _is_code(folded, at, kind):
            code += 1
        else:
            clause += 1
            sentence += kind in ";•"
    return rows, code


def _text(source: str, rows: list[Row], offsets: Sequence[int] | None, code: int) -> Text:
    words, stems, starts, ends, sentences, clauses = map(list, zip(*rows, strict=True)) if rows else ([], [], [], [], [], [])
    if offsets is not None:
        starts, ends = [offsets[start] for start in starts], [offsets[end - 1] + 1 for end in ends]
    content = [word not in STOP_WORDS for word in words]
    text = Text(source, words, stems, starts, ends, sentences, clauses, content, list(accumulate(content)), code=code)
    text.negated = _negation(text)
    return text


def _fold(source: str) -> tuple[str, Sequence[int] | None]:
    """The text with one form per letter (no accents, plain quotes) and, unless it was ASCII, where each letter came from."""
    if source.isascii():
        return source.replace("`", "'") if "`" in source else source, None
    letters: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(source):
        plain = (
            char
            if char.isascii()
            else "".join(c for c in unicodedata.normalize("NFKD", char.translate(_FOLDS)) if not unicodedata.combining(c))
        )
        letters.append(plain)
        offsets.extend([index] * len(plain))
    offsets.append(len(source))
    return "".join(letters).replace("`", "'"), offsets


def _is_code(text: str, at: int, kind: str) -> bool:
    """Whether a bracket or a colon belongs to code such as abort(404) or {id: 1} rather than to the sentence."""
    before = text[at - 1 : at]
    after = text[at + 1 : at + 2]
    if kind == "(":
        return before.isalnum() or before == "_"
    if kind == ")":
        return text.rfind("(", max(0, at - 40), at) > 0 and text[text.rfind("(", max(0, at - 40), at) - 1].isalnum()
    return kind == ":" and bool(after) and not after.isspace()


@lru_cache(maxsize=8192)
def _analyse(raw: str) -> tuple[tuple[str, str, int, int, bool], ...]:
    """The words that a written word stands for: each with its stem, the start and end of its part, and whether that opens a clause."""
    return tuple(
        (word, stem(word), start, start + len(part), not order and word in CLAUSE_OPENERS)
        for part, start in _parts(raw)
        for plain in (_plain(part.lower()),)
        for order, word in enumerate(canonical(plain))
    )


def _plain(word: str) -> str:
    if word in ("w/o", "w/"):
        return "without" if word == "w/o" else "with"
    return word.rstrip(".") if len(word) > 2 else word


def _parts(raw: str) -> list[tuple[str, int]]:
    """A written word cut where its letters change case: ProxyFix is Proxy and Fix, JWTs is JWT. A name denies nothing: NotFound."""
    if raw.islower() or raw.isupper() or "'" in raw or raw[1:].islower() or raw in _KEPT_WHOLE:
        return [(raw, 0)]
    if _PLURAL_ACRONYM.match(raw):
        return [(raw[:-1], 0)]
    return [(m.group(), m.start()) for m in _CAMEL.finditer(raw)]


def _negation(text: Text) -> list[bool]:
    """Which words stand in the reach of a negator: up to the end of its clause, and no further than its strength."""
    negated = [False] * len(text)
    if _TURNING.isdisjoint(text.words):
        return negated
    for index, word in enumerate(text.words):
        if word not in _TURNING:
            continue
        reach = NEGATORS.get(word, 0)
        following = text.words[index + 1] if index + 1 < len(text) else ""
        pair = NEGATOR_PAIRS.get((word, following), 0)
        if pair:
            _mark(text, negated, index + 2, pair, False)
        elif reach and following not in PSEUDO_NEGATED and not (word == "no" and following in _WEAK_AFTER_NO):
            denial = following in DENIALS or (
                following in ("a", "the") and text.words[index + 2 : index + 3] and text.words[index + 2] in DENIALS
            )
            _mark(text, negated, index + 1, reach, bool(denial))
        elif word in DENIALS and following == "that" and index and not negated[index] and word not in ("true", "correct", "case", "right"):
            _mark(text, negated, index + 1, 99, True)
    return negated


def _mark(text: Text, negated: list[bool], start: int, reach: int, sentence_wide: bool) -> None:
    if start >= len(text):
        return
    if sentence_wide and "that" not in text.words[start : start + 4]:
        sentence_wide = False
    scope = text.sentence if sentence_wide else text.clause
    limit = text.place[start] + (99 if sentence_wide else reach)
    first = start - 1
    for index in range(start, len(text)):
        if scope[index] != scope[first] or text.place[index] > limit:
            break
        negated[index] = True
