"""The HTTP under python-telegram-bot: how a form is written, and the way through a proxy."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from bot.adapters.telegram_http import AiohttpRequest, NeverLeft, form_of
from tests.standin import StandIn
from tests.standin.coach import Clock

ELSEWHERE = "http://bot-api.invalid"


def test_a_form_carries_every_character() -> None:
    """What a server reads from a form is what was put in: all of Unicode, and what means something in a form or in quoting."""
    fields = {
        "every": "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000)))),
        "quoting": "100% of %41 + %2B & a=b; c d #1 ? /\r\n%zz%",
        "family": "👩‍👩‍👧‍👦 \u202e",
        "empty": "",
    }
    form = form_of(fields)
    assert parse_qsl(form.decode("ascii"), keep_blank_values=True, strict_parsing=True) == list(fields.items())


async def test_requests_take_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that has no address here is reached through HTTP_PROXY, also where credentials stand in it."""
    async with StandIn(Clock()) as standin:
        monkeypatch.setenv("http_proxy", standin.url.replace("//", "//ada:secret@"))
        monkeypatch.setenv("no_proxy", "")
        async with AiohttpRequest() as request:
            status, answer = await request.do_request(f"{ELSEWHERE}/bot{standin.token}/getMe", "POST")
    assert (status, request.parse_json_payload(answer)["result"]) == (200, standin.bot)


async def test_no_proxy_is_the_direct_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that NO_PROXY names is not asked for at the proxy."""
    async with StandIn(Clock()) as standin:
        monkeypatch.setenv("http_proxy", standin.url)
        monkeypatch.setenv("no_proxy", "bot-api.invalid")
        async with AiohttpRequest() as request:
            with pytest.raises(NeverLeft):
                await request.do_request(f"{ELSEWHERE}/bot{standin.token}/getMe", "POST")
        assert not standin.requests("getMe")
