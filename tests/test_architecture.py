"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "bot").rglob("*.py"))
ROOMS = {"core": 0, "app": 1, "adapters": 2}
CORE_MAY_USE = {"rapidfuzz", "Stemmer", "snowballstemmer", "fsrs"}
FRAMEWORKS = {"telegram", "aiosqlite", "apscheduler", "aiohttp", "sqlite3"}


def imports(module: Path) -> list[str]:
    """Every module that a file imports, by its full name."""
    found = []
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{name.name}" if node.module in ("bot", "bot.app") else node.module for name in node.names]
    return found


def room(name: str) -> int:
    """How far out a module of ours lies: core 0, app 1, adapters 2, the composition root and settings 3."""
    parts = name.split(".")
    return ROOMS.get(parts[1], 3) if len(parts) > 1 else 3


def named(module: Path) -> str:
    return ".".join(module.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_imports_point_from_adapters_to_app_to_core(module: Path) -> None:
    """No room imports from a room further out."""
    here = room(named(module))
    outward = [name for name in imports(module) if name.split(".")[0] == "bot" and room(name) > here]
    assert not outward


@pytest.mark.parametrize("module", [m for m in MODULES if room(named(m)) < 2], ids=named)
def test_core_and_app_know_no_framework(module: Path) -> None:
    """The rules use the standard library and a few pure ones; the use cases no framework either."""
    outside = {name.split(".")[0] for name in imports(module)} & FRAMEWORKS
    assert not outside
    if room(named(module)) == 0:
        foreign = {name.split(".")[0] for name in imports(module)} - set(sys.stdlib_module_names) - CORE_MAY_USE - {"bot"}
        assert not foreign


@pytest.mark.parametrize("module", [m for m in MODULES if room(named(m)) == 0], ids=named)
def test_core_is_not_async(module: Path) -> None:
    """The rules are plain functions."""
    assert not [node for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_the_program_does_not_know_its_subject(module: Path) -> None:
    """What is asked about lives in content/ alone."""
    assert not re.search(r"flask", module.read_text("utf-8"), re.IGNORECASE)


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_the_house_budget_holds(module: Path) -> None:
    """A module has at most 350 lines and a function, its docstring aside, at most 40."""
    source = module.read_text("utf-8")
    assert len(source.splitlines()) <= 350
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            words = ast.get_docstring(node, clean=False)
            spoken = (first.end_lineno or 0) - first.lineno + 1 if words is not None else 0
            assert (node.end_lineno or 0) - node.lineno + 1 - spoken <= 40, f"{node.name} is too long"


def public(body: list[ast.stmt]) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Functions, classes and their methods whose names have no leading underscore."""
    found = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_"]
    return found + [inner for node in found if isinstance(node, ast.ClassDef) for inner in public(node.body)]


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_what_is_public_is_documented(module: Path) -> None:
    """Every module, class and function without a leading underscore says what it is."""
    tree = ast.parse(module.read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert not [node.name for node in public(tree.body) if not ast.get_docstring(node)]


def test_every_package_is_in_the_wheel() -> None:
    """Each folder with modules is named in pyproject.toml."""
    named_there = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"])
    assert {".".join(file.parent.relative_to(ROOT).parts) for file in MODULES} <= named_there
