"""Settings: every fault at once, each with its remedy, and no secret shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import PUBLIC_API, ConfigFaults, Settings, load_settings

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


def test_without_any_setting_the_defaults_hold() -> None:
    """Nothing needs to be set to practise."""
    assert load_settings({}) == Settings()


def test_every_setting_is_read(tmp_path: Path) -> None:
    """Each setting reaches the program in its own type."""
    deck = tmp_path / "deck"
    deck.mkdir()
    (deck / "deck.toml").touch()
    settings = load_settings(
        {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": "http://127.0.0.1:8081/",
            "COACH_DB": "data/x.db",
            "COACH_DECKS": f"{deck}, {deck}",
            "COACH_OWNER_IDS": "1, 22",
            "COACH_ANSWER_DAYS": "30",
            "COACH_BACKUPS": "0",
            "LOG_LEVEL": "debug",
        }
    )
    assert settings == Settings(TOKEN, "http://127.0.0.1:8081", Path("data/x.db"), (deck, deck), frozenset({1, 22}), "DEBUG", 30, 0)


def test_all_faults_are_reported_at_once_without_the_token(tmp_path: Path) -> None:
    """Seven bad settings are seven sentences; the token's value is in none of them."""
    bad = {
        "TELEGRAM_BOT_TOKEN": "123456:oops secret",
        "TELEGRAM_API_URL": "ftp://somewhere",
        "COACH_DB": str(tmp_path),
        "COACH_DECKS": "nowhere",
        "COACH_OWNER_IDS": "me",
        "COACH_ANSWER_DAYS": "0",
        "LOG_LEVEL": "loud",
    }
    with pytest.raises(ConfigFaults) as caught:
        load_settings(bad)
    assert sorted(fault.split()[0] for fault in caught.value.faults) == sorted(bad)
    assert "oops" not in str(caught.value)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """.env fills in what the environment leaves open; empty values count as not set."""
    file = tmp_path / ".env"
    file.write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\nLOG_LEVEL=ERROR\nUNRELATED=1\n")
    settings = load_settings({"LOG_LEVEL": "WARNING", "COACH_DB": ""}, file)
    assert (settings.token, settings.log_level, settings.db, settings.api_url) == (TOKEN, "WARNING", Path("coach.db"), PUBLIC_API)


def test_the_token_does_not_show_in_the_settings() -> None:
    """Printing the settings prints no secret."""
    assert TOKEN not in repr(Settings(token=TOKEN)) + str(Settings(token=TOKEN))


def test_a_path_that_cannot_be_looked_at_is_no_crash() -> None:
    """Where the file system refuses to answer, opening the file says so later, in a sentence."""
    assert load_settings({"COACH_DB": "x" * 5000}).db == Path("x" * 5000)
    with pytest.raises(ConfigFaults, match="COACH_DECKS names a folder"):
        load_settings({"COACH_DECKS": "x" * 5000})
