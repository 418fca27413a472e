"""Polling through bad weather, and when it ends."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TimedOut

from bot.adapters.back_off import doubling
from bot.adapters.polling import MOST_CONFLICTS, MOST_CONFLICTS_AFTER_WORK, Polling, TelegramTrouble, insist
from tests.standin.coach import at_once


@dataclass
class Answers:
    """Answers getUpdates with what a test put here."""

    answers: list[Any] = field(default_factory=list)
    urls: list[str] = field(default_factory=list, repr=False)

    async def post(self, url: str, read_timeout: float) -> Any:
        self.urls.append(url)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def polling(*answers: Any) -> Polling:
    """A polling that meets these answers, one a poll."""
    return Polling(Answers(list(answers)), "http://x/bot1:secret", at_once)  # type: ignore[arg-type]


async def test_a_poll_asks_for_the_kinds_that_are_handled() -> None:
    """Telegram is told the offset, how long to wait and what is wanted."""
    poll = polling([{"update_id": 5}])
    assert await poll.fetch(5) == [{"update_id": 5}]
    (url,) = poll.request.urls  # type: ignore[attr-defined]
    assert url.startswith("http://x/bot1:secret/getUpdates?offset=5&timeout=50&allowed_updates=")
    assert "my_chat_member" in url


@pytest.mark.parametrize("error", [TimedOut(), RetryAfter(timedelta(0)), BadRequest("x"), Conflict("x")])
async def test_a_failed_poll_is_an_empty_one(error: Exception) -> None:
    """Nothing is lost by a poll that failed: the same offset is asked for again."""
    poll = polling(error, [{"update_id": 5}])
    assert list(await poll.fetch(5)) == []
    assert await poll.fetch(5) == [{"update_id": 5}]


async def test_a_newcomer_gives_way_to_the_instance_that_is_there() -> None:
    """One that never polled with success gives up sooner than one that did."""
    newcomer = polling(*[Conflict("x")] * 100)
    for _ in range(MOST_CONFLICTS - 1):
        await newcomer.fetch(1)
    with pytest.raises(TelegramTrouble, match="second instance"):
        await newcomer.fetch(1)
    resident = polling([], *[Conflict("x")] * 100)
    for _ in range(MOST_CONFLICTS_AFTER_WORK):
        await resident.fetch(1)
    with pytest.raises(TelegramTrouble):
        await resident.fetch(1)


async def test_a_refused_token_ends_it_and_is_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """The sentence says what to do; neither it nor the object's repr holds the token."""
    poll = polling(InvalidToken("The token `1:secret` was rejected by the server."))
    with pytest.raises(TelegramTrouble, match="BotFather") as caught:
        await poll.fetch(1)
    assert "secret" not in repr(caught.value) + repr(poll) + caplog.text


async def test_insisting_goes_on_until_it_works_and_stops_at_a_mistake_of_ours() -> None:
    """The network is waited for; a request that Telegram refuses is not made again."""
    outcomes: list[Any] = [TimedOut(), RetryAfter(timedelta(0)), "done"]

    async def request() -> Any:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert await insist(request, "getMe", at_once) == "done"
    outcomes.append(BadRequest("chat not found"))
    with pytest.raises(BadRequest):
        await insist(request, "setMyCommands", at_once)


def test_the_back_off_doubles_up_to_its_bound_with_jitter() -> None:
    """Waits grow from half a second to a minute, each in the upper half of its span."""

    wait = doubling(random.Random(1))
    for failures in range(1, 100):
        span = min(60.0, 0.5 * 2 ** (failures - 1))
        assert span / 2 <= wait(failures) <= span
