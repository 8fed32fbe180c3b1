"""How far a folder was read: UIDVALIDITY and the last UID, the lasting key (RFC 9051 2.3.1)."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Final

from nurture.value import frozen

SPARING_BYTES: Final = 128 * 1024
"""What is fetched of a mail at least: 64 KB of header and as much of what follows it."""


class Folder(StrEnum):
    """What a folder is for, whatever its provider calls it (RFC 6154)."""

    INBOX = "inbox"
    JUNK = "junk"
    SENT = "sent"
    DRAFTS = "drafts"


READ_FOLDERS: Final = (Folder.INBOX, Folder.JUNK, Folder.SENT)
"""Those that are read to their ends; nothing in the others is told to us."""


@frozen
class Cursor:
    """Everything up to and including `uid` was recorded, while `uidvalidity` stands."""

    uidvalidity: int
    uid: int


@frozen
class Fetched:
    """One message as it lies in its folder; `raw` may be cut off, then `size` tells.

    `thread` is the server's own name for the conversation, empty where it gives none.
    """

    folder: Folder
    uidvalidity: int
    uid: int
    raw: bytes
    size: int
    arrived_at: datetime | None = None
    thread: str = ""

    @property
    def digest(self) -> str:
        """The same for the same message, however much of it was fetched and wherever it lies."""
        return hashlib.sha256(self.raw[:SPARING_BYTES] + b"%d" % self.size).hexdigest()

    @property
    def cursor(self) -> Cursor:
        """Where the folder's reading stands once this message is recorded."""
        return Cursor(self.uidvalidity, self.uid)
