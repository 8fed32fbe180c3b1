"""Opens the doors of sequences: whoever has come to match begins, or the owner is asked."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256

from nurture import journal
from nurture.core.contact import Contact
from nurture.core.sequence import Sequence
from nurture.core.sequence.entry import Start
from nurture.intake import intake_at, is_ours, needs_owner
from nurture.register import Door, Known, begin, objection

_NAMED = 20  # people that a question to the owner names; the command shows all


async def admit(door: Door) -> int:
    """Enrolls whoever matches a sequence that starts by itself; how many began.

    Sequences of a higher priority open first.  For those that ask, the owner is told who
    matches, once for the same people.  Of those that bring work for the owner, no more begin than
    they can take on, on each page the most valuable first; the others wait outside.
    """
    opened = sorted(
        (each for each in door.sequences if each.entry.start is not Start.BY_HAND),
        key=lambda each: (-each.entry.priority, each.name),
    )
    if not opened:
        return 0
    by_itself = tuple(each for each in opened if each.entry.start is not Start.ASK)
    room = (await intake_at(door, by_itself)).room
    admitted, asked = 0, defaultdict[str, list[Contact]](list)
    page = await door.register.people.page()
    while page:
        ours = [each for each in page if _may_come(door, each, opened)]
        known = await Known.of(door.register, ours)
        for sequence in opened:
            fitting = _fitting(door, known, ours, sequence)
            if sequence.entry.start is Start.ASK:
                asked[sequence.name] += fitting
                continue
            if needs_owner(sequence) and room is not None:
                fitting = sorted(fitting, key=lambda each: -each.value)[:room]
            if begun := await _let_in(door, known, fitting, sequence):
                admitted += begun
                if needs_owner(sequence) and room is not None:
                    room -= begun
                # Whoever has begun here may not begin behind the next door.
                known = await Known.of(door.register, ours)
        page = await door.register.people.page(after=page[-1].address)
    for name, people in asked.items():
        await _ask(door, name, people)
    if admitted:
        journal.contacts_admitted(door.account.name, admitted)
    return admitted


def _may_come(door: Door, contact: Contact, opened: Iterable[Sequence]) -> bool:
    """Whether it is worth asking what has been between this person and us."""
    return is_ours(door.account, contact, is_default=door.is_default) and any(
        sequence.entry.is_for(contact) for sequence in opened
    )


async def _let_in(door: Door, known: Known, fitting: list[Contact], sequence: Sequence) -> int:
    """How many of these have begun; where nobody fits, nothing is written."""
    if not fitting:
        return 0
    reason = _reason(sequence)
    return len(await begin(door.register, known, fitting, sequence, door.account, reason))


def _fitting(
    door: Door, known: Known, contacts: list[Contact], sequence: Sequence
) -> list[Contact]:
    now = door.register.clock.now()
    return [
        each
        for each in contacts
        if not objection(door.register, known, each, sequence, door.account, now)
    ]


def _reason(sequence: Sequence) -> str:
    entry = sequence.entry
    who = " or ".join(sorted(each.replace("_", " ") for each in entry.who))
    return "; ".join(part for part in (who, str(entry.when or "")) if part) or "matches"


async def _ask(door: Door, name: str, people: list[Contact]) -> None:
    if not people:
        return
    ids = ",".join(str(each.id) for each in people)
    key = f"ask/{name}/{sha256(ids.encode()).hexdigest()[:16]}"
    listed = "\n".join(f"  {each.name}, {each.address}" for each in people[:_NAMED])
    more = f"\n  and {len(people) - _NAMED} more" if len(people) > _NAMED else ""
    text = (
        f"These people have come to match {name}:\n{listed}{more}\n\n"
        f"See them with `nurture enroll {name} --matching --dry-run`, and begin with "
        f"`nurture enroll {name} --matching`.\n"
    )
    subject = f"{len(people)} people match {name}"
    await door.desk.tell(door.account.name, subject, text, door.register.clock.now(), key)
