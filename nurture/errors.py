"""The three families of errors, by whose fault it is: the operator's, the world's, or ours."""

from collections.abc import Iterable
from dataclasses import dataclass

from nurture.value import frozen


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a text a problem stands; line and column count from 1, 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@frozen
class Problem:
    """One thing that a person wrote and that cannot be used, with what to do about it.

    `code` names the kind of mistake for machines, where it has a name.
    """

    message: str
    place: Place | None = None
    code: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class NurtureError(Exception):
    """Whatever nurture raises on purpose."""


class Misconfigured(NurtureError):
    """The operator must change something; carries every problem found, not only the first.

    The CLI prints the problems without a traceback and exits with 2; the daemon exits with 78.
    """

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems = (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Unreachable(NurtureError):
    """The world did not answer, or refused us for now; worth another try, with pace."""


class Refused(Unreachable):
    """The world answered and said no to our credentials: a person must look, retrying is rare."""


class Broken(NurtureError):
    """We are at fault; quarantines one enrollment or one message, never the daemon."""
