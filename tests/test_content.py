"""The built-in deck proves itself: complete, within its limits, graded as its authors promise, showable in Telegram."""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from bot.adapters.telegram_html import render
from bot.adapters.toml_decks import load_deck
from bot.app.messages import word
from bot.app.messages.questions import asked
from bot.app.outcomes import Asked, CodeShown, Explained, Graded, Shown
from bot.core.decks import check_deck, cross_scores
from bot.core.grading import Grader
from bot.core.model import Kind, Question
from bot.core.people import Source
from tests.standin.rules import parsed

ROOT = Path(__file__).parents[1]
DECK = load_deck(ROOT / "content" / "flask")
GRADER = Grader.for_deck(DECK)
TYPED = [question for question in DECK.questions if question.kind is not Kind.MCQ]
BY_ID = pytest.mark.parametrize("question", DECK.questions, ids=lambda q: q.id)

# How many questions each list of the seed texts holds; every one of them is mapped to exactly one question of the deck.
SEED_LISTS = {
    "000/bank142": 142,
    "000/master92": 92,
    "000/answers92": 92,
    "001/qa18": 18,
    "002/notes-questions6": 6,
    "002/notes-topics": 24,
    "003/qa50": 50,
    "004/qa20": 20,
}


def test_check_finds_nothing() -> None:
    """Ids, lengths, weights, references, samples, echoes and single phrases are as the guide for authors demands."""
    assert [f"{p.where}: {p.what}" for p in check_deck(DECK)] == []


def test_no_answer_scores_on_an_unrelated_question() -> None:
    """Every other question's spoken answer stays below 40."""
    assert [f"{p.where}: {p.what}" for p in cross_scores(DECK)] == []


def test_every_phrase_of_a_claim_said_alone_gets_a_verdict() -> None:
    """Even "Everyone.", the whole of a short answer and a word that otherwise is mere talk, is graded."""
    for question in TYPED:
        for phrase in (phrase for claim in question.misconceptions for phrase in claim.phrases):
            alone = " ".join(word.split("|")[0] for word in phrase.split())
            assert 0 <= GRADER.grade(question, alone).score <= 100


def test_every_seed_question_is_in_the_deck_once() -> None:
    """All 444 occurrences of the seed texts are mapped, each to one question; 160 questions come of them, in 18 sections."""
    sources = [source for question in DECK.questions for source in question.sources]
    assert Counter(source.rsplit("/", 1)[0] for source in sources) == SEED_LISTS
    assert len(set(sources)) == 444
    assert sum(1 for question in DECK.questions if question.sources) == 160
    assert len(DECK.sections) == 18
    assert {question.section for question in DECK.questions} == {section.id for section in DECK.sections}


def test_every_section_has_a_multiple_choice_question_of_its_own() -> None:
    """Beyond those of the seeds, each section asks at least one."""
    own = Counter(q.section for q in DECK.questions if q.kind is Kind.MCQ and not q.sources)
    assert all(own[section.id] for section in DECK.sections)


def test_the_right_option_is_not_always_in_the_same_place() -> None:
    """No place holds more than half of the right options."""
    places = Counter(q.answer for q in DECK.questions if q.kind is Kind.MCQ)
    assert max(places.values()) <= sum(places.values()) / 2


def test_no_sentence_of_the_seeds_is_copied() -> None:
    """No sentence of six words or more of the seed texts stands in an answer, an explanation or a correction."""
    seeds = set((ROOT / "tests/data/seed_sentences.txt").read_text().split("\n")[1:])
    texts = [text for q in DECK.questions for text in (q.answer_30s, q.explanation, q.memorize, *q.followups)]
    texts += [text for m in DECK.misconceptions for text in (m.correction, m.claim)]
    sentences = {" ".join(re.findall(r"[a-z0-9']+", s.lower())) for text in texts for s in re.split(r"(?<=[.!?:;])\s+|\n", text)}
    assert [s for s in sentences if len(s.split()) >= 6 and hashlib.sha256(s.encode()).hexdigest()[:12] in seeds] == []


@BY_ID
def test_every_fact_says_what_it_was_checked_against(question: Question) -> None:
    """``checked`` names a release and a day."""
    assert re.search(r"\d+\.\d+.*\d{4}-\d{2}-\d{2}", question.checked)


@BY_ID
def test_a_question_fits_its_messages_in_telegram(question: Question) -> None:
    """Asked, shown, explained, coded and graded at its longest, each is one message that Telegram's own parser accepts."""
    outcomes = [Shown(question)]
    if question.kind is not Kind.MCQ:
        outcomes += [
            Explained(question),
            Graded(question, 10**9, GRADER.grade(question, question.answer_30s), 100, 999, True),
        ]
        outcomes += [Graded(question, 10**9, GRADER.grade(question, "no idea what it is " * 6), 0)]
    if question.code:
        outcomes += [CodeShown(question)]
    messages = [
        asked(Asked(10**9, question, Source.QUIZ, "Section", 10, 10, True)),
        *(m for outcome in outcomes for m in word(outcome).messages),
    ]
    for message in messages:
        (html,) = render(message)
        text, entities = parsed(html, "HTML")
        assert 0 < len(text.encode("utf-16-le")) // 2 <= 4096
        assert len(entities) <= 100
        assert all(len(button.action.encode()) <= 64 for row in message.buttons for button in row)


def with_a_test() -> set[str]:
    """Ids (with underscores) of the questions that a test of tests/snippets runs or reads."""
    trees = [ast.parse(file.read_text("utf-8")) for file in (ROOT / "tests/snippets").glob("test_*.py")]
    literals = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return literals & {question.id for question in DECK.questions}


def test_every_snippet_is_run_by_a_test() -> None:
    """Each question with code is named in a test of the snippets; code that is not run says so in its first line."""
    assert {question.id for question in TYPED if question.code} - with_a_test() == set()


@pytest.mark.parametrize("question", [q for q in DECK.questions if q.code], ids=lambda q: q.id)
def test_code_compiles_or_says_why_not(question: Question) -> None:
    """Python compiles; anything else begins with "# not run:" and what it needs."""
    if not question.code.lstrip().startswith("# not run:"):
        compile(question.code, question.id, "exec", dont_inherit=True)
