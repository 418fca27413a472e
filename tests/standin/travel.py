"""Time travel for the event loop: it jumps to the next timer whenever nothing is left to do, so nothing really waits."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class TravelLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock starts at 0 and stands still but for jumps to what is scheduled. Not for sockets."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0.0

    def time(self) -> float:
        """The travelled seconds."""
        return self._at

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            # A real clock never stands still: a timer that is a rounding error early must find it later the next time.
            self._at = max(self._at + 1e-6, self._scheduled[0]._when)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def travel(main: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine to its end in travelled time."""
    loop = TravelLoop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()
