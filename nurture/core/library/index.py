"""Texts ranked by the words they share with a question (BM25, Robertson and Zaragoza 2009)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from math import log
from typing import Final

from nurture.core.library.thesaurus import is_concept
from nurture.value import frozen

Bag = Mapping[str, float]
"""Words and concepts of a text, each with how much of it there is."""

_K1: Final = 1.2
_B: Final = 0.4  # a long piece is punished mildly: it is sent whole either way
_LEAST_RARITY: Final = 0.2  # of a topic that every text has: there it tells nobody apart
_COMMON: Final = 0.15  # a word that more texts have says nothing of any of them
_UNSEEN: Final = 10  # other texts in the world: among two pieces a word of one is still rare
_MOST_TERMS: Final = 48  # of a question; the rest would hardly change the order
_FEW: Final = 200  # texts among which no word counts as common


@frozen
class Index:
    """Built once, asked often: of every term the texts that have it, and what it is worth there.

    A hit is worth between 0 and 1, so that a score compares across libraries of any size.
    """

    postings: Mapping[str, tuple[tuple[int, float], ...]]
    texts: int

    @classmethod
    def of(cls, bags: Sequence[Bag]) -> "Index":
        """The index of these texts, known by their place."""
        sizes = [
            sum(amount for term, amount in bag.items() if not is_concept(term)) for bag in bags
        ]
        usual = sum(sizes) / len(sizes) if bags else 1.0
        found: dict[str, list[tuple[int, float]]] = {}
        for place, bag in enumerate(bags):
            room = _K1 * (1 - _B + _B * sizes[place] / (usual or 1.0))
            for term, amount in bag.items():
                least = _K1 if is_concept(term) else room
                found.setdefault(term, []).append((place, amount / (amount + least)))
        most = len(bags) * _COMMON if len(bags) > _FEW else len(bags)
        postings = {
            term: tuple(
                (place, worth * _rarity(term, len(hits), len(bags))) for place, worth in hits
            )
            for term, hits in found.items()
            if len(hits) <= most or is_concept(term)
        }
        return cls(postings, len(bags))

    def scores(self, question: Bag) -> dict[int, float]:
        """What each text is worth that shares anything with the question, by its place."""
        known = ((term, weight) for term, weight in question.items() if term in self.postings)
        telling = nlargest(_MOST_TERMS, known, key=self._promise)
        found: defaultdict[int, float] = defaultdict(float)
        for term, weight in telling:
            for place, worth in self.postings[term]:
                found[place] += weight * worth
        return found

    def _promise(self, asked: tuple[str, float]) -> float:
        """What a term may add to a score: a rare one more than one that most texts have."""
        term, weight = asked
        return weight * _rarity(term, len(self.postings[term]), self.texts)

    def worth(self, place: int, terms: Iterable[str]) -> dict[str, float]:
        """What each of these terms is worth in that text."""
        hits = ((term, self._worth(term, place)) for term in terms)
        return {term: worth for term, worth in hits if worth}

    def _worth(self, term: str, place: int) -> float:
        hits = self.postings.get(term, ())
        at = bisect_left(hits, (place,))
        return hits[at][1] if at < len(hits) and hits[at][0] == place else 0.0


def _rarity(term: str, having: int, texts: int) -> float:
    """How much it says that a text has the term: 1 for one in very many, 0 for all."""
    rest = texts + _UNSEEN - having
    rare = log(1 + (rest + 0.5) / (having + 0.5)) / log(2 + texts + _UNSEEN)
    return max(rare, _LEAST_RARITY) if is_concept(term) else rare
