"""Reads the headers of an account's past mail for when each contact was last spoken to."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime

from nurture import ports
from nurture.mail.cursor import Folder
from nurture.mail.read.heading import Heading
from nurture.value import frozen


@frozen
class Archive:
    """Everything it takes to read an account's past; `own` holds all owners' addresses."""

    own: frozenset[str]
    people: ports.People
    incoming: ports.Incoming
    mailbox: ports.Mailbox
    clock: ports.Clock


@frozen
class History:
    """How many mails were looked at, how many contacts they name, how many dates are news."""

    mails: int
    contacts: int
    changed: int


async def read_history(archive: Archive, progress: Callable[[int], None]) -> History:
    """Sets when each contact was last written to and last heard of, never back to an older day.

    Reads headers only, marks nothing, judges nothing: what is old stops and starts no sequence.
    Calls `progress` with the number of mails read so far.
    """
    known = await _known(archive.people)
    now = archive.clock.now()
    spoken: dict[int, ports.LastSpoken] = {}
    mails = 0
    async for heading in _headings(archive.mailbox):
        mails += 1
        if heading.date and heading.date <= now:
            _note(spoken, heading, heading.date, known, archive.own)
        progress(mails)
    changed = await archive.incoming.note_contact(tuple(spoken.values()))
    return History(mails, len(spoken), changed)


async def _headings(mailbox: ports.Mailbox) -> AsyncIterator[Heading]:
    await mailbox.open()
    for folder in (Folder.INBOX, Folder.SENT):
        async for block in mailbox.headings(folder):
            for heading in block:
                yield heading


async def _known(people: ports.People) -> Mapping[str, int]:
    """Every address that mail of a contact may bear, with the contact's id."""
    found: dict[str, int] = {}
    page = await people.page()
    while page:
        for contact in page:
            for address in (*contact.aliases, contact.address):
                found[address] = contact.id
        page = await people.page(after=page[-1].address)
    return found


def _note(
    spoken: dict[int, ports.LastSpoken],
    heading: Heading,
    at: datetime,
    known: Mapping[str, int],
    own: frozenset[str],
) -> None:
    if heading.sender not in own:
        if writer := known.get(heading.sender):
            before = spoken.get(writer, ports.LastSpoken(writer))
            latest = max(at, before.heard_at or at)
            spoken[writer] = ports.LastSpoken(writer, before.touched_at, latest)
        return
    for reader in {known[each] for each in heading.recipients if each in known}:
        before = spoken.get(reader, ports.LastSpoken(reader))
        spoken[reader] = ports.LastSpoken(reader, max(at, before.touched_at or at), before.heard_at)
