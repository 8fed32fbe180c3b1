"""Starts a contact's walk through a sequence, at most once per run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence import Sequence


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What came of one contact: an enrollment, or the reason for none."""

    contact: Contact
    enrollment_id: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """Everything it takes to enroll."""

    outgoing: ports.Outgoing
    people: ports.People
    accounts: Mapping[str, Account]
    clock: ports.Clock


async def enroll(
    register: Register,
    contacts: Collection[Contact],
    sequence: Sequence,
    account: Account,
    *,
    reason: str,
    write: bool = True,
) -> tuple[Enrolled, ...]:
    """Enrolls each contact at the sequence's first step, due now; the window decides the hour.

    Who is suppressed, and who is or was in this sequence, is left out with the reason.  A contact
    that names an account of its own is written to from that one.  With `write=False` nothing is
    stored.
    """
    refused = await register.people.suppressed([contact.address for contact in contacts])
    return tuple(
        [
            await _enroll_one(register, contact, sequence, account, reason, refused, write=write)
            for contact in contacts
        ]
    )


async def _enroll_one(
    register: Register,
    contact: Contact,
    sequence: Sequence,
    account: Account,
    reason: str,
    refused: Mapping[str, str],
    *,
    write: bool,
) -> Enrolled:
    if contact.address in refused:
        return Enrolled(contact, None, f"suppressed: {refused[contact.address]}")
    if contact.account and contact.account not in register.accounts:
        return Enrolled(contact, None, f"account {contact.account!r} is not configured")
    if not write:
        return Enrolled(contact, None, "would be enrolled")
    walk = _walk(contact, sequence, contact.account or account.name, register.clock.now(), reason)
    (enrollment_id,) = await register.outgoing.enroll([walk])
    if enrollment_id is None:
        return Enrolled(contact, None, f"is or was in {sequence.name} already")
    journal.contact_enrolled(contact.id, sequence.name)
    return Enrolled(contact, enrollment_id)


def _walk(
    contact: Contact, sequence: Sequence, account: str, now: datetime, reason: str
) -> Enrollment:
    return Enrollment(
        id=0,
        contact_id=contact.id,
        account=account,
        sequence=sequence.name,
        revision=sequence.revision,
        state=State.ACTIVE,
        position=sequence.steps[0].id,
        anchor_at=now,
        due_at=now,
        enrolled_at=now,
        because=reason,
    )
