"""Steps as a way that people walk: what can be reached, what must come first, what never ends."""

from pathlib import Path

import pytest

from nurture.core.sequence import Sequence
from nurture.definition import read_sequence
from nurture.errors import Misconfigured
from nurture.transport.sequence_folder import load_folder

HEAD = "sequence: s\nwhy: you know us\n"
TEMPLATES = {
    "a.md": "---\nsubject: Hello\n---\nDear {{ given_name }}.\n",
    "more.md": "And one thing more.\n",
}


def read(steps: str, head: str = "") -> Sequence:
    return read_sequence(f"{HEAD}{head}{steps}", "s.yaml", TEMPLATES)


def complaints(steps: str, head: str = "") -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        read(steps, head)
    return [problem.message for problem in caught.value.problems]


FORK = "  - id: fork\n    branch:\n"


def test_behind_a_closed_fork_only_what_it_names_can_be_reached() -> None:
    steps = (
        f"steps:\n{FORK}"
        "      - {when: country is DE, go to: c}\n      - {otherwise: end}\n"
        "  - {id: b, email: a.md}\n  - {id: c, email: a.md}\n"
    )
    assert complaints(steps) == ["nobody comes to 'b': what stands before leads elsewhere"]
    assert read(steps.replace("otherwise: end", "otherwise: b")).steps


def test_an_open_fork_lets_the_rest_go_on() -> None:
    steps = f"steps:\n{FORK}      - {{when: country is DE, go to: c}}\n"
    assert read(f"{steps}  - {{id: b, email: a.md}}\n  - {{id: c, email: a.md}}\n").steps


def test_whoever_passes_a_fork_over_goes_straight_on() -> None:
    closed = (
        "steps:\n  - id: fork\n    when: value is known\n    branch:\n"
        "      - {when: country is DE, go to: c}\n      - {otherwise: end}\n"
        "  - {id: b, email: a.md}\n  - {id: c, email: a.md}\n"
    )
    assert read(closed).steps


def test_behind_a_move_nobody_goes_on_unless_it_is_for_some() -> None:
    steps = "steps:\n  - {id: over, move to: other}\n  - {id: b, email: a.md}\n"
    assert complaints(steps) == ["nobody comes to 'b': what stands before leads elsewhere"]
    assert read(steps.replace("other}", "other, when: silent for 1 year}")).steps


def test_the_first_mail_of_every_way_needs_a_subject() -> None:
    straight = "steps:\n  - {id: a, email: a.md}\n  - {id: b, email: more.md}\n"
    assert read(straight).steps
    needs = "the first mail of a sequence needs a subject: write it between lines of ---"
    assert complaints(straight.replace("a.md}", "a.md, when: country is DE}")) == [needs]
    around = f"steps:\n{FORK}      - {{when: country is DE, go to: b}}\n" + straight[7:]
    assert complaints(around) == [needs]


def test_the_mail_of_an_occasion_needs_a_subject_always() -> None:
    told = complaints(
        "steps:\n  - {id: a, email: a.md}\n"
        "occasions:\n  - {id: b, on: 4 January, email: more.md}\n",
        "exits: {on: 2030-12-31}\n",
    )
    assert told == ["the mail of an occasion needs a subject: write it between lines of ---"]


def test_waits_are_joined_unless_somebody_comes_in_between() -> None:
    waits = "  - {id: v, wait: 1 week}\n  - {id: w, wait: 1 week}\n  - {id: b, task: Do.}\n"
    assert complaints(f"steps:\n{waits}") == ["a wait behind a wait: join the two into one"]
    assert read(f"steps:\n{waits.replace('id: w,', 'id: w, when: country is DE,')}").steps
    fork = f"{FORK}      - {{when: country is DE, go to: w}}\n"
    assert read(f"steps:\n{fork}{waits}").steps


def test_a_step_that_could_not_be_read_leaves_the_course_unjudged() -> None:
    steps = (
        f"steps:\n{FORK}      - {{when: country is DE, go to: c}}\n      - {{otherwise: end}}\n"
        "  - {id: b, emial: a.md}\n  - {id: c, email: a.md}\n"
    )
    assert complaints(steps) == ["no kind of step is called 'emial'; did you mean 'email'?"]


@pytest.mark.parametrize(
    "exits", ["at the latest after: 3 years", "after: 3 silent touches", "on: 2030-12-31"]
)
def test_yearly_occasions_need_a_sure_end(exits: str) -> None:
    occasions = "occasions:\n  - {id: a, on: 4 January, email: a.md}\n"
    assert read(occasions, f"exits: {{{exits}}}\n").occasions
    (told,) = complaints(occasions)
    assert told.startswith("this never ends, for its occasions come round every year")
    (told,) = complaints(occasions, "exits: {goal: tags include booked}\n")
    assert told.startswith("this never ends")


def test_what_comes_but_once_ends_by_itself() -> None:
    assert read("occasions:\n  - {id: a, on: 'contact''s deadline, once', email: a.md}\n").occasions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.md").write_text(TEMPLATES["a.md"])
    return tmp_path


def put(folder: Path, name: str, *, to: str, head: str = "entry: {again: after 1 year}\n") -> None:
    (folder / f"{name}.yaml").write_text(
        f"sequence: {name}\nwhy: you know us\n{head}"
        f"steps:\n  - {{id: a, email: a.md}}\n  - {{id: over, move to: {to}}}\n"
    )


def test_a_circle_of_moves_is_refused_at_every_door_of_it(folder: Path) -> None:
    put(folder, "one", to="two")
    put(folder, "two", to="three")
    put(folder, "three", to="one")
    put(folder, "outside", to="one")
    told = load_folder(folder)
    assert [*told.sequences] == ["outside"]
    assert ["one to two to three to one" in told.problems[0].message] == [True]
    assert {Path(problem.place.file).stem for problem in told.problems if problem.place} == {
        "one", "two", "three",
    }  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        "",
        "entry: {again: after 1 year}\nexits: {on: 2030-12-31}\n",
        "entry: {again: after 1 year}\nexits: {after: 3 silent touches}\n",
    ],
)
def test_a_circle_ends_where_one_lets_nobody_in_again_or_has_a_sure_end(
    folder: Path, head: str
) -> None:
    put(folder, "one", to="two")
    put(folder, "two", to="one", head=head)
    assert load_folder(folder).problems == ()


def test_years_that_each_walk_counts_anew_do_not_end_a_circle(folder: Path) -> None:
    head = "entry: {again: if inactive}\nexits: {at the latest after: 1 year}\n"
    put(folder, "one", to="two", head=head)
    put(folder, "two", to="one", head=head)
    assert len(load_folder(folder).problems) == 2


def test_a_neighbour_that_cannot_be_read_is_still_known_by_name(folder: Path) -> None:
    put(folder, "one", to="broken")
    (folder / "broken.yaml").write_text("sequence: broken\n")
    assert [*load_folder(folder).sequences] == ["one"]
