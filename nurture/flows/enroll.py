"""Starts a contact's walk through a sequence, in all its lanes at once."""

from collections.abc import Collection

from nurture import journal
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.sequence import Sequence
from nurture.register import Known, Register, begin, objection
from nurture.value import frozen


@frozen
class Enrolled:
    """What came of one contact: an enrollment, or the reason for none."""

    contact: Contact
    enrollment_id: int | None
    why: str = ""


async def enroll(
    register: Register,
    contacts: Collection[Contact],
    sequence: Sequence,
    account: Account,
    *,
    reason: str,
    write: bool = True,
    anyway: bool = False,
) -> tuple[Enrolled, ...]:
    """Enrolls each contact at the sequence's first step; its window and pace decide the hour.

    Whom the sequence's entry does not let in is left out with the reason, unless `anyway`; whoever
    is suppressed or walks through it now, always.  A contact that names an account of its own is
    written to from that one.  With `write=False` nothing is stored.
    """
    known, now = await Known.of(register, contacts), register.clock.now()
    objections = [
        objection(register, known, each, sequence, account, now, anyway=anyway) for each in contacts
    ]
    welcome = [each for each, why in zip(contacts, objections, strict=True) if not why]
    ids = await begin(register, known, welcome, sequence, account, reason) if write else {}
    return tuple(
        Enrolled(contact, None, why)
        if why
        else _enrolled(contact, sequence, ids.get(contact.id), write=write)
        for contact, why in zip(contacts, objections, strict=True)
    )


def _enrolled(
    contact: Contact, sequence: Sequence, enrollment_id: int | None, *, write: bool
) -> Enrolled:
    if not write:
        return Enrolled(contact, None, "would be enrolled")
    if enrollment_id is None:
        return Enrolled(contact, None, f"is or was in {sequence.name} already")
    journal.contact_enrolled(contact.id, sequence.name)
    return Enrolled(contact, enrollment_id)
