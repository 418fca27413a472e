"""The bricks of messages: styled words, quotes, buttons, bars, and plain Markdown turned into them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.app.message import Attachment, Block, Button, Message, Pre, Quote, Reply, Span, Style

Part = str | Block
_MARKS = re.compile(r"\*\*(.+?)\*\*|`([^`\n]+)`|(?<![*\w])\*([^*\n]+)\*(?!\w)")


def blocks(*parts: Part) -> tuple[Block, ...]:
    """Parts as blocks; bare text is plain."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def message(*parts: Part, buttons: Iterable[Iterable[Button]] = (), attachment: Attachment | None = None) -> Message:
    """A message of these parts with these rows of buttons."""
    return Message(blocks(*parts), tuple(row for row in map(tuple, buttons) if row), attachment)


def reply(*parts: Part, buttons: Iterable[Iterable[Button]] = ()) -> Reply:
    """A reply of one message."""
    return Reply((message(*parts, buttons=buttons),))


def bold(text: str) -> Span:
    """Text in bold."""
    return Span(text, Style.BOLD)


def italic(text: str) -> Span:
    """Text in italics."""
    return Span(text, Style.ITALIC)


def fixed(text: str) -> Span:
    """Text in a fixed width, as code."""
    return Span(text, Style.CODE)


def folded(*spans: Span | str) -> Quote:
    """A quote that opens when tapped."""
    return Quote(tuple(Span(span) if isinstance(span, str) else span for span in spans), folded=True)


@lru_cache(maxsize=1024)
def markdown(text: str) -> tuple[Span, ...]:
    """Plain Markdown (paragraphs, **bold**, *italic*, `code`, "- " lists) as spans."""
    text = re.sub(r"^[-*] ", "• ", text.strip(), flags=re.MULTILINE)
    spans: list[Span] = []
    place = 0
    for match in _MARKS.finditer(text):
        spans.append(Span(text[place : match.start()]))
        style = Style.BOLD if match[1] else Style.CODE if match[2] else Style.ITALIC
        spans.append(Span(match[1] or match[2] or match[3], style))
        place = match.end()
    return tuple(span for span in (*spans, Span(text[place:])) if span.text)


def code_block(text: str) -> Pre:
    """A snippet of the deck; those that are not Python say what they are in their first line."""
    return Pre(text.strip("\n"), "" if text.lstrip().startswith("# not run:") else "python")


def bar(score: int) -> str:
    """A score (0 to 100) as ten squares."""
    full = round(score / 10)
    return "▰" * full + "▱" * (10 - full)


def clip(text: str, most: int = 60) -> str:
    """The beginning of a text, on one line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + "…"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 day", "2 days"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


__all__ = [
    "Button",
    "Message",
    "Reply",
    "bar",
    "blocks",
    "bold",
    "clip",
    "code_block",
    "count",
    "fixed",
    "folded",
    "italic",
    "markdown",
    "message",
    "reply",
]
