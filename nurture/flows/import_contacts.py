"""Imports contacts: every row is judged, what contradicts itself is refused, the rest is merged."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from nurture import ports
from nurture.core.contact import NO_CONSENT, Consent, Contact
from nurture.core.contact.address import BadAddress, address_key
from nurture.core.contact.merge import conceded, contested, merged
from nurture.core.contact.row import LISTS, Refusal, contradiction, read_row
from nurture.core.permission import Denied, permission
from nurture.core.sequence import Intent
from nurture.core.spelling import did_you_mean
from nurture.value import frozen

_BATCH = 500


class RowOutcome(StrEnum):
    """What came of one row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPPRESSED = "suppressed"
    REFUSED = "refused"


@frozen
class Row:
    """One row's cells by field; `fault` tells why it could not even be read."""

    line: int
    cells: Mapping[str, str]
    fault: str = ""


@frozen
class RowVerdict:
    """What came of a row, and for a refusal (or a doubt) why, and which field is at fault.

    `permission` says why no mail may be sent to them, or what the row changed about that; it is
    empty where all is well.
    """

    line: int
    outcome: RowOutcome
    email: str
    why: str = ""
    column: str = ""
    permission: str = ""


@frozen
class Grounds:
    """What an import may say about permissions beyond its rows.

    `default` is the consent of people for whom neither their row nor we know a basis.  With
    `replace` the rows change what a known permission rests on; else that stays as it was.
    """

    default: Consent = NO_CONSENT
    replace: bool = False


@frozen
class _Person:
    """The rows of one address: their common facts, and the lines they stand in."""

    lines: tuple[int, ...]
    cells: Mapping[str, str]
    conflict: str = ""


_NO_MORE = Grounds()


async def import_contacts(
    rows: Iterable[Row],
    people: ports.People,
    now: datetime,
    *,
    account: str = "",
    accounts: Collection[str] = (),
    grounds: Grounds = _NO_MORE,
    write: bool = True,
    test_domains: bool = False,
    progress: Callable[[int], None] = lambda _done: None,
) -> tuple[RowVerdict, ...]:
    """A verdict for every row, in their order; each batch is committed before the next is begun.

    Rows of one address are one person when no filled field contradicts another; else all of them
    are refused.  `account` is for rows that name none; one that names another than `accounts` is
    refused, unless that is empty.  Country, legal form and consent of somebody known are replaced
    only where `grounds` say so (domain.md L1).  With `write=False` nothing changes.
    """
    verdicts: list[RowVerdict] = []
    contacts: list[tuple[_Person, Contact]] = []
    for person in _people(rows, verdicts, test_domains=test_domains):
        read = _read(person, account, accounts, test_domains=test_domains)
        if person.conflict or isinstance(read, Refusal):
            verdicts.extend(_refused(person, read))
        else:
            contacts.append((person, read))
    done = len(verdicts)
    progress(done)
    for start in range(0, len(contacts), _BATCH):
        batch = contacts[start : start + _BATCH]
        known = await people.contacts([contact.address for _, contact in batch])
        given = [_granted(each, known.get(each.address), grounds) for _, each in batch]
        results = await people.merge([contact for contact, _ in given], now, write=write)
        for (person, _), (contact, kept), merge in zip(batch, given, results, strict=True):
            allowed = _allowed(contact, known.get(contact.address), kept, now)
            verdicts.extend(_accepted(person, contact, merge, allowed))
        progress(done := done + sum(len(person.lines) for person, _ in batch))
    return tuple(sorted(verdicts, key=lambda verdict: verdict.line))


def _people(
    rows: Iterable[Row], verdicts: list[RowVerdict], *, test_domains: bool
) -> Iterable[_Person]:
    """Rows brought together by address key; what has no address is refused on the spot."""
    people: dict[str, _Person] = {}
    for row in rows:
        written = row.cells.get("email", "").strip()
        if row.fault:
            verdicts.append(RowVerdict(row.line, RowOutcome.REFUSED, written, row.fault))
            continue
        try:
            key = address_key(written, test_domains=test_domains)
        except BadAddress as error:
            why = str(error) if written else "there is no mail address"
            verdicts.append(RowVerdict(row.line, RowOutcome.REFUSED, written, why, "email"))
            continue
        before = people.get(key)
        people[key] = _joined(before, row) if before else _Person((row.line,), row.cells)
    return people.values()


def _joined(before: _Person, row: Row) -> _Person:
    filled = {field: text for field, text in row.cells.items() if text.strip()}
    added = {
        field: f"{before.cells.get(field, '')}; {text}" if field in LISTS else text
        for field, text in filled.items()
        if field != "email"
    }
    return _Person(
        (*before.lines, row.line),
        {**before.cells, **added},
        before.conflict or contradiction(before.cells, filled) or "",
    )


def _read(
    person: _Person, account: str, accounts: Collection[str], *, test_domains: bool
) -> Contact | Refusal:
    known = read_row(person.cells, test_domains=test_domains)
    if isinstance(known, Refusal):
        return known
    known = replace(known, account=known.account or account)
    if known.account and accounts and known.account not in accounts:
        hint = did_you_mean(known.account, accounts)
        return Refusal("account", f"no account is called {known.account!r}{hint}")
    return known


def _refused(person: _Person, known: Contact | Refusal) -> Sequence[RowVerdict]:
    email = person.cells["email"].strip()
    if person.conflict:
        lines = " and ".join(str(line) for line in person.lines)
        why = f"the lines {lines} are one address and differ in {person.conflict}: keep one"
        column = person.conflict
    else:
        why, column = (known.why, known.column) if isinstance(known, Refusal) else ("", "")
    return [RowVerdict(line, RowOutcome.REFUSED, email, why, column) for line in person.lines]


def _granted(
    contact: Contact, known: Contact | None, grounds: Grounds
) -> tuple[Contact, tuple[str, ...]]:
    """The contact as they may be merged, and what of theirs stays as it was known."""
    has_basis = contact.consent.basis or (known and known.consent.basis)
    given = contact if has_basis else replace(contact, consent=grounds.default)
    if known is None or grounds.replace:
        return given, ()
    kept = contested(known, given)
    return conceded(given, kept), kept


def _allowed(contact: Contact, known: Contact | None, kept: Collection[str], now: datetime) -> str:
    """Why no mail may go to them, or what this row changes about that; both are never silent."""
    if kept:
        names = " and ".join(kept)
        return f"{names} differ and stay as known; import with --replace-grounds to change them"
    after = permission(merged(known, contact) if known else contact, Intent.GIVE, now.date())
    if isinstance(after, Denied):
        return str(after)
    before = known and permission(known, Intent.GIVE, now.date())
    return f"mail is permitted now: {after}" if before and before != after else ""


def _accepted(
    person: _Person, contact: Contact, merge: ports.Merge, allowed: str
) -> Sequence[RowVerdict]:
    outcome = RowOutcome(merge.value)
    is_no = merge is ports.Merge.SUPPRESSED
    why = "asked for no mail, or bounced: never written to" if is_no else ""
    first, *others = person.lines
    return [
        RowVerdict(first, outcome, contact.address, why, permission="" if is_no else allowed),
        *(
            RowVerdict(line, outcome, contact.address, why or f"the same person as line {first}")
            for line in others
        ),
    ]
