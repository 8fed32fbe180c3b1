"""Something that the owner gives."""

from typing import ClassVar

from pydantic import Field

from nurture.core.task import Channel
from nurture.steps import Errand


class Gift(Errand):
    """A gift: the owner is told what to send or to bring."""

    kind: ClassVar[str] = "gift"
    example: ClassVar[str] = (
        "id: cake\n"
        "gift: A cake for the whole office, with a card in your own hand.\n"
        "intent: greet\n"
        "when: tags include vip"
    )
    channel: ClassVar[Channel] = Channel.GIFT

    text: str = Field(
        alias="gift",
        min_length=1,
        description="What to give and with which words, as the owner reads it.",
    )
