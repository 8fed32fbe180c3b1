"""Entry and exits: what a file says and what it comes to."""

from datetime import date

import pytest

from nurture.core.calendar import Unit, Wait
from nurture.core.condition import read_condition
from nurture.core.contact import Relationship
from nurture.core.sequence import Sequence
from nurture.core.sequence.entry import Again, Entry, Start
from nurture.core.sequence.exit import Exits
from nurture.definition import read_sequence
from nurture.errors import Misconfigured

STEPS = "steps:\n  - {id: thank-you, email: a.md}\n"


def read(head: str) -> Sequence:
    return read_sequence(f"sequence: s\nwhy: you know us\n{head}\n{STEPS}", "s.yaml")


def complaint(head: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        read(head)
    (problem,) = caught.value.problems
    return problem.message


def test_a_door_that_says_nothing_is_open_by_hand_to_anybody() -> None:
    sequence = read("title: T")
    assert (sequence.entry, sequence.exits) == (Entry(), Exits())
    assert sequence.entry.start is Start.BY_HAND


def test_every_key_of_the_entry_comes_to_its_value() -> None:
    entry = read(
        "entry:\n"
        "  who: [former client, met_at_event]\n"
        "  when: value is at least 500\n"
        "  start: automatic\n"
        "  from: Contact's project-end\n"
        "  again: after 1 year\n"
        "  alone: yes\n"
        "  instead of: [reconnect, other]\n"
        "  priority: 7\n"
        "  first: thank-you\n"
    ).entry
    assert entry == Entry(
        who=frozenset((Relationship.FORMER_CLIENT, Relationship.MET_AT_EVENT)),
        when=read_condition("value is at least 500"),
        start=Start.AUTOMATIC,
        anchor="project_end",
        again=Again.AFTER,
        after=Wait(1, Unit.YEARS),
        is_alone=True,
        instead_of=("reconnect", "other"),
        priority=7,
        first="thank-you",
    )


@pytest.mark.parametrize(
    ("written", "again", "after"),
    [
        ("never", Again.NEVER, None),
        ("if inactive", Again.IF_INACTIVE, None),
        ("If  Inactive", Again.IF_INACTIVE, None),
        ("after 6 months", Again.AFTER, Wait(6, Unit.MONTHS)),
    ],
)
def test_coming_again_is_said_in_words(written: str, again: Again, after: Wait | None) -> None:
    entry = read(f"entry: {{again: {written}}}").entry
    assert (entry.again, entry.after) == (again, after)


def test_every_way_out_comes_to_its_value() -> None:
    exits = read(
        "entry: {who: client}\n"
        "exits:\n"
        "  goal: tags include booked\n"
        "  no longer matches: yes\n"
        "  after: 3 silent touches\n"
        "  on: 2028-12-31\n"
        "  at the latest after: 3 years\n"
    ).exits
    assert exits == Exits(
        read_condition("tags include booked"), True, 3, date(2028, 12, 31), Wait(3, Unit.YEARS)
    )


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("entry: {who: frend}", "is no relationship"),
        ("entry: {who: former cleint}", "did you mean 'former client'?"),
        ("entry: {again: sometimes}", "write never, after 1 year, or if inactive"),
        ("entry: {again: after a year}", "write a number and a unit"),
        ("entry: {from: project-end}", "like contact's project-end"),
        ("entry: {alone: perhaps}", "write yes or no"),
        ("entry: {priority: 0}", "must be at least 1"),
        ("entry: {first: goodbye}", "no step in the order is called 'goodbye'"),
        ("entry: {instead of: [s]}", "a sequence does not exclude itself"),
        ("entry: {instead of: s}", "a sequence does not exclude itself"),
        ("exits: {}", "name a way out"),
        ("exits: {after: 0 silent touches}", "write after: 3 silent touches"),
        ("exits: {on: 2028-02-30}", "write a day like 2028-12-31"),
        ("exits: {no longer matches: yes}", "everybody matches"),
        ("approval: sometimes", "write required, or first 20"),
    ],
)
def test_a_slip_at_the_door_is_answered_with_what_to_write(head: str, words: str) -> None:
    assert words in complaint(head)


def test_approval_of_the_whole_sequence_is_kept() -> None:
    assert read("approval: First  20").approval == "first 20"
