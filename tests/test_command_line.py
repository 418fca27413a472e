"""The program as a user starts it: a process of its own, in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANSWER = "it is a cookie in the browser, signed with SECRET_KEY, not encrypted"


def run(folder: Path, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Start ``python -m bot`` in that folder with that input and those settings."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONUTF8": "1", **settings}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        input=typed,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_a_token_it_coaches_in_the_terminal(tmp_path: Path) -> None:
    """Set-up, an answer and its score work over stdin, and the end of input ends it cleanly with a summary."""
    done = run(tmp_path, typed=f"Berlin\n9:00\n{ANSWER}\n")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "@BotFather" in done.stdout.splitlines()[0]
    assert "/100" in done.stdout
    assert "1 question answered" in done.stdout
    assert (tmp_path / "coach.db").exists()


def test_a_quiz_survives_the_end_of_the_program(tmp_path: Path) -> None:
    """What was asked in one run is still open in the next."""
    first = run(tmp_path, "practice", typed=f"Berlin\n9:00\n/quiz 3 sessions\n{ANSWER}\n")
    assert "Quiz 2/3" in first.stdout
    again = run(tmp_path, "practice", typed="/quiz\n")
    assert "Quiz 2/3" in again.stdout


def test_hostile_input_is_answered_and_steers_nothing(tmp_path: Path) -> None:
    """Control characters, markup and endless lines get a reply; no escape sequence comes back."""
    hostile = "\x1b[2J<b>&\n/quiz \x1b]0;x\x07\n" + "a" * 20_000 + "\n/\n//\n/ \n99\n-1\n\ud7ff\u202e\n"
    done = run(tmp_path, "practice", typed="Berlin\n9\n" + hostile)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


def test_each_json_line_is_answered_before_the_next_is_typed(tmp_path: Path) -> None:
    """Whoever waits for a verdict gets it, even when half of the next line has come already."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONUTF8": "1"}
    command, line = [sys.executable, "-m", "bot", "grade", "--jsonl"], json.dumps({"question": "sessions", "answer": ANSWER})
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin and program.stdout
        for typed in (line + "\n" + line[:9], line[9:] + "\n"):
            program.stdin.write(typed)
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["score"] > 0


def test_a_verdict_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    """The same answer gets the same score and quotes in every process."""
    answer = "it runs before each view function, and returning a redirect skips the view"
    verdicts = {run(tmp_path, "grade", "before-request", answer, PYTHONHASHSEED=seed).stdout for seed in ("0", "5", "9")}
    assert len(verdicts) == 1


def test_telegram_without_a_token_is_a_clear_error(tmp_path: Path) -> None:
    """One sentence that names the setting, and exit 2."""
    done = run(tmp_path, "telegram")
    assert done.returncode == 2
    assert "TELEGRAM_BOT_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr


def test_bad_settings_are_listed_together(tmp_path: Path) -> None:
    """Two faults are two lines, exit 2, no traceback."""
    done = run(tmp_path, "practice", LOG_LEVEL="loud", COACH_OWNER_IDS="me")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 2


def test_a_deck_with_faults_lists_them_all(tmp_path: Path) -> None:
    """Unknown keys, wrong types and missing fields of several files are reported in one go, exit 1."""
    (tmp_path / "deck.toml").write_text('id = "d"\ntitle = 3\nsections = [{ id = "s", title = "S" }]\nextra = 1\n')
    (tmp_path / "s.toml").write_text('section = "s"\n[[question]]\nid = "q"\nlevel = "easy"\n')
    (tmp_path / "bad.toml").write_text("= nonsense")
    done = run(tmp_path, "check", str(tmp_path))
    assert done.returncode == 1
    for part in ("title is not a text", 'unknown key "extra"', '"question" is missing', 'level = "easy"', "bad.toml: is not TOML"):
        assert part in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_is_reported_once_where_it_is(tmp_path: Path) -> None:
    """A file of misconceptions that cannot be read is one fault, not one for each question that names one of them."""
    (tmp_path / "deck.toml").write_text('id = "d"\ntitle = "D"\nsections = [{ id = "s", title = "S" }]\n')
    (tmp_path / "misconceptions.toml").write_text("[[misconception]\n")
    question = '[[question]]\nid = "q"\nquestion = "Why?"\nlevel = "beginner"\nkind = "concept"\nmisconceptions = ["m"]\n'
    (tmp_path / "s.toml").write_text(f'section = "s"\n{question}')
    assert len(run(tmp_path, "check", str(tmp_path)).stderr.splitlines()) == 1
    (tmp_path / "misconceptions.toml").write_text('misconception = ["m"]\n')
    done = run(tmp_path, "check", str(tmp_path))
    assert "[[misconception]]" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """A file of something else is left as it is."""
    (tmp_path / "coach.db").write_text("this is a shopping list, not a database\n" * 100)
    done = run(tmp_path, "practice", typed="hello\n")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "coach.db" in done.stderr
    assert (tmp_path / "coach.db").read_text().startswith("this is a shopping list")


def test_the_version_of_the_command_line_helps(tmp_path: Path) -> None:
    """--help lists every command."""
    done = run(tmp_path, "--help")
    for name in ("telegram", "practice", "check", "grade", "appeals", "backup", "restore", "health"):
        assert name in done.stdout
