"""A Message as Telegram's HTML: everything escaped, and cut into parts that Telegram accepts.

A part holds at most 4,096 UTF-16 units after parsing (Telegram's limit is 4,096 characters; this stays under it whichever
way it counts) and at most 100 entities. A cut never falls inside a tag: what is open is closed and opened again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.app.message import Block, Message, Pre, Span, Style

MOST_UNITS = 4096
MOST_ENTITIES = 100
_LEAST_PIECE = 200  # looking for a space or line break to cut at, a part may end this much early

_TAGS = {
    Style.PLAIN: ("", ""),
    Style.BOLD: ("<b>", "</b>"),
    Style.ITALIC: ("<i>", "</i>"),
    Style.CODE: ("<code>", "</code>"),
}
_NO_TAG = ("", "")


class _Run(NamedTuple):
    """Text with the tag of its block (``block`` tells apart neighbours with the same tag) and its own inside that."""

    text: str
    block: int
    outer: tuple[str, str]
    inner: tuple[str, str] = ("", "")


@dataclass(slots=True)
class _Part:
    runs: list[_Run] = field(default_factory=list)
    units: int = 0
    entities: int = 0

    def cost(self, run: _Run) -> int:
        """How many entities the run would add."""
        opens = bool(run.outer[0]) and not (self.runs and self.runs[-1].block == run.block)
        return opens + bool(run.inner[0])

    def add(self, run: _Run) -> None:
        self.entities += self.cost(run)
        self.units += units(run.text)
        self.runs.append(run)


def units(text: str) -> int:
    """The length as Telegram's offsets count it: UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def render(message: Message) -> list[str]:
    """The parts of the message as HTML, in order; none when there is no visible text."""
    runs = list(_runs(message.blocks))
    # Nearly always one part will do, whatever the characters (none counts for more than two).
    if 2 * sum([len(run.text) for run in runs]) <= MOST_UNITS and 2 * len(runs) <= MOST_ENTITIES:
        return [_html(runs)] if any(run.text.strip() for run in runs) else []
    parts = [_Part()]
    for run in runs:
        _place(run, parts)
    return [_html(part.runs) for part in parts if any(run.text.strip() for run in part.runs)]


def _runs(blocks: Sequence[Block]) -> Iterator[_Run]:
    """The blocks as runs; quotes and code start and end on a line of their own."""
    at_line_start, after_block = True, False
    for number, block in enumerate(blocks):
        whole = not isinstance(block, Span)
        runs = _block_runs(number, block)
        if not runs:
            continue
        if (whole and not at_line_start) or (after_block and not runs[0].text.startswith("\n")):
            yield _Run("\n", -1, _NO_TAG)
        yield from runs
        at_line_start, after_block = runs[-1].text.endswith("\n"), whole


def _block_runs(number: int, block: Block) -> list[_Run]:
    if isinstance(block, Span):
        text = clean(block.text)
        return [_Run(text, number, _NO_TAG, _TAGS[block.style])] if text else []
    if isinstance(block, Pre):
        text = clean(block.text)
        return [_Run(text, number, _code_tags(block.language))] if text else []
    outer = ("<blockquote expandable>" if block.folded else "<blockquote>", "</blockquote>")
    return [_Run(text, number, outer, _TAGS[span.style]) for span in block.spans if (text := clean(span.text))]


def clean(text: str) -> str:
    """The text without what no message can carry: NUL and halves of surrogate pairs."""
    text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _code_tags(language: str) -> tuple[str, str]:
    name = re.sub(r"[^\w+#.-]", "", language)
    return (f'<pre><code class="language-{name}">', "</code></pre>") if name else ("<pre>", "</pre>")


def _place(run: _Run, parts: list[_Part]) -> None:
    """Put the run into the last part, going on to new parts where it does not fit."""
    while run.text:
        part = parts[-1]
        room = MOST_UNITS - part.units if part.entities + part.cost(run) <= MOST_ENTITIES else 0
        head = _head(run.text, room, part_empty=not part.runs)
        if head:
            part.add(_Run(head, run.block, run.outer, run.inner))
        if len(head) < len(run.text):
            parts.append(_Part())
        run = _Run(run.text[len(head) :], run.block, run.outer, run.inner)


def _head(text: str, room: int, *, part_empty: bool) -> str:
    """As much of the text as fits into ``room`` units, cut at a line break or space where one is near."""
    if units(text) <= room:
        return text
    size = len(text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore"))
    for mark in ("\n", " "):
        cut = text.rfind(mark, max(0, size - _LEAST_PIECE), size)
        if cut >= 0:
            return text[: cut + 1]
    return text[:size] if part_empty or room > _LEAST_PIECE else ""


def _html(runs: Sequence[_Run]) -> str:
    pieces: list[str] = []
    block, closing = -1, ""
    for text, number, outer, inner in runs:
        if number != block:
            pieces += (closing, outer[0])
            block, closing = number, outer[1]
        pieces += (inner[0], html.escape(text, quote=False), inner[1])
    pieces.append(closing)
    return "".join(pieces)
