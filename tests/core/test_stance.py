"""What others believe is no claim of the writer's; a condition or a contrast is doubt; a warning asks for what it misses."""

import pytest

from bot.core.stance import hedges, reported, warns_of_lack
from bot.core.text import read


@pytest.mark.parametrize(
    "sentence",
    [
        "People think |that the cookie is encrypted",
        "a common myth |is that the cookie is encrypted",
        "Don't assume |the cookie is encrypted",
        "never say |the cookie is encrypted",
        "a common misunderstanding |is that the cookie is encrypted",
        "i dont think |the cookie is encrypted",
        "Many beginners believe |the cookie is encrypted|, but it is only signed",
        "most people say |the cookie is encrypted|. It is signed",
    ],
)
def test_what_others_believe_is_reported(sentence: str) -> None:
    """What follows "people think", "a myth is", "don't say" is reported, up to a "but" or the end of the sentence."""
    before, said, *after = sentence.split("|")
    text = read("".join([before, said, *after]))
    wanted = {i for i, start in enumerate(text.starts) if len(before) <= start < len(before) + len(said)}
    assert reported(text) == wanted


@pytest.mark.parametrize(
    "sentence",
    [
        "I think the cookie is encrypted",
        "I say it is encrypted",
        "The view does not expect arguments and the cookie is encrypted",
        "it does not claim a port and is encrypted",
        "some cookies are encrypted",
    ],
)
def test_ones_own_words_are_not_reported(sentence: str) -> None:
    """One's own opinion is a claim, and so is what some thing does not expect."""
    assert not reported(read(sentence))


def test_conditions_and_contrasts_are_doubt() -> None:
    """A condition counts for the words after it, a contrast for its whole sentence, neither for another sentence."""
    text = read("If the key changes the cookie is lost. The cookie is signed, unlike a token")
    lost, signed, the_key = text.words.index("lost"), text.words.index("signed"), text.words.index("key")
    assert hedges(text, lost) == hedges(text, the_key) == 1
    assert hedges(text, 0) == 0
    assert hedges(text, signed) == 1
    assert hedges(read("if it is lost, unlike a token"), 3) == 2


@pytest.mark.parametrize(
    ("sentence", "warns"),
    [
        ("Without a key it raises an error", True),
        ("several workers without a key break the handshake", True),
        ("No key means that anybody forges it", True),
        ("Don't start it without a key, nobody stays logged in", True),
        ("No key is needed for it", False),
        ("it works without a key", False),
        ("it has no key, and nothing else", False),
        ("It works without a key. Others raise an error", False),
        ("a key raises an error", False),
    ],
)
def test_what_goes_wrong_without_it_asks_for_it(sentence: str, warns: bool) -> None:
    """A sentence that says what breaks without a thing asks for it; one that does without it, or breaks with it, does not."""
    text = read(sentence)
    key = text.words.index("key")
    assert warns_of_lack(text, (key,)) == warns
