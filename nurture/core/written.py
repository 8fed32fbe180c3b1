"""Values as people write them into a sequence, and how pydantic takes what our readers make."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetPydanticSchema,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import core_schema

from nurture.core.calendar import Wait
from nurture.core.calendar.stretch import read_wait
from nurture.core.condition import Condition, read_condition
from nurture.core.spelling import Slip

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 60
_YES_NO = {"yes": True, "no": False}
_NEVER = "never"
_WAIT_PATTERN = r"^\d+ +(hour|day|business day|week|month|year)s?$"


def read_by(read: Callable[[object], object]) -> GetPydanticSchema:
    """Takes what `read` makes of a text as it is; its ValueError is a complaint.

    Pydantic's own validators would describe the classes of the value as well, whenever a program
    starts, for nobody.
    """
    taken = core_schema.no_info_plain_validator_function(read)
    return GetPydanticSchema(lambda _source, _handler: taken)


def _plain_name(written: str) -> str:
    if not _NAME.fullmatch(written) or len(written) > _LONGEST:
        raise ValueError(f"lower-case words joined by hyphens, like thank-you, not {written!r}")
    return written


def read_yes_no(written: object) -> bool:
    """Whether "yes" or "true" is written; raises ValueError with words for any other word."""
    known = written if isinstance(written, bool) else _YES_NO.get(str(written).lower())
    if known is None:
        raise ValueError(f"write yes or no, not {written!r}")
    return known


def read_words(written: object) -> tuple[str, ...]:
    """The words of a list, or one word that stands for itself; raises ValueError with words."""
    words = [written] if isinstance(written, str) else written
    if not isinstance(words, list) or not words:
        raise ValueError(f"write a word, or a list like [one, two], not {written!r}")
    for item, word in enumerate(words):
        if not isinstance(word, str) or not word.strip():
            raise Slip(f"write words, not {word!r}", item=item)
    return tuple(dict.fromkeys(" ".join(word.split()) for word in words))


def read_approval(written: str) -> str:
    """ "required" or "first 20" as it is kept; raises ValueError with words."""
    said = " ".join(written.split()).lower()
    if said and not re.fullmatch(r"required|first [1-9]\d{0,3}", said):
        raise ValueError(f"write required, or first 20, not {written!r}")
    return said


def _expiry(written: object) -> Wait | None:
    return None if written == _NEVER else read_wait(written)


def _spoken_expiry(wait: Wait | None) -> str:
    return str(wait) if wait else _NEVER


Name = Annotated[
    str,
    AfterValidator(_plain_name),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"}),
]
"""How sequences and steps are named."""

WrittenWait = Annotated[
    Wait,
    read_by(read_wait),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": _WAIT_PATTERN, "examples": ["3 weeks"]}),
]
"""A stretch of time such as `3 weeks` or `2 business days`."""

WrittenCondition = Annotated[
    Condition,
    read_by(read_condition),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["country is DE and value is at least 500"]}),
]
"""A condition in words."""

Words = Annotated[
    tuple[str, ...],
    BeforeValidator(read_words),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
            ]
        }
    ),
]
"""One word, or a list of them."""

WrittenApproval = Annotated[
    str,
    AfterValidator(read_approval),
    WithJsonSchema({"type": "string", "pattern": r"^(required|first [1-9]\d{0,3})$"}),
]
"""`required`, or `first 20`; empty for none."""

YesNo = Annotated[
    bool, BeforeValidator(read_yes_no), WithJsonSchema({"enum": ["yes", "no", True, False]})
]
"""A choice, as it is said."""

WrittenExpiry = Annotated[
    Wait | None,
    read_by(_expiry),
    PlainSerializer(_spoken_expiry),
    WithJsonSchema({"type": "string", "examples": ["10 days", _NEVER]}),
]
"""A stretch of time, or `never`."""
