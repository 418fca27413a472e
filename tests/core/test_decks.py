"""What ``check`` says of a deck that has something wrong: each fault by name, all of them at once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.toml_decks import load_deck
from bot.core.decks import check_deck
from bot.core.model import Deck, Question, Sample

GUIDE = (Path(__file__).parents[2] / "content" / "README.md").read_text("utf-8")
Change = Callable[[Question], dict[str, Any]]


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Deck:
    """The example of the guide for authors, which has nothing wrong."""
    folder = tmp_path_factory.mktemp("tea")
    blocks = [block.split("```")[0] for block in GUIDE.split("```toml\n")[1:]]
    for name, start in [("tea.toml", "section ="), ("misconceptions.toml", "[[misconception]]"), ("deck.toml", "id =")]:
        (folder / name).write_text(next(block for block in blocks if block.startswith(start)), "utf-8")
    return load_deck(folder)


def problems(deck: Deck, **changes: Any) -> str:
    """What is said of the example with another value in its question."""
    question = replace(deck.questions[0], **changes)
    return "\n".join(f"{p.where}: {p.what}" for p in check_deck(replace(deck, questions=(question,))))


def accept(*phrases: str) -> Change:
    """The first point accepts these phrases too."""

    def change(question: Question) -> dict[str, Any]:
        first, *rest = question.points
        return {"points": (replace(first, accept=(*first.accept, *phrases)), *rest)}

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda q: {"section": "coffee"}, 'section "coffee" is not in deck.toml'),
        (lambda q: {"related": ("black-tea",)}, 'related question "black-tea" does not exist'),
        (lambda q: {"checked": ""}, "does not say what it was checked against"),
        (lambda q: {"memorize": "x" * 151}, "memorize has 151 characters"),
        (lambda q: {"answer_30s": "Hot water."}, "answer_30s has 2 words"),
        (lambda q: {"explanation": "Because."}, "explanation has 1 words"),
        (lambda q: {"followups": ()}, "has 0 follow-ups"),
        (lambda q: {"points": q.points[:2]}, "has 2 key points"),
        (lambda q: {"points": tuple(replace(p, essential=False) for p in q.points)}, "no key point is essential"),
        (lambda q: {"points": (replace(q.points[0], weight=4), *q.points[1:])}, "has weight 4"),
        (lambda q: {"points": (replace(q.points[0], accept=()), *q.points[1:])}, "accepts no phrase"),
        (lambda q: {"need": 9}, "need = 9 with 4 points"),
        (lambda q: {"samples": q.samples[:1]}, "has 1 sample answers"),
        (lambda q: {"samples": (*q.samples, Sample("I like coffee", 90, 100))}, 'sample "I like coffee...'),
        (lambda q: {"question": "Is it kettle water cooled to 70 degrees, and are tannins bitter?"}, "the echoed question"),
        (accept("not"), 'the phrase "not" matches nothing'),
        (lambda q: {"misconceptions": ()}, "no question uses this misconception"),
    ],
)
def test_a_fault_is_named(deck: Deck, change: Change, said: str) -> None:
    """Each thing that the guide asks for is reported where it is missing."""
    assert said in problems(deck, **change(deck.questions[0]))


def test_all_faults_are_named_at_once(deck: Deck) -> None:
    """Three faults of one question are three problems."""
    said = problems(deck, memorize="", followups=(), checked="")
    assert all(part in said for part in ("memorize has 0", "has 0 follow-ups", "does not say what it was checked"))


def test_a_misconception_whose_phrases_match_nothing_is_named(deck: Deck) -> None:
    """A negator alone excuses nothing, and the author hears so."""
    claim = replace(deck.misconceptions[0], unless=("not",))
    question = replace(deck.questions[0], misconceptions=(claim,))
    found = check_deck(replace(deck, questions=(question,), misconceptions=(claim,)))
    assert [(p.where, p.what) for p in found] == [(claim.id, 'the phrase "not" matches nothing')]
