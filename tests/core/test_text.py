"""How a typed text is read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import read, stem


def negated(text: str) -> list[str]:
    """The words of a text that stand in the reach of a negator."""
    read_text = read(text)
    return [w for w, n in zip(read_text.words, read_text.negated, strict=True) if n]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("SECRET_KEY", ["secret", "key"]),
        ("@app.route", ["app", "route"]),
        ("app.run(debug=True)", ["app", "run", "debug", "true"]),
        ('session["user"]', ["session", "user"]),
        ("127.0.0.1:5000", ["127.0.0.1", "5000"]),
        ("ProxyFix", ["proxy", "fix"]),
        ("JWTs and APIs", ["jwt", "and", "api"]),
        ("TemplateNotFound for the ETag", ["template", "notfound", "for", "the", "etag"]),
        ("w/o b/c req", ["without", "because", "request"]),
        ("isn't dont", ["not", "not"]),
        ("Flask’s café", ["flask", "cafe"]),
        ("you have to go", ["you", "must", "go"]),
    ],
)
def test_words(typed: str, words: list[str]) -> None:
    """Code, chat abbreviations and contractions become the words they stand for."""
    assert read(typed).words == words


def test_stems() -> None:
    """Forms of a verb are one word, a noun made from it is another, and look-alikes stay apart."""
    assert len({stem(w) for w in ("sign", "signs", "signed", "signing")}) == 1
    assert stem("signature") != stem("sign")
    assert stem("optional") != stem("option")
    assert stem("serialise") == stem("serialize")


@pytest.mark.parametrize(
    ("typed", "turned"),
    [
        ("it is signed, not encrypted", ["encrypted"]),
        ("not encrypted but signed", ["encrypted"]),
        ("the cookie isn't encrypted and stays small", ["encrypted"]),
        ("not only signed but also small", []),
        ("works without a key", ["a", "key"]),
        ("cookies instead of server memory", ["server", "memory"]),
        ("No, it is signed", []),
        ("don't forget the key", []),
        ("never trust input; check it", ["trust", "input"]),
        ("not encrypted cuz signed", ["encrypted"]),
        ("flush alone ≠ saved", ["saved"]),
        ("flush alone =\u0338 saved", ["saved"]),
        ("flush != saved", ["saved"]),
        ("not encrypted becouse signed", ["encrypted"]),
        ("It is not true that cookies are signed, and small. They are big.", None),
    ],
)
def test_negation(typed: str, turned: list[str] | None) -> None:
    """A negator reaches to the end of its clause; a denial of a whole sentence to the end of that sentence."""
    if turned is None:
        assert {"cookies", "signed", "small"} <= set(negated(typed))
        assert "big" not in negated(typed)
    else:
        assert negated(typed) == turned


def test_sentences() -> None:
    """A dot inside code or an abbreviation ends no sentence; a semicolon and a new line do."""
    assert len(set(read("use app.run, e.g. with debug").sentence)) == 1
    assert len(set(read("one thing; another\nthird. fourth").sentence)) == 4


@given(st.text(max_size=300))
def test_places_point_into_the_source(source: str) -> None:
    """Whatever is typed, every word lies inside the learner's own text, in order."""
    text = read(source)
    assert all(0 <= a < b <= len(source) for a, b in zip(text.starts, text.ends, strict=True))
    assert text.starts == sorted(text.starts)
    assert text.place == sorted(text.place)


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=120))
def test_unicode_form_does_not_matter(source: str) -> None:
    """A text composed and decomposed reads the same."""
    assert read(unicodedata.normalize("NFC", source)).words == read(unicodedata.normalize("NFD", source)).words
