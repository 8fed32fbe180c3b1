"""All pieces of one version of the library, indexed once and asked for many people."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappushpop, nlargest, nsmallest
from math import sqrt
from operator import itemgetter
from typing import Final

from nurture.core.library.index import Bag, Index
from nurture.core.library.piece import Found, Piece
from nurture.core.library.reader import Aspect, Reader, Want, aspects, primary, reads
from nurture.core.library.stem import roots, words
from nurture.core.library.thesaurus import Thesaurus, is_concept
from nurture.value import frozen

ENOUGH: Final = 1.3
"""What words must be worth where no topic is shared that a person is known to care for."""

_DECLARED, _TITLE, _BODY = 4.0, 3.0, 1.0  # what a word counts for by its place in a piece
_SPOKEN_OF: Final = 0.6  # of a topic that a text only speaks of
_FEW: Final = 8  # words behind which a long text counts less for each of them
_POOL: Final = 16  # of the best by words, among which the best by topic surely is
_TOLD: Final = 3  # reasons that fit on a line


@frozen
class _Section:
    """The pieces of one language."""

    pieces: tuple[Piece, ...]
    concepts: tuple[frozenset[str], ...]
    index: Index


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """A piece that may go; the cheapest suits best, and of equals the first by its path.

    One whose topic they care for goes before any that merely shares words, if too few.
    """

    is_thin: bool
    cost: float
    path: str
    section: _Section = field(compare=False)
    place: int = field(compare=False)

    @property
    def piece(self) -> Piece:
        return self.section.pieces[self.place]


@frozen
class Library:
    """The pieces with everything that ranking needs; immutable, and shared by all who ask."""

    pieces: tuple[Piece, ...]
    thesaurus: Thesaurus
    _sections: Mapping[str, _Section]
    _by_path: Mapping[str, Piece]

    @classmethod
    def of(cls, pieces: Iterable[Piece], thesaurus: Thesaurus) -> "Library":
        """Indexes the pieces, each language by itself."""
        listed = tuple(sorted(pieces, key=lambda each: each.path))
        thesaurus = thesaurus.knowing(topic for each in listed for topic in each.topics)
        sections = {}
        for language in {primary(each.language) for each in listed}:
            here = tuple(each for each in listed if primary(each.language) == language)
            bags = [bag_of(each, thesaurus) for each in here]
            concepts = tuple(frozenset(filter(is_concept, bag)) for bag in bags)
            sections[language] = _Section(here, concepts, Index.of(bags))
        return cls(listed, thesaurus, sections, {each.path: each for each in listed})

    def piece(self, path: str) -> Piece | None:
        """The piece of this path."""
        return self._by_path.get(path)

    def best(self, reader: Reader, want: Want) -> Found | None:
        """The piece that suits them best, where one suits them well enough."""
        found = self.ranked(reader, want, 1)
        return found[0] if found and found[0].is_enough else None

    def ranked(self, reader: Reader, want: Want, most: int) -> tuple[Found, ...]:
        """The pieces that may go to them on that day, the best first, with what speaks for each.

        Never one that they had, that a colleague had within a year, that has expired or is not
        out, in another language, for other people, or of another intent.  Of equals the first by
        its path.
        """
        known = tuple(aspects(reader, want.topics))
        question = self._question(known)
        sections = self._open_to(reader, want)
        cared_for = self.wishes(reader, want.topics)
        pool = max(most, _POOL)
        found = []
        for section in sections:
            for score, place, piece in self._in_order(section, question, reader, want, pool):
                worth = score * piece.freshness(want.today)
                is_enough = worth >= ENOUGH or bool(cared_for & self.covers(piece))
                found.append(_Candidate(not is_enough, -worth, piece.path, section, place))
        return tuple(
            Found(
                each.piece,
                f"{each.path} for {self._why(known, each.section, each.place)}",
                round(-each.cost, 3),
                not each.is_thin,
            )
            for each in nsmallest(most, found)
        )

    def _open_to(self, reader: Reader, want: Want) -> tuple[_Section, ...]:
        """The pieces they can read: those that name no language are in the owner's."""
        language = reads(reader.contact, want)
        names = {language, "" if primary(want.language) == language else language}
        return tuple(self._sections[each] for each in sorted(names) if each in self._sections)

    def _in_order(
        self, section: _Section, question: Bag, reader: Reader, want: Want, most: int
    ) -> Iterator[tuple[float, int, Piece]]:
        """What may go to them, the best first, until nothing behind it can be among the most."""
        wanted = self.thesaurus.meant(want.topics)
        taken = self._keys(reader.had | reader.company_had)
        language = reads(reader.contact, want)
        scores = section.index.scores(question)
        kept = [0.0] * most
        for place, score in sorted(scores.items(), key=itemgetter(1), reverse=True):
            if score < kept[0]:
                return
            piece = section.pieces[place]
            is_wanted = not wanted or wanted & section.concepts[place]
            if is_wanted and piece.key not in taken and _may_go(piece, reader, want, language):
                heappushpop(kept, score * piece.freshness(want.today))
                yield score, place, piece

    def wishes(self, reader: Reader, topics: Collection[str]) -> frozenset[str]:
        """The topics a reader is known to care for, and those asked for, as concepts."""
        return self.thesaurus.meant((*topics, *reader.contact.interests))

    def is_in(self, piece: Piece, language: str, want: Want) -> bool:
        """Whether a piece is in that language; one that names none is in the owner's."""
        return primary(piece.language or want.language) == language

    def covers(self, piece: Piece) -> frozenset[str]:
        """The topics that a piece declares, as concepts."""
        return self.thesaurus.meant(piece.topics)

    def barred(self, piece: Piece, reader: Reader, want: Want) -> str:
        """Why a piece goes to this person under no circumstances, or nothing."""
        if piece.key in self._keys(reader.had):
            return "they had it already"
        if piece.key in self._keys(reader.company_had):
            return "a colleague of theirs had it within a year"
        if piece.has_expired(want.today):
            return f"it expired on {piece.expires}"
        return "" if piece.is_out(want.today) else f"it is not out before {piece.published}"

    def _keys(self, paths: frozenset[str]) -> frozenset[str]:
        """What these pieces are to a reader; one that is gone from the folder is its path."""
        known = (self._by_path.get(path) for path in paths)
        return frozenset(paths | {each.key for each in known if each})

    def _question(self, known: Sequence[Aspect]) -> Bag:
        """All that is known, as one weighted question."""
        question: dict[str, float] = {}
        for aspect in known:
            for term, weight, _ in self._terms(aspect):
                question[term] = question.get(term, 0.0) + weight
        return question

    def _terms(self, aspect: Aspect) -> Iterator[tuple[str, float, str]]:
        """The words and topics of an aspect, what each counts, and how it is written."""
        said = dict(words(aspect.words))
        order = roots(aspect.words)
        weight = aspect.weight / sqrt(max(1.0, len(said) / _FEW))
        topics = {term for term, _, _ in self.thesaurus.spoken_of(order)}
        if len(order) <= _FEW // 2:
            topics |= self.thesaurus.meant([aspect.words] if order else ())
        yield from ((term, weight, self.thesaurus.name(term)) for term in sorted(topics))
        yield from ((root, weight / 2, written) for root, written in said.items())

    def _why(self, known: Sequence[Aspect], section: _Section, place: int) -> str:
        """The strongest things that they have in common, and where we know them from."""
        found: dict[str, tuple[float, str]] = {}
        for aspect in known:
            terms = {term: (weight, name) for term, weight, name in self._terms(aspect)}
            for term, worth in section.index.worth(place, terms).items():
                weight, name = terms[term]
                said = f"{name} ({aspect.origin})"
                key = name.casefold()
                if weight * worth > found.get(key, (0.0, ""))[0]:
                    found[key] = (weight * worth, said)
        strongest = nlargest(_TOLD, found.values())
        return ", ".join(said for _, said in strongest)


def bag_of(piece: Piece, thesaurus: Thesaurus) -> Bag:
    """The words and topics of a piece, each counted by where it stands."""
    bag: dict[str, float] = {}
    for topic in thesaurus.meant(piece.topics):
        bag[topic] = _DECLARED
    for text, weight in (
        (piece.title, _TITLE),
        (" ".join(piece.topics), _TITLE),
        (piece.text, _BODY),
    ):
        said = roots(text)
        for root in said:
            bag[root] = bag.get(root, 0.0) + weight
        for topic, _, _ in thesaurus.spoken_of(said):
            bag[topic] = bag.get(topic, 0.0) + weight * _SPOKEN_OF
    return bag


def _may_go(piece: Piece, reader: Reader, want: Want, language: str) -> bool:
    return (
        piece.is_out(want.today)
        and piece.is_for(reader.contact)
        and (piece.intent is None or want.intent is None or piece.intent is want.intent)
        and (piece.greets or language in want.introduces)
    )
