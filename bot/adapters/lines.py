"""Standard input for a program that answers every line: whoever waits for an answer gets it, and nobody pays for it who does not."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def typed_lines() -> Iterable[str]:
    """The lines of standard input as they come. What was printed is shown before it waits for more, so print without ``flush``."""
    return io.TextIOWrapper(
        io.BufferedReader(_Input(sys.stdin.fileno(), closefd=False)), encoding=sys.stdin.encoding, errors=sys.stdin.errors
    )


class _Input(io.FileIO):
    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        sys.stdout.flush()
        return super().readinto(buffer)
