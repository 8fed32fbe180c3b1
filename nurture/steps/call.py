"""A call that the owner makes."""

from typing import ClassVar

from pydantic import Field

from nurture.core.task import Channel
from nurture.steps import Errand


class Call(Errand):
    """A call: the owner is told whom to call, and what about."""

    kind: ClassVar[str] = "call"
    example: ClassVar[str] = (
        "id: yearly-call\n"
        "call: Ask {{ given_name }} how the first year with {{ custom.project }} went.\n"
        "within: 5 business days\n"
        "blocks: no"
    )
    channel: ClassVar[Channel] = Channel.CALL

    text: str = Field(
        alias="call",
        min_length=1,
        description="What to say; it may hold {{ given_name }} and the like.",
    )
