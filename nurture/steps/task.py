"""Anything else that a person does for a contact's sake."""

from typing import ClassVar

from pydantic import Field

from nurture.core.task import Channel
from nurture.steps import Errand


class Chore(Errand):
    """Anything else that a person does for somebody's sake, unnoticed by them."""

    kind: ClassVar[str] = "task"
    example: ClassVar[str] = (
        "id: look-at-their-site\n"
        "task: Read the news page of {{ company }} and note what is new.\n"
        "blocks: no"
    )
    channel: ClassVar[Channel] = Channel.TASK

    text: str = Field(
        alias="task",
        min_length=1,
        description="What to do, as the owner reads it; it may hold {{ name }} and the like.",
    )
