"""A frozen class is what the standard library's frozen dataclass is, field by field."""

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from nurture.value import frozen


@frozen
class Note:
    """With each sort of field that values have."""

    title: str
    secret: str = field(repr=False)
    tags: list[str] = field(default_factory=list)
    weight: int = 1
    seen: int = field(default=0, compare=False)
    owner: str = ""
    length: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.title))


@dataclass(frozen=True, slots=True)
class Model:
    """The same, as the standard library makes it."""

    title: str
    secret: str = field(repr=False)
    tags: list[str] = field(default_factory=list)
    weight: int = 1
    seen: int = field(default=0, compare=False)
    owner: str = ""
    length: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.title))


@frozen
class Point:
    """Hashable, as all of its fields are."""

    x: int
    y: int = 2


@frozen
class Place(Point):
    """With a field and a word of its own."""

    name: str = ""

    def __str__(self) -> str:
        return self.name or "somewhere"


@frozen
class Nothing:
    """Without a field."""


@frozen
class Loud:
    """Knows by itself how it is shown and what it equals."""

    word: str

    def __repr__(self) -> str:
        return self.word.upper()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Loud) and other.word.lower() == self.word.lower()

    def __hash__(self) -> int:
        return hash(self.word.lower())


def test_fields_signature_and_looks_are_those_of_a_dataclass() -> None:
    ours, theirs = Note("a", "b", weight=3), Model("a", "b", weight=3)
    assert repr(ours) == repr(theirs).replace("Model", "Note")
    assert [each.name for each in fields(ours)] == [each.name for each in fields(theirs)]
    assert Note.__match_args__ == Model.__match_args__
    assert inspect.get_annotations(Note.__init__) == {
        name: kind
        for name, kind in inspect.get_annotations(Model.__init__).items()
        if name != "return"
    }
    assert list(inspect.signature(Note).parameters) == list(inspect.signature(Model).parameters)
    assert (Note.__doc__, Note.__qualname__) == (
        "With each sort of field that values have.",
        "Note",
    )


def test_what_makes_a_value_is_compiled_for_the_first_one_and_told_of_before() -> None:
    @frozen
    class Fresh:
        x: int
        y: int = 2

    @frozen
    class Told:
        x: int
        y: int = 2

    assert not inspect.isfunction(vars(Fresh)["__init__"])
    assert (Fresh(1).x, Fresh(1).y) == (1, 2)
    assert inspect.isfunction(vars(Fresh)["__init__"])
    assert str(inspect.signature(Told)) == "(x: int, y: int = 2)"


def test_one_of_many_fields_is_of_its_class_and_shut_once_it_is_made() -> None:
    note = Note("abc", "b")
    assert type(note) is Note
    with pytest.raises(FrozenInstanceError, match="seen of Note"):
        note.seen = 5  # type: ignore[misc]
    assert not hasattr(note, "__dict__")


def test_nothing_of_it_can_be_changed_or_added() -> None:
    point = Point(1)
    for name in ("x", "z"):
        with pytest.raises(FrozenInstanceError, match=f"{name} of Point"):
            setattr(point, name, 5)
    with pytest.raises(FrozenInstanceError, match="x of Point"):
        del point.x  # type: ignore[misc]
    assert (point.x, point.y) == (1, 2)
    assert not hasattr(point, "__dict__")


def test_equal_is_what_has_the_same_class_and_content() -> None:
    assert Point(1) == Point(x=1, y=2)
    assert Point(1) != Point(2)
    assert Point(1, 2) != Place(1, 2)
    assert Point(1) != (1, 2)
    assert {Point(1), Point(1), Place(1)} == {Point(1), Place(1)}
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    assert repr(Nothing()) == "Nothing()"


def test_what_is_not_to_be_compared_is_not() -> None:
    assert Note("a", "b", seen=1) == Note("a", "b", seen=2)
    assert Note("a", "b", weight=1) != Note("a", "b", weight=2)


def test_defaults_are_made_anew_for_each() -> None:
    first, second = Note("a", "b"), Note("a", "b")
    first.tags.append("mine")
    assert (first.tags, second.tags) == (["mine"], [])
    given = ["theirs"]
    assert Note("a", "b", given).tags is given
    assert first.length == 1


def test_what_is_missing_or_too_much_is_said_with_the_name_of_the_class() -> None:
    with pytest.raises(TypeError, match=r"Note.__init__\(\) missing 1 required .* 'secret'"):
        Note("a")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"Point.__init__\(\) got an unexpected .* 'z'"):
        Point(1, z=3)  # type: ignore[call-arg]


def test_a_changed_copy_leaves_the_first_as_it_was() -> None:
    point = Point(1)
    assert replace(point, y=5) == Point(1, 5)
    assert replace(Loud("no"), word="yes") == Loud("yes")
    assert point == Point(1)
    with pytest.raises(TypeError, match="z"):
        replace(point, z=5)


def test_a_changed_copy_is_made_like_any_other() -> None:
    note = Note("abc", "b", ["c"], 4, seen=7)
    longer = replace(note, title="abcd")
    assert (longer.length, longer.seen, longer.tags) == (4, 7, ["c"])


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_a_copy_is_equal_to_the_last_field(again: object) -> None:
    note = Note("abc", "b", ["c"], 4, seen=7)
    second = again(note)  # type: ignore[operator]
    assert second == note
    assert (second.seen, second.length) == (7, 3)


def test_a_subclass_takes_the_fields_before_its_own() -> None:
    assert (Place(1, 3, "York").y, str(Place(1, 3, "York")), str(Place(1))) == (
        3,
        "York",
        "somewhere",
    )
    match Place(1, 3, "York"):
        case Place(x, y, name):
            assert (x, y, name) == (1, 3, "York")


def test_what_a_class_defines_itself_stays() -> None:
    assert repr(Loud("a")) == "A"
    assert Loud("a") == Loud("A")
    assert len({Loud("a"), Loud("A")}) == 1
