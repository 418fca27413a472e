"""What an answer shows about each point of its question: said, said of the wrong side, denied; and the misconceptions in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import compress
from math import exp
from typing import NamedTuple

from bot.core.backing import Backing, Support, total
from bot.core.drafts import Draft, Phrase
from bot.core.lexicon import NEGATORS, OPPOSITE
from bot.core.model import Misconception, Question, Severity
from bot.core.phrases import Found, Phrasebook, Search
from bot.core.sides import side_of_each_word
from bot.core.stance import hedges, reported, warns_of_lack
from bot.core.text import Text, read

_FLAT = frozenset({"not", "never", "cannot"})
_FAR = 8
_UNSURE_SIDE = 0.6
_BETWEEN = 3
_BELIEVED = 0.55
_BELIEF = {
    "bias": -0.1,
    "trust": -2.61,
    "false": 0.75,
    "phrases": 0.61,
    "words": 0.36,
    "said": -0.25,
    "never": 0.45,
    "hedges": -0.84,
    "excuses": -0.6,
    "close": -2.2,
}
_FEW_PHRASES = 5
_NO_OPINION = 0.8
_MOST_FALSE, _MOST_PHRASES, _MOST_WORDS, _MOST_SAID, _MOST_EXCUSES = 3, 4, 6, 4, 3


@dataclass(slots=True)
class PointEvidence:
    """How far a point was said (``credit`` 0 to 1), by which matches; ``denied`` are matches that say the opposite."""

    credit: float = 0.0
    said: list[Found] = field(default_factory=list)
    denied: list[Found] = field(default_factory=list)

    @property
    def stretches(self) -> int:
        """How many different places say it: two names of one thing at the same place are one."""
        return len({match.places for match in self.said})


@dataclass(frozen=True, slots=True)
class Claimed:
    """A misconception recognised, by which match in which sentence, and how likely it is meant (``belief``, 0 to 1)."""

    claim: Misconception
    found: Found
    sentence: int
    belief: float


class Surroundings(NamedTuple):
    """The sentence that a claim stands in: its ``trust`` (0 to 2), the pairs of words that only false claims know, the points said,
    and how many words it has, small ones aside; none if all of it was said before."""

    trust: float
    false_pairs: int
    said: int
    words: int

    def trust_beside(self, words: int) -> float:
        """The trust that is left where a claim of so many words stands: one that is the whole sentence has nothing beside it."""
        share = min(1.0, words / self.words) if self.words else 0.0
        return self.trust + (_NO_OPINION - self.trust) * share**3


@dataclass(slots=True)
class Evidence:
    """Everything found in one answer: one entry per point, the misconceptions recognised, how far the whole and its first
    sentence are backed, whether that sentence refutes a misconception (says it with the opposite polarity), and how many points
    are contradicted and nowhere said."""

    points: list[PointEvidence]
    mistakes: list[Claimed]
    support: Support
    refutes: bool = False
    contradicted: int = 0
    opening: Support = field(default_factory=Support)


class Witness:
    """A question's phrases in one book, and what each of them speaks for."""

    def __init__(self, question: Question, draft: Draft, rarity: Mapping[str, float]) -> None:
        self.question = question
        self._accept = [phrase for index, point in enumerate(question.points) for phrase in draft.add_all(point.accept, index)]
        self._sides = [
            [(side, draft.add_all(phrases, index)) for side, phrases in point.sides.items()] for index, point in enumerate(question.points)
        ]
        self._names = [(side, draft.add_all(names, index)) for index, (side, names) in enumerate(question.sides.items())]
        self._about = [_side_spoken_of(claim, question) for claim in question.misconceptions]
        self._claims = [phrase for index, claim in enumerate(question.misconceptions) for phrase in draft.add_all(claim.phrases, index)]
        self._excuses = [draft.add_all(claim.unless, index) for index, claim in enumerate(question.misconceptions)]
        self._opposites = [draft.add_all(_opposites(point.accept), index) for index, point in enumerate(question.points)]
        false = [phrase for phrase in self._claims if question.misconceptions[phrase.about].severity is not Severity.IMPRECISE]
        self._backing = Backing(question, draft, self._accept, false, rarity)
        self._book = Phrasebook(draft)

    def gather(self, text: Text) -> Evidence:
        """What the text shows about every point and misconception of the question."""
        search = self._book.search(text)
        sentences = self._backing.weigh(text, search)
        meant: list[Found] = []
        refuted: list[Found] = []
        for match in (match for matches in search.find(self._claims) for match in matches):
            (refuted if _refuted(match, text) else meant).append(match)
        others = reported(text) if meant else frozenset()
        claims = [match for match in meant if _in_one_breath(match, text) and match.places[0] not in others]
        shown = self._shown(search)
        sides = self._weigh_sides(shown, search) if self._names else None
        whole = total(sentences.values())
        return Evidence(
            shown,
            self._mistakes(claims, sides, _surroundings(text, shown, sentences, whole), search) if claims else [],
            whole,
            any(text.sentence[match.places[0]] == 0 for match in refuted),
            sum([self._contradicted(index, evidence, search) for index, evidence in enumerate(shown) if not evidence.said]),
            sentences.get(0) or Support(),
        )

    def _shown(self, search: Search) -> list[PointEvidence]:
        """What is said of every point, and what denied, whichever side it is said about."""
        shown = [PointEvidence() for _ in self.question.points]
        for phrase in search.possible(self._accept):
            _weigh(search.matches(phrase), shown[phrase.about], search.text)
        for evidence, point in zip(shown, self.question.points, strict=True):
            evidence.credit = min(1.0, evidence.stretches / point.need)
        return shown

    def _weigh_sides(self, shown: list[PointEvidence], search: Search) -> list[str | None]:
        """Adds what is said of each point about the sides of a comparison; gives the side that every word speaks of."""
        names = [(side, f) for side, phrases in self._names for matches in search.find(phrases) for f in matches if _side_by_side(f)]
        sides = side_of_each_word(search.text, names)
        named = {place for _, name in names for place in name.places}
        for phrases, evidence in zip(self._sides, shown, strict=True):
            if phrases:
                _weigh_side(phrases, evidence, search, sides, named)
        return sides

    def _contradicted(self, index: int, evidence: PointEvidence, search: Search) -> bool:
        """Whether a point that is nowhere said is flatly denied ("is not signed"), or said with the opposite of one of its words."""
        turned = [match for match in evidence.denied if len(match.places) > 1 and _flatly_denied(match, search.text)]
        turned += [match for matches in search.find(self._opposites[index]) for match in matches if not match.negated]
        return any(_in_one_breath(match, search.text) and not self._backing.joins_throughout(match.places, search) for match in turned)

    def _mistakes(
        self, heard: list[Found], sides: list[str | None] | None, surroundings: Mapping[int, Surroundings], search: Search
    ) -> list[Claimed]:
        """The misconceptions that are likely meant, by the matches heard that claim one; not about another side of a comparison."""
        claims: dict[int, dict[int, list[Found]]] = {}
        for match in heard:
            about = self._about[match.phrase.about]
            if sides is None or about is None or sides[match.places[-1]] in (None, about):
                claims.setdefault(match.phrase.about, {}).setdefault(search.text.sentence[match.places[0]], []).append(match)
        mistakes = [self._claimed(index, claim, surroundings, search) for index, claim in claims.items()]
        return [mistake for mistake in mistakes if mistake]

    def _claimed(self, index: int, claims: dict[int, list[Found]], about: Mapping[int, Surroundings], search: Search) -> Claimed | None:
        """The sentence that most likely claims the misconception, with its fullest match."""
        excusing = [excuse for excuses in search.find(self._excuses[index]) for excuse in excuses if _excuses_here(excuse)]
        clearest: Claimed | None = None
        for sentence, matches in claims.items():
            excused = [excuse for excuse in excusing if search.text.sentence[excuse.places[0]] == sentence]
            belief = self._belief(matches, excused, about[sentence], search)
            if belief >= _BELIEVED and (clearest is None or belief > clearest.belief):
                clearest = Claimed(self.question.misconceptions[index], max(matches, key=_fullness), sentence, belief)
        return clearest

    def _belief(self, matches: list[Found], excuses: list[Found], about: Surroundings, search: Search) -> float:
        """How likely it is, 0 to 1, that a sentence means the misconception whose phrases it holds.

        Less likely the better the sentence is backed otherwise, the more points are said in it, where a condition or a contrast
        makes it speak of something else, and where an excuse stands by (not one within the claim's own words), above all in the
        same clause. More likely with every phrasing and every word that agrees, with words side by side that nothing true joins,
        with pairs that only false claims know. Logistic; fitted to sentences of right and of wrong answers, but for excuses: those
        weigh more, because an author put them there.
        """
        text = search.text
        words = {place for match in matches for place in match.places}
        clauses = {text.clause[place] for place in words}
        beside = [excuse for excuse in excuses if not words.issuperset(excuse.places)]
        value = (
            _BELIEF["bias"]
            + _BELIEF["trust"] * about.trust_beside(len(words))
            + _BELIEF["false"] * min(_MOST_FALSE, about.false_pairs)
            + _BELIEF["phrases"] * min(_MOST_PHRASES, self._agreeing(matches))
            + _BELIEF["words"] * min(_MOST_WORDS, len(words))
            + _BELIEF["said"] * min(_MOST_SAID, about.said)
            + _BELIEF["never"] * any(self._never_joined(match, search) for match in matches)
            + _BELIEF["hedges"] * hedges(text, min(words))
            + _BELIEF["excuses"] * min(_MOST_EXCUSES, len({excuse.phrase for excuse in beside}))
            + _BELIEF["close"] * any(text.clause[excuse.places[0]] in clauses for excuse in beside)
        )
        return logistic(value)

    def _agreeing(self, matches: list[Found]) -> float:
        """How many phrasings of a claim agree; of a claim that has only a few, each stands for more."""
        written = len(self.question.misconceptions[matches[0].phrase.about].phrases)
        return len({match.phrase for match in matches}) * max(1.0, _FEW_PHRASES / written)

    def _never_joined(self, match: Found, search: Search) -> bool:
        """Whether the words of a match stand side by side though nothing true joins any two of them."""
        place = search.text.place
        side_by_side = place[match.places[-1]] - place[match.places[0]] < len(match.places)
        return len(match.places) > 1 and side_by_side and not self._backing.joins(match.places, search)


def _side_spoken_of(claim: Misconception, question: Question) -> str | None:
    """The one side of a comparison that a misconception names; ``None`` when it names none or several."""
    words = f" {' '.join(read(claim.claim).words)} "
    named = [side for side, names in question.sides.items() if any(f" {' '.join(read(name).words)} " in words for name in names)]
    return named[0] if len(named) == 1 else None


def _surroundings(text: Text, shown: Iterable[PointEvidence], sentences: Mapping[int, Support], whole: Support) -> dict[int, Surroundings]:
    said = Counter([spoken for evidence in shown for spoken in {text.sentence[match.places[0]] for match in evidence.said}])
    content = Counter(compress(text.sentence, text.content))
    return {
        number: Surroundings(
            support.trust_within(whole), support.false_pairs, said[number], content[number] if support.words or support.pairs else 0
        )
        for number, support in sentences.items()
    }


def _weigh(matches: Iterable[Found], evidence: PointEvidence, text: Text) -> None:
    """A phrase counts when its polarity is the one it asks for, or when the text says what goes wrong without it; a positive one that
    is negated throughout denies the point."""
    first = None
    for match in matches:
        if match.holds or warns_of_lack(text, match.places):
            evidence.said.append(match)
            return
        first = first or match
    if first and not first.phrase.negative:
        evidence.denied.append(first)


def _weigh_side(
    sides: list[tuple[str, list[Phrase]]], evidence: PointEvidence, search: Search, spoken_of: list[str | None], named: set[int]
) -> None:
    right: set[str] = set()
    unsure: list[Found] = []
    for side, phrases in sides:
        for match in (f for matches in search.find(phrases) for f in matches if not named.issuperset(f.places)):
            spoken = spoken_of[match.places[-1]]
            if match.ends_negated != match.phrase.negative or len({spoken_of[place] for place in match.places}) > 1:
                continue
            if spoken is None:
                unsure.append(match)
            elif spoken == side:
                right.add(side)
                evidence.said.append(match)
            else:
                evidence.denied.append(match)
    credit = 1.0 if right else _UNSURE_SIDE if unsure else 0.0
    evidence.said += [] if right else unsure
    evidence.credit = max(evidence.credit, credit) if len(evidence.denied) <= len(right) else 0.0


def _refuted(match: Found, text: Text) -> bool:
    """Whether a claim is said the other way round, or what goes wrong with it."""
    return match.negated != match.phrase.negative or (match.negated and warns_of_lack(text, match.places))


def _excuses_here(excuse: Found) -> bool:
    """An excuse that denies something ("not atomic") is none where it is not denied."""
    return excuse.negated or not excuse.phrase.negative


def _fullness(match: Found) -> tuple[int, int]:
    """How well a match shows a claim: many words, close together."""
    return len(match.places), match.places[0] - match.places[-1]


def _side_by_side(found: Found) -> bool:
    """Whether the words of a match follow each other without a gap, as in a name."""
    return found.places[-1] - found.places[0] == len(found.places) - 1


def _in_one_breath(match: Found, text: Text) -> bool:
    """Whether the words of a match stand side by side or nearly, in one clause or across one comma: a claim, not a coincidence."""
    first, last = match.places[0], match.places[-1]
    return text.clause[last] - text.clause[first] <= 1 and text.place[last] - text.place[first] < len(match.places) + _BETWEEN


def _flatly_denied(match: Found, text: Text) -> bool:
    """Whether the negator before the last word of a match is a plain "not" or "never" ("without" and "no" only set apart)."""
    last = match.places[-1]
    before = (i for i in range(last, max(-1, last - _FAR), -1) if text.clause[i] == text.clause[last] and text.words[i] in NEGATORS)
    return text.words[next(before, last)] in _FLAT


def _opposites(phrases: Iterable[str]) -> Iterator[str]:
    """The phrases with one of their words turned into its opposite, where most of its alternatives have one."""
    for chunks in (phrase.split() for phrase in phrases if NEGATORS.keys().isdisjoint(phrase.replace("-", " ").split())):
        for index, chunk in enumerate(chunks):
            words = chunk.lower().split("|")
            known = [OPPOSITE[word] for word in words if word in OPPOSITE]
            turned = set().union(*known).difference(words)
            if 1 < len(chunks) < 4 and 2 * len(known) >= len(words) and turned and not set().union(*known).intersection(words):
                yield " ".join([*chunks[:index], "|".join(sorted(turned)), *chunks[index + 1 :]])


def logistic(value: float) -> float:
    """The share, 0 to 1, that stands for any number: a half for 0."""
    return 1 / (1 + exp(-value))
