"""Use cases of looking around: search, the sections, an explanation, a snippet, help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from rapidfuzz import fuzz, process, utils

from bot.app.asking import put
from bot.app.call import Call
from bot.app.coach import Coach, saving
from bot.app.outcomes import CodeShown, Explained, Found, NotStarted, Outcome, OwnersOnly, SearchWanted, SectionsShown, Stale, StatsShown
from bot.core.model import Question
from bot.core.people import Source

MOST_FOUND = 6
KNOWN_FROM = 60
COMMON = 0.06  # the share of wordings from which on a word tells nothing
SURE = 60


async def search(coach: Coach, call: Call) -> Outcome:
    """/search words: the questions that fit; without words, the next text is what to look for."""
    if (learner := await coach.store.learner(call.learner_id)) is None:
        return NotStarted()
    if not call.text.strip():
        await coach.store.commit(saving(call, replace(learner, awaiting="search"), learner), update_id=call.update_id)
        return SearchWanted()
    return Found(call.text.strip()[:80], tuple(find(coach, call.text)))


def find(coach: Coach, words: str) -> list[Question]:
    """Up to six questions by fuzzy words, over every wording and the id; best first.

    Words that stand in many questions (how, what, the subject itself) say nothing, unless nothing else was typed.
    """
    wordings = [(_plain(text), q) for q in coach.deck.questions for text in (q.question, *q.aliases, q.id.replace("-", " "))]
    seen = Counter(word for text, _ in wordings for word in set(text.split()))
    common = {word for word, times in seen.items() if times > len(wordings) * COMMON}
    wanted = _telling(_plain(words[:200]), common)
    texts = [_telling(text, common) for text, _ in wordings]
    hits = process.extract(wanted, texts, scorer=fuzz.token_set_ratio, score_cutoff=SURE, limit=40)
    return list({wordings[place][1].id: wordings[place][1] for _, _, place in hits}.values())[:MOST_FOUND]


def _plain(text: str) -> str:
    return utils.default_process(text)


def _telling(text: str, common: Collection[str]) -> str:
    return " ".join(word for word in text.split() if word not in common) or text


async def ask_found(coach: Coach, call: Call, question_id: str) -> Outcome:
    """Ask a question that was found."""
    question = coach.questions.get(question_id)
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    if question is None or situation.learner is None:
        return Stale()
    return await put(coach, call, situation, question, Source.SEARCH)


async def sections(coach: Coach, call: Call) -> Outcome:
    """/sections: each with how much of it is known (a last score of 60 or more)."""
    situation = await coach.store.situation(call.learner_id, call.chat_id)
    rows = []
    for section in coach.deck.sections:
        ids = [q.id for q in coach.deck.questions if q.section == section.id]
        known = sum(1 for name in ids if (recall := situation.recalls.get(name)) and recall.last >= KNOWN_FROM)
        rows.append((section.id, section.title, known, len(ids)))
    return SectionsShown(tuple(row for row in rows if row[3]))


async def explain(coach: Coach, call: Call, question_id: str) -> Outcome:
    """The explanation for beginners."""
    question = coach.questions.get(question_id)
    return Explained(question) if question else Stale()


async def code(coach: Coach, call: Call, question_id: str) -> Outcome:
    """The question's code."""
    question = coach.questions.get(question_id)
    return CodeShown(question) if question and question.code else Stale()


async def stats(coach: Coach, call: Call) -> Outcome:
    """/stats: figures for the owner alone."""
    if call.learner_id not in coach.owners:
        return OwnersOnly()
    figures = {**await coach.store.health(call.at), **coach.vitals(call.at)}
    return StatsShown(tuple((name.replace("_", " "), value) for name, value in figures.items()))
