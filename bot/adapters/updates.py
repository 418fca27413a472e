"""Intake and order: every update is in the inbox before Telegram is told so, each chat's are handled in order.

Updates of one chat run one after the other, those of different chats side by side, so nobody waits for somebody else's
slow reply. What a crash left in the inbox runs first. An update that fails three times, or that three processes did not survive,
is set aside; nothing stops the loop.
"""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.adapters.back_off import BackOff
from bot.adapters.suspects import Deadly, Suspects
from bot.app.ports import ChatBusy, ChatUnsure, Inbox, Received, StoreTrouble

log = logging.getLogger(__name__)

MOST_TRIES = 3
MOST_WEATHER = 20  # so often a reply that does not get through begins again before that counts as a try; over an hour
MOST_QUEUED = 500  # a second's work; beyond this no more are fetched: Telegram keeps them better than our memory
MOST_OF_ONE_CHAT = 20  # what a chat has beyond this waits in the inbox alone, so that one on hold takes no room from the others
MOST_STORE_FAILURES = 10  # some four minutes with the back-off
_as_json = json.JSONEncoder(separators=(",", ":")).encode  # ``json.dumps`` would make one for each update
_KINDS_WITH_CHAT = ("message", "edited_message", "my_chat_member")

Payload = Mapping[str, Any]
Handle = Callable[[Received], Awaitable[None]]
Fetch = Callable[[int], Awaitable[Sequence[Payload]]]


def chat_of(update: Payload) -> int:
    """The chat whose order an update belongs to; a pressed button belongs to the chat of its message. 0 for none."""
    for kind in _KINDS_WITH_CHAT:
        if kind in update:
            return int(update[kind]["chat"]["id"])
    if query := update.get("callback_query"):
        return int(query.get("message", {}).get("chat", query["from"])["id"])
    return 0


def trace(error: BaseException) -> str:
    """Where an error came from, on one line and without its message, which may quote what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join([type(error).__name__, *(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))])


@dataclass
class Intake:
    """Takes updates in and hands each to ``handle``.

    ``give_up`` hears of an update that is set aside (the update and its last error). ``clock`` tells when one was received.
    """

    inbox: Inbox
    handle: Handle
    give_up: Callable[[Received, Exception], Awaitable[None]]
    clock: Callable[[], datetime]
    back_off: BackOff
    most_queued: int = MOST_QUEUED
    _queues: dict[int, deque[Received]] = field(default_factory=dict)
    _in_memory: int = 0
    _room: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _finished: list[int] = field(default_factory=list)
    _clearing: bool = False
    _stopping: bool = False
    _suspects: Suspects = field(init=False)

    def __post_init__(self) -> None:
        self._suspects = Suspects(self.inbox)

    async def replay(self) -> None:
        """Queue what an earlier run left unfinished, oldest first."""
        for row in await self.inbox.pending():
            self._suspects.add(row)
            self._queue(row)

    async def decided(self, row: Received) -> None:
        """What comes of the update stands and only has to be sent: the next suspect may be handled."""
        await self._suspects.let_off(row)

    async def poll(self, fetch: Fetch) -> None:
        """Fetch for ever: ``fetch(offset)`` returns the updates from that id on, and confirms those before it.

        Raises ``StoreTrouble`` when the inbox cannot be written for some minutes; until then Telegram keeps what comes.
        """
        offset = await self.inbox.last_update_id() + 1
        failures = 0
        while True:
            await self._wait_for_room()
            updates = await fetch(offset)
            try:
                await self._take(updates)
            except StoreTrouble as trouble:
                failures += 1
                log.error("%s Until then no updates are taken in; Telegram keeps them.", trouble)
                if failures >= MOST_STORE_FAILURES:
                    raise
                await asyncio.sleep(self.back_off(failures))
                continue
            failures = 0
            if updates:
                offset = int(updates[-1]["update_id"]) + 1

    async def finish(self, seconds: float) -> None:
        """Let the updates in hand finish, at most so long; the others stay in the inbox for the next start."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)
        left = set(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if left:
            log.warning("stopped with %d updates in hand; they are handled again at the next start", len(left))
        await self._clear()

    @property
    def depth(self) -> int:
        """How many updates wait or are in hand."""
        return sum(map(len, self._queues.values()))

    async def _take(self, updates: Sequence[Payload]) -> None:
        if not updates:
            return
        at = self.clock()
        rows = [_received(update, at) for update in updates]
        fresh = set(await self.inbox.receive(rows))
        for row in rows:
            if row.update_id in fresh:
                fresh.discard(row.update_id)
                self._queue(row)

    def _queue(self, row: Received) -> None:
        queue = self._queues.get(row.chat_id)
        if queue and len(queue) >= MOST_OF_ONE_CHAT:
            queue.append(replace(row, payload=""))
            return
        self._in_memory += 1
        if queue:
            queue.append(row)
        else:
            self._queues[row.chat_id] = deque([row])
            self._start(self._work(row.chat_id))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)  # noqa: TID251 - finish() waits for these
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, chat_id: int) -> None:
        """Handle one chat's updates until none is left."""
        queue = self._queues[chat_id]
        while queue and not self._stopping:
            row = await self._whole(queue[0])
            if row and await self._settled(row):
                log.debug("update %d of chat %d is done", row.update_id, chat_id)
                self._finish(row.update_id)
            if queue.popleft().payload:
                self._in_memory -= 1
                self._room.set()
        del self._queues[chat_id]

    async def _whole(self, row: Received) -> Received | None:
        """The update with what waited in the inbox alone; ``None`` where its writer had it deleted meanwhile."""
        failures = 0
        while not row.payload:
            try:
                payload = await self.inbox.payload(row.update_id)
            except StoreTrouble as trouble:
                failures += 1
                log.warning("update %d waits: %s", row.update_id, trouble)
                await asyncio.sleep(self.back_off(failures))
            else:
                return replace(row, payload=payload) if payload else None
        return row

    async def _settled(self, row: Received) -> bool:
        """Handle one update, again where it fails; whether it is done with (and not set aside or left for the next start)."""
        weather = 0
        while (error := await self._error(row)) is not None:
            if isinstance(error, Deadly):
                await self._set_aside(row, error)
                return False
            row = replace(row, error=type(error).__name__)
            if isinstance(error, StoreTrouble) or (isinstance(error, ChatBusy | ChatUnsure) and weather < MOST_WEATHER):
                weather += 1
                log.warning("update deferred update=%d chat=%d reason=%s", row.update_id, row.chat_id, type(error).__name__)
                await asyncio.sleep(self.back_off(weather))
                continue
            tries = await self._failed(row, error)
            if tries >= MOST_TRIES:
                await self._set_aside(row, error)
            if not 0 < tries < MOST_TRIES:
                return False
            await asyncio.sleep(self.back_off(tries))
            row = replace(row, tries=tries)
        log.info("update handled update=%d chat=%d", row.update_id, row.chat_id)
        return True

    async def _error(self, row: Received) -> Exception | None:
        """What went wrong with handling the update."""
        try:
            await self._suspects.begin(row)
            await self.handle(row)
        except Exception as error:
            return error
        finally:
            await self._suspects.let_off(row)
        return None

    async def _failed(self, row: Received, error: Exception) -> int:
        """Count the failure; 0 when even that fails (the update stays in the inbox, untouched)."""
        log.warning("update %d failed: %s", row.update_id, trace(error))
        try:
            return await self.inbox.failed(row.update_id, trace(error))
        except Exception:
            log.exception("update %d stays in the inbox until the next start", row.update_id)
            return 0

    async def _set_aside(self, row: Received, error: Exception) -> None:
        log.error("update %d is set aside after %d tries (%s)", row.update_id, MOST_TRIES, type(error).__name__)
        try:
            await self.give_up(row, error)
        except Exception:
            log.exception("nobody could be told of update %d", row.update_id)

    def _finish(self, update_id: int) -> None:
        """Note it as done; whatever finishes while one batch of rows is being removed makes up the next."""
        self._finished.append(update_id)
        if not self._clearing:
            self._clearing = True
            self._start(self._clear())

    async def _clear(self) -> None:
        try:
            while self._finished:
                batch, self._finished = self._finished, []
                await self.inbox.done(batch)
        except Exception:
            log.exception("handled updates could not be taken out of the inbox; they are answered again at the next start")
        finally:
            self._clearing = False

    async def _wait_for_room(self) -> None:
        while self._in_memory >= self.most_queued:
            self._room.clear()
            await self._room.wait()


def _received(update: Payload, at: datetime) -> Received:
    try:
        chat_id = chat_of(update)
    except (KeyError, TypeError, ValueError, AttributeError):
        chat_id = 0  # of a shape we do not know; handling it fails or ignores it
    return Received(int(update["update_id"]), chat_id, _as_json(update), at)
