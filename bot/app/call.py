"""What reaches the coach from a chat: who, where, when, and the words or the button."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Call:
    """One thing a person did in a chat, free of any chat program's types.

    ``text`` is the typed answer, what follows a command, or the action of the pressed button. ``at`` is when it was said
    (never in the future). ``update_id`` identifies the update for replays; ``None`` where nothing is replayed. ``ask_id``
    is the question that the message replies to, as read off that message's buttons. ``admin`` is whether the person
    administers the group; ``None`` when not known. ``came_at`` is when it reached us, by our own clock.
    """

    learner_id: int
    name: str
    chat_id: int
    at: datetime
    text: str = ""
    private: bool = True
    update_id: int | None = None
    ask_id: int | None = None
    chat_title: str = ""
    admin: bool | None = None
    came_at: datetime | None = None
