"""The whole coach over HTTP: the real Application, the real desk, a real SQLite file."""

from __future__ import annotations

import asyncio
import os
import signal
import traceback
from pathlib import Path

import pytest

from bot.adapters.telegram_bot import TelegramTrouble
from tests.standin import StandIn, User
from tests.standin.coach import Clock, Running, coaching
from tests.standin.people import Seen
from tests.standin.rules import Refusal

ANSWER = "By default it is a dict stored in a cookie in the browser, signed with the secret key but not encrypted, about 4 KB"


async def onboard(coach: Running, user_id: int = 1, name: str = "Ada") -> tuple[User, Seen]:
    """A person who has said where and when, with the first question in front of them."""
    user = coach.standin.user(user_id, name)
    user.say("/start")
    await user.reply()
    user.say("London")
    await user.reply()
    user.say("9:30")
    while "Hint" not in (seen := await user.reply()).buttons:
        pass
    return user, seen


async def counted(coach: Running) -> int:
    """How many scored answers the database holds."""
    return await coach.database.read(lambda db: int(db.execute("SELECT count(*) FROM attempt").fetchone()[0]))


async def test_a_newcomer_reaches_a_graded_answer(tmp_path: Path) -> None:
    """/start, a place, a time, a question, an answer: one verdict with a score and a folded model answer."""
    async with coaching(tmp_path) as coach:
        ada, question = await onboard(coach)
        assert {"Hint", "Skip", "Show answer"} <= question.buttons.keys()
        ada.say(ANSWER)
        verdict = await ada.reply()
        assert "/100" in verdict.text.replace(" ", "")
        assert verdict.styled("ExpandableBlockQuote")
        assert await counted(coach) == 1


async def test_hostile_text_is_shown_as_it_was_typed(tmp_path: Path) -> None:
    """Markup in a name or an answer stays text, and the answer is graded."""
    async with coaching(tmp_path) as coach:
        eve, _ = await onboard(coach, name="<b>&Eve</i>")
        eve.say(f"</blockquote><b>&lt;{ANSWER} <script>\u202e👩‍👩‍👧‍👦")
        assert "/100" in (await eve.reply()).text.replace(" ", "")


async def test_every_tap_is_answered_and_a_second_one_changes_nothing(tmp_path: Path) -> None:
    """Two taps on Skip: both queries are answered, the question is skipped once."""
    async with coaching(tmp_path) as coach:
        ada, question = await onboard(coach)
        ada.press("Skip", on=question)
        ada.press("Skip", on=question)
        await ada.toast()
        await ada.toast()
        states = await coach.database.read(lambda db: [row[0] for row in db.execute("SELECT state FROM ask WHERE id = 1")])
        assert states == ["skipped"]


@pytest.mark.parametrize(
    "action", ["nonsense", "hint:999999", "skip:x", "", "model:nothing", "set:zone", "claim:1", "skip:1:2:3:4", "forget:"]
)
async def test_a_stale_or_forged_button_gets_a_word(tmp_path: Path, action: str) -> None:
    """Whatever the callback data says, the query is answered and the coach goes on."""
    async with coaching(tmp_path) as coach:
        ada, question = await onboard(coach)
        eve = coach.standin.user(2, "Eve", started=True)
        eve.tap(action or "x", question)
        await eve.toast()
        ada.say(ANSWER)
        assert "100" in (await ada.reply()).text


async def test_an_edited_answer_changes_nothing(tmp_path: Path) -> None:
    """The words that were graded are the first ones."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        ada.say(ANSWER)
        await ada.reply()
        ada.edit("no idea")
        ada.say("/help")
        assert "/today" in (await ada.reply()).text
        assert await counted(coach) == 1


@pytest.mark.parametrize("content", [{"sticker": {"file_id": "x", "file_unique_id": "x", "type": "regular", "width": 1, "height": 1}}, {}])
async def test_what_cannot_be_read_gets_a_kind_sentence(tmp_path: Path, content: dict[str, object]) -> None:
    """A sticker, or something that Telegram has only just invented, is answered; the question stays open."""
    if "sticker" in content:
        content["sticker"] |= {"is_animated": False, "is_video": False}  # type: ignore[operator]
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        ada.send(**content)
        assert "type" in (await ada.reply()).text
        ada.say(ANSWER)
        assert "100" in (await ada.reply()).text


async def test_an_unknown_command_gets_the_help(tmp_path: Path) -> None:
    """A mistyped command is no answer to the open question."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        ada.say("/sreak <b>")
        assert "/sreak" in (await ada.reply()).text
        assert await counted(coach) == 0


async def test_menus_differ_by_scope(tmp_path: Path) -> None:
    """Private chats, groups and the owner's chat each see the commands they may use; an owner without a chat is no obstacle."""
    async with StandIn(Clock()) as standin:
        standin.user(7, started=True)
        async with coaching(tmp_path, standin=standin, owners=frozenset({7, 8})) as coach:
            await onboard(coach)
            await standin.requested("setMyCommands", 4)
            assert "stats" not in standin.menus["all_private_chats"]
            assert "settings" not in standin.menus["all_group_chats"]
            assert {"stats", "settings"} <= set(standin.menus["chat7"])


async def test_somebody_who_blocks_is_inactive_until_start(tmp_path: Path) -> None:
    """A block is noticed at once; /start brings the learner back."""

    async def active() -> list[int]:
        return await coach.database.read(lambda db: [row[0] for row in db.execute("SELECT active FROM learner WHERE id = 1")])

    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        ada.block()
        bob, _ = await onboard(coach, 2, "Bob")
        bob.say("/help")
        await bob.reply()
        assert await active() == [0]
        ada.room.blocked = False
        ada.say("/start")
        await ada.reply()
        assert await active() == [1]


async def test_a_flood_is_shut_out_with_one_kind_sentence(tmp_path: Path) -> None:
    """Of sixty messages at once twenty are handled; the sender hears once that the others were not read; nobody else notices."""
    async with coaching(tmp_path) as coach:
        eve, _ = await onboard(coach, 1, "Eve")
        coach.clock.forward(minutes=1)
        for _ in range(60):
            eve.say("/help")
        _ada, _ = await onboard(coach, 2)
        replies = [await eve.reply() for _ in range(21)]
        assert [("at once" in seen.text) for seen in replies] == [False] * 20 + [True]
        assert eve.room.said.empty()
        coach.clock.forward(minutes=1)
        eve.say("/help")
        assert "/today" in (await eve.reply()).text


async def test_what_was_sent_while_the_coach_was_down_is_no_flood(tmp_path: Path) -> None:
    """Thirty messages of a whole night arrive at one moment, and each is handled."""
    async with StandIn(Clock()) as standin:
        ada = standin.user(1)
        for _ in range(30):
            ada.say("/help")
            standin.clock.forward(minutes=10)  # type: ignore[attr-defined]
        async with coaching(tmp_path, standin=standin):
            for _ in range(30):
                assert "/today" in (await ada.reply()).text


async def test_a_crash_between_grading_and_the_reply_counts_once_and_replies(tmp_path: Path) -> None:
    """The verdict was lost with the process: after the restart it is sent, and the score stands once."""
    async with StandIn(Clock()) as standin:
        async with coaching(tmp_path, standin=standin, grace=0.01) as coach:
            ada, _ = await onboard(coach)
            standin.fault("sendMessage", "drop before", times=10_000)
            before = standin.requests("sendMessage")
            ada.say(ANSWER)
            await standin.requested("sendMessage", since=before)
            assert await counted(coach) == 1
            await coach.stop()
        standin._faults.clear()
        async with coaching(tmp_path, standin=standin) as coach:
            assert "100" in (await ada.reply()).text
            assert await counted(coach) == 1


async def test_after_a_crash_a_reply_that_does_not_get_through_delays_no_other(tmp_path: Path) -> None:
    """Both were in hand when the process ended; Telegram makes Ada wait, and Bob, who comes after her, is answered at once."""
    async with StandIn(Clock()) as standin:
        async with coaching(tmp_path, standin=standin, grace=0.01) as coach:
            ada, _ = await onboard(coach)
            bob, _ = await onboard(coach, 2, "Bob")
            standin.fault("sendMessage", "drop before", times=10_000)
            before = standin.requests("sendMessage")
            ada.say(ANSWER)
            bob.say(ANSWER)
            await standin.requested("sendMessage", 2, since=before)
            await coach.stop()
        standin._faults.clear()
        standin.fault("sendMessage", Refusal(429, "Too Many Requests: retry after 3", retry_after=3), chat_id=1)
        async with coaching(tmp_path, standin=standin):
            assert "100" in (await bob.reply()).text
            assert ada.room.said.empty()
            assert "100" in (await ada.reply()).text


async def test_a_429_for_one_chat_delays_no_other(tmp_path: Path) -> None:
    """Ada has to wait three seconds; Bob, who wrote later, is answered before her; both are answered."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        bob, _ = await onboard(coach, 2, "Bob")
        coach.standin.fault("sendMessage", Refusal(429, "Too Many Requests: retry after 3", retry_after=3), chat_id=1)
        ada.say(ANSWER)
        bob.say(ANSWER)
        assert "100" in (await bob.reply()).text
        assert ada.room.said.empty()
        assert "100" in (await ada.reply()).text
        assert await counted(coach) == 2


@pytest.mark.parametrize("fault", ["drop before", "drop after", "bad json", Refusal(502, "Bad Gateway")])
@pytest.mark.parametrize("method", ["getUpdates", "sendMessage", "getMe", "deleteWebhook", "setMyCommands"])
async def test_bad_weather_loses_nothing(tmp_path: Path, method: str, fault: str | Refusal) -> None:
    """Requests that fail at the HTTP level are made again: the answer is scored once and answered."""
    async with StandIn(Clock()) as standin:
        standin.fault(method, fault, times=2)
        async with coaching(tmp_path, standin=standin) as coach:
            ada, _ = await onboard(coach)
            ada.say(ANSWER)
            while "100" not in (await ada.reply()).text:
                pass
            assert await counted(coach) == 1


@pytest.mark.parametrize("method", ["deleteWebhook", "setMyCommands"])
async def test_a_server_that_lacks_a_method_serves_all_the_same(tmp_path: Path, method: str) -> None:
    """A Bot API server of one's own that knows no menus or webhooks is no refused token."""
    async with StandIn(Clock()) as standin:
        standin.fault(method, Refusal(404, "Not Found"), times=100)
        async with coaching(tmp_path, standin=standin) as coach:
            await standin.requested(method)
            ada, _ = await onboard(coach)
            ada.say(ANSWER)
            assert "100" in (await ada.reply()).text


async def test_a_server_that_is_down_at_the_start_is_waited_for(tmp_path: Path) -> None:
    """The coach may be started before its Bot API server."""
    async with StandIn(Clock()) as standin:
        port = standin.port
        await standin.stop()
        async with coaching(tmp_path, standin=standin) as coach:
            await asyncio.sleep(0.05)
            assert not coach.task.done()
            await standin.start(port)
            await onboard(coach)


async def test_a_refused_token_is_a_sentence_without_the_token(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A wrong token ends the coach with what to do, and is not shown in doing so."""
    wrong = "123456789:" + "WrongWrongWrongWrongWrongWrong-1234"
    async with coaching(tmp_path, token=wrong) as coach:
        with pytest.raises(TelegramTrouble, match="BotFather") as caught:
            await asyncio.wait_for(asyncio.shield(coach.task), 10)
    shown = "".join(traceback.format_exception(caught.value))
    assert wrong not in shown + repr(caught.value) + caplog.text


async def test_sigterm_stops_in_good_order(tmp_path: Path) -> None:
    """What is in hand is finished, then the coach ends without an error and with an empty inbox."""
    async with coaching(tmp_path) as coach:
        ada, _ = await onboard(coach)
        coach.standin.latency = 0.1
        before = coach.standin.requests("sendMessage")
        ada.say(ANSWER)
        await coach.standin.requested("sendMessage", since=before)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(coach.task, 10)
        assert "100" in (await ada.reply()).text
        assert list(await coach.inbox.pending()) == []


async def test_a_second_instance_with_the_same_token_says_so_and_ends(tmp_path: Path) -> None:
    """The newcomer gives up with a clear sentence; the one that was there goes on."""
    async with StandIn(Clock()) as standin:
        (tmp_path / "second").mkdir()
        async with coaching(tmp_path, standin=standin) as first:
            ada, _ = await onboard(first)
            async with coaching(tmp_path / "second", standin=standin) as second:
                with pytest.raises(TelegramTrouble, match="second instance"):
                    await asyncio.wait_for(asyncio.shield(second.task), 10)
            ada.say(ANSWER)
            assert "100" in (await ada.reply()).text
