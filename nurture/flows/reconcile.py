"""Reads Sent for mails that a restored database has forgotten, so that none is sent twice."""

from datetime import datetime, timedelta

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.choice import behind
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence import Sequence
from nurture.core.situation import Situation
from nurture.core.touch import TouchState
from nurture.errors import Misconfigured
from nurture.letter import write
from nurture.mail.cursor import Fetched, Folder
from nurture.mail.own_id import is_own_id
from nurture.mail.read.inbound import Inbound, read
from nurture.mail.read.trace import first_ids
from nurture.mail.write.template import Hole
from nurture.steps.email import Email
from nurture.value import frozen

_MARGIN = timedelta(days=3)  # clocks differ, and a copy may be older than its newest touch


@frozen
class Archive:
    """Everything it takes to reconcile one account; `own` holds all owners' addresses.

    Mail recorded since `halted_at` was heard by a daemon that knew no better: it proves nothing.
    """

    account: Account
    own: frozenset[str]
    halted_at: datetime
    recovery: ports.Recovery
    incoming: ports.Incoming
    people: ports.People
    desk: ports.Desk
    mailbox: ports.Mailbox
    catalog: ports.Catalog
    clock: ports.Clock
    key: bytes


@frozen
class Reconciled:
    """What Sent told: steps that count as sent now, people to look at, people unknown here."""

    read: int = 0
    recalled: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@frozen
class _Mail:
    """A mail in Sent that nobody's responder wrote."""

    ids: tuple[str, ...]
    subject: str
    recipients: tuple[str, ...]
    at: datetime
    is_ours: bool


async def reconcile(archive: Archive) -> Reconciled:
    """Brings every walk forward whose contact was written to since the newest known touch.

    A step counts as sent where a mail bears an id of our minting and the subject which that very
    step renders; any other mail to a contact that is not known pauses their walks for a person.
    Doing it twice changes nothing more.  Raises Unreachable where Sent cannot be read to its end,
    Misconfigured where there is none: then nothing is proven.
    """
    newest = await archive.recovery.newest_touch(archive.account.name)
    if newest is None:
        return Reconciled()
    mails = await _sent_since(archive, newest - _MARGIN)
    recalled, doubted, unknown = list[str](), list[str](), list[str]()
    for mail in sorted(mails, key=lambda mail: mail.at):
        if await _is_known(archive, mail, recalled):
            continue
        for address in mail.recipients:
            contact = await archive.people.contact(address)
            if contact is None:
                unknown += [address] if mail.is_ours else []
            elif await _recall(archive, contact, mail):
                recalled.append(contact.address)
            elif await _doubt(archive, contact, mail):
                doubted.append(contact.address)
    return Reconciled(
        len(mails), tuple(recalled), tuple(dict.fromkeys(doubted)), tuple(dict.fromkeys(unknown))
    )


async def _sent_since(archive: Archive, since: datetime) -> list[_Mail]:
    await archive.mailbox.open()
    if await archive.mailbox.position(Folder.SENT) is None:
        name = archive.account.name
        raise Misconfigured(
            f"account {name!r} has no Sent folder, so nobody knows what was sent: name it as "
            f'[accounts.{name}.imap.folders] sent = "..."'
        )
    found = archive.mailbox.fetch(Folder.SENT, None, since)
    return [mail async for fetched in found if (mail := _mail(archive, fetched)) is not None]


def _mail(archive: Archive, fetched: Fetched) -> _Mail | None:
    inbound = read(fetched.raw)
    others = [each for each in inbound.recipients if each not in archive.own]
    if not others or inbound.is_auto_submitted:
        return None
    domain = archive.account.address.rpartition("@")[2]
    ids = tuple(dict.fromkeys((*first_ids(inbound), *_bare(inbound))))
    return _Mail(
        ids=ids,
        subject=_plain(inbound.subject),
        recipients=tuple(dict.fromkeys(others)),
        at=inbound.date or fetched.arrived_at or archive.clock.now(),
        is_ours=any(is_own_id(each, domain) for each in ids),
    )


def _bare(inbound: Inbound) -> tuple[str, ...]:
    return (inbound.message_id,) if inbound.message_id else ()


def _plain(subject: str) -> str:
    return " ".join(subject.split())


async def _is_known(archive: Archive, mail: _Mail, recalled: list[str]) -> bool:
    """Whether the database knows the mail; a touch that it thinks unsent is put right."""
    touch = await archive.incoming.touch_of(mail.ids)
    if touch is None:
        known = [await archive.recovery.knows_mail(each, archive.halted_at) for each in mail.ids]
        return any(known) and not mail.is_ours
    sequence = await archive.catalog.sequence(touch.sequence, touch.revision)
    onward = behind(sequence, touch.step, touch.occurrence, mail.at, "found in Sent")
    if onward is None:
        return touch.state is TouchState.SENT
    if await archive.recovery.confirm(touch.id, mail.at, onward, archive.clock.now()):
        journal.mail_recalled(touch.contact_id, touch.step)
        recalled.extend(mail.recipients[:1])
    return True


async def _recall(archive: Archive, contact: Contact, mail: _Mail) -> bool:
    """Whether exactly one walk of the contact is at the step that this mail was."""
    if not mail.is_ours:
        return False
    walks = await archive.desk.enrollments(contact.id)
    live = (walk for walk in walks if walk.state is not State.ENDED)
    ours = [walk for walk in live if walk.account == archive.account.name]
    found = [each for walk in ours if (each := await _explained(archive, contact, walk, mail))]
    if len(found) != 1:
        return False
    await archive.recovery.recall(found[0], archive.clock.now())
    journal.mail_recalled(contact.id, found[0].step)
    return True


async def _explained(
    archive: Archive, contact: Contact, walk: Enrollment, mail: _Mail
) -> ports.Recalled | None:
    """The walk's next mail, if this is it: waits before it are over, since it was sent."""
    sequence = await archive.catalog.sequence(walk.sequence, walk.revision)
    thread = await archive.recovery.touches(walk.id)
    step = _next_mail(sequence, walk, {(touch.step, touch.occurrence) for touch in thread})
    if sequence is None or step is None:
        return None
    template = archive.catalog.template(step.template)
    onward = behind(sequence, step.id, walk.occurrence, mail.at, "found in Sent")
    if template is None or onward is None:
        return None
    situation = Situation(mail.at, walk, contact, sequence, archive.account)
    try:
        letter = write(
            situation,
            template,
            thread,
            message_id=mail.ids[0],
            key=archive.key,
            files=archive.catalog.attachment,
        )
    except Hole:
        return None
    if _plain(letter.subject) != mail.subject:
        return None
    return ports.Recalled(
        enrollment_id=walk.id,
        step=step.id,
        ids=mail.ids,
        subject=mail.subject,
        recipient=mail.recipients[0],
        sent_at=mail.at,
        next=onward,
        occurrence=walk.occurrence,
        why=f"found in Sent with the subject of step {step.id!r}",
    )


def _next_mail(
    sequence: Sequence | None, walk: Enrollment, done: set[tuple[str, str]]
) -> Email | None:
    """The mail that this lane would send next; an occasion has but the one of its day."""
    step = sequence.step(walk.position) if sequence else None
    while sequence and step:
        if isinstance(step, Email) and (step.id, walk.occurrence) not in done:
            return step
        step = None if walk.lane else sequence.after(step.id)
    return None


async def _doubt(archive: Archive, contact: Contact, mail: _Mail) -> bool:
    why = (
        f"Sent holds {mail.subject!r} of {mail.at:%Y-%m-%d} to them, of which this restored "
        "database knows nothing: look what they were sent, then `nurture resume` them"
    )
    paused = await archive.recovery.doubt(contact.id, why, mail.at, archive.clock.now())
    if paused:
        journal.walk_doubted(contact.id, why)
    return paused > 0
