"""From evidence to a score: how much was said, times how far it can be trusted, times what the mistakes leave of it.

``said`` grows with the points (the essential ones again), with how many stretches of the answer confirm each of them, and with what
is backed beyond them. ``trust`` grows with the share of words and pairs that the deck backs, and falls with what only false claims
say and with absolutes that nothing backs. Both are logistic; the weights were fitted to the scores of
human graders (bench/grading.py) on a part of the questions and checked on the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import mul

from bot.core.backing import Support
from bot.core.evidence import Claimed, Evidence, logistic
from bot.core.model import Question, Severity

_SAID = {"bias": -1.2, "share": 1.14, "essential": 0.29, "phrases": 2.32, "words": 0.09}
_TRUST = {"bias": -2.5, "words": 4.36, "pairs": 9.03, "false": -7.41, "absolutes": -0.36}
_CONFIRMATIONS = 3  # so many stretches of an answer confirm what a point needs; more say no more
_FULL = 0.95
_COST = {Severity.WRONG: 0.37, Severity.RISKY: 0.28, Severity.IMPRECISE: 0.0}
_SAME_SENTENCE = 0.6
_CONTRADICTED = 0.08
_MOST_CONTRADICTED = 0.6


def score(question: Question, evidence: Evidence) -> float:
    """The score, 0 to 100, before the guards against tricks."""
    return 100 * said(question, evidence) * trust(evidence.support) * remainder(evidence)


def share(question: Question, credits: Sequence[float]) -> float:
    """How much of a full answer the points make: by weight, or the essential ones and the best of the others, ``need`` in all, where
    any few will do."""
    if question.need:
        paired = list(zip(credits, question.points, strict=True))
        essential = sorted([credit for credit, point in paired if point.essential])[-question.need :]
        others = sorted([credit for credit, point in paired if not point.essential], reverse=True)
        return sum([*essential, *others[: question.need - len(essential)]]) / question.need
    weights = [point.weight for point in question.points]
    return float(sum(map(mul, credits, weights))) / (sum(weights) or 1)


def said(question: Question, evidence: Evidence) -> float:
    """How much was said, 0 to 1. All points said is a full answer, however short."""
    points = evidence.points
    credits = [e.credit for e in points]
    covered = share(question, credits)
    essential = [c for c, p in zip(credits, question.points, strict=True) if p.essential]
    needs = [p.need for p in question.points]
    phrases = share(question, [min(1.0, e.stretches / (_CONFIRMATIONS * need)) for e, need in zip(points, needs, strict=True)])
    grown = logistic(
        _SAID["bias"]
        + _SAID["share"] * covered
        + _SAID["essential"] * (sum(essential) / len(essential) if essential else covered)
        + _SAID["phrases"] * phrases
        + _SAID["words"] * min(8.0, evidence.support.backed_words)
    )
    return max(_FULL, grown) if covered > 0.999 else grown


def trust(support: Support) -> float:
    """How far the answer is backed, 0 to 1; a very short one is given the benefit of the doubt."""
    pairs = support.pairs + 3
    return logistic(
        _TRUST["bias"]
        + _TRUST["words"] * (support.backed_words + 0.5) / (support.words + 1)
        + _TRUST["pairs"] * (support.backed_pairs + 1.5) / pairs
        + _TRUST["false"] * min(0.25, support.false_pairs / (support.pairs + 10))
        + _TRUST["absolutes"] * min(4, support.absolutes)
    )


def remainder(evidence: Evidence) -> float:
    """What the mistakes leave, 0 to 1. A mistake costs as much as it is likely to be one; a further one of the same sentence, which is
    often the same misunderstanding under another name, costs less.

    One point said the wrong way round may be a misreading as well; several are none.
    """
    left = 1 - min(_MOST_CONTRADICTED, _CONTRADICTED * evidence.contradicted**2)
    in_sentence: Counter[int] = Counter()
    for mistake in sorted(evidence.mistakes, key=_cost, reverse=True):
        left *= 1 - _cost(mistake) * _SAME_SENTENCE ** in_sentence[mistake.sentence]
        in_sentence[mistake.sentence] += 1
    return left


def _cost(mistake: Claimed) -> float:
    return _COST[mistake.claim.severity] * mistake.belief
