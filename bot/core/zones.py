"""Time zones and clock times as people type them: "sao paulo", "UTC+5:30", "it is 21:40 here", "9pm"."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process, utils

from bot.core.places import ALSO, ODD_OFFSETS

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−–])\s*(\d{1,2})(?::?(\d{2}))?\s*(?:h|hours?)?", re.IGNORECASE)
_CLOCK = re.compile(r"\b(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?(?=\W|$)", re.IGNORECASE)
_SURE = 84  # WRatio of 84 still takes one wrong letter in six ("berln"), not another city
_WORDS_OF_DAY = {"midnight": 0, "noon": 720, "midday": 720, "morning": 540, "evening": 1140}


@cache
def _names() -> dict[str, str]:
    """What can be typed (folded) to the zone it means: zone names, their cities, and the well-known others."""
    names = {}
    for zone in sorted(available_timezones()):
        area, _, city = zone.rpartition("/")
        if area and not area.startswith(("Etc", "SystemV", "US", "posix", "right")):
            names[_fold(city)] = zone
        names[_fold(zone)] = zone
    return names | {_fold(name): zone for name, zone in ALSO.items()}


def _fold(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(utils.default_process(plain.replace("_", " ")).split())


def read_zone(text: str, now: datetime) -> str | None:
    """The zone that the text means, or ``None``: an offset, a zone or city (typos forgiven), or the time it is there now."""
    if not (folded := _fold(text[:80])):
        return None
    if folded in _names():
        return _names()[folded]
    return _by_offset(text.strip()) or _by_clock(text, now) or _by_name(folded)


def _by_offset(text: str) -> str | None:
    if not (match := _OFFSET.fullmatch(text)):
        return None
    minutes = (int(match[2]) * 60 + int(match[3] or 0)) * (1 if match[1] == "+" else -1)
    return offset_zone(minutes)


def offset_zone(minutes: int) -> str | None:
    """A zone with that fixed distance to UTC in minutes, or ``None``. Half hours name a place without daylight saving."""
    if minutes % 60 == 0 and -12 * 60 <= minutes <= 14 * 60:
        return "UTC" if minutes == 0 else f"Etc/GMT{-minutes // 60:+d}"  # POSIX writes the sign the other way round
    return ODD_OFFSETS.get(minutes)


def _by_clock(text: str, now: datetime) -> str | None:
    """The whole-hour or half-hour zone in which it is now that time."""
    minutes = read_time(text)
    if minutes is None or not (":" in text or re.search(r"\b(it'?s|it is|now|here)\b", text, re.IGNORECASE)):
        return None
    there = round((minutes - (now.hour * 60 + now.minute)) / 30) * 30
    there = (there + 720) % 1440 - 720
    return offset_zone(there) or offset_zone(round(there / 60) * 60)


def _by_name(folded: str) -> str | None:
    words = re.sub(r"\b(i am|i m|im|i|in|at|from|live|living|near|time|zone|timezone|my|city|is|the)\b", " ", folded).strip() or folded
    if words in _names():
        return _names()[words]
    match = process.extractOne(words, _names().keys(), scorer=fuzz.ratio, score_cutoff=_SURE - 9 if len(words) > 5 else _SURE)
    return _names()[match[0]] if match and len(words) > 2 else None


def read_time(text: str) -> int | None:
    """Minutes after midnight for "9", "9:30", "21.40", "9pm", "8 in the evening", "noon"; ``None`` when no clock time is in it."""
    if not (match := _CLOCK.search(text)):
        return next((minutes for word, minutes in _WORDS_OF_DAY.items() if word in text.lower()), None)
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()[:1]
    if not half and 1 <= hour < 12 and re.search(r"evening|afternoon|night", text, re.IGNORECASE):
        half = "p"
    if hour > 24 or minute > 59 or (half and not 1 <= hour <= 12):
        return None
    return ((hour % 12 + (12 if half == "p" else 0) if half else hour % 24) * 60) + minute


def clock(minutes: int) -> str:
    """Minutes after midnight as ``09:05``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def city_of(zone: str) -> str:
    """The zone as people call it: its city, or UTC with the offset."""
    if zone.startswith("Etc/GMT"):
        return f"UTC{-int(zone[7:] or 0):+d}"
    return zone.rpartition("/")[2].replace("_", " ")
