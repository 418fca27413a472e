"""The contract of the inbox, over a real file: nothing lost, nothing twice, in order of arrival."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.adapters.sqlite import Database
from bot.adapters.sqlite_inbox import ENDED, SqliteInbox
from bot.adapters.sqlite_store import SqliteStore
from bot.app.ports import Received
from tests.adapters.stored import NOW


@pytest_asyncio.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[SqliteInbox]:
    database = await Database.open(tmp_path / "coach.db")
    yield SqliteInbox(database)
    await database.close()


def update(update_id: int, chat_id: int = 5) -> Received:
    return Received(update_id, chat_id, f'{{"update_id": {update_id}}}', NOW)


async def test_received_updates_are_pending_in_the_order_of_arrival(inbox: SqliteInbox) -> None:
    """Also when Telegram begins to count anew with lower ids."""
    await inbox.receive([update(900), update(901)])
    await inbox.receive([update(3), update(4)])
    assert await inbox.pending() == [update(900), update(901), update(3), update(4)]
    assert await inbox.last_update_id() == 4


async def test_an_update_delivered_again_is_known(inbox: SqliteInbox) -> None:
    """Pending or done, the second delivery is not new and changes nothing."""
    assert await inbox.receive([update(1), update(2)]) == [1, 2]
    await inbox.done([1])
    assert await inbox.receive([update(1), update(2), update(3)]) == [3]
    assert await inbox.pending() == [update(2), update(3)]


async def test_what_is_done_is_gone_with_its_words(inbox: SqliteInbox) -> None:
    """A finished update is not replayed and its text is no longer held; unknown ids are ignored."""
    await inbox.receive([update(1)])
    await inbox.done([1, 99])
    assert await inbox.pending() == []
    left = await inbox._db.read(lambda db: db.execute("SELECT chat_id, payload FROM inbox").fetchall())
    assert left == [(None, None)]


async def test_an_update_can_be_read_until_it_is_finished(inbox: SqliteInbox) -> None:
    """One that waited in the inbox alone is read when its turn comes; done, set aside or unknown, there is none."""
    await inbox.receive([update(1), update(2)])
    assert await inbox.payload(1) == update(1).payload
    await inbox.done([1])
    for _ in range(3):
        await inbox.failed(2, "error")
    assert [await inbox.payload(number) for number in (1, 2, 99)] == [None, None, None]


async def test_three_failures_set_an_update_aside(inbox: SqliteInbox) -> None:
    """Two failures are tried again; at the third it leaves the queue and is listed with its error."""
    await inbox.receive([update(1), update(2)])
    assert [await inbox.failed(1, f"error {n}") for n in (1, 2)] == [1, 2]
    assert [one.update_id for one in await inbox.pending()] == [1, 2]
    assert await inbox.failed(1, "error 3") == 3
    assert [one.update_id for one in await inbox.pending()] == [2]
    assert [(one.update_id, one.tries, one.error) for one in await inbox.set_aside()] == [(1, 3, "error 3")]


async def test_a_try_that_the_process_did_not_survive_counts_and_one_it_did_does_not(inbox: SqliteInbox) -> None:
    """Counted before, forgiven after; the third in a row that nobody forgave sets it aside. Failures are counted apart."""
    await inbox.receive([update(1)])
    for _ in range(4):
        assert await inbox.begun(1)
        assert await inbox.begun(1)
        await inbox.survived(1)
    assert [(row.tries, row.error) for row in await inbox.pending()] == [(0, "")]
    assert await inbox.begun(1)
    assert await inbox.begun(1)
    assert not await inbox.begun(1)
    assert await inbox.pending() == []
    assert [row.error for row in await inbox.set_aside()] == [f"3{ENDED}"]
    await inbox.survived(1)
    assert not await inbox.begun(2)


async def test_an_update_that_was_applied_is_under_no_suspicion(inbox: SqliteInbox) -> None:
    """A process survived handling it, so however many end before its reply is out, it is not set aside."""
    await inbox.receive([update(1)])
    await SqliteStore(inbox._db).commit(update_id=1)
    assert all([await inbox.begun(1) for _ in range(5)])
    assert await inbox.pending() == [update(1)]


async def test_an_empty_inbox_starts_from_zero(inbox: SqliteInbox) -> None:
    """Nothing received: no id, nothing pending; an empty batch is fine."""
    assert await inbox.last_update_id() == 0
    assert await inbox.receive([]) == []
    assert await inbox.pending() == []


async def test_what_was_received_survives_a_process_that_never_closed(tmp_path: Path) -> None:
    """A second opening of the same file reads it while the first still holds it."""
    first = await Database.open(tmp_path / "coach.db")
    await SqliteInbox(first).receive([update(1)])
    second = await Database.open(tmp_path / "coach.db")
    assert await SqliteInbox(second).pending() == [update(1)]
    await second.close()
    await first.close()
