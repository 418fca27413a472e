"""What Telegram insists on: parameters by method, markup, lengths, keyboards, rates."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import tdjson

ID, WHOLE, TEXT, FLAG, OBJECT, LIST, FILE = (int, str), (int,), (str,), (bool,), (dict,), (list,), (bytes, str)
_SENDING = {
    "chat_id": ID,
    "message_thread_id": WHOLE,
    "disable_notification": FLAG,
    "reply_parameters": OBJECT,
    "reply_markup": OBJECT,
}
_WORDS = {"parse_mode": TEXT, "entities": LIST, "link_preview_options": OBJECT}

# Method -> (parameters that must be there, those that may be there). Telegram ignores unknown ones; here they are mistakes.
METHODS: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "getMe": ({}, {}),
    "getUpdates": ({}, {"offset": WHOLE, "limit": WHOLE, "timeout": WHOLE, "allowed_updates": LIST}),
    "deleteWebhook": ({}, {"drop_pending_updates": FLAG}),
    "setMyCommands": ({"commands": LIST}, {"scope": OBJECT, "language_code": TEXT}),
    "getChat": ({"chat_id": ID}, {}),
    "getChatMember": ({"chat_id": ID, "user_id": WHOLE}, {}),
    "sendMessage": ({"chat_id": ID, "text": TEXT}, {**_SENDING, **_WORDS}),
    "editMessageText": ({"text": TEXT}, {"chat_id": ID, "message_id": WHOLE, "reply_markup": OBJECT, **_WORDS}),
    "editMessageReplyMarkup": ({}, {"chat_id": ID, "message_id": WHOLE, "reply_markup": OBJECT}),
    "sendDocument": ({"chat_id": ID, "document": FILE}, {**_SENDING, "caption": TEXT, "parse_mode": TEXT}),
    "sendPhoto": ({"chat_id": ID, "photo": FILE}, {**_SENDING, "caption": TEXT, "parse_mode": TEXT}),
    "sendPoll": (
        {"chat_id": ID, "question": TEXT, "options": LIST},
        {**_SENDING, "type": TEXT, "is_anonymous": FLAG, "correct_option_ids": LIST, "explanation": TEXT, "explanation_parse_mode": TEXT},
    ),
    "setMessageReaction": ({"chat_id": ID, "message_id": WHOLE}, {"reaction": LIST, "is_big": FLAG}),
    "answerCallbackQuery": ({"callback_query_id": TEXT}, {"text": TEXT, "show_alert": FLAG, "url": TEXT, "cache_time": WHOLE}),
}
SENDS = ("sendMessage", "sendDocument", "sendPhoto", "sendPoll")


class Refusal(Exception):
    """The request is answered with this status, description and parameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


def bad(description: str) -> Refusal:
    """A 400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {description}")


def check(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with values of their proper types. Raises ``Refusal`` for what is missing, unknown or mistyped."""
    if method not in METHODS:
        raise Refusal(404, "Not Found")
    required, optional = METHODS[method]
    known = {**required, **optional}
    if missing := required.keys() - given.keys():
        raise bad(f"parameter {sorted(missing)} is missing")
    if unknown := given.keys() - known.keys():
        raise bad(f"unknown parameter {sorted(unknown)}")
    return {name: _typed(name, value, known[name]) for name, value in given.items()}


def _typed(name: str, value: Any, types: tuple[type, ...]) -> Any:
    if isinstance(value, str) and str not in types:  # forms carry everything as text
        try:
            value = json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name}") from None
    if types is ID and isinstance(value, str) and value.lstrip("-").isdecimal():
        value = int(value)
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise bad(f"parameter {name} has the wrong type")
    return value


def parsed(text: str, mode: str | None) -> tuple[str, list[dict[str, Any]]]:
    """The text and entities as Telegram's own parser reads them, trimmed. Raises ``Refusal`` as Telegram does."""
    if mode is None:
        return checked_text(text), []
    if mode != "HTML":
        raise bad("unsupported parse_mode")
    answer = json.loads(tdjson.td_execute(json.dumps(_PARSE | {"text": text}).encode()) or b"")
    if answer["@type"] == "error":
        raise bad(answer["message"].lower())
    plain = answer["text"]
    entities = [_entity(entity) for entity in answer["entities"]]
    if len(entities) > 100:
        raise bad("too many entities (Telegram would silently drop some)")
    return checked_text(plain), entities


_PARSE = {"@type": "parseTextEntities", "parse_mode": {"@type": "textParseModeHTML"}}
tdjson.td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')


def _entity(entity: Mapping[str, Any]) -> dict[str, Any]:
    kind = entity["type"]["@type"].removeprefix("textEntityType")
    return {"type": kind, "offset": entity["offset"], "length": entity["length"], "language": entity["type"].get("language", "")}


def checked_text(text: str) -> str:
    """The text when it is neither empty nor too long."""
    if not text.strip():
        raise bad("message text is empty")
    if len(text) > 4096:
        raise bad("message is too long")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise bad("message is too long in UTF-16 units (which may or may not be Telegram's count)")
    return text


def check_keyboard(markup: Mapping[str, Any] | None) -> None:
    """Raises ``Refusal`` for buttons that Telegram would not take."""
    for row in (markup or {}).get("inline_keyboard", ()):
        if not row or len(row) > 8:
            raise bad("inline keyboard row is empty or too wide")
        for button in row:
            kinds = button.keys() & {"callback_data", "url"}
            if not button.get("text") or len(kinds) != 1:
                raise bad("text buttons are unallowed in the inline keyboard")
            if "callback_data" in kinds and not 1 <= len(button["callback_data"].encode()) <= 64:
                raise bad("BUTTON_DATA_INVALID")
            if "url" in kinds and not re.match(r"(https?|tg)://\S+$", button["url"]):
                raise bad(f"inline keyboard button URL '{button['url']}' is invalid")


def check_commands(commands: list[Mapping[str, str]]) -> None:
    """Raises ``Refusal`` for a menu that Telegram would not take."""
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


@dataclass
class Limits:
    """The rates: 30 a second over all, one a second in a private chat after a burst of five, 20 a minute in a group."""

    all: deque[float] = field(default_factory=deque)
    chats: dict[int, deque[float]] = field(default_factory=dict)

    def check(self, chat_id: int, now: float) -> None:
        """Count a message. Raises ``Refusal`` (429) for one too many."""
        most, within = (20, 60.0) if chat_id < 0 else (8, 4.0)
        chat = self.chats.setdefault(chat_id, deque())
        self._count(self.all, 30, 1.0, now)
        self._count(chat, most, within, now)
        self.all.append(now)
        chat.append(now)

    @staticmethod
    def _count(times: deque[float], most: int, within: float, now: float) -> None:
        while times and now - times[0] >= within:
            times.popleft()
        if len(times) >= most:
            wait = max(1, round(within - (now - times[0]) + 0.5))
            raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
