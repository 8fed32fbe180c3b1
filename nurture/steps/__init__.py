"""What a sequence can do: one file per kind of step, found by being in this folder."""

import re
from abc import abstractmethod
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from nurture.core.decision import Decision, Situation

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 60


def _plain_name(written: str) -> str:
    if not _NAME.fullmatch(written) or len(written) > _LONGEST:
        raise ValueError(f"lower-case words joined by hyphens, like thank-you, not {written!r}")
    return written


def read_approval(written: str) -> str:
    """ "required" or "first 20" as it is kept; raises ValueError with words."""
    said = " ".join(written.split()).lower()
    if said and not re.fullmatch(r"required|first [1-9]\d{0,3}", said):
        raise ValueError(f"write required, or first 20, not {written!r}")
    return said


def read_words(written: object) -> tuple[str, ...]:
    """The words of a list, or one word that stands for itself; raises ValueError with words."""
    words = [written] if isinstance(written, str) else written
    if not isinstance(words, list) or not words:
        raise ValueError(f"write a word, or a list like [one, two], not {written!r}")
    for word in words:
        if not isinstance(word, str) or not word.strip():
            raise ValueError(f"write words, not {word!r}")
    return tuple(dict.fromkeys(" ".join(word.split()) for word in words))


Words = Annotated[tuple[str, ...], BeforeValidator(read_words)]
"""One word, or a list of them."""

WrittenApproval = Annotated[str, AfterValidator(read_approval)]
"""`required`, or `first 20`; empty for none."""

Name = Annotated[str, AfterValidator(_plain_name)]
"""How sequences and steps are named."""


class StepModel(BaseModel):
    """A step as it is written: the key that names the kind, the id, and what the kind adds.

    A subclass sets `kind` to the name of its file and gives one of its fields that alias.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", validate_by_alias=True)

    kind: ClassVar[str]

    id: Name

    @abstractmethod
    def decide(self, situation: Situation) -> Decision:
        """What is to be done once the general rules of `core.decision` let this step act."""
        ...


@cache
def step_kinds() -> Mapping[str, type[StepModel]]:
    """Every kind by its name, in alphabetical order."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    models = {
        model.kind: model
        for module in modules
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, StepModel) and model is not StepModel
    }
    return dict(sorted(models.items()))
