"""Values: frozen dataclasses with slots, made in a third of the time."""

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import partial
from operator import attrgetter
from typing import Any, Final, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")
_LEFT_OUT: Final = object()


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(written: type[T]) -> type[T]:
    """Like `dataclass(frozen=True, slots=True)`, for type checkers and at work.

    That one compiles six methods for each class, which was a fifth of the time until the daemon
    is ready.  Here all classes share theirs, and `__init__` alone is compiled, when it is first
    looked up.  What the class defines itself stays.  Values that have an order remain dataclasses.
    """
    # Without a word of its own the standard library would work out a signature, and tell that.
    written.__doc__ = written.__doc__ or written.__qualname__
    made = dataclass(init=False, repr=False, eq=False, slots=True)(written)
    given: dict[str, object] = {
        "_content": _content(made),
        "__init__": _Unwritten(made),
        "__repr__": _repr,
        "__eq__": _equals,
        "__hash__": _hash,
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__getstate__": _state,
        "__setstate__": _restore,
    }
    for name, method in given.items():
        if name not in vars(written):
            setattr(made, name, method)
    return made


class _Unwritten:
    """Stands for an `__init__` until somebody looks it up: then it is compiled.

    Of more than half of all classes no value is made until the daemon has sent its first mail.
    """

    def __init__(self, made: type) -> None:
        self.made = made

    def __get__(self, value: object, _owner: type) -> Callable[..., None]:
        initializer = _initializer(self.made)
        type.__setattr__(self.made, "__init__", initializer)
        return initializer if value is None else partial(initializer, value)


def _content(made: type) -> Callable[[object], object]:
    """What tells one value from another of its class."""
    compared = [each.name for each in fields(made) if each.compare]
    return attrgetter(*compared) if compared else type


def _initializer(made: type) -> Callable[..., None]:
    """Takes each field by its place or its name."""
    known: dict[str, Any] = {"_LEFT_OUT": _LEFT_OUT, "_Made": made, "_Open": _opened(made)}
    # A slot filled through its descriptor is eight times as dear as by plain assignment, which
    # `__setattr__` refuses: so it is of another class while it is made.
    known["_become"] = vars(object)["__class__"].__set__
    accepted, steps = ["self"], [" _become(self, _Open)"]
    own = fields(made)
    for each in own:
        if each.init:
            accepted.append(_parameter(each, known))
        if each.init or each.default_factory is not MISSING:
            steps.append(f" self.{each.name} = {_source(each, known)}")
    steps.append(" self.__class__ = _Made")
    if hasattr(made, "__post_init__"):
        steps.append(" self.__post_init__()")
    text = "\n".join([f"def __init__({', '.join(accepted)}):", *steps, " return None"])
    exec(text, known)
    initializer: Callable[..., None] = known["__init__"]
    initializer.__qualname__ = f"{made.__qualname__}.__init__"
    initializer.__annotations__ = {each.name: each.type for each in own if each.init}
    return initializer


def _opened(made: type) -> type:
    """A class of the same slots, over to which a value may change and back, that can be filled."""
    # Both, or CPython looks each of them up and does not go straight to the slot.
    plain = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    return type(made)(f"_Open{made.__name__}", (made,), {"__slots__": (), **plain})


def _parameter(each: Field[Any], known: dict[str, Any]) -> str:
    if each.default_factory is not MISSING:
        return f"{each.name}=_LEFT_OUT"
    if each.default is MISSING:
        return each.name
    known[f"_usual_{each.name}"] = each.default
    return f"{each.name}=_usual_{each.name}"


def _source(each: Field[Any], known: dict[str, Any]) -> str:
    if each.default_factory is MISSING:
        return each.name
    known[f"_make_{each.name}"] = each.default_factory
    made = f"_make_{each.name}()"
    return f"{made} if {each.name} is _LEFT_OUT else {each.name}" if each.init else made


def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _equals(self: Any, other: Any) -> object:
    if self is other:
        return True
    if type(self) is not type(other):
        return NotImplemented
    return self._content(self) == self._content(other)


def _hash(self: Any) -> int:
    return hash(self._content(self))


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"{name} of {type(self).__qualname__} cannot be changed")


def _state(self: Any) -> list[object]:
    return [getattr(self, each.name) for each in fields(self)]


def _restore(self: Any, state: list[object]) -> None:
    """For a copy, which begins empty: it is filled past the refusal."""
    for each, content in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, content)
