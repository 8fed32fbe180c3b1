"""To whom, and to which touch, an incoming mail belongs: every lead followed, the surest first."""

from datetime import datetime, timedelta

from nurture import ports
from nurture.core.contact.address import domain_of, is_freemail
from nurture.core.touch import Touch
from nurture.core.verdict import Verdict
from nurture.mail.read.trace import Trace
from nurture.value import frozen

_REPORT_REACH = timedelta(days=7)  # how long after a touch a report without our id may name it
_SUBJECT_REACH = timedelta(days=90)  # how long a colleague's mail may be about what we wrote


@frozen
class Correlator:
    """Where the leads of an account's mail end: the touches we remember, the people we know."""

    account: str
    incoming: ports.Incoming
    people: ports.People

    async def match(self, lead: Trace, thread: str, now: datetime) -> ports.Match | None:
        """By an id we sent under, by our token, by who wrote, at last by guess (domain.md M7)."""
        if touch := await self.incoming.touch_of(lead.ids):
            contact = await self.people.contact_by_id(touch.contact_id)
            if contact:
                return ports.Match(contact, touch, "it cites our message", is_certain=True)
        if lead.token.isdecimal():
            contact = await self.people.contact_by_id(int(lead.token))
            if contact:
                touch = await self.incoming.last_touch_to(contact.id)
                return ports.Match(contact, touch, "it carries our token", is_certain=True)
        for writer in lead.writers:
            if contact := await self.people.contact(writer):
                touch = await self.incoming.last_touch_to(contact.id)
                return ports.Match(contact, touch, f"it comes from {writer}", is_certain=False)
        return await self._guess(lead, thread, now)

    async def reported(self, verdict: Verdict, lead: Trace, now: datetime) -> ports.Match | None:
        """A report without our id counts only while a touch to its recipient is fresh (D2).

        The recipient may be one that forwarded our mail: then the returned mail still names them.
        """
        for address in (*(each.address for each in verdict.recipients), *lead.written_to):
            contact = await self.people.contact(address)
            touch = contact and await self.incoming.last_touch_to(contact.id)
            if contact and touch and now - _when(touch) < _REPORT_REACH:
                return ports.Match(contact, touch, f"it reports on {address}", is_certain=True)
        return None

    async def _guess(self, lead: Trace, thread: str, now: datetime) -> ports.Match | None:
        """Somebody in the conversation of our mail, or at a company about what we wrote there."""
        touch, how = None, "somebody else writes in the conversation of our mail"
        if thread:
            touch = await self.incoming.touch_in_thread(self.account, thread)
        domain = domain_of(next(iter(lead.writers), ""))
        if touch is None and domain and lead.subject and not is_freemail(domain):
            since = now - _SUBJECT_REACH
            touch = await self.incoming.touch_about(self.account, domain, lead.subject, since)
            how = f"somebody at {domain} writes under the subject of our mail"
        contact = touch and await self.people.contact_by_id(touch.contact_id)
        if not contact:
            return None
        return ports.Match(contact, touch, how, is_certain=False, is_guess=True)


def _when(touch: Touch) -> datetime:
    return touch.sent_at or touch.begun_at
