"""A call that the owner makes."""

from typing import ClassVar

from pydantic import Field

from nurture.core.task import Channel
from nurture.steps import Errand


class Call(Errand):
    """A call: the owner is told whom to call, and what about."""

    kind: ClassVar[str] = "call"
    channel: ClassVar[Channel] = Channel.CALL

    text: str = Field(
        alias="call",
        min_length=1,
        description="What to say; it may hold {{ given_name }} and the like.",
    )
