"""Words a person may have meant, and names under which secrets hide."""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import TypeVar

_T = TypeVar("_T")

_SECRET = re.compile(
    r"(?:^|[_\-.])(?:passw(?:or)?d|passphrase|pass|pwd|secret|token|api[_-]?key|credentials?"
    r"|private[_-]?key)$",
    re.IGNORECASE,
)


class Slip(ValueError):
    """A mistake inside a value: in one item of a list, or at one character of a text."""

    def __init__(self, words: str, *, item: int | None = None, offset: int | None = None) -> None:
        self.item = item
        self.offset = offset
        super().__init__(words)


def read_each(words: Sequence[str], reader: Callable[[str], _T]) -> tuple[_T, ...]:
    """What the reader makes of each word; raises Slip at the first that it refuses."""
    found: list[_T] = []
    for item, word in enumerate(words):
        try:
            found.append(reader(word))
        except ValueError as error:
            raise Slip(str(error), item=item) from error
    return tuple(found)


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice a slip of the finger away from `word`, or None where none is near.

    Fingers slip less at the beginning: of several, one with the same first letter is meant.
    """
    known = {choice.casefold(): str(choice) for choice in choices}
    near = get_close_matches(word.casefold(), known, n=3, cutoff=0.7)
    near.sort(key=lambda choice: choice[:1] != word[:1].casefold())
    return known[near[0]] if near else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A question to put behind a complaint about `word`; empty where nothing is near."""
    near = closest(word, choices)
    return f"; did you mean {near!r}?" if near else ""


def listed(words: Iterable[str], last: str = "or") -> str:
    """The words as one reads them aloud: "a, b or c"."""
    *front, final = [*words] or [""]
    return f"{', '.join(front)} {last} {final}" if front else final


def names_a_secret(key: str) -> bool:
    """Whether a key of this name holds a password or the like (reliability.md 8)."""
    return bool(_SECRET.search(key))
