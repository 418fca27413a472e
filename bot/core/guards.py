"""What must not win: no answer at all, the question echoed, topic words in a list, words shuffled, claims turned round.

Each guard looks at the form of a text, not at what it says, and leaves a share of its score (0 to 1). Terse fragments with code
and commas pass: a list of topic words has almost nothing but single words between its commas.
"""

from __future__ import annotations

import re
from collections import Counter

from bot.core.backing import Support
from bot.core.lexicon import CLAUSE_OPENERS, DENIALS, NEGATORS, NON_ANSWERS, STOP_WORDS
from bot.core.text import Text, read

_NON_ANSWERS = frozenset(" ".join(read(words).words) for words in NON_ANSWERS)
_LONGEST_EXCUSE = 20
_FORGIVEN_SLIPS = 1.5
_DETERMINERS = frozenset({"a", "an", "the", "my", "your", "his", "our", "their"})
_PREPOSITIONS = frozenset({"of", "to", "in", "at", "by", "for", "from", "with", "into"})
_AUXILIARIES = frozenset({"is", "are", "was", "were", "will", "can"})
_JOINERS = frozenset({"and", "or", "but"})
_FUNCTION_WORDS = _DETERMINERS | _PREPOSITIONS | _AUXILIARIES | _JOINERS
_BARE = re.compile(r"""[\s"']*[^\s()=:+<>/]+[\s"']*""")
_ARROWS = ("→", "←", "⇒", "->", "<-", "=>")
_SEPARATOR = re.compile(rf"[,;\n]|[.]\s|\s(?:[-/|*•–—]|{'|'.join(_ARROWS)})\s")
_RELATING = (
    STOP_WORDS
    | NEGATORS.keys()
    | CLAUSE_OPENERS
    | frozenset(["after", "before", "between", "each", "per", "every", "than", "give", "gives", "use", "uses"])
)
_MARKS = frozenset("-–—•*|/").union(_ARROWS)
_PAUSES = frozenset(" \t\n,.;:!?")
_RELATION = re.compile(rf"[=:(]|{'|'.join(_ARROWS)}")  # "try: add, commit", "wsgi = sync": says of something what it is
_TO_A_RELATION = 6
_PROSE = 0.25
_LISTED = 0.15
_ROW = 6
_FEW_ROWS = 0.45
_STEEP = 10.0
_A_ROW_LONG = 20
_MANY = 14  # a right answer may list eight methods or status codes
_NEARLY_ALL = 0.75
_WRONG = frozenset({"wrong", "false", "untrue", "incorrect", "myth", "misconception", "mistake"})
_OPINIONS = frozenset({"think", "believe", "agree", "say", "claim"})
_KNOWN, _WELL_KNOWN = 0.45, 0.7  # of the pairs of words in a sentence; a false one borrows a fifth to a half from the truth
_FEW_PAIRS = 3  # prove nothing
_TURNED = 1.25  # a pair that the denial turns round shows it better than one that stands as it does in the truth


def is_no_answer(text: Text) -> bool:
    """Whether the text says nothing, or only that one does not know."""
    return True not in text.content or " ".join(text.words) in _NON_ANSWERS


def gives_up(text: Text) -> bool:
    """Whether the text contains an admission of not knowing ("no idea, maybe ...")."""
    if len(text) > _LONGEST_EXCUSE:
        return False
    line = f" {' '.join(text.words)} "
    return any(f" {words} " in line for words in _NON_ANSWERS if " " in words)


def left_by_form(text: Text, support: Support) -> float:
    """The share of a score that the form of a text deserves, 0 to 1."""
    return min(_left_by_listing(text), _left_by_disorder(text), _left_by_turning(support))


def echoes(text: Text, prompt: frozenset[str], says_something: bool) -> bool:
    """Whether a text says hardly a word that the question did not say; where it makes a point, any word of its own or code will do."""
    if says_something and text.code:
        return False
    content = text.content_stems()
    return sum(s not in prompt for s in content) <= (0 if says_something else max(1, len(content) // 6))


def repeats(text: Text, prompt: frozenset[str]) -> bool:
    """Whether a text is the question over again: its words alone, and nearly all of them."""
    content = set(text.content_stems())
    return content <= prompt and len(prompt.intersection(text.stems)) >= 0.8 * len(prompt)


def opens_with_denial(text: Text) -> bool:
    """Whether a text begins with "It is not true that ...", "I don't think that ...", "It is a myth that ...", "Wrong: ...".

    After a "No, " it is the answer to a question that asked for yes or no.
    """
    opening = text.words[:8]
    if opening[:1] == ["no"]:
        return False
    if opening and opening[0] in _WRONG and text.source[text.ends[0] :].lstrip()[:1] == ":":
        return True
    if "that" not in opening:
        return "not" in opening[:3] and any(word in _OPINIONS for word in opening[:4]) and opening[0] == "i"
    before = opening[: opening.index("that")]
    negator = any(word in NEGATORS for word in before)
    return text.sentence[len(before)] == 0 and (
        any(word in _WRONG for word in before)
        or (negator and any(word in DENIALS or word in _OPINIONS for word in before))
        or "doubt" in before
    )


def denies_truth(text: Text, opening: Support, refutes: bool) -> bool:
    """Whether a text opens with a denial, and of something true: what it denies is known, however it is said, and better known where
    it refutes a misconception in the same breath."""
    known = opening.backed_pairs + _TURNED * opening.turned_pairs
    return opens_with_denial(text) and known > (_WELL_KNOWN if refutes else _KNOWN) * (opening.pairs + _FEW_PAIRS)


def _left_by_listing(text: Text) -> float:
    """Topic words between commas, without the small words and the verbs that would relate them."""
    if _words_between_one_mark(text):
        return _LISTED
    small = text.content.count(False) / len(text)
    if small > _PROSE:
        return 1.0
    items = _SEPARATOR.split(text.source)
    if len(items) >= _MANY and sum(_BARE.fullmatch(item) is not None for item in items) >= _NEARLY_ALL * len(items):
        return _LISTED
    clauses = len(set(text.clause))
    related = len(_RELATION.findall(text.source)) >= max(1, clauses / _TO_A_RELATION)
    if clauses < 6 or text.code > len(text) / 5 or related or len(text) / clauses >= 1.7 or small >= 0.1:
        return _left_by_bare_rows(text)
    return _LISTED


def _words_between_one_mark(text: Text) -> bool:
    """Whether nearly every word is kept from the next by one and the same mark (or by an "and"): "cookie + signed + key + ..."."""
    gaps = [text.source[end:start] for end, start in zip(text.ends, text.starts[1:], strict=False)]
    marks = [mark for gap in gaps if (mark := gap.strip())]
    most = Counter(marks).most_common(1)[0][1] if len(marks) >= _MANY - 1 else 2 * text.words.count("and")
    return most >= max(_MANY - 1, _NEARLY_ALL * len(gaps))


def _left_by_bare_rows(text: Text) -> float:
    """How much of the text is rows of six and more words that no small word, mark or piece of code relates to each other."""
    words = text.source.lower().split()
    rows = row = 0
    for word in [*words, "."]:
        core = word.strip("\"'").rstrip(".,;:!?\"'")
        relates = core in _RELATING or core in _MARKS or word.count("`") == 1  # so code of several words begins or ends: a command
        bare = not relates and _BARE.fullmatch(core) is not None and not core[0].isdigit()
        row += bare
        if not bare or word[-1] in ".,;:!?":
            rows += row if row >= _ROW else 0
            row = 0
    return 1.0 if len(words) < _A_ROW_LONG else max(_LISTED, min(1.0, 1 - _STEEP * (rows / len(words) - _FEW_ROWS)))


def _left_by_disorder(text: Text) -> float:
    """Small words that nobody puts next to each other ("the of", "to and", a sentence that ends in "the"): shuffled words."""
    small = {
        i
        for i, word in enumerate(text.words)
        if word in _FUNCTION_WORDS and (len(word) == 1 or not text.source[text.starts[i] : text.ends[i]].isupper())  # "IS" is a name
    }
    if len(small) < 6:
        return 1.0
    slips = sum([_misplaced(text, small, i) for i in small]) - _FORGIVEN_SLIPS
    return max(0.3, 1 - max(0.0, slips / len(small) - 0.02) * 14)


def _misplaced(text: Text, small: set[int], index: int) -> bool:
    """Whether no one puts one of the ``small`` words before the next, or at the end of a sentence."""
    ends = index + 1 == len(text) or text.sentence[index + 1] != text.sentence[index]
    if not ends and (index + 1 not in small or _something_between(text, index)):
        return False
    word, following = text.words[index], None if ends else text.words[index + 1]
    if word in _DETERMINERS:
        return not (word == "a" and (following in _AUXILIARIES or following in _JOINERS))  # "bulb a is lit"
    if word in _PREPOSITIONS:
        return following in _AUXILIARIES or following in _JOINERS or (following in _PREPOSITIONS and following != word)
    return following in _JOINERS or (word in _JOINERS and ends)


def _something_between(text: Text, index: int) -> bool:
    """Whether a mark stands between a word and the next, as in "with + or": then they are no neighbours."""
    return not _PAUSES.issuperset(text.source[text.ends[index] : text.starts[index + 1]])


def _left_by_turning(support: Support) -> float:
    """Much of what is known to be true said with a "not", or the other way round."""
    share = support.turned_pairs / (support.pairs + 8)
    return max(0.25, 1 - max(0.0, share - 0.1) * 6)
