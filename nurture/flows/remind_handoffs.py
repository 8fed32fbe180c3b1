"""Reminds of answers that nobody has taken up, and asks the substitute where that does not help."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.handoff import Handoff
from nurture.core.handoff.brief import one_line
from nurture.core.handoff.deadline import Prompt, Stage, prompts
from nurture.value import frozen


@frozen
class Vigil:
    """Everything it takes to see that nobody waits in vain."""

    accounts: Mapping[str, Account]
    desk: ports.Desk
    people: ports.People
    catalog: ports.Catalog
    clock: ports.Clock


async def remind_handoffs(vigil: Vigil) -> int:
    """Puts what is due now into the outbox, each once; how many briefs those are.

    A handoff that somebody took up in the same moment is left alone: the store looks again.
    """
    count = 0
    for handoff in await vigil.desk.handoffs():
        account = vigil.accounts.get(handoff.account)
        if account is None:
            continue
        closed, now = vigil.catalog.calendar.away, vigil.clock.now()
        for prompt in prompts(handoff, account.owner, closed, now):
            count += await _remind(vigil, handoff, prompt)
    return count


async def _remind(vigil: Vigil, handoff: Handoff, prompt: Prompt) -> bool:
    contact = await vigil.people.contact_by_id(handoff.contact_id)
    name = one_line(contact.name) if contact else "somebody"
    subject = _subject(handoff, prompt, name)
    is_new = await vigil.desk.remind(
        handoff, subject, prompt.key, vigil.clock.now(), in_place=prompt.in_place_of is not None
    )
    if is_new:
        journal.handoff_reminded(handoff.contact_id, handoff.id, prompt.stage)
    return is_new


def _subject(handoff: Handoff, prompt: Prompt, name: str) -> str:
    since = handoff.opened_at.astimezone(ZoneInfo(prompt.whom.zone))
    waits = f"{name} waits for an answer since {since:%a %d %b %H:%M}"
    is_again = prompt.stage is Stage.STILL
    if prompt.in_place_of is not None:
        return f"{'Still in' if is_again else 'In'} {prompt.in_place_of.name}'s place: {waits}"
    if prompt.stage is Stage.REMINDED:
        return f"Reminder: {waits}"
    return f"{'Still nobody' if is_again else 'Nobody'} has answered: {waits}"
