"""A private Dovecot, a database in a folder, and an ear between them."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.row import Missing
from nurture.core.account import Account, Owner
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.ear import Ear, rehearse
from nurture.ports import Heard, Recorded
from nurture.storage import Store, open_store
from nurture.storage.incoming import StoredIncoming
from nurture.storage.suppression import Suppressions
from nurture.transport.clock import SystemClock
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.security import Tls
from nurture.value import frozen
from tests.servers.dovecot import Dovecot

USER, PASSWORD = "anna@carter.example", "secret"
ACCOUNT = Account("anna", USER, Owner("Anna", USER, "Europe/London", "12 Mill Lane, York"))
KEY = b"a key for measuring"


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A running server with one mailbox."""
    if shutil.which("dovecot") is None:
        raise Missing("apt-get install dovecot-imapd dovecot-lmtpd")
    with Dovecot.running({USER: PASSWORD}) as server:
        yield server


def mailbox_of(server: Dovecot) -> ImapMailbox:
    """Our client of that server."""
    return ImapMailbox(ImapEndpoint("127.0.0.1", server.imap_port, USER, PASSWORD, Tls.NONE))


@asynccontextmanager
async def store_with(people: int) -> AsyncIterator[Store]:
    """A database of so many contacts, each on a walk."""
    now = SystemClock().now()
    with TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder)}/bench.db", KEY, now)
        contacts = [Contact(address_of(number)) for number in range(people)]
        await store.people.merge(contacts, now)
        due = now + timedelta(days=30)
        walks = []
        for contact in contacts:
            known = await store.people.contact(contact.address)
            if known:
                walks.append(
                    Enrollment(0, known.id, "anna", "tips", "r1", State.ACTIVE, "first",
                               anchor_at=now, due_at=due, enrolled_at=now)
                )  # fmt: skip
        await store.outgoing.enroll(walks)
        yield store
        await store.close()


def address_of(number: int) -> str:
    """Each at a company of their own: nobody is anybody's colleague."""
    return f"p{number}@firm{number}.example"


@frozen
class _Noticed(StoredIncoming):
    """Tells of every mail that moved an enrollment, as soon as that is committed."""

    on_pause: Callable[[], None] = lambda: None

    async def record(self, heard: Heard) -> Recorded:
        recorded = await StoredIncoming.record(self, heard)
        if recorded.moved:
            self.on_pause()
        return recorded


def reply(number: int) -> bytes:
    """A short answer of that person."""
    return (
        f"From: P <{address_of(number)}>\r\nTo: {USER}\r\nSubject: Re: Hello\r\n"
        f"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nMessage-ID: <{number}@their.example>\r\n\r\n"
        "Thank you for writing. Could you call me on Thursday at ten?\r\n\r\n"
        "On Monday Anna wrote:\r\n> Dear P,\r\n> a thought.\r\n"
    ).encode()


async def ear_of(store: Store, mailbox: ImapMailbox, on_pause: Callable[[], None]) -> Ear:
    """What it takes to hear for the account."""
    rehearse()
    clock = SystemClock()
    now = clock.now()
    lease = await store.accounts.take("anna", "bench", now, now + timedelta(hours=1))
    if lease is None:
        raise RuntimeError("the lease of a new database is free")
    return Ear(
        account=ACCOUNT,
        own=ACCOUNT.own_addresses,
        lease=lease,
        accounts=store.accounts,
        incoming=_Noticed(store.database, Suppressions(KEY), on_pause),
        people=store.people,
        mailbox=mailbox,
        switch=store.switch,
        clock=clock,
        key=KEY,
    )
