"""Contacts and the addresses that must never be written to, in the database."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import Connection, bindparam, delete, select, update

from nurture.core.contact import Contact
from nurture.core.contact.merge import merged, without
from nurture.core.enrollment import Move
from nurture.ports import LedgerEntry, Merge
from nurture.storage.engine import Database, add_missing
from nurture.storage.lane import moves_occasions, replanned
from nurture.storage.ledger import Event, write_lines
from nurture.storage.rows import CONTACT, contact_values, contacts_by_id, save_walks, with_aliases
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import aliases, contacts, enrollments, is_active
from nurture.storage.walk import lock_people, silence, walks
from nurture.value import frozen

_T = TypeVar("_T")
_CHUNK: Final = 500
ERASED: Final = "erased:"
"""What stands in place of an address once its person is erased: no address begins like this."""


@frozen
class StoredPeople:
    """ports.People in the database."""

    database: Database
    suppressions: Suppressions

    async def merge(
        self, contacts: Sequence[Contact], now: datetime, *, write: bool = True
    ) -> tuple[Merge, ...]:
        """Adds or updates each by its address or a learnt alias; a suppressed one is left out."""
        run = self.database.write if write else self.database.read
        return await run(_merge, self.suppressions, contacts, now, write=write)

    async def clear(self, contact_id: int, fields: Collection[str], now: datetime) -> None:
        """These facts of the contact are unknown from now on."""
        await self.database.write(_clear, contact_id, fields, now)

    async def contact(self, address: str) -> Contact | None:
        """The contact of this address key, else of this alias."""
        found = await self.database.read(find_contacts, [address])
        return found.get(address)

    async def contacts(self, addresses: Sequence[str]) -> Mapping[str, Contact]:
        """The contacts of these address keys or aliases, by the address sought."""
        return await self.database.read(_in_chunks, find_contacts, addresses)

    async def contact_by_id(self, contact_id: int) -> Contact | None:
        """The contact of this id; nobody where they were erased."""
        found = await self.database.read(contacts_by_id, [contact_id])
        contact = found.get(contact_id)
        return None if contact is None or contact.address.startswith(ERASED) else contact

    async def page(self, after: str = "", limit: int = 200) -> tuple[Contact, ...]:
        """Contacts in the order of their addresses, behind `after`."""
        return await self.database.read(page_of, after, limit)

    async def suppress(self, address: str, reason: str, now: datetime) -> None:
        """Suppresses the address; whose it is, is silenced under all their addresses."""
        await self.database.write(suppress, self.suppressions, address, reason, now)

    async def suppress_mark(self, mark: str, reason: str, now: datetime) -> None:
        """Suppresses the address of this mark, whatever it is."""
        await self.database.write(self.suppressions.add_marks, [mark], reason, now)

    async def suppressed(self, addresses: Sequence[str]) -> Mapping[str, str]:
        """Of these address keys those that are suppressed, with the reason."""
        return await self.database.read(_in_chunks, self.suppressions.among, addresses)


def find_contacts(connection: Connection, addresses: Iterable[str]) -> dict[str, Contact]:
    """Contacts by the addresses sought; an own address goes before an alias."""
    sought = set(addresses)
    by_alias = select(aliases.c.address, aliases.c.contact_id).where(aliases.c.address.in_(sought))
    owner_of = {row.address: row.contact_id for row in connection.execute(by_alias)}
    wanted = contacts.c.address.in_(sought) | contacts.c.id.in_(set(owner_of.values()))
    known = with_aliases(connection, connection.execute(select(*CONTACT).where(wanted)))
    by_id = {contact.id: contact for contact in known}
    found = {address: by_id[owner] for address, owner in owner_of.items()}
    return found | {contact.address: contact for contact in known if contact.address in sought}


def learn_alias(connection: Connection, contact_id: int, address: str) -> None:
    """Files the address under this contact, whoever had it as an alias before."""
    is_own = select(contacts.c.id).where(contacts.c.id == contact_id, contacts.c.address == address)
    if connection.scalar(is_own) is not None:
        return
    others = (aliases.c.address == address) & (aliases.c.contact_id != contact_id)
    connection.execute(delete(aliases).where(others))
    add_missing(connection, aliases, [{"contact_id": contact_id, "address": address}])


def suppress(
    connection: Connection, list_: Suppressions, address: str, reason: str, at: datetime
) -> None:
    """Suppresses the address, and the whole contact where one is known by it."""
    contact = find_contacts(connection, [address]).get(address)
    if contact is None:
        list_.add(connection, [address], reason, at)
        return
    silence(connection, list_, contact.id, Move.OPTED_OUT, reason, at, also=address)


def page_of(connection: Connection, after: str, limit: int) -> tuple[Contact, ...]:
    """Contacts in the order of their addresses, behind `after`, without the erased."""
    is_known = ~contacts.c.address.startswith(ERASED)
    query = select(*CONTACT).where(contacts.c.address > after, is_known)
    rows = connection.execute(query.order_by(contacts.c.address).limit(limit))
    return with_aliases(connection, rows)


def _in_chunks(
    connection: Connection,
    find: Callable[[Connection, Sequence[str]], Mapping[str, _T]],
    addresses: Sequence[str],
) -> Mapping[str, _T]:
    """What `find` finds by these addresses, however many they are."""
    found: dict[str, _T] = {}
    for start in range(0, len(addresses), _CHUNK):
        found |= find(connection, addresses[start : start + _CHUNK])
    return found


def _merge(
    connection: Connection,
    list_: Suppressions,
    given: Sequence[Contact],
    now: datetime,
    *,
    write: bool,
) -> tuple[Merge, ...]:
    results: list[Merge] = []
    for start in range(0, len(given), _CHUNK):
        chunk = given[start : start + _CHUNK]
        if write:
            # Locked against a step that writes on the contact: neither overlooks the other.
            known = find_contacts(connection, [contact.address for contact in chunk])
            lock_people(connection, (contact.id for contact in known.values()))
        merging = _Merging.of(connection, list_, chunk, now)
        results += merging.results
        if write:
            merging.write(connection, now)
    return tuple(results)


@frozen
class _Merging:
    """What a stretch of an import comes to; the same address twice is merged twice."""

    before: Mapping[str, Contact]
    after: Mapping[str, Contact]
    results: tuple[Merge, ...]

    @classmethod
    def of(
        cls, connection: Connection, list_: Suppressions, given: Sequence[Contact], now: datetime
    ) -> "_Merging":
        addresses = [contact.address for contact in given]
        before = find_contacts(connection, addresses)
        known_as = [*addresses, *(contact.address for contact in before.values())]
        refused = _in_chunks(connection, list_.among, known_as)
        after: dict[str, Contact] = {}
        results = []
        for contact in given:
            known = before.get(contact.address)
            key = known.address if known else contact.address
            if {contact.address, key} & refused.keys():
                results.append(Merge.SUPPRESSED)
                continue
            old = after.get(key, known)
            new = merged(old, contact) if old else replace(contact, id=0, created_at=now)
            after[key] = new
            results.append(_verdict(old, new))
        by_own = {contact.address: contact for contact in before.values()}
        return cls(by_own, after, tuple(results))

    def write(self, connection: Connection, now: datetime) -> None:
        """Inserts what is new, updates what changed, and says so in the ledger."""
        added = [new for key, new in self.after.items() if key not in self.before]
        changed = [
            new for key, new in self.after.items() if key in self.before and new != self.before[key]
        ]
        if added:
            add_missing(connection, contacts, [contact_values(new) for new in added])
        if changed:
            _update(connection, changed)
            _replan(connection, [(self.before[new.address], new) for new in changed], now)
        ids = _ids(connection, [contact.address for contact in (*added, *changed)])
        for contact in (*added, *changed):
            for alias in contact.aliases:
                learn_alias(connection, ids[contact.address], alias)
        write_lines(
            connection,
            [
                *(_line(Event.CONTACT_ADDED, new, ids[new.address], now) for new in added),
                *(_line(Event.CONTACT_UPDATED, new, new.id, now) for new in changed),
            ],
        )


def rewrite(connection: Connection, old: Contact, new: Contact, why: str, now: datetime) -> None:
    """The contact as it is from now on; locked already."""
    if new == old:
        return
    _update(connection, [new])
    write_lines(connection, [LedgerEntry(now, Event.CONTACT_UPDATED, why, new.id)])
    _replan(connection, [(old, new)], now)


def _clear(connection: Connection, contact_id: int, fields: Collection[str], now: datetime) -> None:
    lock_people(connection, [contact_id])
    for old in contacts_by_id(connection, [contact_id]).values():
        new = without(old, fields)
        rewrite(connection, old, new, f"no longer known: {', '.join(sorted(fields))}", now)


def _replan(
    connection: Connection, changes: Iterable[tuple[Contact, Contact]], now: datetime
) -> None:
    """Occasions of whoever's days may be others now are looked at at once."""
    concerned = {new.id for old, new in changes if moves_occasions(old, new)}
    if concerned:
        lanes = is_active & (enrollments.c.lane != "") & enrollments.c.contact_id.in_(concerned)
        save_walks(connection, [replanned(walk, now) for walk in walks(connection, lanes)])


def _verdict(old: Contact | None, new: Contact) -> Merge:
    if old is None:
        return Merge.ADDED
    return Merge.UNCHANGED if new == old else Merge.UPDATED


def _update(connection: Connection, changed: Sequence[Contact]) -> None:
    rows = [{"of": new.id} | _renamed(contact_values(new)) for new in changed]
    values: dict[str, object] = {
        name.removeprefix("new_"): bindparam(name) for name in rows[0] if name != "of"
    }
    statement = update(contacts).where(contacts.c.id == bindparam("of")).values(values)
    connection.execute(statement, rows)


def _renamed(values: Mapping[str, object]) -> dict[str, object]:
    return {f"new_{name}": value for name, value in values.items()}


def _ids(connection: Connection, addresses: Sequence[str]) -> Mapping[str, int]:
    query = select(contacts.c.address, contacts.c.id).where(contacts.c.address.in_(addresses))
    return {row.address: row.id for row in connection.execute(query)}


def _line(event: Event, contact: Contact, contact_id: int, now: datetime) -> LedgerEntry:
    return LedgerEntry(now, event, f"consent: {contact.consent}", contact_id)
