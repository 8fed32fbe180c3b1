"""How far a folder was read: UIDVALIDITY and the last UID, the only lasting key (RFC 9051 2.3.1)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Folder(StrEnum):
    """What a folder is for, whatever its provider calls it (RFC 6154)."""

    INBOX = "inbox"
    JUNK = "junk"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to and including `uid` was recorded, while `uidvalidity` stands."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as it lies in its folder; `raw` may be cut off, then `size` tells."""

    folder: Folder
    uidvalidity: int
    uid: int
    raw: bytes
    size: int
    arrived_at: datetime | None = None

    @property
    def cursor(self) -> Cursor:
        """Where the folder's reading stands once this message is recorded."""
        return Cursor(self.uidvalidity, self.uid)
