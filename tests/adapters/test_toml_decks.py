"""Reading deck files: whatever an author typed, the answer is a deck or a list of faults."""

import contextlib
import random
import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from bot.adapters.toml_decks import DeckFaults, load_deck

GUIDE = (Path(__file__).parents[2] / "content" / "README.md").read_text("utf-8").split("```toml")
EXAMPLE = {
    "deck": {"id": "tea", "title": "Tea", "checked": "", "sections": [{"id": "tea", "title": "Tea"}], "synonyms": [["cup", "mug"]]},
    "tea": tomllib.loads(GUIDE[1].split("```")[0]),
    "misconceptions": tomllib.loads(GUIDE[2].split("```")[0]),
}
ODD = (1, 1.5, True, "", "x", [], [1], ["a"], [["a"]], [[1]], [{}], {}, {"a": 1}, {"a": ["b"]})


def write(folder: Path, files: dict[str, Any]) -> Path:
    """The files of a deck in a folder."""
    for name, content in files.items():
        (folder / f"{name}.toml").write_text(tomlkit.dumps(content), "utf-8")
    return folder


def places(value: Any) -> list[Callable[[Any], None]]:
    """For every value inside a dict or list a function that puts another in its place."""
    found: list[Callable[[Any], None]] = []
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found.append(lambda other, key=key: value.__setitem__(key, other))  # type: ignore[misc]
        found.extend(places(value[key]))
    return found


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_any_value_in_any_place_is_a_deck_or_a_list_of_faults(tmp_path: Path, odd: object) -> None:
    """No value of a wrong kind, wherever it stands, ends in a traceback."""
    rng = random.Random(1)
    for name in EXAMPLE:
        for number in rng.sample(range(len(places(EXAMPLE[name]))), min(30, len(places(EXAMPLE[name])))):
            files = deepcopy(EXAMPLE)
            places(files[name])[number](deepcopy(odd))
            with contextlib.suppress(DeckFaults):
                load_deck(write(tmp_path, files))


def test_an_id_used_twice_is_a_fault(tmp_path: Path) -> None:
    """Two misconceptions of one id are reported; neither takes the place of the other in silence."""
    files = deepcopy(EXAMPLE)
    files["misconceptions"]["misconception"] *= 2
    with pytest.raises(DeckFaults, match="used twice"):
        load_deck(write(tmp_path, files))
