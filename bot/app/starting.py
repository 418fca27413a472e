"""Use cases of setting up: /start with its steps, and /settings (one message, edited in place)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from bot.app.asking import ask_one
from bot.app.call import Call
from bot.app.changes import Change, JoinCircle, LogSchedule
from bot.app.coach import Coach, saving, today
from bot.app.outcomes import Asked, AskTime, NotStarted, NotUnderstood, Outcome, ReadyToGo, SettingsShown, Stale, Welcome
from bot.core.choosing import Wish
from bot.core.people import EVERY_DAY, Circle, Learner, Schedule, Source
from bot.core.streaks import zone_info
from bot.core.zones import read_time, read_zone

LONGEST_NAME = 32
LONGEST_PAUSE = 365
PAGES = ("time", "zone", "days", "pause", "sections", "name")


async def start(coach: Coach, call: Call) -> Outcome:
    """/start: a new learner is greeted and asked for the zone; a known one is welcomed back and active again."""
    circle = await _invited(coach, call)
    known = await coach.store.learner(call.learner_id)
    learner = replace(known, active=True) if known else Learner(call.learner_id, call.name[:LONGEST_NAME] or "You", call.at)
    if not learner.ready:
        learner = replace(learner, awaiting="zone")
    joining = (JoinCircle(circle.token, learner.id, call.at),) if circle else ()
    await _save(coach, call, learner, known, *joining, log=known is None)
    return Welcome(learner, call.at, circle, back=learner.ready)


async def _invited(coach: Coach, call: Call) -> Circle | None:
    match = re.fullmatch(r"c_([A-Za-z0-9_-]{16,60})", call.text.strip())
    circle = await coach.store.circle(match[1]) if match else None
    return circle if circle and circle.chat_id is None else None


async def _save(coach: Coach, call: Call, learner: Learner, known: Learner | None, *more: Change, log: bool = False) -> None:
    """Save the learner with the next push; ``log`` when zone, days or pause changed."""
    logged: tuple[Change, ...] = ()
    if log:
        schedule = Schedule(today(call, learner), learner.zone, learner.days, learner.paused_until)
        logged = (LogSchedule(learner.id, schedule),)
    await coach.store.commit(saving(call, learner, known), *logged, *more, update_id=call.update_id)


async def typed(coach: Coach, call: Call, learner: Learner) -> Outcome:
    """Text for the setting that the learner is being asked for."""
    text = call.text.strip()
    if learner.awaiting == "zone":
        zone = read_zone(text, call.at)
        return await set_zone(coach, call, zone) if zone else NotUnderstood("zone")
    if learner.awaiting == "time":
        minutes = read_time(text)
        return NotUnderstood("time") if minutes is None else await set_time(coach, call, minutes)
    if learner.awaiting == "name":
        name = " ".join(text.split())[:LONGEST_NAME]
        return await _change(coach, call, learner, name=name, awaiting="") if name else NotUnderstood("name")
    days = re.fullmatch(r"(\d{1,3})\s*(?:d|days?)?", text)
    return await set_pause(coach, call, int(days[1])) if days else NotUnderstood("pause")


async def set_zone(coach: Coach, call: Call, zone: str) -> Outcome:
    """Set the time zone; while setting up, the daily time is asked for next."""
    try:
        zone_info(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return NotUnderstood("zone")
    if (learner := await coach.store.learner(call.learner_id)) is None:
        return NotStarted()
    moved = replace(learner, zone=zone, awaiting="" if learner.ready else "time")
    await _save(coach, call, moved, learner, log=zone != learner.zone)
    return SettingsShown(moved, call.at) if learner.ready else AskTime(moved, call.at)


async def set_time(coach: Coach, call: Call, minutes: int) -> Outcome:
    """Set the daily time (minutes after midnight); while setting up, that completes it and the first question follows."""
    learner = await coach.store.learner(call.learner_id)
    if learner is None:
        return NotStarted()
    if not 0 <= minutes < 1440:
        return NotUnderstood("time")
    changed = replace(learner, push_at=minutes, awaiting="", ready=True)
    if learner.ready:
        return await _change(coach, call, learner, push_at=minutes, awaiting="")
    await _save(coach, call, changed, learner)
    return ReadyToGo(changed, call.at, await _first(coach, call))


async def _first(coach: Coach, call: Call) -> Asked | None:
    """The first question comes in a commit of its own: a replay finds the settings saved and asks what is open."""
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    if situation.ask:
        return coach.asked(situation.ask, situation.session)
    apart = replace(call, update_id=None)
    asked = await ask_one(coach, apart, situation, Source.FIRST, Wish(hot=True))
    return asked if isinstance(asked, Asked) else None


async def settings(coach: Coach, call: Call, page: str = "main") -> Outcome:
    """/settings, or one of its pages; a page that takes typed text waits for it."""
    if (learner := await coach.store.learner(call.learner_id)) is None:
        return NotStarted()
    awaiting = page if page in ("time", "zone", "name", "pause") else ""
    if awaiting != learner.awaiting:
        waiting = replace(learner, awaiting=awaiting)
        await _save(coach, call, waiting, learner)
        return _shown(coach, call, waiting, page)
    return _shown(coach, call, learner, page)


def _shown(coach: Coach, call: Call, learner: Learner, page: str = "main") -> SettingsShown:
    return SettingsShown(learner, call.at, page, tuple(coach.titles.items()))


async def _change(coach: Coach, call: Call, known: Learner, page: str = "main", *, log: bool = False, **changes: Any) -> Outcome:
    learner = replace(known, **changes)
    await _save(coach, call, learner, known, log=log)
    return _shown(coach, call, learner, page)


async def toggle_day(coach: Coach, call: Call, bit: int) -> Outcome:
    """Turn a weekday on or off (0 Monday to 6 Sunday); the last one stays on."""
    learner = await coach.store.learner(call.learner_id)
    if learner is None or not 0 <= bit < 7:
        return Stale()
    days = (learner.days ^ 1 << bit) & EVERY_DAY
    return await _change(coach, call, learner, "days", log=True, days=days or learner.days)


async def set_pause(coach: Coach, call: Call, days: int) -> Outcome:
    """Pause for that many local days from today; 0 goes on at once."""
    if (learner := await coach.store.learner(call.learner_id)) is None:
        return NotStarted()
    if not 0 <= days <= LONGEST_PAUSE:
        return NotUnderstood("pause")
    until: date | None = today(call, learner) + timedelta(days=days) if days else None
    return await _change(coach, call, learner, log=True, paused_until=until, awaiting="")


async def toggle_section(coach: Coach, call: Call, section: str) -> Outcome:
    """Take a section into the daily questions or leave it out; all of them again when none would be left."""
    learner = await coach.store.learner(call.learner_id)
    if learner is None or section not in coach.titles:
        return Stale()
    chosen = set(learner.sections or coach.titles) ^ {section}
    sections = tuple(name for name in coach.titles if name in chosen)
    everything = not sections or len(sections) == len(coach.titles)
    return await _change(coach, call, learner, "sections", sections=() if everything else sections)


async def toggle(coach: Coach, call: Call, name: str) -> Outcome:
    """Turn the evening reminder or the name on boards on or off."""
    if (learner := await coach.store.learner(call.learner_id)) is None:
        return NotStarted()
    if name == "remind":
        return await _change(coach, call, learner, remind=not learner.remind)
    return await _change(coach, call, learner, on_boards=not learner.on_boards)
