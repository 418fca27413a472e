"""What a typed answer deserves, and why."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.backing import Support
from bot.core.drafts import Phrase
from bot.core.evidence import Claimed, Evidence
from bot.core.grading import Grader, band
from bot.core.model import Band, Grade, KeyPoint, Kind, Level, Misconception, Question, Severity
from bot.core.phrases import Found
from bot.core.scoring import remainder

ENCRYPTED = Misconception(
    "session-encrypted",
    "The session cookie is encrypted.",
    Severity.WRONG,
    ("cookie|session|data encrypted", "encrypts cookie|session|data", "only server read|decrypt"),
    "It is signed, not encrypted.",
    unless=("https",),
)
ON_SERVER = Misconception(
    "session-on-server",
    "The session is kept on the server.",
    Severity.WRONG,
    ("stored|kept|keeps|lives server memory|file|side", "cookie only id"),
    "The data itself is in the cookie.",
    unless=("extension", "redis"),
)
BIG = Misconception("session-big", "Sessions are unlimited.", Severity.IMPRECISE, ("unlimited size", "any amount"), "About 4 KB.")
SESSIONS = Question(
    "sessions",
    "sessions",
    "How does the framework handle sessions?",
    Level.BEGINNER,
    Kind.CONCEPT,
    answer_30s=(
        "The session is a dictionary that survives between requests. By default the data is kept in a cookie in the user's browser, not on "
        "the server. The framework signs that cookie with the SECRET_KEY, so users can read it but cannot change it: it is signed, not "
        "encrypted. So I keep only small things there, like a user id, never a password, and I stay under about four kilobytes. For more I "
        "use an extension with Redis, which stores the data on the server side."
    ),
    explanation="Readable by anyone who holds the cookie; a modified cookie is ignored. Without a key the first write raises an error.",
    misconceptions=(ENCRYPTED, ON_SERVER, BIG),
    points=(
        KeyPoint(
            "in a cookie on the client", "Whose machine?", ("cookie client|browser", "client-side cookie", "kept|stored cookie"), 3, True
        ),
        KeyPoint("signed with the key", "What stops changes?", ("signed|signs secret_key|key", "signed cookie", "cannot change|modify"), 3),
        KeyPoint("not encrypted", "Who can look?", ("not encrypted", "user|anyone read|see"), 2),
        KeyPoint("lasts between requests", "What for?", ("between|across requests", "survives request", "remember|remembers user"), 1),
        KeyPoint("small", "How much?", ("4 kb", "small things|data", "four kilobytes"), 1),
    ),
)
RIGHT = "client-side cookie, signed w/ SECRET_KEY, not encrypted so anyone can read it, max 4 KB, survives across requests"
WRONG = "The session is stored in server memory and the cookie data is encrypted, so only the server can decrypt it. The size is automatic."
CONTEXTS = Question(
    "contexts",
    "contexts",
    "What is the difference between the app context and the request context?",
    Level.ADVANCED,
    Kind.COMPARE,
    answer_30s="The app context holds current_app and g. The request context holds request and session. Both are pushed for each request.",
    sides={"app context": ("app context", "app ctx"), "request context": ("request context", "req ctx")},
    points=(
        KeyPoint("who holds what", "?", (), 3, True, sides={"app context": ("current_app", "g"), "request context": ("session",)}),
        KeyPoint("pushed per request", "When?", ("pushed each|every request",), 1),
    ),
)


@pytest.fixture(scope="module")
def grader() -> Grader:
    """One grader for all tests."""
    return Grader(synonyms=[("db", "database")])


def labels(grade: Grade) -> set[str]:
    """The points that were heard."""
    return {hit.label for hit in grade.hits}


def test_right_wrong_and_half(grader: Grader) -> None:
    """A terse right answer is strong, half of it is partial, a fluent wrong one weak."""
    assert grader.grade(SESSIONS, RIGHT).score >= 85
    assert grader.grade(SESSIONS, SESSIONS.answer_30s).score >= 90
    assert 40 <= grader.grade(SESSIONS, "It keeps the data in a signed cookie in the browser").score <= 85
    assert grader.grade(SESSIONS, WRONG).score < 25


def test_evidence(grader: Grader) -> None:
    """A hit quotes the learner's own words and names the phrase; a miss carries the hint."""
    answer = "It's a cookie in the Browser…"
    grade = grader.grade(SESSIONS, answer)
    hit = next(h for h in grade.hits if h.point == 0)
    assert [answer[s.start : s.end] for s in hit.spans] == ["cookie", "Browser"]
    assert hit.phrase == "cookie client|browser"
    assert {m.hint for m in grade.misses} >= {"What for?", "How much?"}
    assert grade.words == 6


def test_misconceptions(grader: Grader) -> None:
    """A misconception counts when claimed, not when denied or excused; an imprecise one costs nothing."""
    assert [m.id for m in grader.grade(SESSIONS, "The cookie is encrypted with the key").mistakes] == ["session-encrypted"]
    assert not grader.grade(SESSIONS, "The cookie isn't encrypted, it is signed with the key").mistakes
    assert not grader.grade(SESSIONS, "With https the cookie is encrypted on the way").mistakes
    with_comment = grader.grade(SESSIONS, RIGHT + ". It has unlimited size")
    assert [m.severity for m in with_comment.mistakes] == [Severity.IMPRECISE]
    assert with_comment.score >= 75


def test_negation_of_points(grader: Grader) -> None:
    """A point said with "not" is not said; "not only ... but also" says both; "unencrypted" says "not encrypted"."""
    assert "signed with the key" not in labels(grader.grade(SESSIONS, "the cookie is not signed with the key"))
    assert "signed with the key" in labels(grader.grade(SESSIONS, "not only stored but also signed with the key"))
    assert "not encrypted" in labels(grader.grade(SESSIONS, "it travels unencrypted"))
    assert "not encrypted" not in labels(grader.grade(SESSIONS, "it is encrypted"))


def test_one_sentence_is_one_misunderstanding() -> None:
    """Two misconceptions heard in one sentence leave more than two in two sentences, but less than one alone."""

    def left(*sentences: int) -> float:
        found = Found(Phrase("encrypted", 1, False, 0), (0,), False, False)
        return remainder(Evidence([], [Claimed(ENCRYPTED, found, sentence, belief=0.9) for sentence in sentences], Support()))

    assert left(0, 1) < left(0, 0) < left(0) < left()


def test_a_misconception_about_one_side(grader: Grader) -> None:
    """A claim that names one side of a comparison is not believed of words about the other."""
    claim = Misconception("g-in-request", "The request context holds g.", Severity.WRONG, ("keeps|holds helper",), "The app context does.")
    question = replace(CONTEXTS, misconceptions=(claim,))
    assert grader.grade(question, "The request context keeps helper values").mistakes
    assert not grader.grade(question, "The app context keeps helper values").mistakes


def test_sides(grader: Grader) -> None:
    """Words count for the side they were said about, before or after it; swapped they count against the point."""
    right = grader.grade(CONTEXTS, "The app context has current_app and g, the request context has the session")
    after = grader.grade(CONTEXTS, "current_app and g live in the app ctx; session lives in the req ctx")
    swapped = grader.grade(CONTEXTS, "The request context has current_app and g, the app context has the session")
    assert "who holds what" in labels(right)
    assert "who holds what" in labels(after)
    assert "who holds what" not in labels(swapped)
    assert swapped.score < 40 < right.score


def test_words_of_two_sides(grader: Grader) -> None:
    """Words said about different sides are no phrase together: neither side is spoken of by it."""
    points = (KeyPoint("what it keeps", "?", (), 3, True, sides={"request context": ("bad|old helper",)}),)
    question = replace(CONTEXTS, points=points)
    assert labels(grader.grade(question, "app context: a config, request context: an old helper"))
    assert not labels(grader.grade(question, "app context: an old config, request context: a helper"))


def test_short_facts(grader: Grader) -> None:
    """A short right answer to a short question is full marks."""
    question = Question(
        "port",
        "basics",
        "What is the default host and port?",
        Level.BEGINNER,
        Kind.CONCEPT,
        answer_30s="By default it listens on 127.0.0.1, port 5000, which only your own machine can reach.",
        points=(
            KeyPoint("host", "?", ("127.0.0.1", "localhost"), 2, True),
            KeyPoint("port", "?", ("5000",), 2, True),
            KeyPoint("x", "?", ("own machine",)),
        ),
        need=2,
    )
    assert grader.grade(question, "localhost:5000").score >= 85
    assert grader.grade(question, "127.0.0.1, 5000").score >= 85
    assert grader.grade(question, "port 8000").score < 40


def test_any_few_points_leave_out_no_essential_one(grader: Grader) -> None:
    """Where any few points will do, the essential ones are among them: the others alone make no full answer."""
    point = KeyPoint("kept in a cookie", "?", ("kept cookie",), 3, essential=True)
    others = tuple(KeyPoint(label, "?", (label,)) for label in ("signed", "small", "dictionary"))
    question = replace(SESSIONS, points=(point, *others), misconceptions=(), need=2)
    beside, essential = (
        grader.grade(question, f"It is {rest}, as far as I know it.") for rest in ("signed and small", "kept in a cookie, signed")
    )
    assert essential.score >= 85
    assert beside.score < essential.score - 20


def test_several_examples(grader: Grader) -> None:
    """A point that asks for two examples is not said by one, nor by one named twice."""
    point = KeyPoint("databases", "?", ("sqlite", "postgres|postgresql", "mysql"), need=2)
    question = replace(SESSIONS, points=(point,), misconceptions=())
    assert labels(grader.grade(question, "sqlite and mysql")) == {"databases"}
    assert grader.grade(question, "sqlite and mysql").score > grader.grade(question, "sqlite").score


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("COOKIE IN THE BROWSER", "in a cookie on the client"),
        ("cookie, browser!!", "in a cookie on the client"),
        ("coookie in the brwoser", "in a cookie on the client"),
        ("cookies of the clients", "in a cookie on the client"),
        ("signed with the secretkey", "signed with the key"),
        ("sigend wiht SECRET_KEY", "signed with the key"),
        ("ｓｉｇｎｅｄ cookie", "signed with the key"),
        ("remembers the visitor", "lasts between requests"),
    ],
)
def test_forgiven(grader: Grader, typed: str, label: str) -> None:
    """Case, punctuation, typos, word forms, joined words, wide letters and synonyms do not change a hit."""
    assert label in labels(grader.grade(SESSIONS, typed))


@pytest.mark.parametrize("typed", ["", "   ", "?", "idk", "I don't know", "no idea", "...", "hmm", "🤷"])
def test_no_answer(grader: Grader, typed: str) -> None:
    """No answer is no points."""
    assert grader.grade(SESSIONS, typed).score == 0
    assert grader.grade(SESSIONS, typed).band is Band.NONE


def trick(name: str) -> str:
    """An answer that must not win."""
    model = SESSIONS.answer_30s
    words = model.replace(".", "").replace(",", "").split()
    return {
        "echo": SESSIONS.question,
        "echo in other order": "the framework handles sessions, that is how sessions are handled",
        "list": "cookie, browser, session, client, signed, key, encrypted, requests, kilobytes, dictionary",
        "shuffled": " ".join(sorted(words, key=lambda w: (hash_of(w), w))),
        "not inserted": model.replace(" is ", " is not ")
        .replace(" can ", " cannot ")
        .replace("signs", "does not sign")
        .replace("be", "not be"),
        "not true": "It is not true that " + model,
        "another answer": CONTEXTS.answer_30s,
        "give up": "no idea, maybe something with the browser",
    }[name]


def hash_of(word: str) -> int:
    """A number for shuffling that does not depend on the run."""
    return sum((i + 3) * ord(c) * 7919 % 1009 for i, c in enumerate(word))


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("echo", 10),
        ("echo in other order", 10),
        ("list", 25),
        ("shuffled", 60),
        ("not inserted", 60),
        ("not true", 60),
        ("another answer", 20),
        ("give up", 15),
    ],
)
def test_tricks(grader: Grader, name: str, most: int) -> None:
    """What only looks like an answer does not win."""
    assert grader.grade(SESSIONS, trick(name)).score <= most


def test_repeating_does_not_pay(grader: Grader) -> None:
    """The same phrase again and again is worth no more than once said."""
    once = grader.grade(SESSIONS, "cookie in the browser")
    assert grader.grade(SESSIONS, "cookie in the browser. " * 20).score <= once.score + 5


@given(st.text(max_size=400))
def test_score_is_a_percentage(answer: str) -> None:
    """Whatever is typed, the score lies within 0 and 100, and the band says the same."""
    grade = SHARED.grade(SESSIONS, answer)
    assert 0 <= grade.score <= 100
    assert grade.band is band(grade.score)


ANSWERS = st.sampled_from(
    [
        RIGHT,
        WRONG,
        SESSIONS.answer_30s,
        "It is a dict",
        "kept in a cookie, not on the server",
        "cookies are small data",
        "users can see it",
        "",
        "idk what to say",
    ]
)
PHRASES = st.sampled_from(
    ["cookie in the browser", "signed with the key", "not encrypted", "anyone can read it", "between requests", "4 kb", "kept in a cookie"]
)


@given(ANSWERS, PHRASES, st.booleans())
def test_saying_more_never_hurts(answer: str, phrase: str, first: bool) -> None:
    """A matched phrase added in a sentence of its own never lowers the score."""
    longer = f"{phrase}. {answer}" if first else f"{answer}. {phrase}."
    assert SHARED.grade(SESSIONS, longer).score >= SHARED.grade(SESSIONS, answer).score


@given(PHRASES, st.sampled_from(["{}", "{}!!", "...{}", "« {} »", "  {}  ", "**{}**"]), st.sampled_from([str.upper, str.title, str.lower]))
def test_form_does_not_change_a_hit(phrase: str, frame: str, case: object) -> None:
    """Case and punctuation around a phrase change nothing of what is heard."""
    assert callable(case)
    assert labels(SHARED.grade(SESSIONS, frame.format(case(phrase)))) == labels(SHARED.grade(SESSIONS, phrase))


@given(st.sampled_from(["browser", "encrypted", "requests", "survives"]), st.data())
def test_a_swap_of_two_letters_is_forgiven(word: str, data: st.DataObject) -> None:
    """Two neighbouring letters inside a long word may be swapped."""
    at = data.draw(st.integers(1, len(word) - 3))
    typo = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    said = {"browser": "cookie {}", "encrypted": "not {}", "requests": "between {}", "survives": "{} request"}[word]
    assert labels(SHARED.grade(SESSIONS, said.format(typo))) == labels(SHARED.grade(SESSIONS, said.format(word)))


WORST = [
    "a " * 2048,
    "cookie browser " * 273,
    "not " * 1024,
    "x" * 4096,
    "é" * 4096,
    "(" * 4096,
    "kept cookie. " * 315,
    "sesion coookie " * 273,
    ",;.!? " * 682,
]


@pytest.mark.parametrize("answer", [text[:4096] for text in WORST])
def test_long_answers_are_quick(grader: Grader, answer: str) -> None:
    """4,096 characters of anything take less than 20 ms."""
    assert min(cost(grader, answer) for _ in range(5)) < 0.020


def test_cost_is_linear(grader: Grader) -> None:
    """Four times the text takes about four times as long, not sixteen."""
    text = SESSIONS.answer_30s + " "
    small = min(cost(grader, text * 2) for _ in range(7))
    large = min(cost(grader, text * 8) for _ in range(7))
    assert large < small * 8


def cost(grader: Grader, answer: str) -> float:
    """The processor seconds that grading takes."""
    start = time.process_time()
    grader.grade(SESSIONS, answer)
    return time.process_time() - start


def test_reference_alone(grader: Grader) -> None:
    """With a model answer alone: close to it is better than half, half better than beside the point, and tricks do not win."""
    prompt, reference = (
        "Why does the bulb go out?",
        "The open switch creates a gap, so the bulb is no longer in a closed path with the battery",
    )

    def score(answer: str) -> int:
        return grader.grade_reference(prompt, [reference], answer).score

    assert score("the switch is open, it makes a gap and the bulb isnt in a closed path with the battery any more") >= 60
    assert score("there is a gap") > score("because of the heat")
    assert score("") == score("I don't know") == 0
    assert score(prompt) < 20
    assert score("It is not true that " + reference) < 50


def test_reference_with_key_points(grader: Grader) -> None:
    """Key points given on the fly are heard and missed like those of a deck; ``need`` of them are enough."""
    points = [["signed", "has a signature"], ["kept in a cookie"], ["about 4 KB"]]
    grade = grader.grade_reference("How are sessions kept?", [], "in a cookie, signed", points, 2)
    assert [hit.point for hit in grade.hits] == [0, 1]
    assert [miss.label for miss in grade.misses] == ["about 4 KB"]
    assert grade.score >= 60
    assert grader.grade_reference("How?", [], "it is not signed", [["signed"]]).score < 60


def test_phrasings_given_on_the_fly(grader: Grader) -> None:
    """A phrasing given on the fly is read like one of a deck, with its alternatives; its words scattered over the text count less."""
    points = [["close|closes connection|session"], ["give-back|return to-the-pool"]]
    said = grader.grade_reference("What happens at the end?", [], "the session closes, and it is given back to the pool", points)
    assert said.hits[0].quote == "session closes"
    phrase = [["pool keeps connections open"]]
    together = grader.grade_reference("Why?", [], "because the pool keeps its connections open", phrase)
    apart = grader.grade_reference("Why?", [], "open the file. Keeps me busy. The connections of a family. A pool is wet.", phrase)
    assert together.score > apart.score + 15


@settings(max_examples=50)
@given(
    st.text(max_size=120), st.text(max_size=120), st.text(max_size=200), st.lists(st.lists(st.text(max_size=40), max_size=3), max_size=3)
)
def test_any_reference(prompt: str, reference: str, answer: str, points: list[list[str]]) -> None:
    """Whatever prompt, reference, key points and answer are, there is a score within 0 and 100."""
    assert 0 <= SHARED.grade_reference(prompt, [reference], answer, points).score <= 100


SHARED = Grader()
