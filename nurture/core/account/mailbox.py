"""An owner's mailbox: the unit of distribution, which one worker reads from and sends from."""

from datetime import datetime, timedelta
from enum import StrEnum

from nurture.core.account.family import scope_of, sender_of
from nurture.core.calendar import OFFICE_HOURS, Window
from nurture.core.calendar.office import Office
from nurture.core.calendar.season import Away
from nurture.core.capacity import CAPACITY, Capacity
from nurture.value import frozen


@frozen
class Owner:
    """The human in whose name mail leaves and to whom every answer goes.

    On the public holidays of their `country`, such as DE or DE-BY, nothing leaves either.  `hours`
    are those in which they answer, `away` the days on which `substitute` answers in their stead.
    """

    name: str
    address: str
    zone: str
    postal_address: str
    language: str = "en"
    also_mine: tuple[str, ...] = ()
    country: str = ""
    hours: Window = OFFICE_HOURS
    away: tuple[Away, ...] = ()
    substitute: "Owner | None" = None
    capacity: Capacity = CAPACITY

    def office(self, closed: tuple[Away, ...] = ()) -> Office:
        """When they are at their desk; `closed` are the days on which nobody of the house is."""
        return Office(self.zone, self.country, self.hours, (*self.away, *closed))


@frozen
class Limits:
    """How far an account may go; the defaults stay far below every provider (domain.md P18).

    All days are rolling ones, of 24 hours; a rate or a family's cap of 0 is none.  `spread` is the
    part of a day over which its mails are laid out, `ramp` a day's cap in each of the first weeks.
    `per_family` counts what all accounts of one organisation send to a family such as Gmail
    (domain.md P1), `per_domain` what they send to a domain that belongs to none.

    A person hears from us once in `contact_gap`, twice in 30 days and twelve times a year at most,
    whatever the sequence (E7).  Colleagues compare their mail: not two of them on one day or the
    next, and all together no more in a year than three people would.
    """

    per_day: int = 100
    per_minute: int = 0
    per_family: int = 4_000
    per_domain: int = 0
    gap: timedelta = timedelta(seconds=30)
    spread: timedelta = timedelta(0)
    ramp: tuple[int, ...] = ()
    contact_gap: timedelta = timedelta(days=7)
    per_contact_month: int = 2
    per_contact_year: int = 12
    company_gap: timedelta = timedelta(days=2)
    per_company_year: int = 36
    unheard_after: timedelta = timedelta(minutes=5)
    sweep_every: timedelta = timedelta(minutes=5)
    batch: int = 10
    connections: int = 1
    daily_bytes: int = 100_000_000


class UnsubscribeHeader(StrEnum):
    """Which mails carry List-Unsubscribe: it eases a no, and silences absence notes (P16, P17)."""

    GREETINGS = "greetings"
    ALWAYS = "always"
    NEVER = "never"


@frozen
class Account:
    """An owner's address, under a name of its own, and what its provider is known to do.

    `sender` is what receivers count as one sender, shared with the organisation's other accounts.
    Below `unsubscribe_url`, where there is one, a link in each footer leads to a page of ours; its
    server signs both unsubscribe headers where it `signs_one_click` (RFC 8058 section 4).
    A notice moved into a folder of `commands` says the line that stands beside it.
    With `drafts_in_mailbox` what waits for its owner's word lies in the Drafts folder, too.
    Paragraphs of plain text flow to the width of the reader's window where `format_flowed` is set.
    `authserv_id` is the name under which its provider reports who wrote (RFC 8601 section 2.5).
    """

    name: str
    address: str
    owner: Owner
    limits: Limits = Limits()
    files_sent_copy: bool = False
    subaddressing: bool = False
    pauses_colleagues: bool = True
    unsubscribe_header: UnsubscribeHeader = UnsubscribeHeader.GREETINGS
    since: datetime | None = None
    sender: str = ""
    unsubscribe_url: str = ""
    signs_one_click: bool = False
    authserv_id: str = ""
    commands: tuple[tuple[str, str], ...] = ()
    drafts_in_mailbox: bool = False
    format_flowed: bool = False

    def scope_of(self, address: str) -> str:
        """The key under which is kept what we sent to the family of this recipient."""
        return scope_of(self.sends_as, address)

    @property
    def sends_as(self) -> str:
        """What receivers count as the sender of our mail."""
        return self.sender or sender_of(self.address)

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address whose mail is never a reply (domain.md D1)."""
        return frozenset((self.address, self.owner.address, *self.owner.also_mine))
