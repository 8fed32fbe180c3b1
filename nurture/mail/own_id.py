"""What the Message-IDs look like that nurture mints, so that its own mails are known in Sent."""

import re
from typing import Final

# A number or an instant, then chance or an instant, in hexadecimal digits (domain.md M4).
_OWN: Final = re.compile(r"[0-9a-f]{6,16}\.[0-9a-f]{14,24}")


def is_own_id(message_id: str, domain: str) -> bool:
    """Whether nurture minted this id, without brackets, for an account of this mail domain."""
    local, _, right = message_id.rpartition("@")
    return right.lower() == domain.lower() and _OWN.fullmatch(local) is not None
