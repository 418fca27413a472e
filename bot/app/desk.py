"""The front desk: a command, typed text or a pressed button comes in, a worded reply goes out.

It knows no chat program. What was applied before a crash is recognised here and answered again instead of done again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.app import answering, appealing, asking, finding, privacy, standing, starting
from bot.app.call import Call
from bot.app.changes import Deactivate, MoveChat
from bot.app.coach import Coach
from bot.app.commands import COMMANDS, Scope, topics_for
from bot.app.message import Reply
from bot.app.messages import flooded, word
from bot.app.messages.parts import message
from bot.app.messages.questions import model_answer
from bot.app.outcomes import HelpShown, NotStarted, Outcome, OwnersOnly, PrivateOnly, Stale, Troubled, Unreadable
from bot.app.ports import AlreadyApplied, Conflict

_BY_NAME = {command.name: command for command in COMMANDS}
Handler = Callable[[Coach, Call, Sequence[str]], Awaitable[Outcome]]


@dataclass(frozen=True)
class Desk:
    """Answers calls with the coach's use cases."""

    coach: Coach

    async def command(self, name: str, call: Call) -> Reply:
        """A command by its name without the slash; an unknown one gets the help."""
        if (known := _BY_NAME.get(name)) is None:
            return await self.unknown(call, name)
        if Scope.OWNER in known.scopes:
            allowed: Outcome | None = None if call.learner_id in self.coach.owners and call.private else OwnersOnly()
        else:
            here = Scope.PRIVATE if call.private else Scope.GROUP
            allowed = None if here in known.scopes or call.private else PrivateOnly(self.coach.link(name))
        if allowed is not None:
            return self._worded(allowed, call)
        if name == "start" and not call.private:
            return self._worded(PrivateOnly(self.coach.link("group")), call)
        return _as_messages(await self._run(partial(known.run, self.coach, call), call))

    async def unknown(self, call: Call, name: str) -> Reply:
        """A command that does not exist."""
        return self._worded(HelpShown(call.private, call.learner_id in self.coach.owners, name[:32]), call)

    async def text(self, call: Call) -> Reply:
        """Typed text: the setting that is waited for, else an answer."""
        return _as_messages(await self._run(partial(self._typed, call), call))

    async def _typed(self, call: Call) -> Outcome:
        situation = await self.coach.store.situation(call.learner_id, call.chat_id, call.at)
        learner = situation.learner
        if learner is None or not learner.awaiting or call.ask_id is not None:
            return await answering.answer(self.coach, call, situation=situation)
        if learner.awaiting == "search":
            found = await finding.search(self.coach, call)
            await self.coach.store.commit(*asking.not_waiting(learner, call), update_id=call.update_id)
            return found
        return await starting.typed(self.coach, call, learner)

    async def press(self, call: Call) -> Reply:
        """A pressed button; one that names nothing known, or nothing of this learner's, has had its moment."""
        verb, *rest = call.text.split(":")
        if verb == "model" and rest and (question := self.coach.questions.get(rest[0])):
            return Reply((message(*model_answer(question)),))
        handler = _ACTIONS.get(verb)
        if handler is None:
            return self._worded(Stale(), call)
        return await self._run(partial(handler, self.coach, call, rest), call)

    async def _run(self, do: Callable[[], Awaitable[Outcome]], call: Call) -> Reply:
        try:
            outcome = await _settled(do)
        except AlreadyApplied:
            outcome = await answering.replay(self.coach, call)
        except (Conflict, ValueError, IndexError):
            outcome = Stale()
        return self._worded(outcome, call)

    def _worded(self, outcome: Outcome, call: Call) -> Reply:
        topics = topics_for(private=call.private, owner=call.learner_id in self.coach.owners) if isinstance(outcome, HelpShown) else ()
        return word(outcome, topics)

    async def unreadable(self, call: Call) -> Reply:
        """A sticker, a picture, a voice message."""
        return self._worded(Unreadable(), call)

    async def edited(self, call: Call) -> Reply:
        """An edited message changes nothing: the first words were graded."""
        return Reply()

    async def flooded(self, call: Call) -> Reply:
        """More at once than anybody types."""
        return flooded()

    async def trouble(self, call: Call | None) -> Reply:
        """The fixed sentence after an unexpected error."""
        return word(Troubled())

    async def gone(self, learner_id: int) -> None:
        """The learner blocked the bot: no pushes until /start."""
        await self.coach.store.commit(Deactivate(learner_id))

    async def moved(self, old: int, new: int) -> None:
        """A group became a supergroup: its board and its questions go with it."""
        await self.coach.store.commit(MoveChat(old, new))


async def _settled(do: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Do it; once more when something changed between reading and writing, as when a daily question goes in front."""
    try:
        return await do()
    except Conflict:
        return await do()


def _as_messages(reply: Reply) -> Reply:
    """Where no message was pressed there is none to edit: what would replace it is sent."""
    if reply.toast and not reply.messages:
        return Reply((message(reply.toast),))
    return replace(reply, messages=(reply.edit, *reply.messages), edit=None) if reply.edit else reply


async def _settings(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    """set:time, set:time:540, set:zone:Europe/Berlin, set:day:3, set:pause:7, set:section:basics, set:remind, set:boards."""
    what, value = rest[0], ":".join(rest[1:])
    if not value:
        return await (starting.toggle(coach, call, what) if what in ("remind", "boards") else starting.settings(coach, call, what))
    if what == "zone":
        return await starting.set_zone(coach, call, value)
    if what == "section":
        return await starting.toggle_section(coach, call, value)
    change = {"time": starting.set_time, "day": starting.toggle_day, "pause": starting.set_pause}.get(what)
    return await change(coach, call, int(value)) if change else Stale()


def _on_ask(run: Callable[[Coach, Call], Awaitable[Outcome]]) -> Handler:
    """A button that names the ask it belongs to."""

    async def handle(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
        return await run(coach, replace(call, ask_id=int(rest[0])))

    return handle


def _plain(run: Callable[[Coach, Call], Awaitable[Outcome]]) -> Handler:
    """A button that stands for a command, with what follows as its words."""

    async def handle(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
        if not call.private and run not in (standing.leaderboard, standing.join):
            return Stale()
        return await run(coach, replace(call, text=" ".join(rest)))

    return handle


async def _pick(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    return await answering.pick(coach, replace(call, ask_id=int(rest[0])), int(rest[1]))


async def _again(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    return await answering.again(coach, call, int(rest[0]))


async def _right(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    return await appealing.offer(coach, call, int(rest[0]))


async def _claim(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    clause = int(rest[2]) if len(rest) > 2 else None
    return await appealing.claim(coach, call, int(rest[0]), int(rest[1]), clause)


async def _explain(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    return await finding.explain(coach, call, rest[0])


async def _code(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    return await finding.code(coach, call, rest[0])


async def _ask(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    return await finding.ask_found(coach, call, rest[0])


async def _leave(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    return await standing.leave(coach, call, rest[0])


async def _forget(coach: Coach, call: Call, rest: Sequence[str]) -> Outcome:
    if await coach.store.learner(call.learner_id) is None:
        return NotStarted()
    return await privacy.deleted(coach, call, rest[0] == "yes")


_ACTIONS: dict[str, Handler] = {
    "hint": _on_ask(asking.hint),
    "skip": _on_ask(asking.skip),
    "show": _on_ask(asking.show),
    "pick": _pick,
    "again": _again,
    "right": _right,
    "claim": _claim,
    "explain": _explain,
    "code": _code,
    "ask": _ask,
    "set": _settings,
    "leave": _leave,
    "forget": _forget,
    "next": _plain(asking.next_question),
    "today": _plain(asking.today_question),
    "quiz": _plain(asking.quiz),
    "sections": _plain(finding.sections),
    "invite": _plain(standing.invite),
    "join": _plain(standing.join),
}
