"""Fetching updates: one long poll after the other through whatever weather, and the three things that end it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.adapters.back_off import BackOff

log = logging.getLogger(__name__)

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
POLL_SECONDS = 50
MOST_CONFLICTS = 3  # a restart overlaps with the instance before it for a moment; one that has worked is more patient
MOST_CONFLICTS_AFTER_WORK = 30

REFUSED = (
    "Telegram refuses the token (TELEGRAM_BOT_TOKEN): copy it again from @BotFather. "
    "With TELEGRAM_API_URL set, check that it is the root URL of a Bot API server."
)
ANOTHER_INSTANCE = (
    "Another program is fetching this bot's updates: a second instance of the coach runs with the same token. "
    "Stop one of them, or give this one a token of its own."
)


class TelegramTrouble(Exception):
    """Telegram cannot be used at all; the sentence says why and what to do. The exit code for it is 2."""


@dataclass
class Polling:
    """Long polls ``base_url`` (which holds the token, so it is kept out of every message). ``seconds`` is how long one waits."""

    request: BaseRequest
    base_url: str = field(repr=False)
    back_off: BackOff
    seconds: int = POLL_SECONDS
    _failures: int = 0
    _conflicts: int = 0
    _worked: bool = False

    async def fetch(self, offset: int) -> Sequence[dict[str, Any]]:
        """The updates from ``offset`` on, waiting for one to come; empty after a poll without any, or after a failure.

        Raises ``TelegramTrouble`` when the token is refused or another instance keeps polling.
        """
        query = {"offset": offset, "timeout": self.seconds, "allowed_updates": json.dumps(ALLOWED)}
        try:
            answer = await self.request.post(f"{self.base_url}/getUpdates?{urlencode(query)}", read_timeout=self.seconds + 10)
        except TelegramError as error:
            await asyncio.sleep(self._after(error))
            return ()
        self._failures = self._conflicts = 0
        self._worked = True
        return answer if isinstance(answer, list) else ()

    def _after(self, error: TelegramError) -> float:
        """Seconds to wait after this failure. Raises ``TelegramTrouble`` where waiting cannot help."""
        self._failures += 1
        if isinstance(error, Conflict):
            self._conflicts += 1
            log.warning("%s", ANOTHER_INSTANCE)
            if self._conflicts >= (MOST_CONFLICTS_AFTER_WORK if self._worked else MOST_CONFLICTS):
                raise TelegramTrouble(ANOTHER_INSTANCE) from None
        else:
            log.warning("getUpdates failed (%s), try %d follows", type(error).__name__, self._failures + 1)
        return wait_after(error, self._failures, self.back_off)


def wait_after(error: TelegramError, failures: int, back_off: BackOff) -> float:
    """Seconds until a request that Telegram did not carry out may be made again. Raises ``TelegramTrouble`` for a refused token."""
    if isinstance(error, InvalidToken):
        raise TelegramTrouble(REFUSED) from None
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return float(wait if isinstance(wait, int) else wait.total_seconds())
    return back_off(failures)


async def insist(request: Callable[[], Any], what: str, back_off: BackOff) -> Any:
    """Make a request at start until it is carried out, however long the server is away.

    Raises ``TelegramTrouble`` for a refused token, and other ``TelegramError`` than of the network as they are.
    """
    failures = 0
    while True:
        try:
            return await request()
        except BadRequest:  # a NetworkError in name only: it would be refused again
            raise
        except (InvalidToken, NetworkError, RetryAfter) as error:
            failures += 1
            log.warning("%s failed (%s), try %d follows", what, type(error).__name__, failures + 1)
            await asyncio.sleep(wait_after(error, failures, back_off))
