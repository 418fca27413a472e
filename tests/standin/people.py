"""People and groups of the stand-in: what they say and tap goes to the bot, what the bot answers can be waited for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.standin.server import StandIn

PATIENCE = 10.0  # seconds that a test waits for something that should come at once


@dataclass
class Seen:
    """A message of the bot as it stands in a chat."""

    message_id: int
    chat_id: int
    text: str
    entities: list[dict[str, Any]] = field(default_factory=list)
    markup: dict[str, Any] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    document: bytes = b""

    @property
    def buttons(self) -> dict[str, str]:
        """Labels with their actions (or addresses)."""
        rows = (self.markup or {}).get("inline_keyboard", ())
        return {button["text"]: button.get("callback_data") or button["url"] for row in rows for button in row}

    def styled(self, kind: str) -> list[str]:
        """The stretches of text in that style (``Bold``, ``Code``, ``ExpandableBlockQuote``, ...)."""
        raw = self.text.encode("utf-16-le")
        spans = [(e["offset"] * 2, (e["offset"] + e["length"]) * 2) for e in self.entities if e["type"] == kind]
        return [raw[start:end].decode("utf-16-le") for start, end in spans]


@dataclass
class Room:
    """A chat: its messages, and queues of what the bot did in it."""

    id: int
    kind: str
    title: str = ""
    open: bool = False
    blocked: bool = False
    moved_to: int | None = None
    messages: dict[int, Any] = field(default_factory=dict)
    said: asyncio.Queue[Seen] = field(default_factory=asyncio.Queue)
    edited: asyncio.Queue[Seen] = field(default_factory=asyncio.Queue)
    toasts: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    def as_json(self) -> dict[str, Any]:
        """The chat as the Bot API shows it."""
        return {"id": self.id, "type": self.kind, **({"title": self.title} if self.title else {"first_name": "x"})}


async def soon(queue: asyncio.Queue[Any]) -> Any:
    """The next thing out of the queue; a test fails when nothing comes."""
    async with asyncio.timeout(PATIENCE):
        return await queue.get()


@dataclass
class Group:
    """A group chat with the bot in it."""

    standin: StandIn
    room: Room

    async def reply(self) -> Seen:
        """The bot's next message in the group."""
        seen: Seen = await soon(self.room.said)
        return seen

    def becomes_supergroup(self, new_id: int, *, told: bool = True) -> Group:
        """The group gets a new id; ``told``: the service messages in both chats are delivered."""
        new = self.standin.group(new_id, self.room.title, kind="supergroup")
        self.room.moved_to = new_id
        if told:
            service = {"from": None, "date": self.standin.now()}
            self.standin.deliver(message={**service, "message_id": 1, "chat": self.room.as_json(), "migrate_to_chat_id": new_id})
            self.standin.deliver(message={**service, "message_id": 2, "chat": new.room.as_json(), "migrate_from_chat_id": self.room.id})
        return new


@dataclass
class User:
    """A person with a private chat. Without ``group``, what they do happens there."""

    standin: StandIn
    id: int
    name: str
    room: Room

    def as_json(self) -> dict[str, Any]:
        """The user as the Bot API shows them."""
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": "en"}

    def say(self, text: str, *, group: Group | None = None, reply_to: Seen | None = None, **extra: Any) -> int:
        """Type a message; returns its update id."""
        if text.startswith("/"):
            extra["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return self.send(group=group, reply_to=reply_to, text=text, **extra)

    def send(self, *, group: Group | None = None, reply_to: Seen | None = None, **content: Any) -> int:
        """Send a message with any content (``sticker=...``); returns its update id."""
        room = group.room if group else self.room
        room.open = True
        message = self._message(room, **content)
        if reply_to:
            message["reply_to_message"] = self.standin.as_message(room, reply_to)
        room.messages[message["message_id"]] = message
        return self.standin.deliver(message=message)

    def edit(self, text: str, message_id: int = 1) -> int:
        """Change the text of a message sent before."""
        return self.standin.deliver(edited_message=self._message(self.room, text=text, message_id=message_id, edit_date=self.standin.now()))

    def press(self, label: str, *, on: Seen | None = None, group: Group | None = None) -> str:
        """Tap the button with this label (its beginning) in the newest message that has it; returns the query's id."""
        room = group.room if group else self.room
        shown = [on] if on else [seen for seen in reversed(list(room.messages.values())) if isinstance(seen, Seen)]
        for seen in shown:
            for text, action in seen.buttons.items():
                if text.startswith(label):
                    return self.tap(action, seen, room)
        raise AssertionError(f"no button {label!r} among {[list(seen.buttons) for seen in shown]}")

    def tap(self, action: str, on: Seen, room: Room | None = None) -> str:
        """Send a callback query with any data, as a forged client could not but an old message can."""
        query_id = self.standin.new_query(room or self.room)
        message = self.standin.as_message(room or self.room, on)
        query = {"id": query_id, "from": self.as_json(), "chat_instance": "1", "data": action, "message": message}
        self.standin.deliver(callback_query=query)
        return query_id

    def block(self) -> int:
        """Block the bot."""
        self.room.blocked = True
        states = [{"user": self.standin.bot, "status": "member"}, {"user": self.standin.bot, "status": "kicked", "until_date": 0}]
        change = {"chat": self.room.as_json(), "from": self.as_json(), "date": self.standin.now()}
        return self.standin.deliver(my_chat_member={**change, "old_chat_member": states[0], "new_chat_member": states[1]})

    async def reply(self) -> Seen:
        """The bot's next message here."""
        seen: Seen = await soon(self.room.said)
        return seen

    async def edited(self) -> Seen:
        """The next message that the bot edited here, as it reads now."""
        seen: Seen = await soon(self.room.edited)
        return seen

    async def toast(self) -> str:
        """The bot's next answer to a tap."""
        text: str = await soon(self.room.toasts)
        return text

    def _message(self, room: Room, **content: Any) -> dict[str, Any]:
        fixed = {"message_id": self.standin.new_message_id(), "date": self.standin.now(), "chat": room.as_json(), "from": self.as_json()}
        return {**fixed, **content}
