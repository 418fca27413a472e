"""Updates that a process before this one left unfinished: handling one of them may be what ended it."""

from __future__ import annotations

import asyncio
import logging

from bot.app.ports import Inbox, Received, StoreTrouble

log = logging.getLogger(__name__)


class Deadly(Exception):
    """Process after process ended while it handled this update."""


class Suspects:
    """Tries them one at a time, each counted in the inbox before and let off after, so that the count finds the right one.

    Who is let off sends the reply in its own time. Updates that came to this process cost nothing.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._ids: set[int] = set()
        self._alone = asyncio.Lock()
        self._on_trial: int | None = None

    def add(self, row: Received) -> None:
        """Note one that was left unfinished."""
        self._ids.add(row.update_id)

    async def begin(self, row: Received) -> None:
        """Call before handling an update. Raises ``Deadly`` for one that has ended too many processes; it is aside then."""
        if row.update_id not in self._ids:
            return
        await self._alone.acquire()
        try:
            if not await self._inbox.begun(row.update_id):
                raise Deadly(f"update {row.update_id}")
        except BaseException:
            self._alone.release()
            raise
        self._on_trial = row.update_id

    async def let_off(self, row: Received) -> None:
        """The process lives on; calling this again, or for others, does nothing."""
        if self._on_trial != row.update_id:
            return
        self._on_trial = None
        self._ids.discard(row.update_id)
        self._alone.release()
        try:
            await self._inbox.survived(row.update_id)
        except StoreTrouble as trouble:
            log.warning("update %d stays under suspicion: %s", row.update_id, trouble)
