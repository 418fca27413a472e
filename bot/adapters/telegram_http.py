"""The HTTP under python-telegram-bot, on aiohttp: a third of the CPU per message (bench/throughput.py).

Three failures are told apart, because they ask for different remedies: ``NeverLeft`` (send again), ``ServerTrouble`` (the
server said so; send again later) and ``TimedOut`` (the request was on its way; it may have been carried out).
No exception from here carries the address, because the address contains the token.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's switch for what it will do anyway: time spans as timedelta

CONNECT_SECONDS = 10.0
CONNECTIONS = 64  # each is held for one request only; at 60 ms of latency these carry a thousand requests a second


class NeverLeft(NetworkError):
    """No connection was made, so the request cannot have arrived."""


class ServerTrouble(NetworkError):
    """The server answered with a 5xx status."""


def bot_url(root: str) -> str:
    """The ``base_url`` that python-telegram-bot wants for the Bot API server at this root URL."""
    return root.rstrip("/") + "/bot"


def proxy_for(scheme: str, host: str) -> str | None:
    """The proxy that the environment (HTTPS_PROXY, NO_PROXY and their kin) names for that host; ``None`` for the direct way."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of a call as plain JSON values, in the place of a ``RequestData`` (an object for each costs more CPU than
    the sending itself)."""

    parameters: Mapping[str, object]
    contains_files: bool = False

    def as_request_data(self) -> RequestData:
        """The same, for the type checker: our request class reads no more of it than stands here."""
        return cast(RequestData, self)


class AiohttpRequest(BaseRequest):
    """python-telegram-bot's requests over one aiohttp session. ``read_timeout`` is in seconds."""

    __slots__ = ("_proxy", "_read_timeout", "_session")

    def __init__(self, read_timeout: float = 20.0) -> None:
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None
        self._proxy: Callable[[str, str], str | None] = proxy_for

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer when a call does not say otherwise."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the session. Proxies from the environment are looked up once per host: aiohttp would do so at each request."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector, headers={"User-Agent": self.USER_AGENT})
            self._proxy = cache(proxy_for)

    async def shutdown(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as a dict. An answer that cannot be read says nothing about what was done: ``TimedOut``."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TimedOut("The answer of the server could not be read") from None
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request; returns the status and the body. The write and pool time-outs are part of the others here."""
        if self._session is None:
            raise NeverLeft("The connection to the Bot API is closed")
        reading = self._read_timeout if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        connecting = CONNECT_SECONDS if connect_timeout is BaseRequest.DEFAULT_NONE else connect_timeout
        timeout = aiohttp.ClientTimeout(total=None, connect=connecting, sock_read=reading)  # type: ignore[arg-type]
        try:
            proxy = self._proxy((parts := urlsplit(url)).scheme, parts.hostname or "")
            async with self._session.request(method, url, timeout=timeout, proxy=proxy, **_body(request_data)) as answer:
                status, payload = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as error:
            raise NeverLeft(f"No connection to the Bot API ({type(error).__name__})") from None
        except ValueError:  # of which aiohttp's InvalidURL is one
            raise NeverLeft("The address of the Bot API is not a URL") from None
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise TimedOut(f"The answer of the Bot API was lost ({type(error).__name__})") from None
        if status >= 500:
            raise ServerTrouble(f"The Bot API answered with status {status}")
        return status, payload


def form_of(fields: Mapping[str, str]) -> bytes:
    """The fields as an HTML form. yarl, which aiohttp brings, quotes in C: a seventh of what ``urlencode`` takes for a verdict."""
    return URL.build(query=fields).raw_query_string.encode()


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        # A form, as the library itself sends: every Bot API server reads one, not each of them a JSON body.
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in data.parameters.items()}
        return {"data": form_of(fields), "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return {"data": form}
