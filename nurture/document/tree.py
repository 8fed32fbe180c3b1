"""What a text says, and where in it each value and each key stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, time

from nurture.core.spelling import names_a_secret
from nurture.document.code import Code
from nurture.errors import Misconfigured, Place, Problem
from nurture.value import frozen

Scalar = str | int | float | bool | datetime | date | time | None
Tree = Scalar | Sequence["Tree"] | Mapping[str, "Tree"]
Path = tuple[str | int, ...]


@frozen
class Document:
    """One text as plain values, with the places of its keys and values by path.

    `inline` are the texts that stand on one line, with how many signs come before their first
    letter: a quote, or nothing.
    """

    file: str
    root: Tree
    values: Mapping[Path, Place]
    keys: Mapping[Path, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    inline: Mapping[Path, int] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """Where the value of that path starts; what is missing stands where its parent does."""
        while path not in self.values and path:
            path = path[:-1]
        return self.values.get(path, Place(self.file))

    def place_within(self, path: Path, offset: int) -> Place:
        """Where that character of a text stands, or the text itself where that is not known."""
        place = self.place(path)
        before = self.inline.get(path)
        return place if before is None else replace(place, column=place.column + before + offset)

    def key_place(self, path: Path) -> Place:
        """Where the key of that path is written, or its value where it has no key."""
        return self.keys.get(path) or self.place(path)

    def names(self) -> Iterator[tuple[Path, str]]:
        """Every key of every mapping, with its path."""
        yield from _names(self.root, ())

    def secrets(self) -> Iterator[tuple[Path, str]]:
        """Every key whose name says that a secret follows."""
        return ((at, name) for at, name in self.names() if names_a_secret(name))


def _names(tree: Tree, at: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(tree, Mapping):
        for name, below in tree.items():
            yield (*at, name), name
            yield from _names(below, (*at, name))
    elif isinstance(tree, Sequence) and not isinstance(tree, str):
        for index, below in enumerate(tree):
            yield from _names(below, (*at, index))


def decoded(raw: bytes, file: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark; raises Misconfigured."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace")
        place = place_at(before, len(before), file)
        problem = f"byte 0x{raw[error.start]:02X} is not UTF-8: save the file as UTF-8"
        raise Misconfigured([Problem(problem, place, Code.FILE)]) from error


def place_at(text: str, offset: int, file: str) -> Place:
    """The place of a character by its offset."""
    before = text[:offset]
    return Place(file, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """The problems from the top of each file to its end, none twice."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda problem: (problem.place or Place(""), problem.message))
