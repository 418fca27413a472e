"""Words for verdicts: the score, what was hit and missed, mistakes, the answer behind a fold, the streak."""

from __future__ import annotations

from bot.app.message import Block
from bot.app.messages.parts import Button, Message, Part, Reply, bar, bold, clip, count, folded, italic, markdown, message, reply
from bot.app.messages.questions import LETTERS, about, following
from bot.app.outcomes import AlreadyAnswered, AppealOffer, AppealRefused, AppealTaken, AppealWords, Chosen, Difference, Graded
from bot.core.model import Band, Grade, Question, Severity

_BANDS = {Band.STRONG: "strong", Band.GOOD: "good", Band.PARTIAL: "half way", Band.WEAK: "not yet", Band.NONE: "no answer"}
SPOKEN_SECONDS = 30


def graded(outcome: Graded) -> Reply:
    """The verdict on a typed answer in one message; in a quiz the next question follows."""
    retry = outcome.difference is not None
    parts: list[Part] = [
        *_verdict(outcome.question, outcome.grade, outcome.difference),
        *streak_line(outcome.streak, outcome.froze),
        *((f"\n+{count(outcome.points, 'point')} on your boards",) if outcome.points and not retry else ()),
    ]
    return Reply((message(*parts, buttons=_buttons(outcome)), *following(outcome.next)))


def _buttons(outcome: Graded) -> list[list[Button]]:
    first = [Button("Try again", f"again:{outcome.attempt_id}")] if outcome.grade.score < 100 else []
    right = [Button("I was right", f"right:{outcome.attempt_id}")] if outcome.grade.misses and outcome.grade.words else []
    return [first + right, about(outcome.question), [] if outcome.next else [Button("Next", "next")]]


def _verdict(question: Question, grade: Grade, difference: Difference | None) -> list[str | Block]:
    parts: list[str | Block] = [bold(f"{grade.score}/100"), f" {bar(grade.score)} {_BANDS[grade.band]}"]
    if difference:
        parts.append(f"\n{_compared(difference)}")
    for hit in grade.hits:
        parts += [f"\n✅ {hit.label}: ", italic(f"“{clip(hit.quote)}”")] if hit.quote else [f"\n✅ {hit.label}"]
    parts += [f"\n🤔 {miss.hint}" for miss in grade.misses]
    for mistake in grade.mistakes:
        parts += [
            "\n💬 " if mistake.severity is Severity.IMPRECISE else "\n❌ ",
            italic(f"“{clip(mistake.quote)}”"),
            f" {mistake.correction}",
        ]
    if grade.words:
        parts.append(f"\n⏱ {_length(grade)}")
    return [*parts, "\n", folded(bold("The 30-second answer"), "\n", *markdown(question.answer_30s), "\n\n", *markdown(question.memorize))]


def _length(grade: Grade) -> str:
    seconds = round(grade.seconds)
    if seconds > SPOKEN_SECONDS * 1.25:
        return f"{count(grade.words, 'word')}, about {seconds} s spoken: shorten it to {SPOKEN_SECONDS}"
    return f"{count(grade.words, 'word')}, about {seconds} of {SPOKEN_SECONDS} s spoken"


def _compared(difference: Difference) -> str:
    parts = [f"{difference.before} → {difference.after}"]
    if difference.points:
        parts.append(f"{count(abs(difference.points), 'point')} {'more' if difference.points > 0 else 'fewer'}")
    if difference.words:
        parts.append(f"{count(abs(difference.words), 'word')} {'more' if difference.words > 0 else 'fewer'}")
    return ", ".join(parts)


def streak_line(streak: int, froze: bool = False) -> list[str]:
    """The streak in days, where this answer moved it."""
    if not streak:
        return []
    return [f"\n🔥 {count(streak, 'day')} in a row", *(("\n🧊 A freeze earned: it saves one missed day.",) if froze else ())]


def chosen(outcome: Chosen) -> Reply:
    """The verdict on a multiple-choice answer."""
    question = outcome.question
    right = outcome.picked == question.answer
    best = question.options[question.answer or 0]
    head = "✅ Right: " if right else f"❌ {LETTERS[outcome.picked]} is not it. Right: "
    parts: list[Part] = [
        bold(head),
        f"{LETTERS[question.answer or 0]}. {best}\n{question.explanation}",
        *streak_line(outcome.streak),
    ]
    return Reply((message(*parts, buttons=[[] if outcome.next else [Button("Next", "next")]]), *following(outcome.next)), buttons_gone=True)


def already_answered(outcome: AlreadyAnswered) -> Reply:
    """A question that was closed before: its stored verdict, and that nothing counted twice."""
    text = "You have answered this one already; the first answer counts."
    if outcome.grade is None:
        score = f" It scored {outcome.attempt.score} of 100." if outcome.attempt else ""
        return Reply((message(text + score, buttons=[[Button("Next", "next")]]), *following(outcome.next)))
    verdict = message(text, "\n\n", *_verdict(outcome.question, outcome.grade, None), buttons=_again(outcome))
    return Reply((verdict, *following(outcome.next)))


def _again(outcome: AlreadyAnswered) -> list[list[Button]]:
    again = [Button("Try again", f"again:{outcome.attempt.id}")] if outcome.attempt else []
    return [[*again, Button("Next", "next")], about(outcome.question)]


def appeal_offer(outcome: AppealOffer) -> Reply:
    """Which missed point was said after all?"""
    rows = [[Button(clip(label, 48), f"claim:{outcome.attempt_id}:{point}")] for point, label in outcome.missed]
    return reply("Which point did you make? Your score is corrected, and the author sees your words.", buttons=rows)


def appeal_words(outcome: AppealWords) -> Reply:
    """Which words said it?"""
    rows = [[Button(clip(text, 48), f"claim:{outcome.attempt_id}:{outcome.point}:{n}")] for n, text in enumerate(outcome.clauses)]
    return reply("Which of your words say “", outcome.label, "”?", buttons=rows)


def appeal_taken(outcome: AppealTaken) -> Message:
    """The corrected score."""
    after = f"{outcome.before} → {outcome.after}" if outcome.after != outcome.before else f"{outcome.after}"
    left = f"{count(outcome.left, 'correction')} left today." if outcome.left else "That was today's last correction."
    return message("Taken: “", outcome.label, "” counts. ", bold(after), f"\nBoards keep the first score. {left}")


def appeal_refused(outcome: AppealRefused) -> Reply:
    """Why there is no appeal."""
    words = {
        "limit": "Three corrections a day are the limit. Tomorrow again.",
        "nothing": "Nothing was missed in that answer.",
        "before": "You have claimed that point already.",
    }
    return reply(words[outcome.reason])
