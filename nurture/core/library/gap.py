"""Topics that people care for, and of which the library has too little for them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from nurture.core.library.collection import Library
from nurture.core.library.piece import Piece
from nurture.core.library.reader import Reader, Want, reads
from nurture.value import frozen


@frozen
class Gap:
    """So many `people` care for a topic in a language; `without` have no piece on it left."""

    topic: str
    language: str
    people: int
    without: int
    pieces: int


def gaps(library: Library, readers: Iterable[Reader], want: Want) -> tuple[Gap, ...]:
    """The topics of which somebody has nothing left, those first that most people lack.

    `want` is who asks and when: their language, and the day.
    """
    counted: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    names: dict[str, str] = {}
    shelves: dict[tuple[str, str], tuple[Piece, ...]] = {}
    for reader in readers:
        language = reads(reader.contact, want)
        for topic, written in _wishes(library, reader):
            names.setdefault(topic, library.thesaurus.name(topic, written))
            key = topic, language
            if key not in shelves:
                shelves[key] = _about(library, topic, reader, want)
            here = shelves[key]
            counted[key].append(any(not library.barred(each, reader, want) for each in here))
    found = (
        Gap(names[key[0]], key[1], len(has), has.count(False), len(shelves[key]))
        for key, has in counted.items()
        if not all(has)
    )
    return tuple(sorted(found, key=lambda gap: (-gap.without, gap.topic, gap.language)))


def _wishes(library: Library, reader: Reader) -> Iterator[tuple[str, str]]:
    """Each topic that they care for, once, and how it is written."""
    found: dict[str, str] = {}
    for written in reader.contact.interests:
        for topic in sorted(library.thesaurus.meant([written])):
            found.setdefault(topic, written)
    yield from found.items()


def _about(library: Library, topic: str, reader: Reader, want: Want) -> tuple[Piece, ...]:
    """The pieces on a topic that people of this reader's language can get today."""
    language = reads(reader.contact, want)
    return tuple(
        each
        for each in library.pieces
        if topic in library.covers(each)
        and each.is_out(want.today)
        and library.is_in(each, language, want)
    )
