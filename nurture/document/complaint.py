"""What pydantic finds wrong with a document, in words for the person who wrote it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from nurture.core.spelling import Slip, did_you_mean, listed
from nurture.document.code import Code
from nurture.document.tree import Document, Path
from nurture.errors import Place, Problem

_WANTED = {
    "string_type": "text (put it in quotes)",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
}
NOWHERE: Mapping[str, str] = {}
_WRONG = Code.WRONG_VALUE
_CODES = {"extra_forbidden": Code.UNKNOWN_KEY, "missing": Code.MISSING_KEY}
_LIMITS = {
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
}


def names_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys a person may write for this model."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def complaints(
    error: ValidationError,
    document: Document,
    model: type[BaseModel],
    at: Path = (),
    elsewhere: Mapping[str, str] = NOWHERE,
) -> Iterator[Problem]:
    """One problem per error of a model that was read from the part of the document under `at`.

    `elsewhere` says of a key that is unknown here what else has it.

    An unknown key is shown where it is written, a missing one where its mapping starts, and a
    slip within a value at its very item or character.
    """
    for details in error.errors(include_url=False):
        path = (*at, *details["loc"])
        words, code = _words(details, path, model), _CODES.get(details["type"], _WRONG)
        if code is Code.UNKNOWN_KEY and len(path) == len(at) + 1 and path[-1] in elsewhere:
            words = f"unknown key {path[-1]!r}: {elsewhere[str(path[-1])]}"
        yield Problem(words, _place(details, path, document), code)


def _place(details: ErrorDetails, path: Path, document: Document) -> Place:
    slip = details.get("ctx", {}).get("error")
    if details["type"] == "extra_forbidden":
        return document.key_place(path)
    if isinstance(slip, Slip) and slip.offset is not None:
        return document.place_within(path, slip.offset)
    if isinstance(slip, Slip) and slip.item is not None:
        return document.place((*path, slip.item))
    return document.place(path)


def unless_said(problems: Iterable[Problem], said: Sequence[Problem]) -> Iterator[Problem]:
    """The problems whose place has no complaint yet: a refused value need not be refused twice."""
    places = {problem.place for problem in said}
    return (problem for problem in problems if problem.place not in places)


def _words(details: ErrorDetails, path: Path, model: type[BaseModel]) -> str:
    key, kind, limits = spoken(path), details["type"], details.get("ctx", {})
    if kind == "missing":
        return f"{key!r} is missing"
    if kind == "extra_forbidden":
        known = names_of(_model_of(model, details["loc"][:-1]))
        hint = did_you_mean(str(path[-1]), known)
        if details["input"] is None and not hint:
            hint = ": within { } a comma ends a value, so put one that has a comma into quotes"
        return f"unknown key {str(path[-1])!r}{hint}"
    if kind == "value_error":
        return f"{key!r}: {limits['error']}" if key else str(limits["error"])
    if kind in _LIMITS:
        return f"{key!r} {_LIMITS[kind].format(**limits)}"
    if kind in ("enum", "literal_error"):
        return _choice(key, str(limits["expected"]), details["input"])
    if kind in _WANTED:
        return f"{key!r} must be {_WANTED[kind]}, not {_shown(details['input'])}".removeprefix(
            "'' "
        )
    return f"{key!r}: {details['msg'][:1].lower()}{details['msg'][1:]}"


def _choice(key: str, expected: str, given: object) -> str:
    choices = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
    hint = did_you_mean(str(given), choices)
    return f"{key!r} must be {listed(choices)}, not {_shown(given)}{hint}"


def spoken(path: Path) -> str:
    """The path as a person would say it, "accounts.anna.smtp.port"; within a list from there on."""
    parts: list[str] = []
    for part in path:
        parts = [*parts, part] if isinstance(part, str) else []
    return ".".join(parts)


def _shown(given: object) -> str:
    if given is None:
        return "nothing"
    if isinstance(given, Mapping):
        return "keys and values"
    if isinstance(given, list | tuple):
        return "a list"
    return repr(given) if not isinstance(given, bool) else str(given).lower()


def _model_of(model: type[BaseModel], path: Sequence[str | int]) -> type[BaseModel]:
    """The model that stands at this path below `model`."""
    for part in path:
        field = next(
            (field for name, field in model.model_fields.items() if part in (field.alias, name)),
            None,
        )
        model = _inner(field.annotation, model) if field else model
    return model


def _inner(annotation: object, otherwise: type[BaseModel]) -> type[BaseModel]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _inner(part, otherwise)
        if found is not otherwise:
            return found
    return otherwise
