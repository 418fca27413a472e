"""What can change: small values, applied together in one ``Store.commit``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.core.people import AskState, Circle, Learner, PushKind, PushState, Recall, Schedule, Session, Source


@dataclass(frozen=True, slots=True)
class SaveLearner:
    """Insert or replace a learner's settings, and when the next daily question is due (``None``: never).

    ``keep_due``: a known learner's due time stays as it is, since nothing that decides it has changed.
    """

    learner: Learner
    next_push_at: datetime | None
    keep_due: bool = False


@dataclass(frozen=True, slots=True)
class LogSchedule:
    """Append to the learner's schedule log; a second entry for the same ``since`` replaces the first."""

    learner_id: int
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class MoveAsk:
    """Take an ask from one state to another. The whole commit is undone with ``Conflict`` when it is not in ``was``.

    When the learner dealt with it (answered, skipped, shown), a push of it whose fate is in doubt is not repeated. It stays
    unsure: who has no idea that a new question came may have answered it all the same.
    """

    ask_id: int
    was: AskState
    now: AskState


@dataclass(frozen=True, slots=True)
class PlaceAsk:
    """Insert an ask; the commit returns its id. A second open one for the learner and chat is a ``Conflict``."""

    learner_id: int
    chat_id: int
    question_id: str
    source: Source
    asked_at: datetime
    local_day: date
    state: AskState = AskState.OPEN
    session: str | None = None
    retry_of: int | None = None


@dataclass(frozen=True, slots=True)
class GiveHint:
    """Count one more hint on an ask."""

    ask_id: int


@dataclass(frozen=True, slots=True)
class AppendAttempt:
    """Append a scored answer; the commit returns its id. A second attempt for the same ask is a ``Conflict``."""

    ask_id: int
    learner_id: int
    question_id: str
    answer: str
    score: int
    points: int
    counted: bool
    at: datetime
    local_day: date
    retry_of: int | None = None


@dataclass(frozen=True, slots=True)
class SaveRecall:
    """Insert or replace what is known of the learner's memory of a question. ``before`` is kept to redo a retry's review."""

    learner_id: int
    recall: Recall
    before: Recall | None


@dataclass(frozen=True, slots=True)
class SaveSession:
    """Insert or replace a quiz. A second unfinished one for the learner and chat is a ``Conflict``."""

    session: Session


@dataclass(frozen=True, slots=True)
class SaveCircle:
    """Insert or rename a circle."""

    circle: Circle
    at: datetime


@dataclass(frozen=True, slots=True)
class JoinCircle:
    """Add a learner to a circle; nothing happens when already in it."""

    token: str
    learner_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LeaveCircle:
    """Take a learner out of a circle."""

    token: str
    learner_id: int


@dataclass(frozen=True, slots=True)
class AppendAppeal:
    """The learner says point ``label`` of the question was in the answer, in the words ``phrase``. One per attempt and point."""

    attempt_id: int
    learner_id: int
    question_id: str
    label: str
    phrase: str
    score: int
    at: datetime
    local_day: date


@dataclass(frozen=True, slots=True)
class PlanPush:
    """Insert an outbox row and its ask, and move the learner's next push to ``next_push_at``; the commit returns the row's id.

    Silently left out when the learner has one of this kind for this local day (only the next push moves then), and, for a
    daily one, when the learner is no longer due at ``not_before`` (settings changed meanwhile). The ask waits aside until it is
    sent: an answer that comes before is to what the learner saw before. ``remind_at`` is when a reminder follows if the question
    then still waits.
    """

    learner_id: int
    chat_id: int
    kind: PushKind
    local_day: date
    ask: PlaceAsk | None
    not_before: datetime
    expires_at: datetime
    next_push_at: datetime | None
    remind_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reschedule:
    """Plan nothing for a learner who was due at ``was_due``, and move the next push; not when settings changed meanwhile."""

    learner_id: int
    was_due: datetime
    next_push_at: datetime | None


@dataclass(frozen=True, slots=True)
class SettlePush:
    """Record what became of a push. ``state`` DUE with ``not_before`` means try again then; ``note`` is the reason, for the owner.

    ``again`` marks that it may have arrived. A daily question that did, or may have, is opened, and an older open one goes aside
    (``pushes.YIELD_TO``). When a daily push ends failed, expired or dropped without that, nobody saw its question: the ask is
    dropped if it still waits. A push that is settled for good stays as it is.
    """

    push_id: int
    state: PushState
    not_before: datetime | None = None
    again: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deactivate:
    """The learner's chat is gone (blocked, deleted): no pushes until /start. Rows due to it are dropped."""

    learner_id: int


@dataclass(frozen=True, slots=True)
class MoveChat:
    """A group has a new chat id: everything of the old one is the new one's. Where both exist, the old one's members join the new one."""

    old: int
    new: int


Change = (
    SaveLearner
    | LogSchedule
    | MoveAsk
    | PlaceAsk
    | GiveHint
    | AppendAttempt
    | SaveRecall
    | SaveSession
    | SaveCircle
    | JoinCircle
    | LeaveCircle
    | AppendAppeal
    | PlanPush
    | Reschedule
    | SettlePush
    | Deactivate
    | MoveChat
)
