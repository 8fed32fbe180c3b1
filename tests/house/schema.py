"""As much of JSON Schema 2020-12 as the schemas of the language use."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_OF: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "array": list,
    "boolean": bool,
}


def faults(tree: object, schema: Mapping[str, Any]) -> list[str]:
    """Where a tree of plain values does not suit a schema, and in what."""
    return [*_faults(tree, schema, schema, "$")]


def _faults(
    tree: object, schema: Mapping[str, Any], whole: Mapping[str, Any], at: str
) -> Iterator[str]:
    if reference := schema.get("$ref"):
        found = whole
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        yield from _faults(tree, found, whole, at)
    types = schema.get("type", [*_OF])
    names = [types] if isinstance(types, str) else types
    if not any(isinstance(tree, _OF[name]) for name in names):
        yield f"{at} is no {names}"
    choices = schema.get("enum", [schema["const"]] if "const" in schema else [tree])
    if tree not in choices:
        yield f"{at} is none of {choices}"
    yield from _ways(tree, schema, whole, at)
    match tree:
        case str():
            yield from _of_text(tree, schema, at)
        case int() | float():
            if not schema.get("minimum", tree) <= tree <= schema.get("maximum", tree):
                yield f"{at} is out of bounds"
        case dict():
            yield from _of_keys(tree, schema, whole, at)
        case list():
            yield from _of_items(tree, schema, whole, at)


def _of_items(
    tree: Sequence[object], schema: Mapping[str, Any], whole: Mapping[str, Any], at: str
) -> Iterator[str]:
    if len(tree) < schema.get("minItems", 0):
        yield f"{at} is too short"
    for index, each in enumerate(tree):
        yield from _faults(each, schema.get("items", {}), whole, f"{at}[{index}]")


def _ways(
    tree: object, schema: Mapping[str, Any], whole: Mapping[str, Any], at: str
) -> Iterator[str]:
    for word, most in (("anyOf", 99), ("oneOf", 1)):
        if word in schema:
            fitting = sum(not [*_faults(tree, each, whole, at)] for each in schema[word])
            if not 1 <= fitting <= most:
                yield f"{at} suits {fitting} of {word}"


def _of_text(text: str, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        yield f"{at} is too short or too long"
    if "pattern" in schema and not re.search(schema["pattern"], text):
        yield f"{at} is not like {schema['pattern']}"


def _of_keys(
    tree: Mapping[Any, object], schema: Mapping[str, Any], whole: Mapping[str, Any], at: str
) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in tree:
            yield f"{at}.{name} is missing"
    if len(tree) < schema.get("minProperties", 0):
        yield f"{at} is empty"
    for name, value in tree.items():
        below = [schema["properties"][name]] if name in schema.get("properties", {}) else []
        patterns = schema.get("patternProperties", {})
        below += [each for pattern, each in patterns.items() if re.search(pattern, name)]
        other = schema.get("additionalProperties", True)
        if not below and other is False:
            yield f"{at}.{name} is unknown"
        if not below and isinstance(other, Mapping):
            below = [other]
        for each in below:
            yield from _faults(value, each, whole, f"{at}.{name}")
