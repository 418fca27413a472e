"""How well the grader agrees with people: ``python bench/grading.py FILE.jsonl [--deck content/flask]``.

Each line holds an ``answer`` and its human ``score`` (0 to 100, or 0 to 1 in the public sets), and either the id of a deck
``question`` or a ``question``/``prompt`` with ``reference``/``references``. Prints agreement, the mean by kind, what the tricks
of the adversarial table get, and the cost per answer in units of ``fuzz.token_set_ratio``.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import correlation, fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from rapidfuzz import fuzz

from bot.adapters.toml_decks import load_deck
from bot.core.grading import Grader
from bot.core.model import Grade, Question

RIGHT = ("strong", "solid", "terse", "messy")


@dataclass(frozen=True)
class Row:
    """One labelled answer: what was asked, what was typed, what people gave (0 to 100), and in which voice."""

    question: str
    prompt: str
    references: tuple[str, ...]
    answer: str
    human: float
    kind: str


def read_rows(file: Path) -> list[Row]:
    """The labelled answers of a file; scores of at most 1 throughout are taken as shares of 100."""
    raw = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
    scale = 100 if max(float(r["score"]) for r in raw) <= 1 else 1
    return [_row(r, scale) for r in raw]


def _row(raw: dict[str, Any], scale: int) -> Row:
    references = raw.get("references") or ([raw["reference"]] if raw.get("reference") else [])
    prompt = raw.get("prompt") or raw["question"]
    key = str(raw.get("question_id") or raw["question"])
    return Row(key, prompt, tuple(references), raw["answer"], float(raw["score"]) * scale, raw.get("kind") or "")


def auc(pairs: Iterable[tuple[float, bool]]) -> float:
    """The probability that a right one is ranked above a wrong one; ties count half."""
    ordered = sorted(pairs)
    rank_sum, right, index = 0.0, 0, 0
    while index < len(ordered):
        end = index
        while end < len(ordered) and ordered[end][0] == ordered[index][0]:
            end += 1
        ties = sum(good for _, good in ordered[index:end])
        rank_sum += ties * (index + end + 1) / 2
        right += ties
        index = end
    wrong = len(ordered) - right
    return (rank_sum - right * (right + 1) / 2) / (right * wrong) if right and wrong else float("nan")


def report(rows: Sequence[Row], scores: Sequence[float]) -> dict[str, float]:
    """The figures of agreement between human and machine scores."""
    human = [row.human for row in rows]
    fair = [(s, row.kind) for s, row in zip(scores, rows, strict=True)]
    right = [s for s, kind in fair if kind in RIGHT]
    wrong = [s for s, kind in fair if kind == "wrong"]
    figures = {
        "n": float(len(rows)),
        "pearson r": correlation(human, list(scores)),
        "AUC at 60": auc((s, row.human >= 60) for s, row in zip(scores, rows, strict=True)),
        "mean absolute error": fmean(abs(s - h) for s, h in zip(scores, human, strict=True)),
    }
    if right and wrong:
        figures |= {
            "AUC right vs fluent wrong": auc([(s, True) for s in right] + [(s, False) for s in wrong]),
            "right below 60": sum(s < 60 for s in right) / len(right),
            "fluent wrong at 40+": sum(s >= 40 for s in wrong) / len(wrong),
        }
    return figures


def by_kind(rows: Sequence[Row], scores: Sequence[float]) -> dict[str, tuple[float, float]]:
    """For every voice the mean score of the people and of the machine."""
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row, score in zip(rows, scores, strict=True):
        groups[row.kind].append((row.human, score))
    return {kind: (fmean(h for h, _ in pairs), fmean(s for _, s in pairs)) for kind, pairs in sorted(groups.items())}


def tricks(questions: Sequence[Question], rng: random.Random) -> dict[str, Callable[[Question], str]]:
    """What must not win, each made from a question and its neighbours."""
    everything = " ".join(q.answer_30s for q in questions)

    def other(q: Question) -> Question:
        return questions[(questions.index(q) + 7) % len(questions)]

    def among(q: Question) -> str:
        rest = [other(questions[(questions.index(q) + 11 * k) % len(questions)]).answer_30s for k in range(1, 5)]
        return " ".join([*rest[:2], q.answer_30s, *rest[2:]])

    return {
        "the model answer": lambda q: q.answer_30s,
        "its words, shuffled": lambda q: " ".join(rng.sample(q.answer_30s.split(), len(q.answer_30s.split()))),
        "its content words as a list": lambda q: ", ".join(w.strip(".,;:") for w in q.answer_30s.split() if len(w) > 4),
        "the question echoed": lambda q: q.question,
        'with "not" inserted': lambda q: negate(q.answer_30s),
        '"It is not true that ..."': lambda q: "It is not true that " + q.answer_30s[0].lower() + q.answer_30s[1:],
        "another question's answer": lambda q: other(q).answer_30s,
        "every model answer pasted": lambda q: everything[:4096],
        "right among four wrong": among,
        '"I don\'t know"': lambda q: "I don't know",
    }


def negate(answer: str) -> str:
    """The answer with "not" after its verbs of being and having, and before other frequent verbs."""
    turned = []
    for word in answer.split():
        turned.append(word)
        if word.lower() in ("is", "are", "was", "can", "will", "should", "must", "be", "it's", "that's", "i", "flask", "it", "which"):
            turned.append("not")
    return " ".join(turned)


def cost_ratio(grade: Callable[[Row], Grade], rows: Sequence[Row]) -> tuple[float, float]:
    """Microseconds per graded answer, and in units of one ``token_set_ratio`` against the reference."""
    sample = rows[:2000]
    for row in sample:
        grade(row)
    start = time.perf_counter()
    for row in sample:
        grade(row)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    for row in sample:
        fuzz.token_set_ratio(row.answer, row.references[0] if row.references else row.prompt)
    return ours / len(sample) * 1e6, ours / (time.perf_counter() - start)


def main() -> None:
    """Grades a file of labelled answers and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--deck", type=Path, default=Path(__file__).parents[1] / "content" / "flask")
    options = parser.parse_args()
    rows = read_rows(options.file)
    if all(row.references for row in rows):
        grader = Grader()
        _print(rows, lambda row: grader.grade_reference(row.prompt, row.references, row.answer))
        return
    deck = load_deck(options.deck)
    grader = Grader.for_deck(deck)
    questions = {q.id: q for q in deck.questions}
    known = [row for row in rows if row.question in questions]
    if len(known) < len(rows):
        print(f"{len(rows) - len(known)} answers to questions that the deck does not have are left out")
    _print(known, lambda row: grader.grade(questions[row.question], row.answer), [questions[r.question].answer_30s for r in known])
    _print_tricks([q for q in deck.questions if q.points], grader)


def _print(rows: Sequence[Row], grade: Callable[[Row], Grade], models: Sequence[str] = ()) -> None:
    scores = [float(grade(row).score) for row in rows]
    for name, value in report(rows, scores).items():
        print(f"{name:28} {value:8.3f}")
    if any(row.kind for row in rows):
        print("\nkind          people  grader")
        for kind, (human, machine) in by_kind(rows, scores).items():
            print(f"{kind:12} {human:7.1f} {machine:7.1f}")
    timed = [
        Row(r.question, r.prompt, r.references or (m,), r.answer, r.human, r.kind)
        for r, m in zip(rows, models or [""] * len(rows), strict=True)
    ]
    micros, ratio = cost_ratio(grade, timed)
    print(f"\n{micros:.0f} us an answer, {1e6 / micros:,.0f} a second, {ratio:.0f} x token_set_ratio")


def _print_tricks(questions: Sequence[Question], grader: Grader) -> None:
    print("\nwhat must not win (mean score)")
    for name, trick in tricks(questions, random.Random(1)).items():
        print(f"{name:30} {fmean(grader.grade(q, trick(q)).score for q in questions):5.1f}")


if __name__ == "__main__":
    main()
