"""A visit that the owner pays."""

from typing import ClassVar

from pydantic import Field

from nurture.core.task import Channel
from nurture.steps import Errand


class Visit(Errand):
    """A visit: the owner is told whom to see, and what about."""

    kind: ClassVar[str] = "visit"
    example: ClassVar[str] = (
        "id: drop-in\n"
        "visit: Bring the finished plan to {{ company }} in {{ city }}.\n"
        "when: city is Berlin and value is at least 5000"
    )
    channel: ClassVar[Channel] = Channel.VISIT

    text: str = Field(
        alias="visit",
        min_length=1,
        description="What the visit is for; it may hold {{ city }} and the like.",
    )
