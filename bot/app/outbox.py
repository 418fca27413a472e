"""Delivery of messages that nobody asked for at that moment: plan, claim, send, settle.

Each step is durable before the next begins, so that a crash between any two leaves a row that says how far it came.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from inspect import isawaitable

from bot.app.changes import Change, Deactivate, PlaceAsk, PlanPush, Reschedule, SettlePush
from bot.app.message import Message
from bot.app.ports import Chat, ChatBusy, ChatGone, ChatRefused, ChatUnsure, Store, StoreTrouble
from bot.core.people import Ask, Learner, Push, PushKind, PushState, Source
from bot.core.pushes import Fate, after_trouble, after_unsure, decide, later, remind_at, unwanted

Pick = Callable[[Learner, datetime], Awaitable[str | None]]
Word = Callable[[Push, Ask, Learner, datetime], Message | Awaitable[Message]]

PLAN_AT_ONCE = 50
AHEAD = 100  # more than this is not planned ahead of the sending: settings may still change
SENDS_PER_TICK = 500  # some 18 seconds at Telegram's pace; then the clock is read anew
PUT_OFF = timedelta(minutes=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A claimed push with what is needed to word it."""

    push: Push
    learner: Learner | None
    ask: Ask | None


class _Withdrawn(Exception):
    """The push was settled otherwise while it waited for its turn."""


class _Stopped(Exception):
    """The coach stops; what has not left yet stays due."""


@dataclass(slots=True)
class _Round:
    """How far a tick has come."""

    planned: int = 0
    claimed: int = 0
    due: bool = True  # there may be learners left to plan for

    @property
    def full(self) -> bool:
        return self.claimed >= SENDS_PER_TICK


class Outbox:
    """Delivers what is due. ``pick`` chooses a learner's daily question, ``word`` words a push; ``in_flight`` bounds the sends.

    A kill leaves in doubt only what was on the wire; each of those is sent once more at most.
    """

    def __init__(self, store: Store, chat: Chat, pick: Pick, word: Word, rng: random.Random, *, in_flight: int = 32) -> None:
        self._store, self._chat, self._pick, self._word, self._rng = store, chat, pick, word, rng
        self._in_flight = in_flight
        self._unsettled: list[Change] = []
        self._stopping = False
        self._ticking = asyncio.Lock()

    async def start(self, now: datetime) -> None:
        """Decide the fate of what a dead process left in doubt. Raises ``StoreTrouble``."""
        for push in await self._store.orphans():
            self._note(push, after_unsure(push, now))
        await self._settle()

    async def tick(self, now: datetime) -> bool:
        """Beat, plan who is due, deliver. Returns whether more waits, so that the next tick should follow at once.

        A tick handles ``SENDS_PER_TICK`` messages at most. Raises ``StoreTrouble``, after finishing what is in hand; what
        became of that is kept and settled by the next tick.
        """
        async with self._ticking:
            if self._stopping:
                return False
            await self._settle()
            await self._store.heartbeat(now)
            await self._store.plan_reminders(now)
            return await self._deliver(now)

    async def stop(self) -> None:
        """Let nothing more leave, and return when what is on the wire has arrived and everything in hand is settled."""
        self._stopping = True
        async with self._ticking:
            await self._settle()

    # plan

    async def _plan(self, now: datetime) -> int:
        """Plan for one batch of due learners and return how many they were; 0 when the store is in trouble (the tick tells)."""
        try:
            learners = await self._store.due_learners(now, PLAN_AT_ONCE)
            await self._store.commit(*[await self._planned(learner, now) for learner in learners])
        except StoreTrouble as trouble:
            log.error("planning stopped: %s", trouble)
            return 0
        if learners:
            log.info("pushes planned learners=%d", len(learners))
        return len(learners)

    async def _planned(self, learner: Learner, now: datetime) -> Change:
        """What planning does for one learner; one whose data cannot be worked with is put off and holds nobody up."""
        try:
            return await self._decided(learner, now)
        except StoreTrouble:
            raise
        except Exception:
            log.exception("no push could be planned for learner %d; put off", learner.id)
            return Reschedule(learner.id, now, now + PUT_OFF)

    async def _decided(self, learner: Learner, now: datetime) -> Change:
        due = decide(now, learner)
        if due.day is None:
            log.info("push of learner %d left out: its day was over", learner.id)
            return Reschedule(learner.id, now, due.next_at)
        if (question_id := await self._pick(learner, now)) is None:
            log.info("push of learner %d left out: has today's question already, or there is none to ask", learner.id)
            return Reschedule(learner.id, now, due.next_at)
        ask = PlaceAsk(learner.id, learner.id, question_id, Source.DAILY, now, due.day)
        reminder = remind_at(now, due, learner.zone)
        return PlanPush(learner.id, learner.id, PushKind.DAILY, due.day, ask, now, due.expires_at, due.next_at, reminder)

    # claim, send, settle

    async def _deliver(self, now: datetime) -> bool:
        """Plan and send side by side until nothing is due or the tick is full; whether more waits."""
        round_ = _Round()
        trouble: Exception | None = None
        async with asyncio.TaskGroup() as tasks:  # it waits for the sends in hand, also when the loop ends in trouble
            try:
                await self._loop(tasks, round_, now)
            except Exception as error:
                trouble = error
        if trouble:
            raise trouble
        await self._settle()
        return not self._stopping and (round_.full or round_.due)

    async def _loop(self, tasks: asyncio.TaskGroup, round_: _Round, now: datetime) -> None:
        planning: asyncio.Task[int] | None = None
        sending: set[asyncio.Task[None]] = set()
        while True:
            if planning is None and self._may_plan(round_):
                planning = tasks.create_task(self._plan(now))
            for parcel in await self._claim(round_, len(sending), now):
                sending.add(tasks.create_task(self._send(parcel, now)))
            if not planning and not sending:
                return
            await asyncio.wait([*sending, *([planning] if planning else [])], return_when=asyncio.FIRST_COMPLETED)
            sending = {task for task in sending if not task.done()}
            if planning and planning.done():
                count, planning = planning.result(), None
                round_.planned, round_.due = round_.planned + count, count == PLAN_AT_ONCE
            await self._settle()

    def _may_plan(self, round_: _Round) -> bool:
        return round_.due and not round_.full and not self._stopping and round_.planned - round_.claimed < AHEAD

    async def _claim(self, round_: _Round, busy: int, now: datetime) -> Sequence[_Parcel]:
        """Take rows for the free places, a quarter of all at a time."""
        free = self._in_flight - busy
        if self._stopping or round_.full or (busy and free < self._in_flight / 4):
            return []
        pushes = await self._store.claim(now, free)
        round_.claimed += len(pushes)
        if not pushes:
            return []
        try:
            learners = await self._store.learners([push.learner_id for push in pushes])
            asks = await self._store.asks([push.ask_id for push in pushes if push.ask_id is not None])
        except StoreTrouble:
            self._unsettled += [SettlePush(push.id, PushState.DUE) for push in pushes]  # nothing of them was sent
            raise
        return [_Parcel(push, learners.get(push.learner_id), asks.get(push.ask_id or 0)) for push in pushes]

    async def _send(self, parcel: _Parcel, now: datetime) -> None:
        push, learner, ask = parcel.push, parcel.learner, parcel.ask
        fate = unwanted(push, learner, ask, now)
        if fate is None and learner is not None and ask is not None:
            fate = await self._attempt(push, ask, learner, now)
        if fate is not None:
            self._note(push, fate)

    async def _attempt(self, push: Push, ask: Ask, learner: Learner, now: datetime) -> Fate:
        try:
            worded = self._word(push, ask, learner, now)
            await self._chat.send(push.chat_id, await worded if isawaitable(worded) else worded, partial(self._depart, push))
        except _Withdrawn:
            return Fate(PushState.DROPPED, again=push.again, note="withdrawn")
        except _Stopped:
            return Fate(PushState.DUE, again=push.again, note="stopped before its turn")
        except ChatGone:
            self._unsettled.append(Deactivate(learner.id))
            return Fate(PushState.FAILED, note="chat gone")
        except ChatBusy as busy:
            return later(push, now + timedelta(seconds=max(1.0, busy.retry_after)), "busy")
        except ChatUnsure:
            return after_unsure(push, now)
        except ChatRefused as refusal:
            return Fate(PushState.FAILED, note=f"refused: {refusal}"[:200])
        except Exception as error:
            log.exception("push %d to learner %d could not be sent", push.id, learner.id)
            return after_trouble(push, now, self._rng, type(error).__name__)
        return Fate(PushState.SENT)

    async def _depart(self, push: Push) -> None:
        if self._stopping:
            raise _Stopped
        if not await self._store.depart(push.id):
            raise _Withdrawn

    def _note(self, push: Push, fate: Fate) -> None:
        level = logging.INFO if fate.state is PushState.SENT else logging.WARNING
        words = "push tried push=%d kind=%s learner=%d state=%s again=%d tries=%d note=%s"
        log.log(level, words, push.id, push.kind, push.learner_id, fate.state, fate.again, push.tries, fate.note or "-")
        self._unsettled.append(SettlePush(push.id, fate.state, fate.not_before, fate.again, fate.note))

    async def _settle(self) -> None:
        """Record what became of the pushes sent since the last time, in one commit; kept for the next time if that fails."""
        changes, self._unsettled = self._unsettled, []
        if not changes:
            return
        try:
            await self._store.commit(*changes)
        except BaseException:
            self._unsettled = [*changes, *self._unsettled]
            raise
