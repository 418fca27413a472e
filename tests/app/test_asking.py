"""Setting up, the question of the day, hints, skipping, quizzes."""

from __future__ import annotations

from bot.app.desk import Desk
from tests.app.conftest import Person, buttons_of, right


async def test_start_asks_zone_then_time_then_the_first_question(desk: Desk) -> None:
    """Three steps lead from /start to a question, each by button or by text."""
    ada = Person(desk)
    assert "where are you" in await ada.says("/start")
    assert "Berlin" in buttons_of(ada.last)
    assert "local time is 13:00" in await ada.says("i am in berln")
    assert "Every day at 21:00" in await ada.presses("21:00")
    assert "What is thing 1?" in ada.heard()


async def test_nonsense_for_the_zone_gets_another_chance(desk: Desk) -> None:
    """A place nobody knows is asked for again, and nothing is lost."""
    ada = Person(desk)
    await ada.says("/start")
    assert "do not know that place" in await ada.says("xyzzy")
    assert "local time" in await ada.says("Tokyo")


async def test_who_never_started_is_asked_to(stranger: Person) -> None:
    """Text and commands of somebody unknown get one kind sentence and leave no row behind."""
    for text in ("hello", "/today", "/quiz", "/settings", "/mydata", "/deleteme", "/cancel", "/search x"):
        assert "/start" in await stranger.says(text)
    assert await stranger.desk.coach.store.learner(8) is None


async def test_today_asks_once_a_day(ada: Person) -> None:
    """/today shows the same open question again, says when it is done, and asks a new one the next day."""
    first = await ada.says("/today")
    assert "Still waiting" in await ada.says("/today")
    question = first.splitlines()[-1]
    assert question in ada.heard()
    await ada.answers()
    assert "Today's question is done" in await ada.says("/today")
    ada.later(days=1)
    assert "Question of the day" in await ada.says("/today")
    assert question not in ada.heard()


async def test_hints_come_heaviest_first_and_end(ada: Person) -> None:
    """Each hint is given once."""
    assert "What comes first?" in await ada.says("/hint")
    assert "What comes third?" in await ada.says("/hint")
    assert "no further hint" in await ada.says("/hint")


async def test_skip_closes_the_question(ada: Person) -> None:
    """After /skip typed text is no answer to it."""
    assert "Skipped" in await ada.says("/skip")
    assert "No question is open" in await ada.says("alpha1 beta")


async def test_showing_the_answer_earns_nothing(ada: Person) -> None:
    """Show answer closes the question without points or a streak."""
    assert "30-second answer" in await ada.presses("Show answer")
    assert "No streak yet" in await ada.says("/streak")


async def test_a_quiz_runs_to_its_summary(ada: Person) -> None:
    """/quiz 3 asks three questions one after the other and sums up."""
    assert "Quiz 1/3" in await ada.says("/quiz 3 two")
    assert "Quiz 2/3" in await ada.answers()
    assert "Quiz 3/3" in await ada.says("/skip")
    done = await ada.answers()
    assert "2 of 3 answered" in done


async def test_a_quiz_goes_on_where_it_was_left(ada: Person) -> None:
    """/quiz without words continues the unfinished one at the same question."""
    await ada.says("/quiz 3 two")
    second = (await ada.answers()).splitlines()[-1]
    resumed = await ada.says("/quiz")
    assert "Quiz 2/3" in resumed
    assert second in resumed


async def test_a_new_quiz_does_not_repeat_what_an_abandoned_one_asked(ada: Person) -> None:
    """The question seen in a quiz that was cancelled is not the first of the next."""
    seen = (await ada.says("/quiz 2 two")).splitlines()[-1]
    assert "ended early" in await ada.says("/cancel")
    assert seen not in await ada.says("/quiz 3 two")


async def test_words_of_a_quiz_come_in_any_order_with_typos(ada: Person) -> None:
    """Number, mark and a mistyped section are understood; a word that means nothing is named."""
    assert "Quiz 1/2" in await ada.says("/quiz secnod 2")
    assert "Quiz 1/1" in await ada.says("/quiz hot one")
    assert 'no question for "bananas"' in await ada.says("/quiz bananas")


async def test_weak_asks_what_went_badly(ada: Person) -> None:
    """/quiz weak holds only questions answered below 60."""
    asked = ada.last.messages[-1]
    await ada.says("something else entirely about nothing")
    assert "Quiz 1/1" in await ada.says("/quiz weak")
    assert right(ada.last.messages[-1]) == right(asked)


async def test_another_question_puts_the_quiz_aside_and_it_comes_back(ada: Person) -> None:
    """A found question in the middle of a quiz is answered first; then the quiz's question returns."""
    waiting = (await ada.says("/quiz 2 two")).splitlines()[-1]
    await ada.says("/search thing 2")
    await ada.presses("1")
    back = await ada.answers()
    assert "Still waiting" in back
    assert waiting in back


async def test_multiple_choice_takes_a_button_a_letter_or_the_words(ada: Person) -> None:
    """The right option is accepted in all three forms; nonsense asks again."""
    await ada.says("/quiz mcq")
    assert "tap one of the letters" in await ada.says("what?")
    assert "Right: B. the second one" in await ada.says("b)")
    for typed in ("2", "the secnd one"):
        await ada.says("/quiz mcq")
        assert "✅" in await ada.says(typed)
    await ada.says("/quiz mcq")
    assert "A is not it" in await ada.presses("A")


async def test_cancel_ends_what_is_going_on(ada: Person) -> None:
    """First the open question, then nothing is left to cancel."""
    assert "set aside" in await ada.says("/cancel")
    assert "nothing to cancel" in await ada.says("/cancel")


async def test_an_unknown_command_gets_the_help(ada: Person) -> None:
    """What does not exist is named, and what does is listed."""
    assert "do not know /fly" in await ada.says("/fly")
    assert "/today" in ada.heard()


async def test_search_without_words_waits_for_them(ada: Person) -> None:
    """The text after /search is what to look for, the one after that an answer again."""
    assert "looking for" in await ada.says("/search")
    assert "What is thing 3?" in await ada.says("thing 3")
    assert "/100" in await ada.says("alpha1 beta")


async def test_sections_show_what_is_known(ada: Person) -> None:
    """A section's bar moves with a good answer."""
    await ada.answers()
    assert "Section One: 1 of 4" in await ada.says("/sections")
