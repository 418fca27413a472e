"""The whole coach over HTTP: the real Application, the real desk, a real SQLite file."""

from __future__ import annotations

from pathlib import Path

from tests.standin.coach import coaching


async def test_a_newcomer_reaches_a_graded_answer(tmp_path: Path) -> None:
    """/start, a zone, a time, a question, an answer: the verdict comes with a score and a folded model answer."""
    async with coaching(tmp_path) as coach:
        ada = coach.standin.user(1, "Ada")
        ada.say("/start")
        first = await ada.reply()
        print(first)
        ada.say("berlin")
        print(await ada.reply())
        ada.say("9:30")
        a = await ada.reply()
        print(a)
        ada.say("the session is stored in a signed cookie")
        print(await ada.reply())
