"""The same coach in a terminal: buttons become numbered choices, files are saved beside, the end of input ends it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.app.call import Call
from bot.app.desk import Desk
from bot.app.message import Block, Button, Message, Pre, Quote, Reply, Span, Style
from bot.app.messages import farewell

LEARNER = 0  # no Telegram account has this id
_SGR = {Style.BOLD: "1", Style.ITALIC: "3", Style.CODE: "36"}


@dataclass
class Terminal:
    """Talks to one learner over text streams. ``color`` turns on terminal styles; ``folder`` is where files are saved."""

    desk: Desk
    clock: Callable[[], datetime]
    lines: TextIO
    out: TextIO
    name: str = "You"
    color: bool = False
    folder: Path = Path()
    _choices: list[Button] = field(default_factory=list)

    async def run(self) -> None:
        """Greet, then answer every line until the input ends or /quit; then say how it went."""
        began = self.clock()
        self._print("/help lists the commands, a number takes a choice, /quit (or the end of input) ends.\n")
        self._show(await self._begin())
        while (line := await self._read()) is not None:
            if line:
                self._show(await self._answer(line))
        await self._end(began)

    async def _begin(self) -> Reply:
        learner = await self.desk.coach.store.learner(LEARNER)
        return await self.desk.command("today" if learner and learner.ready else "start", self._call(""))

    async def _read(self) -> str | None:
        self._print("> ", end="")
        line = await asyncio.to_thread(self.lines.readline)
        if not line or line.strip() in ("/quit", "/exit"):
            return None
        if not self.lines.isatty():
            self._print(_printable(line.rstrip("\n")))  # piped input is echoed, so that the transcript reads like a session
        return line.strip()

    async def _answer(self, line: str) -> Reply:
        if line.isdecimal() and 1 <= int(line) <= len(self._choices):
            button = self._choices[int(line) - 1]
            self._print(f"[{button.label}]")
            return await self.desk.press(self._call(button.action))
        if line.startswith("/") and line[1:2].isalpha():
            name, _, rest = line[1:].partition(" ")
            return await self.desk.command(name.lower(), self._call(rest))
        return await self.desk.text(self._call(line))

    def _call(self, text: str) -> Call:
        return Call(LEARNER, self.name, LEARNER, self.clock(), text)

    async def _end(self, began: datetime) -> None:
        situation = await self.desk.coach.store.situation(LEARNER, LEARNER)
        scores = [recall.last for recall in situation.recalls.values() if recall.reviewed_at >= began]
        self._show(Reply((farewell(scores),)))

    def _show(self, reply: Reply) -> None:
        messages = [*([reply.edit] if reply.edit else []), *reply.messages]
        if reply.toast:
            self._print(f"{reply.toast}\n")
        self._choices = [button for message in messages for row in message.buttons for button in row if button.action]
        numbers = iter(range(1, len(self._choices) + 1))
        for message in messages:
            self._print("\n" + "".join(self._block(block) for block in message.blocks))
            self._print("".join(self._rows(message, numbers)))
            self._save(message)

    def _rows(self, message: Message, numbers: Iterator[int]) -> Iterator[str]:
        for row in message.buttons:
            yield (
                "   ".join(f"{next(numbers)}) {button.label}" if button.action else f"{button.label}: {button.url}" for button in row)
                + "\n"
            )

    def _block(self, block: Block) -> str:
        if isinstance(block, Pre):
            return f"\n{_indented(_printable(block.text), '    ')}\n"
        if isinstance(block, Quote):
            return f"\n{_indented(''.join(self._block(span) for span in block.spans), '  | ')}\n"
        return self._styled(block)

    def _styled(self, span: Span) -> str:
        text = _printable(span.text)
        return f"\x1b[{_SGR[span.style]}m{text}\x1b[0m" if self.color and span.style in _SGR else text

    def _save(self, message: Message) -> None:
        if message.attachment is None:
            return
        target = self.folder / message.attachment.filename
        try:
            target.write_bytes(message.attachment.content)
            self._print(f"Saved as {target.name}\n")
        except OSError as error:
            self._print(f"{target.name} could not be saved here: {error.strerror}\n")

    def _print(self, text: str, end: str = "\n") -> None:
        if text or end != "\n":
            self.out.write(text + end)
            self.out.flush()


def _indented(text: str, mark: str) -> str:
    return "\n".join(mark + line for line in text.splitlines())


def _printable(text: str) -> str:
    """Without control characters: what somebody typed must not steer the terminal."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127 and not 0x80 <= ord(c) < 0xA0))


def wants_color(out: TextIO) -> bool:
    """Whether styles may be used there (https://no-color.org)."""
    return out.isatty() and "NO_COLOR" not in os.environ
