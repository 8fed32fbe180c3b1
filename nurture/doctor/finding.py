"""What an examination found, and what all of it comes to as an exit code."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from nurture.errors import Misconfigured, NurtureError, Refused, Unreachable
from nurture.value import frozen


class Level(StrEnum):
    """How bad it is; a warning costs replies or reputation, a failure keeps mail from leaving."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Fault(StrEnum):
    """Who can mend a failure: a person in the settings, time, or a person elsewhere."""

    SETTINGS = "settings"
    WORLD = "world"
    PERSON = "person"


@frozen
class Finding:
    """One thing that was looked at: what was seen, and what to do where that is not good."""

    examination: str
    subject: str
    level: Level
    seen: str
    remedy: str = ""
    fault: Fault = Fault.PERSON


def ok(examination: str, subject: str, seen: str) -> Finding:
    """Nothing to do."""
    return Finding(examination, subject, Level.OK, seen)


def warn(examination: str, subject: str, seen: str, remedy: str) -> Finding:
    """Mail can leave, but something should be better."""
    return Finding(examination, subject, Level.WARN, seen, remedy)


def fail(
    examination: str, subject: str, seen: str, remedy: str, fault: Fault = Fault.PERSON
) -> Finding:
    """Something keeps mail from leaving, or from being safe."""
    return Finding(examination, subject, Level.FAIL, seen, remedy, fault)


def from_error(
    examination: str, subject: str, error: NurtureError, remedy: str = ""
) -> Iterator[Finding]:
    """Our own errors as findings; their words say what to do, where `remedy` does not."""
    if isinstance(error, Misconfigured):
        for problem in error.problems:
            place = str(problem.place) if problem.place else subject
            again = "correct it, then run this again"
            yield fail(examination, place, problem.message, again, Fault.SETTINGS)
        return
    is_away = isinstance(error, Unreachable) and not isinstance(error, Refused)
    fault = Fault.WORLD if is_away else Fault.PERSON
    remedy = remedy or "mend what the message names, or try again later"
    yield fail(examination, subject, str(error), remedy, fault)


GOOD, FINDINGS, LATER, SETTINGS = 0, 1, 75, 78


def exit_code(findings: Iterable[Finding]) -> int:
    """0 where nothing failed; 78 for wrong settings, 75 where only the world is away, else 1."""
    faults = {each.fault for each in findings if each.level is Level.FAIL}
    if Fault.SETTINGS in faults:
        return SETTINGS
    if faults == {Fault.WORLD}:
        return LATER
    return FINDINGS if faults else GOOD
