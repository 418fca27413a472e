"""A message as the coach means it, before any chat program has seen it: spans of styled text and rows of buttons.

Text is never markup here, so nothing a learner typed can turn into some; each adapter escapes when it renders.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a span looks."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; ``\\n`` breaks lines."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Pre:
    """A block of code, shown as typed."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted block; ``folded`` shows only its beginning until opened."""

    spans: tuple[Span, ...]
    folded: bool = False


Block = Span | Pre | Quote


@dataclass(frozen=True, slots=True)
class Button:
    """A choice. ``action`` comes back when it is pressed (at most 64 bytes); ``url`` opens a link instead."""

    label: str
    action: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file sent along with the message."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What to show: blocks of text, rows of buttons, and perhaps a file. ``ask_reply`` invites a typed reply in groups."""

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    attachment: Attachment | None = None
    ask_reply: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler wants shown: new messages, the pressed message replaced by ``edit``, a short ``toast`` for a button.

    ``buttons_gone`` takes the buttons off the pressed message.
    """

    messages: tuple[Message, ...] = ()
    edit: Message | None = None
    toast: str = ""
    buttons_gone: bool = False
