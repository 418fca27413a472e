"""The README names everything that exists, and nothing that does not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bot.__main__ import parser
from bot.app.commands import COMMANDS
from bot.config import SETTINGS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def section(title: str) -> str:
    """The text under a heading, up to the next one of its rank."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[str]:
    """The first cells of the tables in a text, without code marks."""
    return [row.split("|")[1].strip(" `") for row in text.splitlines() if row.startswith("| `")]


def test_every_bot_command_is_in_the_learners_table_and_no_other() -> None:
    """The table lists exactly the commands of the program."""
    assert sorted(rows(section("For learners"))) == sorted(f"/{command.name}" for command in COMMANDS)


def test_every_setting_is_in_the_operators_table_and_no_other() -> None:
    """Settings in the README and in the program are the same."""
    named = [row for row in rows(section("For operators")) if re.fullmatch(r"[A-Z_]+", row)]
    assert sorted(named) == sorted(SETTINGS)


def test_every_command_of_the_command_line_is_in_the_readme_and_no_other() -> None:
    """Subcommands in the README and in the parser are the same."""
    named = set(re.findall(r"python -m bot ([a-z]+)", README))
    assert named == set(parser().commands)


def test_every_option_the_readme_names_exists() -> None:
    """Each --option stands in the help of the program (or of the tools that install it)."""
    ours = {option for sub in parser().commands.values() for option in re.findall(r"--[a-z]+", sub.format_help())}
    named = {option for line in README.splitlines() if "python -m bot" in line for option in re.findall(r"--[a-z][a-z-]+", line)}
    assert named - {"--require-hashes", "--no-deps"} <= ours


def test_it_begins_with_exactly_the_two_commands() -> None:
    """The first two blocks of code run it and test it."""
    blocks = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    assert blocks[0] == "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/python -m bot"
    assert blocks[1] == "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest"


def test_the_files_it_names_exist() -> None:
    """Every path in the README is there."""
    for name in ("content/README.md", "requirements.txt", "Procfile", ".ci/run", "CHANGELOG.md"):
        assert (ROOT / name).is_file(), name


def test_the_procfile_starts_the_worker() -> None:
    """Platforms that read a Procfile run the bot as a worker."""
    assert (ROOT / "Procfile").read_text() == "worker: python -m bot telegram\n"


def test_every_dependency_says_what_it_is_for() -> None:
    """Each line of the dependencies carries a comment, and the pinned file names each of them."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    for name in tomllib.loads(text)["project"]["dependencies"]:
        line = next(line for line in text.splitlines() if f'"{name}"' in line)
        assert "# " in line, name
        assert re.search(
            rf"^{re.match(r'[A-Za-z0-9_-]+', name)[0]}==", (ROOT / "requirements.txt").read_text(), re.IGNORECASE | re.MULTILINE
        ), name  # type: ignore[index]
