"""Answers: graded once, tried again, appealed, replayed after a crash."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from bot.app.desk import Desk
from tests.app.conftest import OWNER, Person, buttons_of, right


async def test_an_answer_gets_score_hits_hints_and_the_spoken_answer_in_one_message(ada: Person) -> None:
    """The verdict carries everything the learner needs."""
    verdict = await ada.says("alpha1 beta, I think")
    assert len(ada.last.messages) == 1
    for part in ("/100", "✅ the alpha: “alpha1 beta", "🤔 What comes third?", "The 30-second answer", "🔥 1 day in a row", "5 words"):
        assert part in verdict


async def test_a_full_answer_is_strong(ada: Person) -> None:
    """Saying both points is worth 85 or more."""
    verdict = await ada.answers()
    assert int(verdict.split("/")[0]) >= 85


async def test_text_without_an_open_question_loses_nothing(ada: Person) -> None:
    """After the answer, more text gets a kind sentence and no second score."""
    await ada.answers()
    assert "No question is open" in await ada.says("and another thing")
    recalls = (await ada.desk.coach.store.situation(7, 7)).recalls
    assert recalls["q1"].tries == 1


async def test_try_again_shows_the_difference_and_earns_no_points(ada: Person) -> None:
    """The second try is compared with the first; boards keep the first."""
    await ada.says("alpha1 beta")
    first = ada.last
    await ada.says("/invite")
    await ada.presses("Try again", first)
    again = await ada.answers()
    assert "→" in again
    assert "1 point more" in again
    assert "on your boards" not in again


async def test_i_was_right_corrects_the_score_once(ada: Person) -> None:
    """The claimed point raises the learner's own score; claiming it twice does nothing; the author sees the words."""
    await ada.says("alpha1 beta. The Γ comes last")
    verdict = ada.last
    await ada.presses("I was right")
    await ada.presses("the gamma")
    assert "counts" in await ada.presses("The Γ comes last")
    await ada.presses("I was right", verdict)
    await ada.presses("the gamma")
    assert "already" in await ada.presses("The Γ comes last")
    (proposal,) = await ada.desk.coach.store.proposals()
    assert (proposal.question_id, proposal.label, proposal.phrase, proposal.learners) == ("q1", "the gamma", "The Γ comes last", 1)


async def test_appeals_are_limited_to_three_a_day(ada: Person) -> None:
    """The fourth appeal of a day is refused, the next day is free again."""
    for _ in range(3):
        await ada.says("alpha only")
        verdict = ada.last
        await ada.presses("I was right")
        await ada.presses("the gamma")
        await ada.presses("Next", verdict)
    await ada.says("alpha only")
    assert "limit" in await ada.presses("I was right")


async def test_a_replayed_update_is_not_applied_again(ada: Person, tmp_path: Path) -> None:
    """The same update id after a crash shows the stored verdict and the question that followed, and scores nothing twice."""
    await ada.says("/quiz 3 two")
    words = right(ada.last.messages[-1])
    first = await ada.says(words, update_id=501)
    replayed = await ada.says(words, update_id=501)
    assert replayed.splitlines()[0] == first.splitlines()[0]
    assert "Quiz 2/3" in replayed
    with sqlite3.connect(tmp_path / "coach.db") as db:
        assert db.execute("SELECT count(*) FROM attempt").fetchone() == (1,)


async def test_a_replayed_skip_skips_once(ada: Person) -> None:
    """A /skip handled twice leaves the quiz at its second question."""
    await ada.says("/quiz 3 two")
    await ada.says("/skip", update_id=502)
    assert "Quiz 2/3" in await ada.says("/skip", update_id=502)


async def test_a_reply_to_an_answered_question_gets_the_stored_verdict(ada: Person) -> None:
    """Answering an old question's message again changes nothing."""
    ask = int(buttons_of(ada.last)["Hint"].action.split(":")[1])
    await ada.answers()
    assert "already" in await ada.says("alpha1 beta", ask_id=ask)


FORGED = [
    "skip:1",
    "hint:1",
    "show:1",
    "pick:1:0",
    "again:1",
    "right:1",
    "claim:1:0",
    "claim:1:1:0",
    "leave:token-1",
    "set:zone:../etc",
    "set:time:99999",
    "set:day:9",
    "set:section:nope",
    "hint:x",
    "hint:",
    "pick",
    "ask:nope",
    "explain:nope",
    "::",
    "stats",
]


async def test_stale_and_foreign_buttons_do_nothing(ada: Person, desk: Desk) -> None:
    """Buttons of closed questions, of other people and of nobody's making are refused with a word."""
    asked = ada.last
    await ada.answers()
    for label in ("Hint", "Skip", "Show answer"):
        assert "moment has passed" in await ada.presses(label, asked)
    eve = Person(desk, 66, "Eve", 66)
    await eve.sets_up()
    for forged in FORGED:
        heard = await eve.forges(forged)
        assert "moment has passed" in heard or "do not know that place" in heard or "not a time" in heard, forged
    score = (await desk.coach.store.situation(7, 7)).recalls["q1"].last
    assert score >= 85


async def test_edits_stickers_and_strangers_to_the_owner_commands(ada: Person, desk: Desk) -> None:
    """An edit changes nothing, a sticker gets a kind sentence, /stats is the owner's alone."""
    assert (await desk.edited(ada.call("better words"))).messages == ()
    ada.last = await desk.unreadable(ada.call(""))
    assert "only read typed text" in ada.heard()
    assert "owner" in await ada.says("/stats")
    owner = Person(desk, OWNER, "Root", OWNER)
    assert "learners: 1" in await owner.says("/stats")


async def test_deleteme_asks_once_and_leaves_nothing(ada: Person) -> None:
    """After the confirmation no table holds a row of the learner; refusing keeps everything."""
    await ada.answers()
    await ada.says("/deleteme")
    assert "stays" in await ada.presses("No, keep it")
    await ada.says("/deleteme")
    await ada.presses("Yes, remove everything")
    assert not any((await ada.desk.coach.store.everything(7)).values())


async def test_mydata_holds_the_answers(ada: Person) -> None:
    """The file contains what was typed."""
    await ada.says("alpha1 beta, my very own words")
    await ada.says("/mydata")
    attachment = ada.last.messages[0].attachment
    assert attachment is not None
    assert "my very own words" in json.dumps(json.loads(attachment.content))


async def test_blank_answers_keep_no_streak(ada: Person) -> None:
    """ "no idea" scores nothing and does not count as an answered day."""
    assert "0/100" in await ada.says("no idea")
    assert "No streak yet" in await ada.says("/streak")


async def test_a_replayed_answer_shows_its_verdict_when_nothing_else_is_open(ada: Person) -> None:
    """After a crash between scoring and replying the same update brings the same verdict, and no second attempt."""
    words = right(ada.last.messages[-1])
    first = await ada.says(words, update_id=503)
    assert (await ada.says(words, update_id=503)).splitlines()[0] == first.splitlines()[0]
