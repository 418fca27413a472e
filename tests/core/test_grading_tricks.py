"""What turns a right answer round or only fills the line: denials, opposites, lists, filler."""

from dataclasses import replace

import pytest

from bot.core.backing import Support
from bot.core.drafts import Draft
from bot.core.grading import Grader
from bot.core.guards import left_by_form
from bot.core.model import Grade, KeyPoint, Kind, Level, Misconception, Question, Severity
from bot.core.phrases import Phrasebook
from bot.core.text import Text, read

SIGNED = Question(
    "signed",
    "sessions",
    "How does the framework handle sessions?",
    Level.BEGINNER,
    Kind.CONCEPT,
    answer_30s=(
        "The session is kept in a cookie on the client. The framework signs the cookie with the secret key, so users can read it but can "
        "not change it. It is loaded before every request and lasts until the browser is closed."
    ),
    explanation="A modified cookie is ignored. Keep only small things in it.",
    misconceptions=(
        Misconception("on-server", "It is kept on the server.", Severity.WRONG, ("kept|stored server",), "It is in the cookie."),
    ),
    points=(
        KeyPoint("in a cookie on the client", "Where?", ("cookie client|browser", "kept cookie"), 3, True),
        KeyPoint("signed", "What stops changes?", ("signs|signed cookie", "signed key", "cannot change"), 3),
        KeyPoint("before each request", "When?", ("loaded before request",), 2),
        KeyPoint("until the browser closes", "How long?", ("until browser closed",), 1),
    ),
)
TERSE = "kept in a cookie in the browser, signed cookie, loaded before the request, until the browser is closed"


@pytest.fixture(scope="module")
def grader() -> Grader:
    """One grader for all tests."""
    return Grader()


def score(grader: Grader, answer: str) -> int:
    """The score of an answer to the question of this module."""
    return grader.grade(SIGNED, answer).score


@pytest.mark.parametrize(
    "denial",
    [
        "It is not true that ",
        "It's not true that ",
        "It is false that ",
        "It is a myth that ",
        "I don't think that ",
        "I doubt that ",
        "Wrong: ",
        "It is wrong to say that ",
    ],
)
def test_a_denial_governs_the_answer(grader: Grader, denial: str) -> None:
    """The model answer after a denial is worth little, whatever its later sentences say."""
    assert score(grader, denial + SIGNED.answer_30s) < 30


def test_a_denied_misconception_is_no_denial_of_the_answer(grader: Grader) -> None:
    """Who denies something false and goes on with what is right has answered."""
    assert score(grader, "It is not true that it is stored on the server. " + TERSE) >= 80


@pytest.mark.parametrize(
    "opening", ["Myth: it lives in a table of the database. No, it is ", "It is a misconception that one needs Redis; it is "]
)
def test_a_myth_refuted_is_no_denial_of_the_answer(grader: Grader, opening: str) -> None:
    """Who begins with what others get wrong is not doubted, whether the deck knows that mistake or not."""
    assert score(grader, opening + TERSE) > 0.8 * score(grader, TERSE)


def test_flipped_points_count_against(grader: Grader) -> None:
    """A point flatly denied leaves less than the point left out; one that is only set apart ("without") is not denied."""
    one = "Kept in a cookie in the browser. "
    assert score(grader, one + "The cookie is not signed. It is not loaded before the request.") < score(grader, one)
    assert grader.sheet(SIGNED).evidence(one + "Without a signed cookie anybody could change it.").contradicted == 0


@pytest.mark.parametrize(
    ("claim", "turned"),
    [
        ("It is loaded before the request", "It is loaded after the request"),
        ("It is a cookie on the client", "It is a cookie on the server"),
        ("The cookie is signed", "The cookie is encrypted"),
    ],
)
def test_an_opposite_in_place_of_a_word_counts_against(grader: Grader, claim: str, turned: str) -> None:
    """A phrase with one word turned into its opposite contradicts the point, unless it is said right elsewhere."""
    rest = "Only small things, a modified one is ignored. "
    evidence = [grader.sheet(SIGNED).evidence(rest + said).contradicted for said in (claim, turned, f"{claim}. {turned}")]
    assert evidence == [0, 1, 0]


def test_an_opposite_that_the_deck_joins_itself_is_none(grader: Grader) -> None:
    """What the explanation says in the same words contradicts nothing."""
    question = replace(SIGNED, explanation="It is saved and loaded after the request too.")
    assert grader.sheet(question).evidence("It is loaded after the request").contradicted == 0


@pytest.mark.parametrize(
    "separator", [", ", " ", "; ", "\n", " / ", " - ", ". ", " -> ", " → ", " + ", " > ", ": ", "=", "_", ") (", " and "]
)
def test_a_list_of_words_is_no_answer(grader: Grader, separator: str) -> None:
    """The content words of the model answer in a row stay low; terse fragments that say the same do not."""
    words = separator.join(word.strip(".,") for word in SIGNED.answer_30s.split() if len(word) > 3)
    assert score(grader, words) < 40
    assert score(grader, TERSE) >= 90


def test_names_with_what_they_are_for_are_no_list(grader: Grader) -> None:
    """Names with a remark in brackets are fragments, not a list of words."""
    points = (KeyPoint("examples", "Which?", ("sqlalchemy", "migrate", "login", "cors", "limiter", "caching"), need=3),)
    question = replace(
        SIGNED, points=points, answer_30s="SQLAlchemy for models, Migrate, Login, CORS, Limiter and Caching.", misconceptions=()
    )
    assert grader.grade(question, "SQLAlchemy (models), Migrate (alembic), Login (sessions), CORS, Limiter, Caching").score >= 80


@pytest.mark.parametrize(
    "filler",
    ["blah blah blah", "foo bar baz", "asdf qwer zxcv", "lorem ipsum dolor sit amet", "xyz " * 40, "I like trains", "it works well"],
)
def test_filler_is_worth_nothing(grader: Grader, filler: str) -> None:
    """Words that have nothing to do with the answer get 5 at most."""
    assert score(grader, filler) <= 5


def test_vague_but_related_words_are_worth_a_little(grader: Grader) -> None:
    """Words that belong to the answer without a point are more than filler, and less than a quarter."""
    grade: Grade = grader.grade(SIGNED, "The framework handles it with small things that users read, and a modified one is ignored")
    assert not grade.hits
    assert 5 < grade.score < 25


def test_a_no_to_a_question_is_no_denial_of_the_answer(grader: Grader) -> None:
    """Who begins with "No," answers a yes-or-no question; the rest is graded as it is."""
    answer = "No, I do not think that this is true. " + SIGNED.answer_30s
    assert score(grader, answer) >= 80


@pytest.mark.parametrize(
    "prose",
    [
        "- The session keeps small values in the browser as a signed cookie\n- Client reads but cannot change it\n- Loaded before request",
        "Once an IS or another IS accepts it, an IS and the client keep the signed cookie, and an IS is not needed. If the IS is IS, fine.",
        "try: load, sign, keep. except: ignore, raise, log",
        "request → match, 404 ← no rule, view → value, value → response, hook ← response, teardown ← error",
        "wsgi = sync, threads, gunicorn. asgi = async, events, uvicorn, websockets",
        "When client a is up and client b or a and b are up, client a or b keeps the signed cookie of a and b, and a is fine with a or b.",
        'schema kept in git. `flask db init` (once) → edit models → `flask db migrate -m ".."` → review script → `flask db upgrade`',
        'never glue it with + or f"", of \' and " the client keeps a signed cookie, to == or to != in browsers, for " or " is it ok',
    ],
)
def test_honest_prose_is_no_trick(prose: str) -> None:
    """Bullets, names in capitals, letters as labels and marks of code cost nothing: the form of the text leaves the whole score."""
    assert left_by_form(read(prose), Support()) == 1.0


def test_an_excuse_is_doubt_and_agreement_is_belief(grader: Grader) -> None:
    """A claim is believed less beside an excuse and more the more of its phrasings agree; words of the claim excuse nothing."""
    claim = Misconception("on-server", "?", Severity.WRONG, ("kept|stored server", "server memory", "server keeps"), "!", ("redis",))

    def belief(answer: str, *unless: str) -> float:
        question = replace(SIGNED, misconceptions=(replace(claim, unless=unless),))
        return max((m.belief for m in grader.sheet(question).evidence(answer).mistakes), default=0.0)

    said = "It is stored in server memory"
    assert belief(said, "redis") > belief("It is stored on a server") > 0.5
    assert belief(said + " by redis", "redis") < belief(said + " by redis")
    assert belief(said, "server memory") == belief(said)


def test_who_names_a_mistake_does_not_make_it(grader: Grader) -> None:
    """A claim given as what others believe, or as what not to believe, is none; said for oneself it is one."""
    claimed = "It is stored on a server"
    assert grader.grade(SIGNED, claimed).mistakes
    assert grader.grade(SIGNED, "I think it is stored on a server").mistakes
    for reported in (
        "People think it is stored on a server",
        "A myth is that it's stored on a server",
        "Don't say it is stored on a server",
    ):
        assert not grader.grade(SIGNED, reported).mistakes
    assert grader.grade(SIGNED, "People think it is signed. It is stored on a server").mistakes


def test_how_one_talks_about_it_says_nothing_of_it(grader: Grader) -> None:
    """Words by which people talk about any matter ("honestly, beginners forget that") neither back an answer nor weaken it."""
    said = "kept in a cookie in the browser, signed cookie, gone when that is closed"
    assert score(grader, f"Honestly, beginners usually forget that: {said}") == score(grader, said)
    assert score(grader, f"Elephants often trumpet that: {said}") < score(grader, said)


def test_a_claim_may_be_made_of_talk_alone(grader: Grader) -> None:
    """A sentence of one word by which people talk about any matter has a verdict as well where a claim is worded so."""
    for_all = Misconception("for-all", "Everyone sees it.", Severity.WRONG, ("everyone|everybody",), "Only the one who holds it.")
    question = replace(SIGNED, misconceptions=(for_all,))
    assert grader.grade(question, f"{TERSE}. Who sees it? Everyone.").score >= 60
    assert [mistake.quote for mistake in grader.grade(question, "Everyone.").mistakes] == ["Everyone"]


def test_a_warning_makes_its_point(grader: Grader) -> None:
    """What goes wrong without a thing makes the point of that thing, and is not the claim that it works without."""
    works = Misconception("works-without", "It works without signing.", Severity.WRONG, ("without signed cookie|key",), "It does not.")
    question = replace(SIGNED, misconceptions=(works,))
    warning = grader.grade(question, "Without a signed cookie anybody changes it, and that breaks the login")
    assert [hit.label for hit in warning.hits] == ["signed"]
    assert not warning.mistakes
    claim = grader.grade(question, "It works without a signed cookie")
    assert not claim.hits
    assert [mistake.id for mistake in claim.mistakes] == ["works-without"]


def test_a_truth_said_twice_is_not_doubted(grader: Grader) -> None:
    """A sentence that only repeats what was said before is trusted like the text around it."""
    claim = Misconception("shown-to-users", "?", Severity.WRONG, ("users read",), "!")
    question = replace(SIGNED, misconceptions=(claim,))
    once = "The framework signs the cookie with the secret key, so users can read it but can not change it."
    assert not grader.grade(question, once).mistakes
    assert not grader.grade(question, f"{once} Users can read it.").mistakes


def test_a_short_false_sentence_in_true_words_is_heard(grader: Grader) -> None:
    """A claim that is a whole sentence is believed though each of its words stands in the model answer, and so do those around it."""
    claim = Misconception("users-change", "?", Severity.WRONG, ("users change cookie", "users can change", "it change users"), "!")
    question = replace(SIGNED, misconceptions=(claim,))
    right = "The framework signs the cookie with the secret key and it lasts until the browser is closed."
    assert grader.grade(question, f"{right} Users can change it.").mistakes
    assert not grader.grade(question, f"{right} Users can not change it.").mistakes


def test_joined_words_stay_within_a_sentence(grader: Grader) -> None:
    """A hyphen joins words of one sentence: the last word of one and the first of the next are not joined."""
    point = KeyPoint("the check", "?", ("name-checks",))
    question = replace(SIGNED, points=(point, SIGNED.points[0]), misconceptions=())
    assert {hit.label for hit in grader.grade(question, "the name checks it").hits} == {"the check"}
    assert not grader.grade(question, "clean the name; checks of types come later").hits


@pytest.mark.parametrize("said", ["signed with a key", "cookie in the browser", "it is loaded well before a request", "key"])
def test_a_sentence_may_be_as_long_as_one_likes(said: str) -> None:
    """Phrases are found in a sentence of hundreds of the question's own words as in one by itself, in the same places."""
    draft = Draft({})
    phrases = draft.add_all(["signed key", "cookie client|browser", "loaded before request", "key"])
    book, filler = Phrasebook(draft), "session loaded is signed " * 60

    def found(text: Text, since: int = 0) -> list[tuple[str, tuple[int, ...]]]:
        matches = [match for matches in book.search(text).find(phrases) for match in matches if match.places[0] >= since]
        return [(match.phrase.wording, tuple(place - since for place in match.places)) for match in matches]

    assert found(read(said)) == found(read(filler + said), len(read(filler)))


def test_a_word_said_once_is_not_heard_twice(grader: Grader) -> None:
    """A row of one stem twice, "app:app", needs both of them."""
    point = KeyPoint("what is served", "?", ("app:app",))
    question = replace(SIGNED, points=(point, SIGNED.points[0]), misconceptions=())
    assert {hit.label for hit in grader.grade(question, "gunicorn app:app").hits} == {"what is served"}
    assert not grader.grade(question, "it runs apps").hits


def test_a_short_answer_in_the_words_of_the_question_is_no_echo(grader: Grader) -> None:
    """Who makes a point with a word of their own, or in code, has answered, though most words stood in the question."""
    points = (KeyPoint("the command", "What do you type?", ("pip install",), essential=True), KeyPoint("where", "Where?", ("venv",)))
    question = replace(SIGNED, question="How do you install the framework in app_context?", points=points, misconceptions=())
    assert grader.grade(question, "pip install framework").score > 20
    assert grader.grade(question, "install framework").score <= 5
    code = replace(question, points=(replace(points[0], accept=("app_context",)), points[1]))
    assert grader.grade(code, "with app_context():").score > 20


def test_small_words_with_a_negator_are_a_phrase(grader: Grader) -> None:
    """A phrase such as "not there" is found where that is said, and not where the opposite is."""
    point = KeyPoint("missing", "What then?", ("not there",))
    question = replace(SIGNED, points=(point, SIGNED.points[0]), misconceptions=())
    assert "missing" in {hit.label for hit in grader.grade(question, "It means the cookie isn't there").hits}
    assert "missing" not in {hit.label for hit in grader.grade(question, "It means the cookie is there").hits}
    login = replace(point, accept=("login-in helper",))
    assert not grader.grade(replace(question, points=(login, SIGNED.points[0])), "the login of a helper").hits
