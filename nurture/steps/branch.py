"""The fork at which people go on by different steps."""

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nurture.core.choice import passed
from nurture.core.decision import Advance, Decision
from nurture.core.situation import Situation
from nurture.core.written import Name, WrittenCondition
from nurture.steps import Instant

END = "end"
"""The target that ends the walk."""


class Way(BaseModel):
    """One way of a branch: `when` and `go to`, or `otherwise` alone."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", defer_build=True, validate_by_alias=True
    )

    when: WrittenCondition | None = Field(default=None, description="For whom this way is.")
    to: Name | None = Field(default=None, alias="go to", description="A later step, or: end.")
    otherwise: Name | None = Field(
        default=None, description="A later step, or: end, for everybody else."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> "Way":
        if (self.when is None) is not (self.to is None):
            raise ValueError("a way has both `when` and `go to`")
        if (self.when is None) is (self.otherwise is None):
            raise ValueError("a way has `when` and `go to`, or `otherwise` alone")
        return self

    @property
    def target(self) -> str:
        """Where it leads."""
        return self.to or self.otherwise or END


class Branch(Instant):
    """A fork: the first way whose condition holds is taken; without any, the next step follows."""

    kind: ClassVar[str] = "branch"
    example: ClassVar[str] = (
        "id: which\n"
        "branch:\n"
        "  - {when: country is DE, go to: german-piece}\n"
        "  - {when: 'language is one of fr, it', go to: end}\n"
        "  - {otherwise: english-piece}"
    )

    ways: Annotated[list[Way], Field(min_length=1)] = Field(
        alias="branch", description="The ways, asked from the top."
    )

    @model_validator(mode="after")
    def _ends_with_otherwise(self) -> "Branch":
        if any(way.otherwise for way in self.ways[:-1]):
            raise ValueError("`otherwise` is for everybody else: write it last")
        return self

    def decide(self, situation: Situation) -> Decision:
        """On by the first way that is for them."""
        for way in self.ways:
            if way.when is None:
                return _on(way.target, situation, "otherwise")
            if way.when.holds(situation.contact, situation.facts):
                return _on(way.target, situation, str(way.when))
        return replace(passed(situation, "no way of the branch is theirs"), took_no_time=True)


def _on(target: str, situation: Situation, why: str) -> Advance:
    to = None if target == END else target
    return Advance(to, situation.now, f"{why}: on to {target}", took_no_time=True)
