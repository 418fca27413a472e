"""Grading for authors and programs: JSON lines in, JSON lines out, and a verdict with its evidence to read.

A line in: ``{"question": id, "answer": text}`` for the deck, or ``{"prompt", "reference" (a text or several), "key_points" (lists of
phrasings, optional), "need" (optional), "answer"}``. A line out: ``{"score", "band", "hits", "misses", "misconceptions"}`` or
``{"error": what is wrong and what to do}``, in the same order. Other fields of a line, such as a label, are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from bot.core.grading import Grader
from bot.core.model import Deck, Grade, Question

_encode = json.JSONEncoder(ensure_ascii=False).encode


class LineFault(Exception):
    """A line that cannot be graded; the text says why, in plain words."""


def grade_lines(lines: Iterable[str], deck: Deck, grader: Grader) -> Iterator[tuple[str, bool]]:
    """For every line that is not blank the verdict as one JSON line, and whether it could be graded.

    The first line that asks a question of the deck has all of them compiled, so that those after it take no longer than grading.
    """
    questions = _Compiled(deck, grader)
    for line in lines:
        if line.strip():
            try:
                yield _encode(as_json(_grade(line, questions, grader))), True
            except LineFault as fault:
                yield _encode({"error": str(fault)}), False


def as_json(grade: Grade) -> dict[str, Any]:
    """A verdict as plain values: hits with the learner's words and the phrase they matched, misses with hints, misconceptions."""
    return {
        "score": grade.score,
        "band": grade.band.value,
        "hits": [
            {"point": h.label, "quote": h.quote, "phrase": h.phrase, "spans": [[s.start, s.end] for s in h.spans]} for h in grade.hits
        ],
        "misses": [{"point": m.label, "hint": m.hint} for m in grade.misses],
        "misconceptions": [
            {"id": m.id, "claim": m.claim, "severity": m.severity.value, "correction": m.correction, "quote": m.quote}
            for m in grade.mistakes
        ],
    }


def verdict(question: Question, answer: str, grader: Grader) -> str:
    """The verdict on an answer to read: the score, what was heard in which words, what was missed, what is wrong."""
    grade = grader.grade(question, answer)
    lines = [question.question, f"{grade.score} of 100 ({grade.band.value}), {grade.words} words, {grade.seconds:.0f} s spoken", ""]
    lines += [f'+ {hit.label}\n    "{hit.quote}" matches "{hit.phrase}"' for hit in grade.hits]
    lines += [f"- {miss.label}\n    hint: {miss.hint}" for miss in grade.misses]
    lines += [f'! {m.severity.value}: {m.claim}\n    "{m.quote}"\n    {m.correction}' for m in grade.mistakes]
    return "\n".join(lines)


def find_question(questions: Mapping[str, Question], name: str) -> Question:
    """The question of that id. Raises ``LineFault`` naming similar ids, or that it is multiple choice."""
    question = questions.get(name)
    if question is None:
        near = get_close_matches(name, questions, n=3, cutoff=0.5)
        raise LineFault(
            f'the deck has no question "{name}"' + (f"; did you mean {', '.join(near)}?" if near else "; see the ids in the deck")
        )
    if question.options:
        raise LineFault(f'"{name}" is multiple choice: it is answered by choosing, there is nothing to grade')
    return question


class _Compiled:
    """A deck's questions by id, compiled when first asked for."""

    def __init__(self, deck: Deck, grader: Grader) -> None:
        self._deck, self._grader = deck, grader

    @cached_property
    def by_id(self) -> dict[str, Question]:
        for question in self._deck.questions:
            if not question.options:
                self._grader.sheet(question)
        return {question.id: question for question in self._deck.questions}


def _grade(line: str, questions: _Compiled, grader: Grader) -> Grade:
    data = _read(line)
    answer = _text(data, "answer")
    if "question" in data:
        return grader.grade(find_question(questions.by_id, _text(data, "question")), answer)
    if "prompt" not in data:
        raise LineFault('"question" (an id of the deck) or "prompt" with "reference" is missing')
    references, points = _references(data), _key_points(data)
    if not references and not points:
        raise LineFault('"reference" is missing: give a model answer, or several, or "key_points"')
    return grader.grade_reference(_text(data, "prompt"), references, answer, points, _need(data))


def _read(line: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineFault(f"this line is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise LineFault('a line must be a JSON object such as {"question": "...", "answer": "..."}')
    return data


def _text(data: Mapping[str, Any], key: str) -> str:
    if key not in data:
        raise LineFault(f'"{key}" is missing')
    if not isinstance(data[key], str):
        raise LineFault(f'"{key}" must be a text')
    return str(data[key])


def _references(data: Mapping[str, Any]) -> list[str]:
    given = data.get("reference", [])
    references = [given] if isinstance(given, str) else given
    if not isinstance(references, list) or not all(isinstance(r, str) for r in references):
        raise LineFault('"reference" must be a text or a list of texts')
    return [reference for reference in references if reference.strip()]


def _key_points(data: Mapping[str, Any]) -> list[list[str]]:
    points = data.get("key_points") or []
    if not isinstance(points, list) or not all(isinstance(p, list) and all(isinstance(x, str) for x in p) for p in points):
        raise LineFault('"key_points" must be a list of lists of phrasings, such as [["signed", "signature"], ["cookie"]]')
    return [[phrase for phrase in point if phrase.strip()] for point in points]


def _need(data: Mapping[str, Any]) -> int | None:
    need = data.get("need")
    if need is not None and (not isinstance(need, int) or isinstance(need, bool) or need < 1):
        raise LineFault('"need" must be a whole number from 1')
    return need
