"""Grading for authors and programs: JSON lines in, JSON lines out."""

import json

import pytest

from bot.app.grade_lines import LineFault, find_question, grade_lines, verdict
from bot.core.grading import Grader
from bot.core.model import Deck, KeyPoint, Kind, Level, Question, Section

COLOURS = Question(
    "sky",
    "nature",
    "Why is the sky blue?",
    Level.BEGINNER,
    Kind.CONCEPT,
    answer_30s="Air scatters short waves more than long ones, so blue light reaches us from everywhere.",
    points=(KeyPoint("scattering", "What does air do with light?", ("scatters|scattering light|waves|blue",), 2, True),),
)
CHOICE = Question("mcq-sky", "nature", "Which?", Level.BEGINNER, Kind.MCQ, options=("a", "b", "c", "d"), answer=1)
DECK = Deck("nature", "Nature", "", (Section("nature", "Nature"),), (COLOURS, CHOICE))


def run(*lines: str) -> list[tuple[dict[str, object], bool]]:
    """What comes out for some lines."""
    return [(json.loads(line), fine) for line, fine in grade_lines(lines, DECK, Grader.for_deck(DECK))]


def test_a_deck_answer() -> None:
    """A line with a question's id gives score, band, hits, misses and misconceptions."""
    [(out, fine)] = run(json.dumps({"question": "sky", "answer": "air scatters blue light"}))
    assert fine
    assert set(out) == {"score", "band", "hits", "misses", "misconceptions"}
    assert out["score"] >= 60
    assert out["hits"][0]["quote"] == "scatters blue"


def test_references() -> None:
    """A line may bring its own prompt with one model answer or several, and key points."""
    base = {"prompt": "Why is the sky blue?", "answer": "air scatters blue light"}
    outs = run(
        json.dumps({**base, "reference": "air scatters blue light"}),
        json.dumps({**base, "reference": ["something else", "air scatters blue light"]}),
        json.dumps({**base, "key_points": [["scatters light"], ["waves"]], "need": 1}),
    )
    assert all(fine and out["score"] >= 60 for out, fine in outs)
    assert [len(out["misses"]) for out, _ in outs] == [0, 0, 1]


def test_order_and_blank_lines() -> None:
    """Lines come out in the order they went in; blank ones are skipped, faulty ones stop nothing."""
    outs = run("{", "", json.dumps({"question": "sky", "answer": ""}))
    assert [fine for _, fine in outs] == [False, True]
    assert outs[1][0]["score"] == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "not JSON"),
        ("[1]", "JSON object"),
        ('{"answer": "x"}', '"question"'),
        ('{"question": "sky"}', '"answer" is missing'),
        ('{"question": "sky", "answer": 7}', '"answer" must be a text'),
        ('{"question": 7, "answer": "x"}', '"question" must be a text'),
        ('{"question": "sy", "answer": "x"}', "did you mean sky"),
        ('{"question": "mcq-sky", "answer": "x"}', "multiple choice"),
        ('{"prompt": "p", "answer": "x"}', '"reference" is missing'),
        ('{"prompt": "p", "reference": 3, "answer": "x"}', '"reference" must be'),
        ('{"prompt": "p", "reference": "r", "key_points": ["a"], "answer": "x"}', '"key_points" must be'),
        ('{"prompt": "p", "reference": "r", "need": 0, "answer": "x"}', '"need" must be'),
    ],
)
def test_faults(line: str, words: str) -> None:
    """A faulty line says in plain words what is wrong with it."""
    [(out, fine)] = run(line)
    assert not fine
    assert words in str(out["error"])


def test_other_fields_are_ignored() -> None:
    """A labelled answer can be piped through as it is."""
    assert run('{"question": "sky", "answer": "x", "score": 3, "kind": "wrong"}')[0][1]


def test_verdict_shows_the_evidence() -> None:
    """The verdict to read has the score, the learner's words, what they matched, and the hints for what was missed."""
    text = verdict(COLOURS, "air scatters blue light", Grader.for_deck(DECK))
    assert "of 100" in text
    assert '"scatters blue" matches' in text
    assert "hint: What does air do with light?" in verdict(COLOURS, "no clue", Grader.for_deck(DECK))


def test_unknown_question() -> None:
    """An id that no question is like still says so."""
    with pytest.raises(LineFault, match="no question"):
        find_question({"sky": COLOURS}, "completely-different")
