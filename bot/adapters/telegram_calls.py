"""Reading an Update: who said what where, as a Call, and which updates concern the coach at all."""

from __future__ import annotations

import re
from datetime import datetime

from telegram import Chat, Message, MessageEntity, Update, User
from telegram.constants import ChatType

from bot.adapters.telegram_chat import Place
from bot.app.call import Call

_ON_ASK = re.compile(r"(?:hint|skip|show):(\d{1,18})(?::|$)")


def call_of(update: Update, message: Message | None, user: User, chat: Chat, text: str, now: datetime) -> Call:
    """The call that an update makes. It was said when Telegram says so, but never later than ``now``.

    ``now`` should be when the update was received: a pressed button carries no time of its own.
    """
    typed = message if message and not update.callback_query else None
    return Call(
        learner_id=user.id,
        name=user.first_name,
        chat_id=chat.id,
        at=min(typed.date, now) if typed else now,
        text=text,
        private=chat.type == ChatType.PRIVATE,
        update_id=update.update_id,
        ask_id=ask_of(typed.reply_to_message) if typed else None,
        chat_title=chat.title or "",
        came_at=now,
    )


def place_of(message: Message | None, chat: Chat) -> Place:
    """Where the answer to this message goes: its topic, and in a group as a reply to it."""
    if message is None or chat.type == ChatType.PRIVATE:
        return Place(chat.id)
    topic = message.message_thread_id if message.is_topic_message else None
    by_bot = message.from_user is not None and message.from_user.is_bot  # the message under a pressed button
    return Place(chat.id, topic, None if by_bot else message.message_id)


def ask_of(replied_to: Message | None) -> int | None:
    """The ask that a message of ours is about, read off its buttons; ``None`` when it says nothing of one."""
    if replied_to is None or replied_to.reply_markup is None:
        return None
    for row in replied_to.reply_markup.inline_keyboard:
        for button in row:
            if isinstance(button.callback_data, str) and (match := _ON_ASK.match(button.callback_data)):
                return int(match[1])
    return None


def command_of(message: Message, username: str) -> tuple[str, str] | None:
    """The command that a message begins with (lower case, no slash) and what follows it.

    ``None`` when it begins with none; the name is empty when the command is meant for another bot.
    """
    entities, text = message.entities, message.text or ""
    if not entities or entities[0].type != MessageEntity.BOT_COMMAND or entities[0].offset != 0:
        return None
    name, _, bot = text[1 : entities[0].length].partition("@")
    rest = text[entities[0].length :].strip()
    return (name.lower(), rest) if not bot or bot.lower() == username.lower() else ("", rest)


def is_forwarded(message: Message) -> bool:
    """Whether somebody passed on what was said elsewhere."""
    return message.forward_origin is not None


def concerns_us(message: Message, bot_id: int) -> bool:
    """Whether a message that is no command is meant for the coach: all in private, in groups replies to it only."""
    if message.from_user is None or message.from_user.is_bot:
        return False
    if message.chat.type == ChatType.PRIVATE:
        return True
    replied = message.reply_to_message
    return replied is not None and replied.from_user is not None and replied.from_user.id == bot_id
