"""Two steps of which nobody gets both are one in the eyes of advice."""

import pytest

from nurture.advice import advise
from nurture.core.account import Limits
from nurture.definition import Beside, define

MAILS = {f"{name}.md": f"---\nsubject: {name}\n---\nDear, {name}.\n" for name in "abcd"}


def codes(steps: str) -> list[str]:
    definition = define(f"sequence: s\nwhy: you know us\nsteps:\n{steps}", "s.yaml", Beside(MAILS))
    return [each.code for each in advise({"s": definition}, MAILS, Limits())]


ALTERNATIVES = """\
  - {{id: a, email: a.md, intent: {first}, when: language is de}}
  - {{id: b, email: b.md, intent: {first}, when: {other}}}
  - {{id: rest, wait: 2 weeks}}
  - {{id: c, email: c.md}}
"""


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("language is not de", []),
        ("value is at least 5", ["N208", "N209"]),  # somebody may get both
    ],
)
def test_the_same_in_another_language_crowds_nobody(other: str, expected: list[str]) -> None:
    assert sorted(codes(ALTERNATIVES.format(first="give", other=other))) == expected


def test_of_two_asks_that_nobody_gets_both_of_one_is_counted() -> None:
    more = "".join(
        f"  - {{id: w{n}, wait: 5 weeks}}\n  - {{id: g{n}, email: d.md}}\n" for n in range(2)
    )
    asks = ALTERNATIVES.format(first="ask", other="language is not de")
    assert codes(asks + more) == []
    both = ALTERNATIVES.format(first="ask", other="value is at least 5")
    assert {"N206", "N207"} <= {*codes(both + more)}
