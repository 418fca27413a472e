"""An offline Bot API for the tests: real HTTP on 127.0.0.1, and as strict as Telegram where Telegram is."""

from tests.standin.people import Group, User
from tests.standin.server import StandIn

__all__ = ["Group", "StandIn", "User"]
