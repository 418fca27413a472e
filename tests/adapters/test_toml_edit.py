"""Writing an accepted phrase into a deck file."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from bot.adapters.toml_decks import built_in_decks, load_deck
from bot.adapters.toml_edit import EditRefused, accept_phrase

FILE = """# A comment at the top
section = "one"   # and one beside

[[question]]
id = "q1"
question = "What?"
level = "beginner"
kind = "concept"

  [[question.point]]
  label = "the point"
  hint = "Which?"
  accept = [
    "alpha beta",   # the textbook
    "gamma",
  ]

[[question]]
id = "q2"
question = 'Other?'
level = "beginner"
kind = "concept"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A deck folder with one file."""
    (tmp_path / "one.toml").write_text(FILE)
    (tmp_path / "deck.toml").write_text('id = "d"\ntitle = "D"\nsections = [{ id = "one", title = "One" }]\n')
    return tmp_path


def test_the_phrase_is_added_and_everything_else_stays(folder: Path) -> None:
    """Layout, comments and quotes of the file are kept; the deck now accepts the phrase."""
    accept_phrase((folder,), "q1", "the point", 'my "own" words')
    lines = list(difflib.ndiff(FILE.splitlines(), (folder / "one.toml").read_text().splitlines()))
    assert [line for line in lines if line.startswith("- ")] == []
    assert len([line for line in lines if line.startswith("+ ")]) == 1
    assert 'my "own" words' in load_deck(folder).questions[0].points[0].accept


@pytest.mark.parametrize(
    ("question", "label", "phrase", "why"),
    [("q9", "the point", "x", "no deck file holds"), ("q1", "gone", "x", "no point"), ("q1", "the point", "gamma", "already")],
)
def test_what_cannot_be_written_is_refused_and_changes_nothing(folder: Path, question: str, label: str, phrase: str, why: str) -> None:
    """An unknown question or point, or a phrase that is there, is a sentence."""
    with pytest.raises(EditRefused, match=why):
        accept_phrase((folder,), question, label, phrase)
    assert (folder / "one.toml").read_text() == FILE


def test_the_layout_of_the_built_in_deck_can_be_edited(tmp_path: Path) -> None:
    """The editor copes with a real file, and the deck is still readable afterwards."""
    (source,) = built_in_decks()
    for file in source.glob("*.toml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    question = next(q for q in load_deck(tmp_path).questions if q.section == "files" and q.points)
    accept_phrase((tmp_path,), question.id, question.points[-1].label, "a phrase nobody typed")
    edited = next(q for q in load_deck(tmp_path).questions if q.id == question.id)
    assert edited.points[-1].accept[-1] == "a phrase nobody typed"
