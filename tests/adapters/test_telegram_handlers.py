"""Which updates concern the coach, and what it is told of them; a desk that only notes stands in for the real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.app.call import Call
from bot.app.message import Button, Message, Reply, Span
from tests.standin import StandIn, User
from tests.standin.coach import Clock, Running, coaching
from tests.standin.people import PATIENCE


@dataclass
class Noting:
    """A desk that notes every call, and replies with one message (or what a test put into ``replies``)."""

    calls: asyncio.Queue[tuple[str, Any]] = field(default_factory=asyncio.Queue)
    replies: list[Reply | Exception] = field(default_factory=list)

    def _reply(self, what: str, told: Any) -> Reply:
        self.calls.put_nowait((what, told))
        reply = self.replies.pop(0) if self.replies else Reply((Message((Span(what),)),))
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def command(self, name: str, call: Call) -> Reply:
        return self._reply(f"/{name}", call)

    async def unknown(self, call: Call, name: str) -> Reply:
        return self._reply(f"?{name}", call)

    async def text(self, call: Call) -> Reply:
        return self._reply("text", call)

    async def press(self, call: Call) -> Reply:
        return self._reply("press", call)

    async def unreadable(self, call: Call) -> Reply:
        return self._reply("unreadable", call)

    async def edited(self, call: Call) -> Reply:
        return self._reply("edited", call)

    async def flooded(self, call: Call) -> Reply:
        return self._reply("flooded", call)

    async def trouble(self, call: Call | None) -> Reply:
        return self._reply("trouble", call)

    async def gone(self, learner_id: int) -> None:
        self._reply("gone", learner_id)

    async def moved(self, old: int, new: int) -> None:
        self._reply("moved", (old, new))

    async def next(self) -> tuple[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return await self.calls.get()


@asynccontextmanager
async def noting(
    folder: Path, *replies: Reply | Exception, owners: frozenset[int] = frozenset()
) -> AsyncIterator[tuple[Running, Noting, User]]:
    """A running coach with a noting desk, and a person."""
    desk = Noting(replies=list(replies))
    async with StandIn(Clock()) as standin:
        standin.user(99, started=True)
        async with coaching(folder, standin=standin, desk=desk, owners=owners) as coach:
            yield coach, desk, standin.user(1, "Ada", started=True)


@pytest.mark.parametrize(
    ("said", "what", "text"),
    [
        ("/quiz 10  hot", "/quiz", "10  hot"),
        ("/QUIZ", "/quiz", ""),
        ("/quiz@coach_test_bot weak", "/quiz", "weak"),
        ("/start c_abc-_9", "/start", "c_abc-_9"),
        ("/nonsense x", "?nonsense", "x"),
        ("plain  words\nin two lines ", "text", "plain  words\nin two lines "),
        ("not a /command", "text", "not a /command"),
    ],
)
async def test_what_is_typed_in_private_reaches_the_desk(tmp_path: Path, said: str, what: str, text: str) -> None:
    """Commands come with what follows them, everything else as it was typed."""
    async with noting(tmp_path) as (coach, desk, ada):
        update_id = ada.say(said)
        name, call = await desk.next()
        assert name == what
        assert call == Call(1, "Ada", 1, coach.clock.at, text, private=True, update_id=update_id, came_at=coach.clock.at)


async def test_what_a_group_says_among_itself_is_not_read(tmp_path: Path) -> None:
    """In a group only commands for us and replies to us count, whatever the privacy mode lets through."""
    async with noting(tmp_path) as (coach, desk, ada):
        group = coach.standin.group(-5)
        bob = coach.standin.user(2, "Bob")
        ada.say("hello all", group=group)
        ada.say("/leaderboard@another_bot", group=group)
        ada.say("/unknown", group=group)
        ada.send(group=group, dice={"emoji": "x", "value": 1})
        bob.say("/leaderboard", group=group)
        name, call = await desk.next()
        assert (name, call.learner_id, call.chat_id, call.private, call.chat_title) == ("/leaderboard", 2, -5, False, "Friends")
        seen = await group.reply()
        assert seen.params["reply_parameters"]["allow_sending_without_reply"] is True
        ada.say("an answer", group=group, reply_to=seen)
        assert (await desk.next())[1].text == "an answer"
        ada.say("/unknown@coach_test_bot", group=group)
        assert (await desk.next())[0] == "?unknown"


async def test_a_reply_names_the_question_on_the_buttons(tmp_path: Path) -> None:
    """The ask is read off the message that is replied to; other buttons say nothing of one."""
    ask = Message((Span("?"),), ((Button("Explain", "explain:7"), Button("Hint", "hint:42")),))
    other = Message((Span("!"),), ((Button("Next", "next"), Button("Code", "hint:x")),))
    async with noting(tmp_path, Reply((ask, other))) as (_, desk, ada):
        ada.say("first")
        await desk.next()
        for seen, expected in ((await ada.reply(), 42), (await ada.reply(), None)):
            ada.say("answer", reply_to=seen)
            assert (await desk.next())[1].ask_id == expected


async def test_topics_are_kept(tmp_path: Path) -> None:
    """A command in a forum topic is answered there."""
    async with noting(tmp_path) as (coach, _desk, ada):
        group = coach.standin.group(-1005, kind="supergroup")
        ada.say("/leaderboard", group=group, message_thread_id=77, is_topic_message=True)
        assert (await group.reply()).params["message_thread_id"] == 77


async def test_forwarded_commands_and_bots_are_ignored(tmp_path: Path) -> None:
    """What somebody passes on is no command of theirs, and bots do not talk to each other."""
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "x"}
    robot = {"id": 3, "is_bot": True, "first_name": "Robot"}
    async with noting(tmp_path) as (_coach, desk, ada):
        ada.say("/deleteme", forward_origin=origin)
        ada.say("/nonsense", forward_origin=origin)
        ada.say("/deleteme", **{"from": robot})
        ada.say("beep", **{"from": robot})
        ada.say("/help")
        assert (await desk.next())[0] == "/help"


async def test_time_is_what_telegram_says_but_never_the_future(tmp_path: Path) -> None:
    """A message that waited keeps its own time; one from a clock ahead of ours counts as now."""
    async with noting(tmp_path) as (coach, desk, ada):
        now = coach.standin.now()
        ada.say("late", date=now - 7200)
        ada.say("early", date=now + 7200)
        assert (await desk.next())[1].at.timestamp() == now - 7200
        assert (await desk.next())[1].at == coach.clock.at


async def test_a_press_brings_its_action_and_its_reply_edits_in_place(tmp_path: Path) -> None:
    """The toast answers the query, the pressed message changes, further messages follow it."""
    buttons = ((Button("Time", "set:time"),),)
    edited = Reply((Message((Span("more"),)),), edit=Message((Span("changed"),), buttons), toast="done")
    async with noting(tmp_path, Reply((Message((Span("settings"),), buttons),)), edited, Reply(buttons_gone=True), edited) as (
        _,
        desk,
        ada,
    ):
        ada.say("/settings")
        seen = await ada.reply()
        await desk.next()
        ada.press("Time")
        assert (await desk.next())[1].text == "set:time"
        assert (await ada.toast(), (await ada.edited()).text, (await ada.reply()).text) == ("done", "changed", "more")
        ada.press("Time")
        assert (await ada.toast(), (await ada.edited()).buttons) == ("", {})
        del ada.room.messages[seen.message_id]
        ada.tap("set:time", seen)
        assert [(await ada.reply()).text for _ in range(2)] == ["changed", "more"]


async def test_a_press_on_a_message_too_old_to_be_seen_is_answered_anew(tmp_path: Path) -> None:
    """Telegram sends no more than the id of a very old message; what would replace it is sent."""
    async with noting(tmp_path, Reply(edit=Message((Span("changed"),)))) as (coach, _desk, ada):
        query = {"id": coach.standin.new_query(ada.room), "from": ada.as_json(), "chat_instance": "1", "data": "set:time"}
        coach.standin.deliver(callback_query={**query, "message": {"message_id": 5, "date": 0, "chat": ada.room.as_json()}})
        assert (await ada.reply()).text == "changed"


async def test_a_move_is_told_once(tmp_path: Path) -> None:
    """Both service messages and a failed send tell of the same move."""
    async with noting(tmp_path) as (coach, desk, ada):
        coach.standin.group(-5).becomes_supergroup(-1005)
        assert await desk.next() == ("moved", (-5, -1005))
        await coach.telegram.chat.send(-5, Message((Span("hello"),)))
        ada.say("/help")
        assert (await desk.next())[0] == "/help"


async def test_a_block_is_told_and_a_group_kick_is_not(tmp_path: Path) -> None:
    """Only a private chat is a learner's."""
    async with noting(tmp_path) as (_coach, desk, ada):
        ada.block()
        assert await desk.next() == ("gone", 1)


async def test_a_reply_to_somebody_who_left_tells_so_and_is_done(tmp_path: Path) -> None:
    """A 403 on a reply makes the learner inactive; the update is finished with."""
    async with noting(tmp_path) as (coach, desk, ada):
        ada.room.blocked = True
        ada.say("/help")
        assert [(await desk.next())[0] for _ in range(2)] == ["/help", "gone"]
        await coach.stop()
        assert list(await coach.inbox.pending()) == list(await coach.inbox.set_aside()) == []


async def test_an_unexpected_error_gets_the_fixed_sentence_and_the_owner_hears(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Three tries, then a word to the sender and to the owner, a line in the log without what was typed; the bot goes on."""
    broken = [RuntimeError("my secret answer")] * 3
    async with noting(tmp_path, *broken, owners=frozenset({99})) as (coach, _desk, ada):
        update_id = ada.say("my secret answer")
        assert (await ada.reply()).text == "trouble"
        alarm = await coach.standin.user(99).reply()
        assert str(update_id) in alarm.text
        ada.say("/help")
        assert (await ada.reply()).text == "/help"
        assert f"update {update_id} failed: RuntimeError" in caplog.text
        assert "secret" not in caplog.text + alarm.text


async def test_a_flood_of_taps_is_answered_too(tmp_path: Path) -> None:
    """Every query of a flood gets its answer; the desk sees twenty of them and one word about the rest."""
    async with noting(tmp_path, Reply((Message((Span("x"),), ((Button("Go", "next"),),)),)), *[Reply()] * 100) as (_, desk, ada):
        ada.say("/help")
        await ada.reply()
        for _ in range(40):
            ada.press("Go")
        for _ in range(40):
            await ada.toast()
        names = [(await desk.next())[0] for _ in range(desk.calls.qsize())]
        assert names == ["/help", *["press"] * 19, "flooded"]
