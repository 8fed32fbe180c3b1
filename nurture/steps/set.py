"""Facts of its own that the sequence writes on a contact."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from nurture.core.decision import Change, Decision
from nurture.core.situation import Situation
from nurture.core.spelling import listed
from nurture.steps import Note

_FIELD = re.compile(r"custom\.([a-z][a-z0-9_]*)")


def read_values(written: object) -> Mapping[str, str]:
    """The custom fields of "custom.season: 2026"; raises ValueError with words."""
    if not isinstance(written, Mapping) or not written:
        raise ValueError("write fields of your own, like {custom.season: 2026}")
    values: dict[str, str] = {}
    for name, value in written.items():
        found = _FIELD.fullmatch(str(name))
        if not found:
            raise ValueError(
                f"only fields of your own can be set, like custom.season, not {name!r}"
            )
        if not isinstance(value, str | int | float) or isinstance(value, bool) or value == "":
            raise ValueError(f"{name} must be text or a number, not {value!r}")
        values[found[1]] = str(value)
    return values


class Set(Note):
    """Writes custom fields of the contact, for templates and conditions to use."""

    kind: ClassVar[str] = "set"
    example: ClassVar[str] = "id: note-the-season\nset: {custom.season: 2027}"

    values: Annotated[
        Mapping[str, str],
        BeforeValidator(read_values),
        WithJsonSchema(
            {
                "type": "object",
                "patternProperties": {f"^{_FIELD.pattern}$": {"type": ["string", "number"]}},
                "additionalProperties": False,
                "minProperties": 1,
            }
        ),
    ] = Field(alias="set", description="The fields and what they become, as custom.NAME: TEXT.")

    def decide(self, situation: Situation) -> Decision:
        """On, with the fields written."""
        told = listed([f"custom.{name} to {text}" for name, text in self.values.items()], "and")
        return self.done(situation, f"set {told}", Change(values=self.values))
