"""Every word that users see: ``word(outcome)`` turns what a use case came to into a ``Reply``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from bot.app import outcomes as o
from bot.app.message import Message, Reply
from bot.app.messages import boards, notices, questions, setup, verdicts
from bot.app.messages.parts import count, message, reply

Topics = Iterable[tuple[str, Iterable[tuple[str, str]]]]


def word(outcome: o.Outcome, topics: Topics = ()) -> Reply:
    """The reply to an outcome; ``topics`` are the commands that /help lists."""
    match outcome:
        case o.Asked() | o.Skipped() | o.Shown() | o.Hinted() | o.NoMoreHints() | o.NothingToAsk() | o.DoneToday():
            return _question(outcome)
        case (
            o.NotAnOption()
            | o.QuizDone()
            | o.Explained()
            | o.CodeShown()
            | o.Found()
            | o.SectionsShown()
            | o.SearchWanted()
            | o.Cancelled()
        ):
            return _deck(outcome)
        case o.Graded() | o.Chosen() | o.AlreadyAnswered() | o.AppealOffer() | o.AppealWords() | o.AppealTaken() | o.AppealRefused():
            return _verdict(outcome)
        case o.Welcome() | o.AskTime() | o.ReadyToGo() | o.NotUnderstood() | o.SettingsShown():
            return _setup(outcome)
        case o.StreakShown() | o.Boards() | o.Joined() | o.Left() | o.Invitation():
            return _standing(outcome)
        case o.PrivacyShown() | o.DataReady() | o.DeleteAsked() | o.Deleted() | o.Kept() | o.StatsShown():
            return _notice(outcome)
        case o.HelpShown():
            return notices.help_shown(outcome, topics)
        case _:
            return _refusal(outcome)


def _question(outcome: o.Asked | o.Skipped | o.Shown | o.Hinted | o.NoMoreHints | o.NothingToAsk | o.DoneToday) -> Reply:
    match outcome:
        case o.Asked():
            return Reply((questions.asked(outcome),))
        case o.Skipped():
            return questions.skipped(outcome)
        case o.Shown():
            return questions.shown(outcome)
        case o.Hinted():
            return questions.hinted(outcome)
        case o.NoMoreHints():
            return reply("There is no further hint for this one. Half an answer teaches more than none.")
        case o.NothingToAsk():
            return questions.nothing_to_ask(outcome)
        case o.DoneToday():
            return questions.done_today(outcome)
        case _:
            assert_never(outcome)


def _deck(
    outcome: o.NotAnOption | o.QuizDone | o.Explained | o.CodeShown | o.Found | o.SectionsShown | o.SearchWanted | o.Cancelled,
) -> Reply:
    match outcome:
        case o.NotAnOption():
            return questions.not_an_option(outcome)
        case o.QuizDone():
            return Reply(questions.following(outcome))
        case o.Explained():
            return questions.explained(outcome)
        case o.CodeShown():
            return questions.code_shown(outcome.question)
        case o.Found():
            return questions.found(outcome)
        case o.SectionsShown():
            return questions.sections_shown(outcome)
        case o.SearchWanted():
            return reply("What are you looking for? Type a word or two, or /cancel.")
        case o.Cancelled():
            return questions.cancelled(outcome)
        case _:
            assert_never(outcome)


def _verdict(
    outcome: o.Graded | o.Chosen | o.AlreadyAnswered | o.AppealOffer | o.AppealWords | o.AppealTaken | o.AppealRefused,
) -> Reply:
    match outcome:
        case o.Graded():
            return verdicts.graded(outcome)
        case o.Chosen():
            return verdicts.chosen(outcome)
        case o.AlreadyAnswered():
            return verdicts.already_answered(outcome)
        case o.AppealOffer():
            return verdicts.appeal_offer(outcome)
        case o.AppealWords():
            return Reply(edit=verdicts.appeal_words(outcome).messages[0])
        case o.AppealTaken():
            return Reply(edit=verdicts.appeal_taken(outcome))
        case o.AppealRefused():
            return verdicts.appeal_refused(outcome)
        case _:
            assert_never(outcome)


def _setup(outcome: o.Welcome | o.AskTime | o.ReadyToGo | o.NotUnderstood | o.SettingsShown) -> Reply:
    match outcome:
        case o.Welcome():
            return setup.welcome(outcome)
        case o.AskTime():
            return setup.ask_time(outcome)
        case o.ReadyToGo():
            return setup.ready(outcome)
        case o.NotUnderstood():
            return setup.not_understood(outcome)
        case o.SettingsShown():
            return Reply(edit=setup.settings(outcome))
        case _:
            assert_never(outcome)


def _standing(outcome: o.StreakShown | o.Boards | o.Joined | o.Left | o.Invitation) -> Reply:
    match outcome:
        case o.StreakShown():
            return Reply((boards.streak_shown(outcome),))
        case o.Boards():
            return boards.boards(outcome)
        case o.Joined():
            return boards.joined(outcome)
        case o.Left():
            return Reply(edit=message(f"You have left {outcome.circle.name}."))
        case o.Invitation():
            return boards.invitation(outcome)
        case _:
            assert_never(outcome)


def _notice(outcome: o.PrivacyShown | o.DataReady | o.DeleteAsked | o.Deleted | o.Kept | o.StatsShown) -> Reply:
    match outcome:
        case o.PrivacyShown():
            return notices.privacy(outcome)
        case o.DataReady():
            return notices.data_ready(outcome)
        case o.DeleteAsked():
            return notices.delete_asked()
        case o.Deleted():
            return Reply(edit=message("Everything is gone. /start begins anew."))
        case o.Kept():
            return Reply(edit=message("All right, everything stays."))
        case o.StatsShown():
            return notices.stats(outcome)
        case _:
            assert_never(outcome)


def _refusal(
    outcome: o.NothingOpen | o.NotStarted | o.OwnersOnly | o.PrivateOnly | o.GroupOnly | o.Stale | o.Unreadable | o.Troubled,
) -> Reply:
    match outcome:
        case o.NothingOpen():
            return notices.nothing_open()
        case o.NotStarted():
            return reply(notices.NOT_STARTED)
        case o.OwnersOnly():
            return reply(notices.OWNERS_ONLY)
        case o.PrivateOnly():
            return notices.private_only(outcome)
        case o.GroupOnly():
            return reply("That works in a group: add me to one and send it there. For friends without a group: /invite.")
        case o.Stale():
            return Reply(toast=notices.STALE, buttons_gone=True)
        case o.Unreadable():
            return reply(notices.UNREADABLE)
        case o.Troubled():
            return reply(notices.TROUBLE)
        case _:
            assert_never(outcome)


def pushed(outcome: o.Asked) -> Message:
    """The daily question as it is pushed: with a pause button."""
    return questions.asked(outcome, paused=False)


def reminded(outcome: o.Asked) -> Message:
    """The evening reminder, with the question that waits."""
    asked = questions.asked(outcome)
    return message("A question still waits for you today:\n\n", *asked.blocks, buttons=asked.buttons)


def flooded() -> Reply:
    """Too much at once."""
    return reply(notices.FLOODED)


def farewell(scores: list[int]) -> Message:
    """How a stay in the terminal went, from the scores of the questions answered."""
    if not scores:
        return message("Until next time.")
    mean = round(sum(scores) / len(scores))
    return message(f"Until next time. {count(len(scores), 'question')} answered, {mean} of 100 on average.")


def withdrawn() -> Message:
    """A push whose question is no longer in the deck."""
    return message("Today's question was taken out of the deck. /skip closes it, then /quiz asks others.")
