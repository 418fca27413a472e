"""Chat over the Bot API: sends, edits and answers at Telegram's pace, and names what went wrong in four errors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.adapters.back_off import BackOff
from bot.adapters.pacing import Pacer
from bot.adapters.telegram_html import clean, render
from bot.adapters.telegram_http import NeverLeft, Parameters, ServerTrouble
from bot.app.message import Button, Message
from bot.app.ports import ChatBusy, ChatError, ChatGone, ChatRefused, ChatUnsure

log = logging.getLogger(__name__)

MOST_ACTION_BYTES = 64
MOST_TOAST = 200
PUSH_TRIES = 4  # the outbox tries again later
REPLY_TRIES = 8  # a minute of back-off and more of time-outs; the Intake begins again after that
LATER = 30.0  # seconds until a push is tried again after the connection failed

_NO_PREVIEW = {"is_disabled": True}
Json = Mapping[str, object]
Markup = dict[str, object]
Leaving = Callable[[], Awaitable[None]]
_GONE = (
    "chat not found",
    "user is deactivated",
    "group chat was deactivated",
    "bot was kicked",
    "bot was blocked",
    "bot is not a member",
    "peer_id_invalid",
    "chat_write_forbidden",
    "not enough rights to send",
    "have no rights to send",
)
_ALREADY_SO = ("message is not modified",)
_NOT_EDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid", "there is no text in the message")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: the chat, its topic, and the message that it answers."""

    chat_id: int
    topic: int | None = None
    reply_to: int | None = None


async def _at_ease() -> None:
    """Nobody needs to know that a request leaves."""


def chat_error(error: TelegramError) -> ChatError:
    """What the failure of a single request means for the message."""
    match error:
        case RetryAfter():
            wait = error.retry_after
            return ChatBusy(wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
        case Forbidden():
            return ChatGone(error.message)
        case BadRequest():  # before NetworkError, its parent
            return ChatGone(error.message) if _says(error, _GONE) else ChatRefused(error.message)
        case NeverLeft() | ServerTrouble() | InvalidToken():  # a token that is refused stops the polling with its sentence
            return ChatBusy(LATER)
        case TimedOut():
            return ChatUnsure(error.message)
        case _:
            return ChatRefused(error.message)


class TelegramChat:
    """Delivers messages. ``send`` is for pushes and gives up soon; ``reply`` is for people who wait and does not.

    ``on_moved`` is told once of every group that became a supergroup (old id, new id) when Telegram says so on sending.
    """

    def __init__(self, bot: Bot, pacer: Pacer, back_off: BackOff) -> None:
        self._bot = bot
        self._pacer = pacer
        self._back_off = back_off
        self.on_moved: Callable[[int, int], Awaitable[None]] | None = None

    async def send(self, chat_id: int, message: Message, leaving: Leaving | None = None) -> None:
        """Deliver a message that nobody waits for, or raise one of the four chat errors. ``leaving``: see ``Chat``."""
        await self._deliver(Place(chat_id), message, leaving or _at_ease, urgent=False)

    async def reply(self, place: Place, message: Message) -> None:
        """Deliver a message somebody waits for: waits out 429s and outages, sends again where it may not have arrived."""
        await self._deliver(place, message, _at_ease, urgent=True)

    async def edit(self, place: Place, message_id: int, message: Message) -> None:
        """Replace a message of ours; where it can no longer be edited, the new one is sent instead."""
        first, *rest = _split(message)
        if message.attachment or rest or not first:
            await self._take_buttons(place.chat_id, message_id)
            await self.reply(place, message)
            return

        async def change() -> None:
            await self._call("editMessageText", {**_text(place, first, keyboard(message)), "message_id": message_id})

        try:
            await self._try(place.chat_id, change, urgent=True)
        except ChatMigrated as moved:
            await self.reply(await self._moved(place, moved), message)
        except ChatRefused as refusal:
            if _says(refusal, _NOT_EDITABLE):
                await self.reply(place, message)
            elif not _says(refusal, _ALREADY_SO):
                raise

    async def buttons_gone(self, chat_id: int, message_id: int) -> None:
        """Take the buttons off a message of ours; one that has none, or is no more, is fine."""
        await self._take_buttons(chat_id, message_id)

    async def toast(self, query_id: str, text: str = "") -> None:
        """Answer a pressed button. A query that is too old or was answered before is no error."""
        try:
            shown = {"text": clean(text)[:MOST_TOAST]} if text else {}
            await self._call("answerCallbackQuery", {"callback_query_id": query_id, **shown})
        except TelegramError as error:
            log.info("callback query not answered: %s", type(error).__name__)

    async def _take_buttons(self, chat_id: int, message_id: int) -> None:
        async def change() -> None:
            await self._call("editMessageReplyMarkup", {"chat_id": chat_id, "message_id": message_id})

        try:
            await self._try(chat_id, change, urgent=True)
        except (ChatRefused, ChatMigrated) as refusal:
            log.info("buttons stay: %s", refusal)

    async def _deliver(self, place: Place, message: Message, leaving: Leaving, *, urgent: bool) -> None:
        parts = _split(message)
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            markup = (keyboard(message) or _invitation(place, message)) if last else None
            patient = urgent or number > 0  # half a message is out: finish it rather than begin again
            place = await self._send_part(place, message if last else None, part, markup, leaving, urgent=patient)

    async def _send_part(
        self, place: Place, whole: Message | None, part: str, markup: Markup | None, leaving: Leaving, *, urgent: bool
    ) -> Place:
        """Send one part and return where the next one goes (a group may have moved)."""
        attachment = whole.attachment if whole else None

        async def text() -> None:
            await leaving()
            await self._call("sendMessage", {**_text(place, part, markup), **_where(place)})

        async def document() -> None:
            assert attachment  # noqa: S101 - for the type checker
            await leaving()
            await self._bot.send_document(
                place.chat_id,
                attachment.content,
                filename=attachment.filename,
                message_thread_id=place.topic,
                api_kwargs={"reply_markup": markup} if markup and not part else None,
            )

        try:
            if part:
                await self._try(place.chat_id, text, urgent=urgent)
            if attachment:
                await self._try(place.chat_id, document, urgent=urgent)
        except ChatMigrated as moved:
            there = await self._moved(place, moved)
            return await self._send_part(there, whole, part, markup, leaving, urgent=urgent)
        return place

    async def _moved(self, place: Place, moved: ChatMigrated) -> Place:
        if place.chat_id == moved.new_chat_id:
            raise ChatRefused("the group moved to itself") from None
        if self.on_moved:
            await self.on_moved(place.chat_id, moved.new_chat_id)
        return replace(place, chat_id=moved.new_chat_id, reply_to=None)

    async def _call(self, method: str, parameters: Json) -> None:
        """A call without python-telegram-bot's objects around it: building and reading those costs more than the call."""
        await self._bot.request.post(f"{self._bot.base_url}/{method}", Parameters(parameters).as_request_data())

    async def _try(self, chat_id: int, request: Callable[[], Awaitable[None]], *, urgent: bool) -> None:
        """Make one request in its turn, again while that makes sense, and raise what it came to in the end."""
        failures = 0
        while True:
            await self._pacer.turn(chat_id, urgent=urgent)
            try:
                return await request()
            except ChatMigrated:
                raise
            except TelegramError as error:
                failures += 1
                meaning = chat_error(error)
                if isinstance(error, RetryAfter) and isinstance(meaning, ChatBusy):
                    self._pacer.told_to_wait(chat_id, meaning.retry_after)
                if not _worth_a_try(error, failures, urgent=urgent):
                    raise meaning from None
                log.info("send to %d failed (%s), try %d follows", chat_id, type(error).__name__, failures + 1)
                if not isinstance(error, RetryAfter):
                    await asyncio.sleep(self._back_off(failures))


def _worth_a_try(error: TelegramError, failures: int, *, urgent: bool) -> bool:
    match error:
        case RetryAfter():
            return urgent
        case NeverLeft():
            return urgent or failures < PUSH_TRIES
        case ServerTrouble():
            return failures < (REPLY_TRIES if urgent else PUSH_TRIES)
        case BadRequest():
            return False
        case TimedOut():
            return urgent and failures < REPLY_TRIES
        case _:
            return False


def _says(error: Exception, sentences: tuple[str, ...]) -> bool:
    text = str(error).lower()
    return any(sentence in text for sentence in sentences)


def _split(message: Message) -> list[str]:
    parts = render(message)
    if not parts and not message.attachment:
        raise ChatRefused("the message has no visible text")
    return parts or [""]


def keyboard(message: Message) -> Markup | None:
    """The buttons of a message. Raises ``ChatRefused`` for an action that Telegram would not carry."""
    rows = [[_button(button) for button in row] for row in message.buttons if row]
    return {"inline_keyboard": rows} if rows else None


def _button(button: Button) -> dict[str, str]:
    if button.url:
        return {"text": clean(button.label), "url": button.url}
    if not 1 <= len(button.action.encode()) <= MOST_ACTION_BYTES:
        raise ChatRefused(f"the action of a button must have 1 to {MOST_ACTION_BYTES} bytes: {button.action[:20]}")
    return {"text": clean(button.label), "callback_data": button.action}


def _invitation(place: Place, message: Message) -> Markup | None:
    """In groups a reply must name the bot's message, also in privacy mode; the client prepares one."""
    return {"force_reply": True, "selective": place.reply_to is not None} if message.ask_reply and place.chat_id < 0 else None


def _text(place: Place, part: str, markup: Markup | None) -> Json:
    fixed = {"chat_id": place.chat_id, "text": part, "parse_mode": "HTML", "link_preview_options": _NO_PREVIEW}
    return {**fixed, "reply_markup": markup} if markup else fixed


def _where(place: Place) -> Json:
    where: dict[str, object] = {}
    if place.topic is not None:
        where["message_thread_id"] = place.topic
    if place.reply_to is not None:
        where["reply_parameters"] = {"message_id": place.reply_to, "allow_sending_without_reply": True}
    return where
