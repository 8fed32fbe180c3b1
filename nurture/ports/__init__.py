"""What the flows need from the world, each promise stated where it is relied upon."""

from nurture.ports.accounts import Accounts, AccountState, Lease
from nurture.ports.copies import Copies, Declined, DraftFolder, TakenBack
from nurture.ports.cues import Cues
from nurture.ports.desk import (
    Acted,
    Conversation,
    Desk,
    Doubtful,
    Errand,
    LedgerEntry,
    Notice,
    NoticeKind,
)
from nurture.ports.drafts import Copy, Draft, Drafts
from nurture.ports.incoming import Heard, Incoming, Match, Moved, Recorded
from nurture.ports.instructions import Instruction, Instructions, Obeyed, Reply
from nurture.ports.letters import Letters, Penned, Press, Printed
from nurture.ports.outgoing import (
    Alert,
    Begun,
    Due,
    Intent,
    Order,
    Outgoing,
    Settlement,
    Stopped,
    Underway,
    Walking,
)
from nurture.ports.people import LastSpoken, Merge, People
from nurture.ports.permits import Ground, Permits, Stretch
from nurture.ports.promises import Promises
from nurture.ports.readers import Asked, Readers
from nurture.ports.reconnections import Planned, Reconnections
from nurture.ports.route import MAIL, Route
from nurture.ports.sources import MOST_WAITING, PieceFolder, Sources
from nurture.ports.stores import Stores
from nurture.ports.switch import Recalled, Recovery, Switch
from nurture.ports.tact import Tact
from nurture.ports.tasks import Tasks
from nurture.ports.web import NO_VERSION, Page, Unchanged, Version, Web
from nurture.ports.world import (
    Catalog,
    Channel,
    Clock,
    Courier,
    Load,
    Mailbox,
    Supervisor,
    Telling,
    Token,
    TokenSource,
)

__all__ = [
    "MAIL",
    "MOST_WAITING",
    "NO_VERSION",
    "AccountState",
    "Accounts",
    "Acted",
    "Alert",
    "Asked",
    "Begun",
    "Catalog",
    "Channel",
    "Clock",
    "Conversation",
    "Copies",
    "Copy",
    "Courier",
    "Cues",
    "Declined",
    "Desk",
    "Doubtful",
    "Draft",
    "DraftFolder",
    "Drafts",
    "Due",
    "Errand",
    "Ground",
    "Heard",
    "Incoming",
    "Instruction",
    "Instructions",
    "Intent",
    "LastSpoken",
    "Lease",
    "LedgerEntry",
    "Letters",
    "Load",
    "Mailbox",
    "Match",
    "Merge",
    "Moved",
    "Notice",
    "NoticeKind",
    "Obeyed",
    "Order",
    "Outgoing",
    "Page",
    "Penned",
    "People",
    "Permits",
    "PieceFolder",
    "Planned",
    "Press",
    "Printed",
    "Promises",
    "Readers",
    "Recalled",
    "Reconnections",
    "Recorded",
    "Recovery",
    "Reply",
    "Route",
    "Settlement",
    "Sources",
    "Stopped",
    "Stores",
    "Stretch",
    "Supervisor",
    "Switch",
    "Tact",
    "TakenBack",
    "Tasks",
    "Telling",
    "Token",
    "TokenSource",
    "Unchanged",
    "Underway",
    "Version",
    "Walking",
    "Web",
]
