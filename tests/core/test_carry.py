"""People under way come to an edited sequence without a step twice, and none is skipped unsaid."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence import Sequence
from nurture.core.sequence.carry import carry
from nurture.core.sequence.course import lanes
from nurture.definition import read_sequence
from tests.fakes.story import ALLOWED

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CONTACT = Contact("mara@example.org", id=3, zone="Europe/Berlin", country="DE", consent=ALLOWED)


def sequence(*steps: str, occasions: tuple[str, ...] = (), entry: str = "") -> Sequence:
    rows = [f"  - {{id: {each}, email: mail/{each}.md}}" for each in steps]
    rows += ["occasions:"] if occasions else []
    rows += [f"  - {{id: {each}, on: 4 January, email: mail/{each}.md}}" for each in occasions]
    rows += ["exits: {after: 3 silent touches}"] if occasions else []
    head = f"sequence: former\nwhy: you were a client\n{entry}\nsteps:\n"
    return read_sequence(head + "\n".join(rows) + "\n", "former.yaml")


def walk(on: Sequence, position: str, **fields: object) -> tuple[Enrollment, ...]:
    first = lanes(on, CONTACT, "anna", NOW - 30 * DAY, because="by hand")
    numbered = [replace(lane, id=number, **fields) for number, lane in enumerate(first, 1)]
    return (replace(numbered[0], position=position), *numbered[1:])


@pytest.mark.parametrize(
    ("old", "at", "new", "goes_on_at", "missed"),
    [
        ("a b c", "b", "a b c d", "b", ()),
        ("a b c", "b", "a x b c", "b", ("x",)),
        ("a b c", "b", "a c", "c", ()),
        ("a b c", "b", "c a", "c", ()),
        ("a b c d", "b", "a c b d", "b", ("c",)),
    ],
)
def test_a_place_is_carried_by_the_id_of_its_step(
    old: str, at: str, new: str, goes_on_at: str, missed: tuple[str, ...]
) -> None:
    before, after = sequence(*old.split()), sequence(*new.split())
    carried = carry(walk(before, at), CONTACT, before, after, {"a"}, NOW, zone="UTC")
    (lane,) = carried.kept
    assert (lane.position, lane.revision, lane.due_at) == (goes_on_at, after.revision, NOW)
    assert (carried.missed, carried.ended) == (missed, ())


def test_who_stands_behind_everything_that_is_left_has_come_to_the_end() -> None:
    before, after = sequence("a", "b"), sequence("a")
    carried = carry(walk(before, "b"), CONTACT, before, after, {"a"}, NOW, zone="UTC")
    assert [lane.position for lane in carried.ended] == ["b"]
    assert carried.kept == ()


def test_the_anchor_stays_so_that_the_same_text_restores_the_same_waits() -> None:
    before, after = sequence("a", "b"), sequence("a", "b", "c")
    there = carry(walk(before, "b"), CONTACT, before, after, {"a"}, NOW, zone="UTC").kept
    back = carry(there, CONTACT, after, before, {"a"}, NOW, zone="UTC").kept
    assert [lane.anchor_at for lane in back] == [lane.anchor_at for lane in walk(before, "b")]
    assert [lane.revision for lane in back] == [before.revision]


def test_a_hold_is_not_cut_short() -> None:
    before, after = sequence("a", "b"), sequence("a", "b", "c")
    held = walk(before, "b", held_until=NOW + 5 * DAY, held_why="away")
    (lane,) = carry(held, CONTACT, before, after, {"a"}, NOW, zone="UTC").kept
    assert lane.due_at == NOW + 5 * DAY


def test_a_lane_that_waits_for_its_task_still_waits() -> None:
    before, after = sequence("a", "b"), sequence("a", "b", "c")
    waiting = walk(before, "b", due_at=None)
    (lane,) = carry(waiting, CONTACT, before, after, {"a"}, NOW, zone="UTC").kept
    assert lane.due_at is None


def test_a_new_occasion_joins_a_walk_in_its_state_and_a_lost_one_ends() -> None:
    before, after = sequence("a", "b", occasions=("old",)), sequence("a", "b", occasions=("new",))
    handed = walk(before, "b", state=State.HANDED_OFF, reason="answered")
    carried = carry(handed, CONTACT, before, after, {"a"}, NOW, zone="UTC")
    assert [(lane.lane, lane.state) for lane in carried.begun] == [("new", State.HANDED_OFF)]
    assert [lane.lane for lane in carried.ended] == ["old"]
    assert carried.begun[0].enrolled_at == handed[0].enrolled_at


def test_the_parting_note_is_owed_only_by_who_has_not_come_behind_it() -> None:
    entry = "entry: {first: b}"
    before, after = sequence("a", "b", "c"), sequence("a", "b", "c", entry=entry)
    owing = carry(walk(before, "a"), CONTACT, before, after, (), NOW, zone="UTC").kept[0]
    behind = carry(walk(before, "c"), CONTACT, before, after, {"a", "b"}, NOW, zone="UTC").kept[0]
    assert (owing.owes, behind.owes) == ("b", "")


def test_what_has_ended_stays_ended() -> None:
    before, after = sequence("a", "b"), sequence("a", "b", "c")
    over = walk(before, "b", state=State.ENDED)
    carried = carry(over, CONTACT, before, after, {"a", "b"}, NOW, zone="UTC")
    assert (carried.kept, carried.begun, carried.was) == ((), (), ())
