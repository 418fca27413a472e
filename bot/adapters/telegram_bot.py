"""The coach in Telegram: the Application, its life from getMe to the last reply, and the menus."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import random
import signal
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from telegram import BotCommand, BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError
from telegram.ext import Application

from bot.adapters.back_off import BackOff, doubling
from bot.adapters.pacing import Pacer
from bot.adapters.polling import POLL_SECONDS, Polling, TelegramTrouble, insist
from bot.adapters.telegram_chat import TelegramChat
from bot.adapters.telegram_handlers import App, Handlers
from bot.adapters.telegram_http import AiohttpRequest, bot_url
from bot.adapters.updates import Intake
from bot.app.commands import Command, commands_for
from bot.app.desk import Desk
from bot.app.ports import Inbox

log = logging.getLogger(__name__)

GRACE_SECONDS = 7.5  # what is in hand gets this long after SIGTERM; closing takes a moment, and supervisors commonly kill after ten
YOUNG = 50_000  # objects made until the garbage collector looks: handling an update leaves no cycles, only an error may

__all__ = ["Telegram", "TelegramTrouble"]


class Stoppable(Protocol):
    """The outbox, as far as stopping goes."""

    async def stop(self) -> None:
        """Finish what is in hand and take no more."""


class Telegram:
    """The coach in Telegram. Make it, give its ``chat`` to the outbox and its ``link`` to the coach, then ``run`` it.

    ``api_url`` is the root of a Bot API server. ``clock`` gives the time as aware UTC; ``grace`` is how many
    seconds what is in hand gets when it stops.
    """

    def __init__(
        self,
        token: str,
        api_url: str,
        owners: frozenset[int],
        clock: Callable[[], datetime],
        rng: random.Random,
        *,
        pacer: Pacer | None = None,
        back_off: BackOff | None = None,
        poll_seconds: int = POLL_SECONDS,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._grace = grace
        self._owners = owners
        self._clock = clock
        self._back_off = back_off or doubling(rng)
        polls = AiohttpRequest()
        self._application: App = _application(token, api_url, polls)
        self._polling = Polling(polls, self._application.bot.base_url, self._back_off, poll_seconds)
        self.chat = TelegramChat(self._application.bot, pacer or Pacer(), self._back_off)

    def link(self, parameter: str) -> str:
        """A link that opens this bot with a start parameter. Works once ``run`` has connected."""
        return f"https://t.me/{self._application.bot.username}?start={parameter}"

    async def run(
        self,
        desk: Desk,
        inbox: Inbox,
        outbox: Stoppable | None = None,
        *,
        stopping: asyncio.Event | None = None,
        started: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Serve until SIGTERM, SIGINT or ``stopping``; then finish what is in hand, within ten seconds.

        ``started`` is called once Telegram has answered. Raises ``TelegramTrouble`` when Telegram cannot be used at all.
        """
        gc.set_threshold(YOUNG)
        stopping = stopping or asyncio.Event()
        handlers = Handlers(self._application, self.chat, desk, self._owners, self._clock)
        intake = Intake(inbox, handlers.handle, handlers.give_up, self._clock, self._back_off)
        handlers.on_decided = intake.decided
        with _signals(stopping):
            try:
                await _until(stopping, self._serve(intake, started))
            finally:
                await self._close(intake, outbox)

    async def _serve(self, intake: Intake, started: Callable[[], Awaitable[None]] | None) -> None:
        await insist(self._application.initialize, "getMe", self._back_off)
        await self._see_to(self._application.bot.delete_webhook, "deleteWebhook")  # pending updates are kept
        log.info("connected as @%s", self._application.bot.username)
        await intake.replay()
        if started:
            await started()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._set_menus())
            tasks.create_task(intake.poll(self._polling.fetch))

    async def _close(self, intake: Intake, outbox: Stoppable | None) -> None:
        log.info("stopping: finishing what is in hand")
        finishing = [intake.finish(self._grace)]
        if outbox is not None:
            finishing.append(asyncio.wait_for(outbox.stop(), self._grace))
        for failure in await asyncio.gather(*finishing, return_exceptions=True):
            if isinstance(failure, BaseException):
                log.error("stopping: %s", type(failure).__name__)
        await self._application.bot.shutdown()
        log.info("stopped")

    async def _set_menus(self) -> None:
        """Show everybody the commands they may use."""
        menus: list[tuple[BotCommandScope, tuple[Command, ...]]] = [
            (BotCommandScopeAllPrivateChats(), commands_for(private=True)),
            (BotCommandScopeAllGroupChats(), commands_for(private=False)),
            *((BotCommandScopeChat(owner), commands_for(private=True, owner=True)) for owner in sorted(self._owners)),
        ]
        for scope, commands in menus:
            rows = [BotCommand(command.name, command.summary) for command in commands]
            await self._see_to(partial(self._application.bot.set_my_commands, rows, scope), f"setMyCommands for {scope.type}")

    async def _see_to(self, request: Callable[[], Awaitable[Any]], what: str) -> None:
        """Make a request without which the coach can do: an owner who never wrote has no chat for a menu, a Bot API server of
        one's own may lack a method. What matters, a webhook left or a token revoked since, the polling finds out."""
        try:
            await insist(request, what, self._back_off)
        except (TelegramError, TelegramTrouble) as error:
            log.warning("%s was refused (%s)", what, type(error).__name__)


def _application(token: str, api_url: str, polls: AiohttpRequest) -> App:
    """The Application without its own poller, scheduler and concurrency: the Intake does that part."""
    builder: Any = Application.builder()
    builder = builder.token(token).base_url(bot_url(api_url)).request(AiohttpRequest()).get_updates_request(polls)
    return builder.updater(None).job_queue(None).build()  # type: ignore[no-any-return]


async def _until(stopping: asyncio.Event, serving: Any) -> None:
    """Run ``serving`` until it ends or ``stopping`` is set; its error is raised as it is, not in a group."""
    work = asyncio.ensure_future(serving)
    stop = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (work, stop):
            task.cancel()
        results = await asyncio.gather(work, stop, return_exceptions=True)
    error = results[0]
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, BaseException) and not isinstance(error, asyncio.CancelledError):
        raise error


@contextlib.contextmanager
def _signals(stopping: asyncio.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set the event, where signals exist and this is the main thread."""
    loop = asyncio.get_running_loop()
    caught = []
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stopping.set)
            caught.append(number)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
