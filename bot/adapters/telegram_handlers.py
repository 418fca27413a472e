"""The handlers, made from the command table: an Update becomes a Call, the desk's Reply goes back."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import Application, CallbackContext, CallbackQueryHandler, ChatMemberHandler, CommandHandler, MessageHandler, filters

from bot.adapters.floods import Floods, Flow
from bot.adapters.telegram_calls import call_of, command_of, concerns_us, is_forwarded, place_of
from bot.adapters.telegram_chat import Place, TelegramChat
from bot.adapters.updates import trace
from bot.app.call import Call
from bot.app.commands import COMMANDS
from bot.app.desk import Desk
from bot.app.message import Reply
from bot.app.messages.alarms import set_aside
from bot.app.ports import ChatError, ChatGone, Received

log = logging.getLogger(__name__)

AT_ONCE = 32
Asked = Callable[[Call], Awaitable[Reply]]
Context = CallbackContext[Any, Any, Any, Any]
App = Application[Any, Any, Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class _Way:
    """Where a reply goes: the place, the pressed button's query, and the message under it."""

    place: Place
    query_id: str = ""
    pressed: int | None = None


@dataclass(slots=True)
class _Case:
    """An update in hand, and what its handler and the error handler leave here: the Application keeps both from its caller."""

    row: Received
    reply: tuple[Call, _Way, Reply] | None = None
    error: Exception | None = None


class Handlers:
    """What happens to an update. ``handle`` and ``give_up`` are for the Intake; at most ``AT_ONCE`` are read and at the desk.

    ``on_decided`` is told of each update whose reply stands and is about to be sent.
    """

    def __init__(self, application: App, chat: TelegramChat, desk: Desk, owners: frozenset[int], clock: Callable[[], datetime]) -> None:
        self._application = application
        self._chat = chat
        self._desk = desk
        self._owners = owners
        self._clock = clock
        self._floods = Floods()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._cases: dict[int, _Case] = {}
        self._add_handlers()
        chat.on_moved = self._moved_once
        self.on_decided: Callable[[Received], Awaitable[None]] | None = None
        self._has_moved: set[int] = set()

    async def handle(self, row: Received) -> None:
        """Handle one update and send what comes of it. Raises whatever went wrong."""
        async with self._slots:  # those that wait are not read yet: an Update takes twenty times the room of its JSON
            reply = await self._replied(row)
        if reply is None:
            return
        if self.on_decided:
            await self.on_decided(row)
        await self._show(*reply)

    async def _replied(self, row: Received) -> tuple[Call, _Way, Reply] | None:
        case = self._cases[row.update_id] = _Case(row)
        try:
            await self._application.process_update(Update.de_json(json.loads(row.payload), self._application.bot))
        finally:
            del self._cases[row.update_id]
        if case.error is not None:
            raise case.error
        return case.reply

    async def give_up(self, row: Received, error: Exception) -> None:
        """The update is set aside: the person hears that something went wrong, the owners hear of it once."""
        try:
            await self._apologise(row)
        except Exception as failure:  # it may be the update itself that cannot be read
            log.warning("no word to the sender of update %d (%s)", row.update_id, type(failure).__name__)
        for owner in self._owners:
            try:
                await self._chat.send(owner, set_aside(row.update_id, trace(error)))
            except ChatError as failure:
                log.warning("owner %d was not told of update %d (%s)", owner, row.update_id, type(failure).__name__)

    async def _apologise(self, row: Received) -> None:
        update = Update.de_json(json.loads(row.payload), self._application.bot)
        if update.callback_query or (update.message and concerns_us(update.message, self._application.bot.id)):
            call = self._call(update, "", row.received_at)
            await self._show(call, _way(update, call), await self._desk.trouble(call))

    def _add_handlers(self) -> None:
        add, new = self._application.add_handler, filters.UpdateType.MESSAGE
        add(CallbackQueryHandler(self._press))
        add(MessageHandler(new & filters.TEXT & ~filters.COMMAND, self._text))
        for command in COMMANDS:
            add(CommandHandler(command.name, self._command(command.name), filters=new & ~filters.FORWARDED))
        add(MessageHandler(new & filters.COMMAND, self._other_command))
        add(MessageHandler(filters.StatusUpdate.MIGRATE, self._migrated))
        add(MessageHandler(new & ~filters.TEXT & ~filters.StatusUpdate.ALL, self._unreadable))
        add(MessageHandler(filters.UpdateType.EDITED_MESSAGE, self._edited))
        add(ChatMemberHandler(self._member, ChatMemberHandler.MY_CHAT_MEMBER))
        self._application.add_error_handler(self._error)

    def _command(self, name: str) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
        async def run(update: Update, context: Context) -> None:
            message = update.message
            if message and message.from_user and not message.from_user.is_bot and (found := command_of(message, context.bot.username)):
                await self._answer(update, found[1], lambda call: self._desk.command(name, call))

        return run

    async def _other_command(self, update: Update, context: Context) -> None:
        """A command that is not in the table: in private an error of somebody's, in a group another bot's business."""
        message = update.message
        if message is None or message.from_user is None or message.from_user.is_bot or is_forwarded(message):
            return
        found = command_of(message, context.bot.username)
        named = f"@{context.bot.username}".lower() in (message.text or "").split(maxsplit=1)[0].lower()
        if found and found[0] and (message.chat.type == ChatType.PRIVATE or named):
            name = found[0]
            await self._answer(update, found[1], lambda call: self._desk.unknown(call, name))

    async def _text(self, update: Update, context: Context) -> None:
        if update.message and concerns_us(update.message, context.bot.id):
            await self._answer(update, update.message.text or "", self._desk.text)

    async def _unreadable(self, update: Update, context: Context) -> None:
        if update.message and concerns_us(update.message, context.bot.id):
            await self._answer(update, "", self._desk.unreadable)

    async def _edited(self, update: Update, context: Context) -> None:
        if update.edited_message and concerns_us(update.edited_message, context.bot.id):
            await self._answer(update, update.edited_message.text or "", self._desk.edited)

    async def _press(self, update: Update, context: Context) -> None:
        if update.callback_query and not update.callback_query.from_user.is_bot and update.effective_chat:
            await self._answer(update, update.callback_query.data or "", self._desk.press)
        elif update.callback_query:
            await self._chat.toast(update.callback_query.id)

    async def _member(self, update: Update, context: Context) -> None:
        change = update.my_chat_member
        if change and change.chat.type == ChatType.PRIVATE and change.new_chat_member.status == ChatMemberStatus.BANNED:
            log.info("learner %d blocked the bot", change.chat.id)
            await self._desk.gone(change.chat.id)

    async def _migrated(self, update: Update, context: Context) -> None:
        message = update.message
        if message and message.migrate_to_chat_id:
            await self._moved_once(message.chat.id, message.migrate_to_chat_id)
        elif message and message.migrate_from_chat_id:
            await self._moved_once(message.migrate_from_chat_id, message.chat.id)

    async def _moved_once(self, old: int, new: int) -> None:
        """A move is told in the old group, in the new one and on sending; the desk hears it once."""
        if old in self._has_moved:
            return
        self._has_moved.add(old)
        try:
            await self._desk.moved(old, new)
        except BaseException:
            self._has_moved.discard(old)
            raise
        log.info("group %d is now %d", old, new)

    async def _answer(self, update: Update, text: str, ask: Asked) -> None:
        """Take the call to the desk and note the reply, unless the person sends more than anybody types."""
        case = self._cases[update.update_id]
        call = self._call(update, text, case.row.received_at)
        flow = self._floods.flow(call.learner_id, call.at) if not case.row.error else Flow.HANDLE
        if flow is Flow.DROP:
            log.warning("update %d of %d dropped: flood", update.update_id, call.learner_id)
        if flow is Flow.SAY:
            log.warning("update %d of %d dropped: flood, the sender is told", update.update_id, call.learner_id)
            ask = self._desk.flooded
        case.reply = call, _way(update, call), Reply() if flow is Flow.DROP else await ask(call)

    def _call(self, update: Update, text: str, received_at: datetime) -> Call:
        user, chat = update.effective_user, update.effective_chat
        if user is None or chat is None:
            raise ValueError("an update without sender or chat")
        return call_of(update, update.effective_message, user, chat, text, min(received_at, self._clock()))

    async def _show(self, call: Call, way: _Way, reply: Reply) -> None:
        if way.query_id:
            await self._chat.toast(way.query_id, reply.toast)
        try:
            await self._show_at(way.place, way.pressed, reply)
        except ChatGone:
            log.info("chat %d is gone", call.chat_id)
            if call.private:
                await self._desk.gone(call.learner_id)

    async def _show_at(self, place: Place, pressed: int | None, reply: Reply) -> None:
        messages = list(reply.messages)
        if reply.edit and pressed is not None:
            await self._chat.edit(place, pressed, reply.edit)
        elif reply.edit:
            messages.insert(0, reply.edit)
        elif reply.buttons_gone and pressed is not None:
            await self._chat.buttons_gone(place.chat_id, pressed)
        for message in messages:
            await self._chat.reply(place, message)

    async def _error(self, update: object, context: Context) -> None:
        """The one error handler: leaves the error with the update in hand; the Intake logs it, counts it, tries again."""
        case = self._cases.get(update.update_id) if isinstance(update, Update) else None
        if case is not None and isinstance(context.error, Exception):
            case.error = context.error
        elif context.error is not None:
            log.error("an error outside any update: %s", trace(context.error))


def _way(update: Update, call: Call) -> _Way:
    message, query = update.effective_message, update.callback_query
    place = place_of(message, message.chat) if message else Place(call.chat_id)
    pressed = query.message.message_id if query and isinstance(query.message, Message) else None
    return _Way(place, query.id if query else "", pressed)
