"""The pace of sending: within Telegram's limits over all and per chat, with people who are waiting before pushes.

Telegram allows about 30 messages a second over all, one a second in a chat (short bursts pass) and 20 a minute in a group.
The buckets leak, so sends are spread evenly: a burst bunched up by the network would still pass.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from aiolimiter import AsyncLimiter

OVER_ALL = 28.9  # timers come late, so that this makes 28.2 in fact
_REPLY, _PUSH = 0.999, 1.0  # among those who wait, AsyncLimiter serves the smaller amount first
_GLOBAL_CHATS = 3  # so many chats told to wait within _GLOBAL_SECONDS means that everybody is
_GLOBAL_SECONDS = 1.0
_SWEEP = 1_000


def _private() -> AsyncLimiter:
    return AsyncLimiter(3, 3)  # one a second, after a burst of three


def _group() -> AsyncLimiter:
    return AsyncLimiter(5, 20)  # five at once and fifteen more within the minute are twenty


@dataclass(slots=True)
class _Chat:
    limiter: AsyncLimiter
    free_at: float = field(default=0.0)
    waiting: int = 0

    def idle(self, now: float) -> bool:
        return not self.waiting and self.free_at <= now and self.limiter.has_capacity(self.limiter.max_rate)


class Pacer:
    """Tells every send when it may go. Times are the running event loop's seconds.

    ``over_all`` is messages a second; ``chats=False`` leaves single chats unpaced (for measuring).
    """

    def __init__(self, over_all: float = OVER_ALL, chats: bool = True) -> None:
        self._over_all = AsyncLimiter(1, 1 / over_all)  # no burst at all: what the network bunches up then still passes
        self._paced = chats
        self._chats: dict[int, _Chat] = {}
        self._free_at = 0.0
        self._told: deque[tuple[float, int]] = deque(maxlen=_GLOBAL_CHATS)
        self._sweep_at = _SWEEP

    async def turn(self, chat_id: int, *, urgent: bool) -> None:
        """Wait until a message may go to the chat. Urgent ones (somebody is waiting) go before the others."""
        chat = self._chat(chat_id)
        chat.waiting += 1
        try:
            if self._paced:
                await chat.limiter.acquire()
            while True:
                if (seconds := self._seconds_held(chat)) > 0:
                    await asyncio.sleep(seconds)
                    continue
                await self._over_all.acquire(_REPLY if urgent else _PUSH)
                if self._seconds_held(chat) <= 0:
                    return
        finally:
            chat.waiting -= 1

    def told_to_wait(self, chat_id: int, seconds: float) -> None:
        """Telegram answered 429: hold that chat, or everybody once it says so for several chats at a time."""
        now = _now()
        until = now + seconds
        chat = self._chat(chat_id)
        chat.free_at = max(chat.free_at, until)
        self._told = deque(((at, other) for at, other in self._told if other != chat_id), maxlen=_GLOBAL_CHATS)
        self._told.append((now, chat_id))
        if len(self._told) == _GLOBAL_CHATS and now - self._told[0][0] <= _GLOBAL_SECONDS:
            self._free_at = max(self._free_at, until)

    def _seconds_held(self, chat: _Chat) -> float:
        return max(chat.free_at, self._free_at) - _now()

    def _chat(self, chat_id: int) -> _Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            self._forget_idle()
            chat = self._chats[chat_id] = _Chat(_group() if chat_id < 0 else _private())
        return chat

    def _forget_idle(self) -> None:
        if len(self._chats) < self._sweep_at:
            return
        now = _now()
        self._chats = {chat_id: chat for chat_id, chat in self._chats.items() if not chat.idle(now)}
        self._sweep_at = max(_SWEEP, 2 * len(self._chats))


def _now() -> float:
    return asyncio.get_running_loop().time()
