"""How long to wait before the next try."""

from __future__ import annotations

import random
from collections.abc import Callable

BackOff = Callable[[int], float]
"""Seconds to wait after the n-th failure in a row (n from 1)."""


def doubling(rng: random.Random, first: float = 0.5, most: float = 60.0) -> BackOff:
    """Twice as long each time, up to ``most`` seconds, each wait somewhere in its upper half so that tries spread out."""
    return lambda failures: min(most, first * 2.0 ** min(failures - 1, 30)) * rng.uniform(0.5, 1.0)
