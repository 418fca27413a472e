"""The real process (``python -m bot telegram``) killed, stopped and started twice, against a stand-in Bot API over HTTP."""

from __future__ import annotations

import signal
from pathlib import Path

from bench.broadcast import FIRST, anyone, prepare
from bench.kills import Plan, Process, copy_decks, drained, now, run
from bot.adapters.backup import backup, restore
from tests.standin import StandIn
from tests.standin.people import Room

REMEDY = "stop the coach and restore a backup (python -m bot restore FILE)"


async def test_killed_under_load_it_loses_nothing_and_tells_its_log_no_words(tmp_path: Path) -> None:
    """Three kill -9 under thirty answers a second and daily questions: every row adds up, and no answer stands in the log."""
    count = await run(Plan(kills=3, seed=5, paced=False, listeners=60, seconds=(0.3, 1.5)), tmp_path)
    assert count.faults == []
    log = (tmp_path / "log").read_text()
    assert "update handled update=" in log
    assert "push tried push=" in log
    assert "signed cookie" not in log
    assert "AbCdEfGhIjKl" not in log


async def test_sigterm_in_a_broadcast_is_exact(tmp_path: Path) -> None:
    """Stopped in the middle and started again, everybody gets one question, none of them in doubt; a second one is told off."""
    copy_decks(tmp_path)
    await prepare(tmp_path / "coach.db", 60)
    async with StandIn(now, latency=0.03) as standin:
        rooms: list[Room] = [standin.user(id_, started=True).room for id_ in range(FIRST, FIRST + 60)]
        first, second = (Process(standin, tmp_path / "coach.db", tmp_path / name, paced=True) for name in ("log", "second"))
        await first.start()
        await anyone(rooms)
        assert await first.end(signal.SIGTERM) == 0
        assert any(not room.messages for room in rooms)
        polls = standin.requests("getUpdates")
        await first.start()
        await standin.requested("getUpdates", since=polls)  # it runs, and so holds the database
        await second.start()
        assert second.running is not None
        assert await second.running.wait() == 1
        await drained(tmp_path / "coach.db", standin)
        assert await first.end(signal.SIGTERM) == 0
    assert [len(room.messages) for room in rooms] == [1] * 60
    assert not any("In case this did not reach you" in seen.text for room in rooms for seen in room.messages.values())
    assert "already running" in (tmp_path / "second").read_text()
    assert "Traceback" not in (tmp_path / "second").read_text()


async def test_a_database_damaged_while_it_is_in_use_ends_the_coach_with_a_sentence(tmp_path: Path) -> None:
    """Nothing more is written to it; started again, the coach refuses it at once; with the copy put back it goes on."""
    file, copy = tmp_path / "coach.db", tmp_path / "copy.db"
    copy_decks(tmp_path)
    await prepare(file, 60)
    backup(file, copy, lambda done, total: None)
    async with StandIn(now) as standin:
        process, person = Process(standin, file, tmp_path / "log", paced=False), standin.user(FIRST, started=True)
        await process.start()
        await standin.requested("getUpdates")
        with file.open("r+b") as pages:
            pages.seek(4096)
            pages.write(b"\xff" * (file.stat().st_size - 4096))
        person.say("an answer")
        assert process.running is not None
        assert await process.running.wait() == 1
        left, polls = file.read_bytes(), standin.requests("getUpdates")
        await process.start()
        assert await process.running.wait() == 1
        assert file.read_bytes() == left
        assert standin.requests("getUpdates") == polls
        restore(copy, file, force=True)
        await process.start()
        await standin.requested("getUpdates", since=polls)
        assert await process.end(signal.SIGTERM) == 0
    assert (tmp_path / "log").read_text().splitlines().count(f"The database {file} is damaged; {REMEDY}.") == 2
