"""No token in any log, whatever it came with."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from bot.adapters.logs import configure_logging, redact

TOKEN = "123456789:" + "AbCdEfGhIjKlMnOpQrStUvWxYz-_0123456"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/sendMessage"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the coach would log, with the logging set back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("DEBUG", stream, ("short-secret",))
    yield stream
    root.handlers, root.level = handlers, level


def test_a_token_in_a_message_or_its_arguments_is_hidden(lines: io.StringIO) -> None:
    """Neither the format nor what is put into it lets a token through."""
    log = logging.getLogger("bot.test")
    log.info("calling %s", ADDRESS)
    log.info(f"token {TOKEN}")
    log.info("short %s", "short-secret")
    log.warning("%s", {"url": ADDRESS})
    assert TOKEN not in lines.getvalue()
    assert "short-secret" not in lines.getvalue()
    assert lines.getvalue().count("[token]") >= 4


def test_a_token_in_a_traceback_is_hidden(lines: io.StringIO) -> None:
    """Exceptions, their causes and stacks are cleaned like messages."""
    try:
        try:
            raise ValueError(ADDRESS)
        except ValueError as error:
            raise RuntimeError(f"The token `{TOKEN}` was rejected") from error
    except RuntimeError:
        logging.getLogger("other.library").exception("failed", stack_info=True)
    assert TOKEN not in lines.getvalue()
    assert "RuntimeError" in lines.getvalue()
    assert "ValueError" in lines.getvalue()


def test_the_libraries_are_quiet_even_when_the_coach_is_not(lines: io.StringIO) -> None:
    """Their debug lines hold what people typed."""
    for name in ("telegram.Bot", "httpx", "httpcore.http11", "aiohttp.client", "aiosqlite"):
        logging.getLogger(name).info("my answer")
    logging.getLogger("bot.adapters.updates").debug("seen")
    assert "my answer" not in lines.getvalue()
    assert "seen" in lines.getvalue()


@pytest.mark.parametrize("path", ["/srv/bot/adapters/updates.py", "update 123456789 failed", "at 12:30:00"])
def test_ordinary_lines_stay_as_they_are(path: str) -> None:
    """Paths, ids and times are no tokens."""
    assert redact(path) == path


def test_every_event_is_one_line(lines: io.StringIO) -> None:
    """A traceback, or a line break in what is logged, makes no second line."""
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("bot.test").exception("failed\nbadly")
    assert lines.getvalue().count("\n") == 1
    assert "ValueError" in lines.getvalue()
