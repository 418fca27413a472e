"""Deck folders (``deck.toml``, ``misconceptions*.toml`` and a file per section) read into a ``Deck``.

Unknown keys and wrong types are faults; all faults of all files are collected before any is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import tomli

from bot.core.model import Deck, KeyPoint, Kind, Level, Misconception, Question, Sample, Section, Severity

E = TypeVar("E", Level, Kind, Severity)

BUILT_IN = (Path(__file__).parents[2] / "content", Path(__file__).parents[1] / "decks")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in which file (and question), and how to mend it."""

    file: str
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.where}" if self.where else self.file
        return f"{place}: {self.what}; {self.remedy}"


class DeckFaults(Exception):
    """The folder does not hold a readable deck; ``faults`` names everything that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def built_in_decks() -> tuple[Path, ...]:
    """The deck folders that come with the program, from the checkout or from the installed wheel."""
    for root in BUILT_IN:
        if folders := tuple(sorted(file.parent for file in root.glob("*/deck.toml"))):
            return folders
    return ()


def load_deck(folder: Path) -> Deck:
    """Read one deck folder. Raises ``DeckFaults`` with every fault found."""
    return _Reader(folder).deck()


_STR = (str, "a text in quotes")
_INT = (int, "a whole number")
_BOOL = (bool, "true or false")
_TEXTS = (list, 'a list of texts, such as ["one", "two"]')
_TABLE = (dict, "a table")
_ROWS = (list, "a list of tables")

DECK_KEYS = {"id": _STR, "title": _STR, "checked": _STR, "sections": _ROWS, "synonyms": _ROWS}
FILE_KEYS = {"section": _STR, "question": _ROWS}
QUESTION_KEYS = {
    **dict.fromkeys(("id", "question", "level", "kind", "checked", "memorize", "answer_30s", "explanation", "code"), _STR),
    **dict.fromkeys(("aliases", "related", "sources", "followups", "misconceptions", "options"), _TEXTS),
    "hot": _BOOL,
    "need": _INT,
    "answer": _INT,
    "samples": _ROWS,
    "sides": _TABLE,
    "point": _ROWS,
}
POINT_KEYS = {"label": _STR, "hint": _STR, "accept": _TEXTS, "weight": _INT, "essential": _BOOL, "need": _INT, "sides": _TABLE}
SAMPLE_KEYS = {"answer": _STR, "score": _ROWS}
MISCONCEPTION_KEYS = {
    **dict.fromkeys(("id", "claim", "severity", "correction"), _STR),
    **dict.fromkeys(("phrases", "unless"), _TEXTS),
}

Keys = Mapping[str, tuple[type, str]]


@dataclass
class _Reader:
    folder: Path
    faults: list[Fault] = field(default_factory=list)
    named: set[str] = field(default_factory=set)  # misconceptions that stand in a file, be they faulty themselves
    unread: bool = False  # a file of misconceptions could not be read: what it names is unknown

    def deck(self) -> Deck:
        """The deck, or ``DeckFaults`` with everything that is wrong."""
        head = self._table(self._load(self.folder / "deck.toml"), DECK_KEYS, "deck.toml", "", required=("id", "title", "sections"))
        misconceptions = {m.id: m for file in self._files(misconceptions=True) for m in self._misconceptions(file)}
        questions = tuple(q for file in self._files(misconceptions=False) for q in self._questions(file, misconceptions))
        sections = tuple(self._section(row) for row in self._rows(head, "sections", "deck.toml"))
        synonyms = head.get("synonyms", [])
        if not all(_is_texts(group) for group in synonyms):
            self._fault("deck.toml", "", "synonyms holds something that is not a list of texts", 'write [["word", "other word"]]')
        order = {section.id: place for place, section in enumerate(sections)}
        if self.faults:
            raise DeckFaults(self.faults)
        return Deck(
            id=head["id"],
            title=head["title"],
            checked=head.get("checked", ""),
            sections=sections,
            questions=tuple(sorted(questions, key=lambda q: order.get(q.section, len(order)))),
            synonyms=tuple(tuple(group) for group in synonyms),
            misconceptions=tuple(misconceptions.values()),
        )

    def _section(self, raw: Any) -> Section:
        row = self._table(raw, {"id": _STR, "title": _STR}, "deck.toml", "a section", required=("id", "title"))
        return Section(row.get("id", ""), row.get("title", ""))

    def _files(self, *, misconceptions: bool) -> list[Path]:
        files = (file for file in sorted(self.folder.glob("*.toml")) if file.name != "deck.toml")
        return [file for file in files if file.name.startswith("misconceptions") == misconceptions]

    def _load(self, file: Path) -> dict[str, Any]:
        try:
            return tomli.loads(file.read_text("utf-8"))
        except FileNotFoundError:
            self._fault(file.name, "", "there is no such file", f"create {file.name} in {self.folder.name}")
        except UnicodeDecodeError:
            self._fault(file.name, "", "is not UTF-8", "save it as UTF-8")
        except tomli.TOMLDecodeError as error:
            self._fault(file.name, "", f"is not TOML ({error})", "mend the line")
        return {}

    def _misconceptions(self, file: Path) -> list[Misconception]:
        before, content = len(self.faults), self._load(file)
        self.unread = self.unread or len(self.faults) > before
        found = []
        table = self._table(content, {"misconception": _ROWS}, file.name, "")
        for number, raw in enumerate(self._rows(table, "misconception", file.name), 1):
            if (name := str(raw.get("id"))) in self.named:
                self._fault(file.name, f"misconception {name}", "its id is used twice", "give one of them another id")
            self.named.add(name)
            where = f"misconception {raw.get('id', number)}"
            required = ("id", "claim", "severity", "phrases", "correction")
            row = self._table(raw, MISCONCEPTION_KEYS, file.name, where, required)
            if (severity := self._one_of(Severity, row.get("severity"), file.name, where, "severity")) and row.keys() >= set(required):
                found.append(_misconception(row, severity))
        return found

    def _questions(self, file: Path, misconceptions: Mapping[str, Misconception]) -> list[Question]:
        content = self._table(self._load(file), FILE_KEYS, file.name, "", required=("section",))
        rows = self._rows(content, "question", file.name)
        built = (self._question(raw, content.get("section", ""), file.name, misconceptions) for raw in rows)
        return [question for question in built if question]

    def _question(self, raw: dict[str, Any], section: str, file: str, misconceptions: Mapping[str, Misconception]) -> Question | None:
        where = f"question {raw.get('id', raw.get('question', '(without id)'))}"
        row = self._table(raw, QUESTION_KEYS, file, where, required=("id", "question", "level", "kind"))
        level = self._one_of(Level, row.get("level"), file, where, "level")
        kind = self._one_of(Kind, row.get("kind"), file, where, "kind")
        for unknown in (name for name in row.get("misconceptions", []) if name not in self.named and not self.unread):
            self._fault(file, where, f'there is no misconception "{unknown}"', "add it to misconceptions.toml or correct the id")
        points = tuple(self._point(point, file, f"{where}, point {n}") for n, point in enumerate(row.pop("point", []), 1))
        samples = tuple(self._sample(sample, file, where) for sample in row.pop("samples", []))
        if not (level and kind and "id" in row and "question" in row):
            return None
        known = tuple(misconceptions[name] for name in row.pop("misconceptions", []) if name in misconceptions)
        sides = self._sides(row.pop("sides", {}), file, where)
        values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        values |= {"section": section, "level": level, "kind": kind, "points": points, "samples": samples, "sides": sides}
        return Question(**values, misconceptions=known)

    def _point(self, raw: dict[str, Any], file: str, where: str) -> KeyPoint:
        row = self._table(raw, POINT_KEYS, file, where, required=("label", "hint"))
        row["accept"] = tuple(row.get("accept", ()))
        row["sides"] = self._sides(row.get("sides", {}), file, where)
        return KeyPoint(**({"label": "", "hint": ""} | row))

    def _sample(self, raw: dict[str, Any], file: str, where: str) -> Sample:
        row = self._table(raw, SAMPLE_KEYS, file, f"{where}, a sample", required=("answer", "score"))
        score = row.get("score")
        if not (isinstance(score, list) and len(score) == 2 and all(type(n) is int for n in score) and 0 <= score[0] <= score[1] <= 100):
            self._fault(file, where, f"a sample has score = {score!r}", "write score = [lowest, highest], 0 to 100")
            score = [0, 0]
        return Sample(row.get("answer", ""), score[0], score[1])

    def _sides(self, raw: dict[str, Any], file: str, where: str) -> dict[str, tuple[str, ...]]:
        for name in [name for name, words in raw.items() if not _is_texts(words)]:
            self._fault(file, where, f'side "{name}" is not a list of texts', 'write "side" = ["word", "other word"]')
        return {name: tuple(words) for name, words in raw.items() if _is_texts(words)}

    def _table(self, raw: Any, keys: Keys, file: str, where: str, required: Iterable[str] = ()) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self._fault(file, where, "is not a table", "see content/README.md for an example")
            return {}
        good = {}
        for key, value in raw.items():
            if key not in keys:
                self._fault(file, where, f'unknown key "{key}"', f"use one of: {', '.join(keys)}")
            elif type(value) is not keys[key][0] or (keys[key] is _TEXTS and not _is_texts(value)):
                self._fault(file, where, f"{key} is not {keys[key][1]}", "correct its value")
            else:
                good[key] = value
        for key in (key for key in required if key not in raw) if raw else ():
            self._fault(file, where, f'"{key}" is missing', "add it")
        return good

    def _rows(self, table: Mapping[str, Any], key: str, file: str) -> list[dict[str, Any]]:
        """The tables of a list; what is none is a fault."""
        rows = table.get(key, [])
        if not all(isinstance(row, dict) for row in rows):
            self._fault(file, "", f"{key} holds something that is not a table", f"write each as a table of its own, such as [[{key}]]")
        return [row for row in rows if isinstance(row, dict)]

    def _one_of(self, kind: type[E], value: Any, file: str, where: str, key: str) -> E | None:
        if value in list(kind):
            return kind(value)
        if value is not None:
            self._fault(file, where, f'{key} = "{value}"', f"use one of: {', '.join(kind)}")
        return None

    def _fault(self, file: str, where: str, what: str, remedy: str) -> None:
        self.faults.append(Fault(file, where, what, remedy))


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _misconception(row: Mapping[str, Any], severity: Severity) -> Misconception:
    return Misconception(
        id=row["id"],
        claim=row["claim"],
        severity=severity,
        phrases=tuple(row["phrases"]),
        correction=row["correction"],
        unless=tuple(row.get("unless", ())),
    )
