"""Words for questions: asking, hinting, skipping, showing, the quiz and its summary."""

from __future__ import annotations

from collections import defaultdict

from bot.app.message import Block
from bot.app.messages.parts import (
    Button,
    Message,
    Reply,
    bar,
    blocks,
    bold,
    clip,
    code_block,
    count,
    italic,
    markdown,
    message,
    reply,
)
from bot.app.outcomes import (
    Asked,
    Cancelled,
    DoneToday,
    Explained,
    Found,
    Hinted,
    NotAnOption,
    NothingToAsk,
    QuizDone,
    SectionsShown,
    Shown,
    Skipped,
)
from bot.core.model import Kind, Question
from bot.core.people import Source

_HEADS = {
    Source.FIRST: "Your first question",
    Source.DAILY: "Question of the day",
    Source.TODAY: "Question of the day",
    Source.QUIZ: "Quiz",
    Source.SEARCH: "As you wish",
    Source.NEXT: "One more",
    Source.RETRY: "Once more",
}
LETTERS = "ABCD"


def asked(outcome: Asked, *, paused: bool = True) -> Message:
    """A question with its section, its mark and its buttons; pushes carry a pause button as well."""
    question = outcome.question
    head = f"{_HEADS[outcome.source]} {outcome.number}/{outcome.total}" if outcome.total else _HEADS[outcome.source]
    parts: list[str | Block] = []
    if outcome.again:
        parts.append("In case this did not reach you:\n")
    elif outcome.back:
        parts.append("Still waiting for you:\n")
    parts += [italic(f"{head} · {outcome.section}{' · 🔥 often asked' if question.hot else ''}"), "\n\n", bold(question.question)]
    push = outcome.source is Source.DAILY and not paused
    pause = [[Button("Pause", "set:pause")]] if push else []
    return Message(blocks(*parts, *_options(question)), tuple(map(tuple, [*_ask_buttons(outcome), *pause])), ask_reply=True)


def _options(question: Question) -> list[str]:
    if question.kind is not Kind.MCQ:
        return []
    return ["\n\n" + "\n".join(f"{LETTERS[n]}. {option}" for n, option in enumerate(question.options))]


def _ask_buttons(outcome: Asked) -> list[list[Button]]:
    skip = Button("Skip", f"skip:{outcome.ask_id}")
    if outcome.question.kind is Kind.MCQ:
        return [[Button(LETTERS[n], f"pick:{outcome.ask_id}:{n}") for n in range(len(outcome.question.options))], [skip]]
    return [[Button("Hint", f"hint:{outcome.ask_id}"), skip, Button("Show answer", f"show:{outcome.ask_id}")]]


def following(outcome: Asked | QuizDone | None) -> tuple[Message, ...]:
    """What comes after a verdict: the next question, or the quiz's summary and what waited behind it."""
    if isinstance(outcome, Asked):
        return (asked(outcome),)
    if isinstance(outcome, QuizDone):
        return (summary(outcome), *((asked(outcome.next),) if outcome.next else ()))
    return ()


def hinted(outcome: Hinted) -> Reply:
    """A hint."""
    return reply(f"💡 Hint {outcome.number} of {outcome.total}: ", outcome.hint)


def skipped(outcome: Skipped) -> Reply:
    """A skipped question, and what follows."""
    more = () if outcome.next else ([Button("Next", "next"), Button("Show answer", f"model:{outcome.question.id}")],)
    return Reply((message("Skipped. It will come back another day.", buttons=more), *following(outcome.next)), buttons_gone=True)


def shown(outcome: Shown) -> Reply:
    """The answer without an attempt, and what follows."""
    question = outcome.question
    more = [about(question)] if outcome.next else [about(question), [Button("Next", "next")]]
    return Reply((message(*model_answer(question), buttons=more), *following(outcome.next)), buttons_gone=True)


def model_answer(question: Question) -> tuple[Block, ...]:
    """The answer to remember, open."""
    if question.kind is Kind.MCQ:
        return blocks(f"{LETTERS[question.answer or 0]}. {question.options[question.answer or 0]}\n", question.explanation)
    return blocks(
        bold("The 30-second answer"), "\n", *markdown(question.answer_30s), "\n\n", bold("To remember: "), *markdown(question.memorize)
    )


def about(question: Question) -> list[Button]:
    """Buttons that lead deeper into a question."""
    explain = [Button("Explain", f"explain:{question.id}")] if question.kind is not Kind.MCQ else []
    return explain + ([Button("Code", f"code:{question.id}")] if question.code else [])


def explained(outcome: Explained) -> Reply:
    """The explanation, with what an interviewer may ask next."""
    question = outcome.question
    after = ("\n\nAn interviewer may go on:", *(f"\n• {text}" for text in question.followups)) if question.followups else ()
    code = [[Button("Code", f"code:{question.id}")]] if question.code else []
    return reply(bold(question.question), "\n\n", *markdown(question.explanation), *after, buttons=code)


def code_shown(question: Question) -> Reply:
    """The question's code."""
    return reply(bold(question.question), "\n", code_block(question.code))


def summary(outcome: QuizDone) -> Message:
    """How a quiz went: its score, by section, and what to repeat."""
    total = len(outcome.session.question_ids)
    title = f" ({outcome.session.title})" if outcome.session.title else ""
    head = f"Quiz{title} ended early." if outcome.cut else f"Quiz{title} done."
    if not outcome.attempts:
        return message(bold(head), f"\nNo question answered out of {total}.", buttons=[[Button("New quiz", "quiz")]])
    mean = round(sum(score for _, score in outcome.attempts) / len(outcome.attempts))
    lines = [f"\n{bar(mean)} {mean} on average, {len(outcome.attempts)} of {total} answered", *_by_section(outcome)]
    weak = sorted((pair for pair in outcome.attempts if pair[1] < 60), key=lambda pair: pair[1])[:3]
    if weak:
        lines += ["\n\nRepeat these:", *(f"\n• {clip(question.question)} ({score})" for question, score in weak)]
    buttons = [[Button("New quiz", "quiz"), *([Button("Repeat the weak ones", "quiz:weak")] if weak else [])]]
    return message(bold(head), *lines, buttons=buttons)


def _by_section(outcome: QuizDone) -> list[str]:
    scores: dict[str, list[int]] = defaultdict(list)
    for question, score in outcome.attempts:
        scores[question.section].append(score)
    if len(scores) < 2:
        return []
    return [f"\n• {section}: {round(sum(found) / len(found))}" for section, found in scores.items()]


def nothing_to_ask(outcome: NothingToAsk) -> Reply:
    """No question fits."""
    text = f'I have no question for "{clip(outcome.wish, 40)}".' if outcome.wish else "I have no question for that."
    return reply(text, " Try /sections, or /quiz hot.", buttons=[[Button("Sections", "sections"), Button("Any question", "next")]])


def done_today(outcome: DoneToday) -> Reply:
    """Today's question is behind you."""
    text = f"Today's question is done: {outcome.score} of 100." if outcome.score is not None else "Today's question is behind you."
    return reply(text, " Another one?", buttons=[[Button("Next", "next"), Button("Quiz", "quiz")]])


def not_an_option(outcome: NotAnOption) -> Reply:
    """Typed text that is none of the options."""
    return reply("Please tap one of the letters, or type A, B, C or D.", buttons=[
        [Button(LETTERS[n], f"pick:{outcome.ask_id}:{n}") for n in range(len(outcome.question.options))]
    ])  # fmt: skip


def found(outcome: Found) -> Reply:
    """Search results as buttons."""
    if not outcome.questions:
        return reply(f'Nothing found for "{clip(outcome.words, 40)}". Try other words, or /sections.')
    lines = [f"\n{n}. {question.question}" for n, question in enumerate(outcome.questions, 1)]
    buttons = [[Button(f"{n}", f"ask:{question.id}") for n, question in enumerate(outcome.questions, 1)]]
    return reply("Tap a number and I ask it:", *lines, buttons=buttons)


def sections_shown(outcome: SectionsShown) -> Reply:
    """The sections, each with how much is known; a tap starts a quiz."""
    lines = [
        f"\n{bar(round(100 * known / every))} {title}: {known} of {count(every, 'question')}" for _, title, known, every in outcome.rows
    ]
    rows = [Button(title, f"quiz:{section}") for section, title, _, _ in outcome.rows]
    pairs = [rows[n : n + 2] for n in range(0, len(rows), 2)]
    return reply(bold("Sections, and how much of each you know"), *lines, "\n\nTap one for a quiz.", buttons=pairs)


def cancelled(outcome: Cancelled) -> Reply:
    """What /cancel ended."""
    words = {
        "setting": "All right, nothing changed.",
        "question": "All right, question set aside.",
        "nothing": "There is nothing to cancel.",
    }
    return Reply((message(words[outcome.what]), *following(outcome.next)))
