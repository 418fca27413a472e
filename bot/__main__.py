"""The command line, and the only place that names concrete adapters together."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.adapters.toml_decks import DeckFaults, built_in_decks, load_deck
from bot.core.decks import check_deck, cross_scores


def main() -> int:
    """Run the command named on the command line and return its exit code."""
    folders = [Path(name) for name in sys.argv[2:]] or list(built_in_decks())
    bad = 0
    for folder in folders:
        try:
            deck = load_deck(folder)
        except DeckFaults as faults:
            print(faults)
            bad = 1
            continue
        for problem in [*check_deck(deck), *cross_scores(deck)]:
            print(f"{problem.where or deck.id}: {problem.what}; {problem.remedy}")
            bad = 1
        print(f"{deck.title}: {len(deck.questions)} questions in {len(deck.sections)} sections")
    return bad


if __name__ == "__main__":
    sys.exit(main())
