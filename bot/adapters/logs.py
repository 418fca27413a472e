"""Logging: one line per event, the Bot API token in none of them, whatever the line or traceback came from."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

_TOKEN = re.compile(r"\d+:[\w-]{30,}")
_IN_ADDRESS = re.compile(r"/bot\d[^/\s'\"]*/")  # a malformed token in an address is still a secret
_HIDDEN = "[token]"
_CHATTY = ("telegram", "httpx", "httpcore", "aiohttp", "aiosqlite", "apscheduler", "asyncio")


def redact(text: str) -> str:
    """The text with everything that looks like a bot's token taken out."""
    return _TOKEN.sub(_HIDDEN, _IN_ADDRESS.sub(f"/bot{_HIDDEN}/", text))


class Redacting(logging.Filter):
    """Takes tokens (and the ``secrets`` it is told of) out of a record: message, traceback and stack.

    It belongs on handlers, which see every logger's records.
    """

    def __init__(self, *secrets: str) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; it always passes."""
        record.msg, record.args = self._clean(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._clean(record.exc_text)
        if record.stack_info:
            record.stack_info = self._clean(record.stack_info)
        return True

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return redact(text)


class OneLine(logging.Formatter):
    """Keeps every record on one line, so that a line is an event; the lines of a traceback are parted by a bar."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        return " | ".join(line.strip() for line in super().format(record).splitlines())


class ErrorCount(logging.Filter):
    """Counts the errors that a handler writes, for the owner's figures."""

    def __init__(self) -> None:
        super().__init__()
        self.errors = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Count; it always passes."""
        self.errors += record.levelno >= logging.ERROR
        return True


def configure_logging(level: str = "INFO", stream: TextIO | None = None, secrets: tuple[str, ...] = ()) -> logging.Handler:
    """Log to ``stream`` (standard error) from ``level`` up, and return the handler.

    The libraries stay at WARNING or above even when the coach is at DEBUG: their debug lines hold what people typed.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(Redacting(*secrets))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    return handler
