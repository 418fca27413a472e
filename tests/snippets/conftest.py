"""Runs the deck's own code: each test asserts what the text beside the snippet claims."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DECK = Path(__file__).parents[2] / "content" / "flask"


@cache
def snippets() -> dict[str, str]:
    """The code of every question of the deck, by id."""
    files = sorted(DECK.glob("*.toml"))
    questions = [q for file in files for q in tomllib.loads(file.read_text("utf-8")).get("question", [])]
    return {question["id"]: question["code"] for question in questions if question.get("code")}


@pytest.fixture
def source() -> Callable[[str], str]:
    """The text of a question's snippet, for those that are checked without running."""
    return snippets().__getitem__


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, Any]]:
    """Execute a question's snippet in a fresh namespace and an empty folder, and hand back its names."""
    monkeypatch.chdir(tmp_path)

    def execute(question_id: str) -> dict[str, Any]:
        module = ModuleType(f"snippet_{question_id.replace('-', '_')}")
        monkeypatch.setitem(sys.modules, module.__name__, module)  # dataclasses and ORMs look their module up
        namespace: dict[str, Any] = vars(module)
        code = compile(snippets()[question_id], f"<snippet {question_id}>", "exec", dont_inherit=True)
        exec(code, namespace)
        return namespace

    return execute
