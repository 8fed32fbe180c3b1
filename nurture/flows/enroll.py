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
    objections = [_objection(register, contact, refused) for contact in contacts]
    welcome = [each for each, why in zip(contacts, objections, strict=True) if not why]
    now = register.clock.now()
    walks = [_walk(each, sequence, each.account or account.name, now, reason) for each in welcome]
    ids = iter(await register.outgoing.enroll(walks) if write else [None] * len(walks))
    return tuple(
        Enrolled(contact, None, why)
        if why
        else _enrolled(contact, sequence, next(ids), write=write)
        for contact, why in zip(contacts, objections, strict=True)
    )


def _objection(register: Register, contact: Contact, refused: Mapping[str, str]) -> str:
    if contact.address in refused:
        return f"suppressed: {refused[contact.address]}"
    if contact.account and contact.account not in register.accounts:
        return f"account {contact.account!r} is not configured"
    return ""


def _enrolled(
    contact: Contact, sequence: Sequence, enrollment_id: int | None, *, write: bool
) -> Enrolled:
    if not write:
        return Enrolled(contact, None, "would be enrolled")
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
