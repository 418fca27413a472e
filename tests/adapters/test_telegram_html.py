"""Rendering, checked against Telegram's own parser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram_html import MOST_ENTITIES, MOST_UNITS, clean, render, units
from bot.app.message import Block, Message, Pre, Quote, Span, Style
from tests.standin.people import Seen
from tests.standin.rules import parsed

HOSTILE = [
    "<b>bold</b>",
    "</b></blockquote>",
    "a < b && c > d",
    "&lt; &amp; &nbsp; &#60;",
    "<script>alert('x')</script>",
    "\"quotes\" and 'apostrophes'",
    "*_`[]()~>#+-=|{}.!\\",
    "\u202eright to left\u202c",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "<a href='tg://user?id=1'>you</a>",
    "a\x00b\ud800c",
]


def shown(*blocks: Block) -> list[Seen]:
    """The parts of a message as Telegram would show them."""
    return [Seen(number, 1, *parsed(part, "HTML")) for number, part in enumerate(render(Message(blocks)))]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("style", Style)
def test_what_was_typed_is_shown_as_typed(text: str, style: Style) -> None:
    """No text turns into markup, in whichever style it stands."""
    (seen,) = shown(Span("say "), Span(text, style), Quote((Span(text, style),)), Pre(text, "python"))
    assert seen.text == f"say {clean(text)}\n{clean(text)}\n{clean(text)}"
    assert {entity["type"] for entity in seen.entities} <= {"Bold", "Italic", "Code", "BlockQuote", "PreCode", "Pre"}


def test_a_folded_quote_and_code_are_what_they_claim() -> None:
    """A folded quote can be opened, code knows its language, and both stand on lines of their own."""
    (seen,) = shown(Span("before"), Quote((Span("in "), Span("bold", Style.BOLD)), folded=True), Span("between"), Pre("x = 1", "python"))
    assert seen.text == "before\nin bold\nbetween\nx = 1"
    assert seen.styled("ExpandableBlockQuote") == ["in bold"]
    assert seen.styled("Bold") == ["bold"]
    assert [(e["language"], seen.styled("PreCode")) for e in seen.entities if e["type"] == "PreCode"] == [("python", ["x = 1"])]


def test_a_language_cannot_break_out_of_its_attribute() -> None:
    """Only word characters of a code block's language reach the markup."""
    (seen,) = shown(Pre("x", 'py"><b>'))
    assert seen.text == "x"
    assert seen.entities[0]["language"] == "pyb"


def test_a_long_quote_is_closed_and_opened_again_at_the_cut() -> None:
    """A message of two parts shows its quote in both."""
    first, second = shown(Quote((Span("word " * 1200),), folded=True))
    assert first.styled("ExpandableBlockQuote")[0].startswith("word")
    assert second.styled("ExpandableBlockQuote")[0].startswith("word")


def test_a_cut_falls_at_a_space() -> None:
    """Words stay whole where there are spaces."""
    parts = shown(Span("interview " * 1000))
    assert all(part.text.strip().endswith("interview") and part.text.startswith("interview") for part in parts)


def test_a_wall_without_spaces_is_cut_without_breaking_a_character() -> None:
    """Characters outside the first plane count twice and are never halved."""
    parts = shown(Span("😀" * 5000))
    assert "".join(part.text for part in parts) == "😀" * 5000


def test_a_message_of_nothing_has_no_parts() -> None:
    """Blank text is nothing to send."""
    assert render(Message((Span(" \n"), Quote((Span(""),))))) == []


_spans = st.builds(Span, st.text(max_size=300) | st.sampled_from([t * 50 for t in HOSTILE]), st.sampled_from(Style))
_blocks = _spans | st.builds(Quote, st.lists(_spans, max_size=5).map(tuple), st.booleans()) | st.builds(Pre, st.text(max_size=2000))


@given(st.lists(_blocks, max_size=12), st.integers(1, 60))
def test_every_part_is_accepted_and_nothing_is_lost(blocks: list[Block], times: int) -> None:
    """Parts parse, stay within length and entities however counted, and together hold all the text in order."""
    parts = shown(*(blocks * times)[:150])
    for part in parts:
        assert units(part.text) <= MOST_UNITS
        assert len(part.entities) <= MOST_ENTITIES
    texts = [b.text if not isinstance(b, Quote) else "".join(s.text for s in b.spans) for b in (blocks * times)[:150]]
    assert _solid("".join(part.text for part in parts)) == _solid(clean("".join(texts)))


def _solid(text: str) -> str:
    return "".join(text.split())
