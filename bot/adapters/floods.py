"""Keeping one person from drowning the others: how much is handled of what somebody sends."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

MOST = 20
WITHIN = timedelta(seconds=10)
SAY_AGAIN = timedelta(minutes=1)
_SWEEP = 1_000


class Flow(Enum):
    """What to do with an update: handle it, say that it was too much, or drop it without a word."""

    HANDLE = "handle"
    SAY = "say"
    DROP = "drop"


@dataclass(slots=True)
class _Person:
    times: deque[datetime] = field(default_factory=lambda: deque(maxlen=MOST + 1))
    said_at: datetime | None = None


class Floods:
    """Counts what each person sends: up to ``MOST`` within ``WITHIN`` are handled, what goes beyond is not.

    Dropped ones count as well, so a flood stays shut out until it ebbs. The person hears so at the first one dropped and
    once a minute while it lasts: nothing typed vanishes without a word.
    """

    def __init__(self) -> None:
        self._people: dict[int, _Person] = {}
        self._sweep_at = _SWEEP

    def flow(self, person_id: int, at: datetime) -> Flow:
        """Count one update that was sent at ``at`` and say what to do with it."""
        person = self._people.get(person_id)
        if person is None:
            self._forget_quiet(at)
            person = self._people[person_id] = _Person()
        person.times.append(at)
        if len(person.times) <= MOST or at - person.times[0] > WITHIN:
            person.said_at = None
            return Flow.HANDLE
        if person.said_at is not None and at - person.said_at < SAY_AGAIN:
            return Flow.DROP
        person.said_at = at
        return Flow.SAY

    def _forget_quiet(self, at: datetime) -> None:
        if len(self._people) < self._sweep_at:
            return
        self._people = {id_: person for id_, person in self._people.items() if at - person.times[-1] <= WITHIN}
        self._sweep_at = max(_SWEEP, 2 * len(self._people))
