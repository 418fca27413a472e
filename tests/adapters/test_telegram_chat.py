"""Chat over HTTP: what each fault of Telegram's means for a push and for a reply, and what is sent at all."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from telegram.ext import ExtBot

from bot.adapters.pacing import Pacer
from bot.adapters.telegram_chat import Place, TelegramChat
from bot.adapters.telegram_http import AiohttpRequest, bot_url
from bot.app.message import Attachment, Button, Message, Span
from bot.app.ports import ChatBusy, ChatError, ChatGone, ChatRefused, ChatUnsure
from tests.standin import StandIn, User
from tests.standin.coach import Clock, at_once
from tests.standin.rules import Refusal

HELLO = Message((Span("hello"),), ((Button("Hint", "hint:1"),),))


@dataclass
class Line:
    """A chat adapter connected to the stand-in, and a person at the other end."""

    standin: StandIn
    chat: TelegramChat
    ada: User
    request: AiohttpRequest


@asynccontextmanager
async def connected(*, url: str = "", read_timeout: float = 0.3) -> AsyncIterator[Line]:
    """The adapter alone, without Application; ``url`` puts another server in the stand-in's place."""
    standin = await StandIn(Clock()).start()
    request = AiohttpRequest(read_timeout)
    bot = ExtBot(standin.token, bot_url(url or standin.url), request=request, get_updates_request=AiohttpRequest())
    await request.initialize()
    try:
        yield Line(standin, TelegramChat(bot, Pacer(100_000, chats=False), at_once), standin.user(1, started=True), request)
    finally:
        await request.shutdown()
        await standin.stop()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Refusal(400, "Bad Request: chat not found"), ChatGone),
        (Refusal(400, "Bad Request: PEER_ID_INVALID"), ChatGone),
        (Refusal(403, "Forbidden: bot was blocked by the user"), ChatGone),
        (Refusal(403, "Forbidden: user is deactivated"), ChatGone),
        (Refusal(403, "Forbidden: bot was kicked from the supergroup chat"), ChatGone),
        (Refusal(400, "Bad Request: can't parse entities: unclosed start tag"), ChatRefused),
        (Refusal(413, "Request Entity Too Large"), ChatRefused),
        (Refusal(429, "Too Many Requests: retry after 7", retry_after=7), ChatBusy),
        ("drop after", ChatUnsure),
        ("drop before", ChatUnsure),
        ("hang after", ChatUnsure),
        ("bad json", ChatUnsure),
    ],
)
async def test_a_fault_of_a_push_has_one_of_four_meanings(fault: str | Refusal, error: type[ChatError]) -> None:
    """Every failure is told as one of the four chat errors, after one request and never more."""
    async with connected() as line:
        line.standin.fault("sendMessage", fault)
        with pytest.raises(error) as caught:
            await line.chat.send(1, HELLO)
        assert type(caught.value) is error
        assert line.standin.token not in repr(caught.value)
        assert len(line.standin.called("sendMessage")) <= 1


async def test_a_429_carries_its_seconds() -> None:
    """``retry_after`` reaches the outbox, and holds the chat's next message as well."""
    async with connected() as line:
        line.standin.fault("sendMessage", Refusal(429, "Too Many Requests: retry after 7", retry_after=7))
        with pytest.raises(ChatBusy) as caught:
            await line.chat.send(1, HELLO)
        assert caught.value.retry_after == 7


async def test_server_errors_are_tried_again() -> None:
    """5xx answers are no reason to give up a push at once."""
    async with connected() as line:
        line.standin.fault("sendMessage", Refusal(502, "Bad Gateway"), times=2)
        await line.chat.send(1, HELLO)
        assert (await line.ada.reply()).text == "hello"


async def test_a_server_that_stays_broken_means_later() -> None:
    """A push that meets 5xx again and again is due again later; it did not arrive."""
    async with connected() as line:
        line.standin.fault("sendMessage", Refusal(500, "Internal Server Error"), times=100)
        with pytest.raises(ChatBusy):
            await line.chat.send(1, HELLO)


async def test_where_no_connection_is_made_a_push_is_due_again() -> None:
    """A server that cannot be reached has not got the message: that is known, not unsure."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with connected(url=f"http://127.0.0.1:{port}") as line:
        with pytest.raises(ChatBusy):
            await line.chat.send(1, HELLO)


@pytest.mark.parametrize(
    "fault", ["drop after", "drop before", "hang after", "bad json", Refusal(500, "x"), Refusal(429, "x", retry_after=1)]
)
async def test_a_reply_reaches_the_person_in_spite_of_a_fault(fault: str | Refusal) -> None:
    """Somebody waits, so what may not have arrived is sent again."""
    async with connected() as line:
        line.standin.fault("sendMessage", fault)
        await line.chat.reply(Place(1), HELLO)
        assert (await line.ada.reply()).text == "hello"


async def test_half_a_message_is_finished() -> None:
    """When the second part of a push is lost, that part alone is sent again."""
    async with connected() as line:
        line.standin.fault("sendMessage", "drop before", skip=1)
        await line.chat.send(1, Message((Span("word " * 1500),), HELLO.buttons))
        assert [len((await line.ada.reply()).buttons) for _ in range(2)] == [0, 1]


async def test_buttons_stand_under_the_last_part_and_links_have_no_preview() -> None:
    """A long message keeps its buttons at its end."""
    async with connected() as line:
        await line.chat.send(1, Message((Span("word " * 1500),), HELLO.buttons))
        first, last = await line.ada.reply(), await line.ada.reply()
        assert (first.buttons, last.buttons) == ({}, {"Hint": "hint:1"})
        assert first.params["link_preview_options"] == {"is_disabled": True}


async def test_a_file_is_sent_with_its_message() -> None:
    """The text comes first, then the file, byte for byte."""
    async with connected() as line:
        await line.chat.send(1, Message((Span("all of it"),), attachment=Attachment("my-data.json", b'{"\xc3\xa4": 1}')))
        text, file = await line.ada.reply(), await line.ada.reply()
        assert (text.text, file.document) == ("all of it", b'{"\xc3\xa4": 1}')


@pytest.mark.parametrize("action", ["x" * 65, "é" * 33, ""])
async def test_an_action_that_telegram_would_not_carry_is_refused_before_sending(action: str) -> None:
    """Callback data is 1 to 64 bytes; nothing is sent of a message that breaks that."""
    async with connected() as line:
        with pytest.raises(ChatRefused):
            await line.chat.send(1, Message((Span("x"),), ((Button("b", action),),)))
        assert line.standin.called("sendMessage") == []


async def test_an_empty_message_is_refused() -> None:
    """There is nothing to send, and that is a mistake of ours."""
    async with connected() as line:
        with pytest.raises(ChatRefused):
            await line.chat.send(1, Message((Span(" "),)))


async def test_a_group_that_moved_gets_its_message_once_in_its_new_place() -> None:
    """The move is told, and the message goes to the supergroup."""
    moves = []

    async def note(old: int, new: int) -> None:
        moves.append((old, new))

    async with connected() as line:
        line.chat.on_moved = note
        new = line.standin.group(-5).becomes_supergroup(-1005, told=False)
        await line.chat.send(-5, HELLO)
        assert (await new.reply()).text == "hello"
        assert moves == [(-5, -1005)]
        assert new.room.said.empty()


async def test_an_invitation_to_reply_is_for_groups() -> None:
    """``ask_reply`` makes clients prepare a reply in a group; in private there is nothing to prepare."""
    async with connected() as line:
        group = line.standin.group(-5)
        for chat_id in (-5, 1):
            await line.chat.send(chat_id, Message((Span("?"),), ask_reply=True))
        assert (await group.reply()).markup == {"force_reply": True, "selective": False}
        assert (await line.ada.reply()).markup is None


async def test_an_edit_that_changes_nothing_is_fine() -> None:
    """Tapping the same setting twice is no error, and no second message."""
    async with connected() as line:
        await line.chat.send(1, HELLO)
        seen = await line.ada.reply()
        await line.chat.edit(Place(1), seen.message_id, HELLO)
        assert line.ada.room.said.empty()
        assert line.ada.room.edited.empty()


async def test_what_cannot_be_edited_is_sent() -> None:
    """The message to edit was deleted: the words come as a new one."""
    async with connected() as line:
        await line.chat.edit(Place(1), 999, HELLO)
        assert (await line.ada.reply()).text == "hello"


async def test_an_edit_that_grew_too_long_is_sent_and_the_old_buttons_go() -> None:
    """Two parts do not fit into one message; the old one keeps no buttons that would act twice."""
    async with connected() as line:
        await line.chat.send(1, HELLO)
        seen = await line.ada.reply()
        await line.chat.edit(Place(1), seen.message_id, Message((Span("word " * 1500),)))
        assert (await line.ada.edited()).buttons == {}
        assert [len((await line.ada.reply()).text) > 100 for _ in range(2)] == [True, True]


async def test_a_toast_is_cut_and_a_stale_query_is_no_error() -> None:
    """200 characters is what Telegram shows; a query it no longer knows is nobody's problem."""
    async with connected() as line:
        query = line.standin.new_query(line.ada.room)
        await line.chat.toast(query, "x" * 500)
        await line.chat.toast(query, "again")
        assert await line.ada.toast() == "x" * 200
