"""Permissions that will end, in memory."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from nurture import ports
from nurture.core.contact import Contact
from nurture.core.enrollment import State
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryPermits:
    """ports.Permits in memory."""

    world: World

    async def next_stretch(
        self, account: str, after: int = 0, limit: int = 2000
    ) -> ports.Stretch | None:
        following = sorted(number for number in self.world.contacts if number > after)[:limit]
        if not following:
            return None
        grounds = {
            ground.name: ground
            for contact in self._walkers(account, after, following[-1])
            for ground in (self._ground(contact),)
        }
        return ports.Stretch(after, following[-1], tuple(grounds.values()))

    async def standing_on(
        self, account: str, stretch: ports.Stretch, grounds: Collection[str]
    ) -> tuple[tuple[Contact, str], ...]:
        return tuple(
            (Contact(who.address, who.id, who.given_name, who.family_name), ground.name)
            for who in self._walkers(account, stretch.after, stretch.upto)
            for ground in (self._ground(who),)
            if ground.name in grounds
        )

    async def observers(self, account: str) -> tuple[Contact, ...]:
        cases = {
            (who.country, who.subdivision, who.observes): who for who in self._walkers(account)
        }
        return tuple(
            Contact("", country=country, subdivision=part, observes=observes)
            for country, part, observes in cases
        )

    async def warn(
        self, account: str, subject: str, text: str, now: datetime, marks: Mapping[int, str]
    ) -> None:
        self.world.post(ports.Notice(0, account, ports.NoticeKind.ALERT, subject, text, now))
        self.world.warned |= marks

    def _walkers(
        self, account: str, after: int = 0, upto: int | None = None
    ) -> tuple[Contact, ...]:
        walking = {
            walk.contact_id
            for walk in self.world.walks.values()
            if walk.account == account and walk.state is not State.ENDED
        }
        found = sorted(n for n in walking if n > after and (upto is None or n <= upto))
        return tuple(self.world.contacts[number] for number in found)

    def _ground(self, contact: Contact) -> ports.Ground:
        mark = self.world.warned.get(contact.id, "")
        country, form, consent = contact.country, contact.legal_form, contact.consent
        anybody = Contact("", country=country, legal_form=form, consent=consent)
        return ports.Ground(repr((mark, anybody)), anybody, mark)
