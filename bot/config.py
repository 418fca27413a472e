"""Settings from the environment and ``.env``: frozen, and every fault reported at once with its remedy."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
PUBLIC_API = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator chose. ``token`` is ``None`` where there is none; ``decks`` empty means the built-in deck.

    ``answer_days`` is how long typed answers are kept (days); ``backups`` how many nightly copies are (0: none are made).
    """

    token: str | None = None
    api_url: str = PUBLIC_API
    db: Path = Path("coach.db")
    decks: tuple[Path, ...] = ()
    owners: frozenset[int] = frozenset()
    log_level: str = "INFO"
    answer_days: int = 180
    backups: int = 7

    def __repr__(self) -> str:  # the token must not reach a log by way of a repr
        return f"Settings(db={self.db}, api_url={self.api_url}, token={'set' if self.token else 'none'})"


SETTINGS: Mapping[str, str] = {
    "TELEGRAM_BOT_TOKEN": "the bot's token, from @BotFather; without it the coach runs in the terminal",
    "TELEGRAM_API_URL": f"root of the Bot API server; default {PUBLIC_API}",
    "COACH_DB": "the database file; default coach.db in the current folder",
    "COACH_DECKS": "deck folders, separated by commas; default the built-in deck",
    "COACH_OWNER_IDS": "Telegram ids of the owners, separated by commas; they may use /stats",
    "COACH_ANSWER_DAYS": "after how many days typed answers are erased; default 180",
    "COACH_BACKUPS": "how many nightly copies are kept beside the database; default 7, 0 for none",
    "LOG_LEVEL": f"one of {', '.join(LEVELS)}; default INFO",
}


class ConfigFaults(Exception):
    """Settings that cannot be used; one sentence each, with its remedy and without its value where that is secret."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def load_settings(environment: Mapping[str, str], dotenv: Path | None = None) -> Settings:
    """Read the settings; what stands in the environment wins over the file. Raises ``ConfigFaults`` with every fault."""
    faults: list[str] = []
    values = {**_file_values(dotenv, faults), **{name: environment[name] for name in SETTINGS if name in environment}}
    read = _Reader({name: value.strip() for name, value in values.items() if value and value.strip()}, faults)
    settings = Settings(
        token=read.value("TELEGRAM_BOT_TOKEN", _token, "is not a bot token; copy it from @BotFather, it looks like 123456:ABC-DEF..."),
        api_url=read.value("TELEGRAM_API_URL", _url, "is not a URL; write for example http://127.0.0.1:8081") or PUBLIC_API,
        db=read.value("COACH_DB", _file, "is a folder; name the database file in it, such as data/coach.db") or Settings().db,
        decks=read.value("COACH_DECKS", _folders, "names a folder without a deck.toml; separate deck folders by commas") or (),
        owners=read.value("COACH_OWNER_IDS", _ids, "is not a list of numbers; write Telegram ids separated by commas") or frozenset(),
        log_level=read.value("LOG_LEVEL", _level, f"is none of {', '.join(LEVELS)}") or "INFO",
        answer_days=read.value("COACH_ANSWER_DAYS", _days, "is not a number of days from 1 to 3650") or 180,
        backups=read.number("COACH_BACKUPS", 7, "is not a number from 0 to 366"),
    )
    if faults:
        raise ConfigFaults(faults)
    return settings


def _file_values(dotenv: Path | None, faults: list[str]) -> dict[str, str]:
    if dotenv is None or not dotenv.is_file():
        return {}
    try:
        return {name: value for name, value in dotenv_values(dotenv).items() if name in SETTINGS and value}
    except (OSError, UnicodeDecodeError):
        faults.append(f"{dotenv.name} cannot be read; save it as UTF-8 and make it readable")
        return {}


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Reader:
    values: Mapping[str, str]
    faults: list[str]

    def value(self, name: str, read: Callable[[str], T | None], fault: str) -> T | None:
        """The setting as ``read`` understands it; ``None`` when it is not set, or cannot be read (which is noted)."""
        if name not in self.values:
            return None
        value = read(self.values[name])
        if value is None:
            self.faults.append(f"{name} {fault}")
        return value

    def number(self, name: str, default: int, fault: str) -> int:
        value = self.value(name, _copies, fault)
        return default if value is None else value


def _token(text: str) -> str | None:
    return text if re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{1,100}", text) else None


def _url(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return text.rstrip("/") if good and not parts.query else None


def _file(text: str) -> Path | None:
    return None if os.path.isdir(text) or text.endswith("/") else Path(text)  # Path.is_dir raises where it may not look


def _folders(text: str) -> tuple[Path, ...] | None:
    folders = tuple(Path(part.strip()) for part in text.split(",") if part.strip())
    return folders if folders and all(os.path.isfile(folder / "deck.toml") for folder in folders) else None


def _ids(text: str) -> frozenset[int] | None:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return frozenset(map(int, parts)) if all(re.fullmatch(r"\d{1,20}", part) for part in parts) else None


def _level(text: str) -> str | None:
    return text.upper() if text.upper() in LEVELS else None


def _days(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,4}", text) and 1 <= int(text) <= 3650 else None


def _copies(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,3}", text) and int(text) <= 366 else None
