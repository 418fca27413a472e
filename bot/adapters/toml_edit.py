"""Writes an accepted phrase into a deck file and leaves its layout and comments as they are."""

from __future__ import annotations

from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array


class EditRefused(Exception):
    """The phrase cannot be written; the sentence says why and what to do."""


def accept_phrase(folders: tuple[Path, ...], question_id: str, label: str, phrase: str) -> Path:
    """Append ``phrase`` to ``accept`` of that question's point and return the file changed. Raises ``EditRefused``."""
    for file in (file for folder in folders for file in sorted(folder.glob("*.toml"))):
        try:
            document = tomlkit.parse(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, TOMLKitError) as error:
            raise EditRefused(f"{file.name} cannot be read ({error}); mend it first: python -m bot check") from error
        for question in document.get("question", []):
            if question.get("id") == question_id:
                _append(question, question_id, label, phrase)
                _write(file, tomlkit.dumps(document))
                return file
    raise EditRefused(f"no deck file holds the question {question_id}; look at COACH_DECKS")


def _append(question: tomlkit.items.Table, question_id: str, label: str, phrase: str) -> None:
    point = next((point for point in question.get("point", []) if point.get("label") == label), None)
    if point is None:
        raise EditRefused(f'{question_id} has no point "{label}" any more; its label was changed')
    if "accept" not in point:
        point["accept"] = tomlkit.array()
    accept = point["accept"]
    if not isinstance(accept, Array):
        raise EditRefused(f'{question_id}, point "{label}": accept is not a list; python -m bot check says more')
    if phrase in accept:
        raise EditRefused(f'{question_id}, point "{label}" accepts "{phrase}" already')
    accept.append(phrase)


def _write(file: Path, text: str) -> None:
    """Replace the file in one step, so that a crash leaves the old or the new one whole."""
    draft = file.with_suffix(".toml.new")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(file)
    except OSError as error:
        raise EditRefused(f"{file.name} cannot be written ({error.strerror}); check its permissions") from error
