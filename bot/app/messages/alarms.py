"""Words for the owner about what went wrong."""

from __future__ import annotations

from bot.app.message import Message
from bot.app.messages.parts import bold, fixed, message


def set_aside(update_id: int, error: str) -> Message:
    """An update could not be handled in three tries."""
    return message(bold("An update was set aside"), f"\nUpdate {update_id} failed three times. The log has more.\n", fixed(error[:300]))
