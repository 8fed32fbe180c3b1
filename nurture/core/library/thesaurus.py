"""The owner's own list of which words mean the same topic, in any language."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from nurture.core.library.stem import roots
from nurture.value import frozen

_SIGN = "#"


@frozen
class Thesaurus:
    """Topics, each with the words and phrases that mean it; `entries` as they are written.

    A topic means itself, whether it is listed or not.
    """

    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = field(init=False)
    _names: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for topic, others in self.entries.items():
            for phrase in (topic, *others):
                said = roots(phrase)
                # Of "write off" only "write" says anything, and that is something else.
                if said and (len(said) > 1 or len(phrase.split()) == 1):
                    found.setdefault(said[0], []).append((said, topic))
        longest_first = {
            first: tuple(sorted(listed, key=lambda each: -len(each[0])))
            for first, listed in found.items()
        }
        object.__setattr__(self, "_phrases", longest_first)
        object.__setattr__(self, "_names", {concept(topic): topic for topic in self.entries})

    def knowing(self, topics: Iterable[str]) -> "Thesaurus":
        """The same with these topics, each of which means itself where it is not listed."""
        new = {topic: () for topic in topics if not self.meant([topic]) & self._names.keys()}
        return Thesaurus({**self.entries, **new})

    def spoken_of(self, said: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Every listed topic that these roots speak of, and which of them do: from and to."""
        for at, root in enumerate(said):
            for phrase, topic in self._phrases.get(root, ()):
                if tuple(said[at : at + len(phrase)]) == phrase:
                    yield concept(topic), at, at + len(phrase)

    def meant(self, topics: Iterable[str]) -> frozenset[str]:
        """The concepts of these topics: of those they mean by the list, and of themselves."""
        found: set[str] = set()
        for topic in topics:
            said = roots(topic)
            listed = {of for of, start, end in self.spoken_of(said) if end - start == len(said)}
            found |= listed or {concept(topic)}
        return frozenset(found)

    def name(self, of: str, written: str = "") -> str:
        """How the list writes a concept; an unlisted one as it is `written`, or by its roots."""
        return self._names.get(of, written or of.lstrip(_SIGN))


def concept(topic: str) -> str:
    """What a topic is counted under: the same however it is cased and inflected."""
    return _SIGN + (" ".join(roots(topic)) or topic.casefold())


def is_concept(term: str) -> bool:
    """Whether this is a topic rather than a mere word."""
    return term.startswith(_SIGN)
