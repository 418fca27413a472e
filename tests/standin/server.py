"""The stand-in's server: getUpdates with confirmation by offset, sending, editing, and faults on demand."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.standin.people import PATIENCE, Group, Room, Seen, User
from tests.standin.rules import SENDS, Limits, Refusal, bad, check, check_commands, check_keyboard, parsed

TOKEN = "123456789:" + "AbCdEfGhIjKlMnOpQrStUvWxYz-_0123456"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Coach", "username": "coach_test_bot"}

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass
class Fault:
    """What goes wrong with the next requests: ``drop before``, ``drop after``, ``hang after`` (carried out, never answered),
    ``bad json`` (carried out), or a ``Refusal``."""

    what: str | Refusal
    times: int = 1
    chat_id: int | None = None
    skip: int = 0


@dataclass
class StandIn:
    """The Bot API for one bot. ``limits`` turns the rates on; ``quick`` leaves out the checks of markup, for measuring."""

    clock: Callable[[], datetime]
    limits: bool = False
    quick: bool = False
    latency: float = 0.0
    token: str = TOKEN
    bot: dict[str, Any] = field(default_factory=lambda: dict(BOT))
    rooms: dict[int, Room] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    menus: dict[str, list[str]] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._faults: dict[str, list[Fault]] = {}
        self._update_ids, self._message_ids, self._query_ids = itertools.count(1000), itertools.count(10), itertools.count(1)
        self._queries: dict[str, Room] = {}
        self._news = asyncio.Event()
        self._arrived = asyncio.Condition()
        self._requests: Counter[str] = Counter()
        self._poll = 0
        self._rates = Limits()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self, port: int = 0) -> StandIn:
        """Listen on 127.0.0.1; ``url`` is the root afterwards."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._closing.clear()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aenter__(self) -> StandIn:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Close the server; what it knows stays, so that it can be started again."""
        self._closing.set()
        self._news.set()
        if self._runner:
            await self._runner.cleanup()

    # --- for tests

    def user(self, user_id: int, name: str = "Ada", *, started: bool = False) -> User:
        """A person; ``started``: has talked to the bot before."""
        room = self.rooms.setdefault(user_id, Room(user_id, "private", open=started))
        return User(self, user_id, name, room)

    def group(self, chat_id: int, title: str = "Friends", kind: str = "group") -> Group:
        """A group that the bot is in; ids of groups are negative."""
        room = self.rooms.setdefault(chat_id, Room(chat_id, kind, title, open=True))
        return Group(self, room)

    def fault(self, method: str, what: str | Refusal, times: int = 1, chat_id: int | None = None, skip: int = 0) -> None:
        """Let the next ``times`` requests of a method (after ``skip`` good ones, and to one chat if given) go wrong."""
        self._faults.setdefault(method, []).append(Fault(what, times, chat_id, skip))

    def called(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every request of that method that was carried out, in order."""
        return [params for name, params in self.calls if name == method]

    async def requested(self, method: str, more: int = 1, since: int = 0) -> None:
        """Wait until that many requests of a method have arrived after the first ``since``, whatever became of them."""
        async with asyncio.timeout(PATIENCE), self._arrived:
            await self._arrived.wait_for(lambda: self._requests[method] >= since + more)

    def requests(self, method: str) -> int:
        """How many requests of a method have arrived."""
        return self._requests[method]

    def deliver(self, **content: Any) -> int:
        """Queue an update for the bot."""
        update = {"update_id": next(self._update_ids), **content}
        self.updates.append(update)
        self._news.set()
        return int(update["update_id"])

    def again(self, update: Mapping[str, Any]) -> None:
        """Deliver an update a second time, under the same id."""
        self.updates.append(dict(update))
        self._news.set()

    def now(self) -> int:
        """The time in Unix seconds."""
        return int(self.clock().timestamp())

    def new_message_id(self) -> int:
        """The id of the next message."""
        return next(self._message_ids)

    def new_query(self, room: Room) -> str:
        """The id of a new callback query of that chat."""
        query_id = str(next(self._query_ids))
        self._queries[query_id] = room
        return query_id

    def as_message(self, room: Room, seen: Seen) -> dict[str, Any]:
        """A message of the bot as the Bot API shows it."""
        message = {"message_id": seen.message_id, "date": self.now(), "chat": room.as_json(), "from": self.bot, "text": seen.text}
        return {**message, **({"reply_markup": seen.markup} if seen.markup and "inline_keyboard" in seen.markup else {})}

    # --- requests

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            params = check(method, await _parameters(request))
            result = await self._faulty(request, method, params)
            body, status = {"ok": True, "result": result}, 200
        except Refusal as refusal:
            body, status = {"ok": False, "error_code": refusal.status, "description": refusal.description}, refusal.status
            if refusal.parameters:
                body["parameters"] = refusal.parameters
        self.statuses[method, status] += 1
        return web.json_response(body, status=status)

    async def _faulty(self, request: web.Request, method: str, params: dict[str, Any]) -> Any:
        self._requests[method] += 1
        if not self.quick or self._requests[method] == 1:
            async with self._arrived:
                self._arrived.notify_all()
        fault = self._next_fault(method, params)
        if isinstance(fault, Refusal):
            raise fault
        if fault == "drop before":
            return self._drop(request)
        if self.latency:
            await asyncio.sleep(self.latency)
        result = await self._carry_out(method, params)
        if fault == "drop after":
            return self._drop(request)
        if fault == "hang after":
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), 30)
        if fault == "bad json":
            raise web.HTTPOk(text="<html>not JSON</html>")
        return result

    def _next_fault(self, method: str, params: Mapping[str, Any]) -> str | Refusal | None:
        for fault in self._faults.get(method, []):
            if fault.times > 0 and fault.chat_id in (None, params.get("chat_id")):
                if fault.skip > 0:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                return fault.what
        return None

    @staticmethod
    def _drop(request: web.Request) -> None:
        if request.transport:
            request.transport.abort()
        raise web.HTTPBadGateway

    async def _carry_out(self, method: str, params: dict[str, Any]) -> Any:
        if method == "getUpdates":
            return await self._get_updates(params)
        if not self.quick:
            self.calls.append((method, params))
        if method in SENDS:
            return self._send(method, params)
        handlers = {
            "getMe": lambda: self.bot,
            "deleteWebhook": lambda: True,
            "setMyCommands": lambda: self._set_commands(params),
            "getChat": lambda: self._room(params["chat_id"]).as_json(),
            "getChatMember": lambda: {"status": "member", "user": {"id": params["user_id"], "is_bot": False, "first_name": "x"}},
            "editMessageText": lambda: self._edit(params, self._text(params)),
            "editMessageReplyMarkup": lambda: self._edit(params, None),
            "setMessageReaction": lambda: bool(self._room(params["chat_id"])),
            "answerCallbackQuery": lambda: self._toast(params),
        }
        return handlers[method]()

    async def _get_updates(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Confirm what lies before ``offset`` and wait for what comes; a later poll ends this one, as Telegram does."""
        self._poll += 1
        poll = self._poll
        self._news.set()  # an earlier poll that waits notices
        await asyncio.sleep(0)
        offset = params.get("offset", 0)
        self.offsets.append(offset)
        if self.updates and offset > max(update["update_id"] for update in self.updates) + 10:
            offset = 0  # ids begin anew after a quiet week; an offset far in the future confirms nothing
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        with suppress(TimeoutError):
            async with asyncio.timeout(params.get("timeout", 0)):
                while not self.updates and not self._closing.is_set():
                    self._news.clear()
                    await self._news.wait()
                    if poll != self._poll:
                        raise Refusal(409, CONFLICT)
        return sorted(self.updates, key=lambda update: update["update_id"])[: params.get("limit", 100)]

    def _room(self, chat_id: int | str) -> Room:
        room = self.rooms.get(int(chat_id))
        if room is None:
            raise bad("chat not found")
        if room.moved_to:
            raise Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=room.moved_to)
        if room.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if not room.open:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        return room

    def _text(self, params: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        return (params["text"], []) if self.quick else parsed(params["text"], params.get("parse_mode"))

    def _send(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        room = self._room(params["chat_id"])
        text, entities = self._text(params) if method == "sendMessage" else (params.get("caption", params.get("question", "")), [])
        check_keyboard(params.get("reply_markup"))
        if self.limits:
            self._rates.check(room.id, asyncio.get_running_loop().time())
        document = params.get("document", b"")
        seen = Seen(self.new_message_id(), room.id, text, entities, params.get("reply_markup"), params, document)
        if not self.quick:
            room.messages[seen.message_id] = seen
        room.said.put_nowait(seen)
        return self.as_message(room, seen)

    def _edit(self, params: Mapping[str, Any], text: tuple[str, list[dict[str, Any]]] | None) -> dict[str, Any]:
        room = self._room(params["chat_id"])
        seen = room.messages.get(params["message_id"])
        if not isinstance(seen, Seen):
            raise bad("message to edit not found")
        check_keyboard(params.get("reply_markup"))
        new_text, new_entities = text or (seen.text, seen.entities)
        if (new_text, new_entities, params.get("reply_markup")) == (seen.text, seen.entities, seen.markup):
            raise bad(
                "message is not modified: specified new message content and reply markup "
                "are exactly the same as a current content and reply markup of the message"
            )
        seen.text, seen.entities, seen.markup = new_text, new_entities, params.get("reply_markup")
        room.edited.put_nowait(seen)
        return self.as_message(room, seen)

    def _toast(self, params: Mapping[str, Any]) -> bool:
        room = self._queries.pop(params["callback_query_id"], None)
        if room is None:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(params.get("text", "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        room.toasts.put_nowait(params.get("text", ""))
        return True

    def _set_commands(self, params: Mapping[str, Any]) -> bool:
        check_commands(params["commands"])
        scope = params.get("scope", {"type": "default"})
        if scope["type"] == "chat":
            self._room(scope["chat_id"])
        self.menus[f"{scope['type']}{scope.get('chat_id', '')}"] = [command["command"] for command in params["commands"]]
        return True


async def _parameters(request: web.Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        return {**given, **json.loads(await request.read())}
    for name, value in (await request.post()).items():
        given[name] = value.file.read() if isinstance(value, web.FileField) else value
    return given
