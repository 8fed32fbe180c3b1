"""The language as JSON Schema (draft 2020-12), for completion and hover in editors."""

from collections.abc import Mapping

from pydantic import BaseModel, JsonValue

from nurture.definition.calendar import CalendarText
from nurture.definition.sequence import SequenceText
from nurture.steps import step_kinds

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ON: dict[str, JsonValue] = {
    "type": "string",
    "description": "When it comes round: a holiday (Independence Day in US), a season (3 months "
    "after tax season ends), a date of theirs (contact's birthday; 3 weeks before contact's "
    "deadline, once; contact's last-visit, every 6 months) or a day of the year (4 January).",
    "examples": ["Independence Day in US", "contact's birthday", "4 January"],
}

Schema = dict[str, JsonValue]


def sequence_schema() -> Schema:
    """The schema of a sequence's file: its keys, and one alternative for each kind of step."""
    schema, shared = _of(SequenceText)
    steps: list[JsonValue] = []
    occasions: list[JsonValue] = []
    for kind, model in step_kinds().items():
        step, more = _of(model)
        shared |= more
        name = kind.replace(" ", "-")
        shared[f"step-{name}"] = step
        steps.append({"$ref": f"#/$defs/step-{name}"})
        if model.fits_occasions:
            shared[f"occasion-{name}"] = _with_on(step)
            occasions.append({"$ref": f"#/$defs/occasion-{name}"})
    keys = _keys(schema["properties"])
    for section, alternatives in (("steps", steps), ("occasions", occasions)):
        keys[section] = {**_keys(keys[section]), "items": {"oneOf": alternatives}}
    schema["properties"] = keys
    schema["anyOf"] = [{"required": ["steps"]}, {"required": ["occasions"]}]
    return {"$schema": _DRAFT, "title": "A sequence of nurture", **schema, "$defs": shared}


def calendar_schema() -> Schema:
    """The schema of calendar.yaml."""
    schema, shared = _of(CalendarText)
    return {"$schema": _DRAFT, "title": "The calendar of nurture", **schema, "$defs": shared}


def _with_on(step: Schema) -> Schema:
    required = step["required"]
    return {
        **step,
        "properties": {"on": _ON, **_keys(step["properties"])},
        "required": ["on", *(required if isinstance(required, list) else [])],
    }


def _of(model: type[BaseModel]) -> tuple[Schema, Schema]:
    """The schema of a model as a person may write it, and the parts that it refers to."""
    whole = _keys(_plain(model.model_json_schema()))
    shared = _keys(whole.pop("$defs", {}))
    return whole, shared


def _keys(tree: JsonValue) -> Schema:
    if not isinstance(tree, Mapping):
        raise TypeError("a schema has keys")
    return dict(tree)


def _plain(tree: JsonValue, *, is_names: bool = False) -> JsonValue:
    """Without what only programs need: titles, nulls that nobody writes, defaults that are code."""
    if isinstance(tree, list):
        return [_plain(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    if is_names:
        return {name: _plain(each) for name, each in tree.items()}
    kept: Schema = {}
    for key, value in tree.items():
        if key == "title" or (key == "default" and not isinstance(value, str | bool | int)):
            continue
        kept[key] = _plain(value, is_names=key in ("properties", "$defs"))
    either = kept.get("anyOf")
    if isinstance(either, list):
        some = [each for each in either if each != {"type": "null"}]
        kept["anyOf"] = some
        if len(some) == 1:
            del kept["anyOf"]
            kept = {**_keys(some[0]), **kept}
    is_misfit = kept.get("type") == "string" and not isinstance(kept.get("default"), str)
    if kept.get("default") == "" or is_misfit:
        kept.pop("default", None)
    return kept
