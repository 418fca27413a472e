"""The guide for authors: its example is a deck that works."""

from __future__ import annotations

import re
from pathlib import Path

from bot.adapters.toml_decks import load_deck
from bot.core.decks import check_deck

GUIDE = (Path(__file__).parents[1] / "content" / "README.md").read_text("utf-8")


def test_the_example_of_the_guide_is_a_deck_without_a_problem(tmp_path: Path) -> None:
    """Saved as it stands, the example passes every check."""
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    for name, start in [("tea.toml", "section ="), ("misconceptions.toml", "[[misconception]]"), ("deck.toml", "id =")]:
        (tmp_path / name).write_text(next(block for block in blocks if block.startswith(start)), "utf-8")
    assert check_deck(load_deck(tmp_path)) == []
