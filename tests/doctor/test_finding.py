"""What findings come to: the exit code that scripts rely on."""

import pytest

from nurture.doctor import examinations
from nurture.doctor.finding import Fault, Finding, Level, exit_code, fail, from_error, ok, warn
from nurture.errors import Broken, Misconfigured, NurtureError, Refused, Unreachable

GOOD, WARNING = ok("a", "", "fine"), warn("a", "", "so so", "better it")


def failing(fault: Fault) -> Finding:
    return fail("a", "", "bad", "mend it", fault)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([], 0),
        ([GOOD, WARNING], 0),
        ([GOOD, failing(Fault.PERSON)], 1),
        ([failing(Fault.WORLD), GOOD], 75),
        ([failing(Fault.WORLD), failing(Fault.PERSON)], 1),
        ([failing(Fault.WORLD), failing(Fault.SETTINGS)], 78),
    ],
)
def test_the_exit_code_says_who_can_mend_it(found: list[Finding], code: int) -> None:
    assert exit_code(found) == code


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (Misconfigured("wrong"), Fault.SETTINGS),
        (Unreachable("away"), Fault.WORLD),
        (Refused("no"), Fault.PERSON),
        (Broken("ours"), Fault.PERSON),
    ],
)
def test_our_errors_become_failures_with_what_to_do(error: NurtureError, fault: Fault) -> None:
    (finding,) = from_error("a", "anna", error)
    assert (finding.level, finding.fault, finding.seen) == (Level.FAIL, fault, str(error))
    assert finding.remedy


def test_every_file_of_the_folder_is_an_examination() -> None:
    assert {"clock", "database", "disk", "domain", "imap", "replies", "secrets", "sequences",
            "settings", "smtp", "zones"} <= set(examinations())  # fmt: skip
