"""Accounts and people in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nurture import ports
from nurture.core.account.family import Family
from nurture.core.contact import Contact
from nurture.core.contact.merge import merged, without
from nurture.core.enrollment import Move
from nurture.storage.ledger import Event
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryAccounts:
    """ports.Accounts in memory."""

    world: World

    async def take(
        self, account: str, worker: str, now: datetime, until: datetime
    ) -> ports.Lease | None:
        known = await self.state(account)
        if known.leased_until and now < known.leased_until and known.worker != worker:
            return None
        lease = ports.Lease(account, worker, known.epoch + 1)
        after = replace(known, worker=worker, epoch=lease.epoch, leased_until=until)
        self.world.accounts[account] = after
        return lease

    async def renew(self, lease: ports.Lease, now: datetime, until: datetime) -> bool:
        return now < until and self._change(lease, leased_until=until)

    async def release(self, lease: ports.Lease) -> None:
        self._change(lease, worker="", leased_until=None)

    async def occupy(self, lease: ports.Lease, mailbox: str) -> None:
        self._change(lease, mailbox=mailbox)

    async def prove(self, account: str, mailbox: str, how: str, now: datetime) -> None:
        known = await self.state(account)
        self.world.accounts[account] = replace(
            known, proven_mailbox=mailbox, proven_how=how, proven_at=now
        )

    async def was_read(self, lease: ports.Lease, started_at: datetime) -> None:
        self._change(lease, read_started_at=started_at)

    def _change(self, lease: ports.Lease, **values: object) -> bool:
        known = self.world.accounts.get(lease.account)
        if known is None or (known.worker, known.epoch) != (lease.worker, lease.epoch):
            return False
        self.world.accounts[lease.account] = replace(known, **values)
        return True

    async def rest(self, account: str, until: datetime, why: str) -> None:
        known = await self.state(account)
        self.world.accounts[account] = replace(
            known, resting_until=until, resting_why=why, troubles=known.troubles + 1
        )

    async def state(self, account: str) -> ports.AccountState:
        return self.world.account(account)

    async def families(self, scopes: Collection[str]) -> tuple[Family, ...]:
        return tuple(self.world.family(scope) for scope in sorted(set(scopes)))

    async def backed_off(self) -> tuple[Family, ...]:
        known = self.world.families
        return tuple(known[scope] for scope in sorted(known) if known[scope].until)


@dataclass(frozen=True, slots=True)
class MemoryPeople:
    """ports.People in memory."""

    world: World

    async def merge(
        self, contacts: Sequence[Contact], now: datetime, *, write: bool = True
    ) -> tuple[ports.Merge, ...]:
        drafts: dict[str, Contact] = {}
        results = []
        before = {contact.address: contact for contact in self.world.contacts.values()}
        for given in contacts:
            known = self.world.find(given.address)
            key = known.address if known else given.address
            if self.world.refused(given.address) or self.world.refused(key):
                results.append(ports.Merge.SUPPRESSED)
                continue
            old = drafts.get(key, known)
            drafts[key] = new = merged(old, given) if old else replace(given, created_at=now)
            results.append(
                ports.Merge.ADDED
                if old is None
                else ports.Merge.UNCHANGED
                if new == old
                else ports.Merge.UPDATED
            )
        if write:
            for key, new in drafts.items():
                self._keep(before.get(key), new, now)
        return tuple(results)

    def _keep(self, old: Contact | None, new: Contact, now: datetime) -> None:
        number = old.id if old else len(self.world.contacts) + 1
        self.world.contacts[number] = replace(new, id=number)
        if new != old:
            event = Event.CONTACT_UPDATED if old else Event.CONTACT_ADDED
            self.world.tell(now, event, f"consent: {new.consent}", number)
        if old:
            self.world.replan(old, new, now)

    async def clear(self, contact_id: int, fields: Collection[str], now: datetime) -> None:
        contact = self.world.contacts.get(contact_id)
        if contact:
            why = f"no longer known: {', '.join(sorted(fields))}"
            self.world.rewrite(contact, without(contact, fields), why, now)

    async def contact(self, address: str) -> Contact | None:
        return self.world.find(address)

    async def contacts(self, addresses: Sequence[str]) -> Mapping[str, Contact]:
        found = {address: self.world.find(address) for address in addresses}
        return {address: contact for address, contact in found.items() if contact}

    async def contact_by_id(self, contact_id: int) -> Contact | None:
        return self.world.contacts.get(contact_id)

    async def page(self, after: str = "", limit: int = 200) -> tuple[Contact, ...]:
        found = sorted(self.world.contacts.values(), key=lambda each: each.address)
        return tuple(each for each in found if each.address > after)[:limit]

    async def suppress(self, address: str, reason: str, now: datetime) -> None:
        contact = self.world.find(address)
        known = (contact.address, *contact.aliases) if contact else ()
        is_new = self.world.refuse((*known, address), reason)
        if contact:
            if is_new:
                self.world.tell(now, Event.ADDRESS_SUPPRESSED, reason, contact.id)
            self.world.move(self.world.live([contact.id]), Move.OPTED_OUT, reason, now)

    async def suppress_mark(self, mark: str, reason: str, now: datetime) -> None:
        self.world.refuse_marks([mark], reason)

    async def suppressed(self, addresses: Sequence[str]) -> Mapping[str, str]:
        found = {each: self.world.refused(each) for each in addresses}
        return {address: reason for address, reason in found.items() if reason}
