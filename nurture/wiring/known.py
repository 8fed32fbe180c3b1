"""What many commands ask of the world, in their words."""

from collections.abc import AsyncIterator

from nurture import ports
from nurture.core.contact import Contact
from nurture.core.contact.address import BadAddress, address_key
from nurture.errors import Misconfigured
from nurture.flows.work_handoff import Workdesk
from nurture.wiring.world import World


async def everybody(people: ports.People) -> AsyncIterator[Contact]:
    """Every contact in the order of addresses, a page at a time."""
    page = await people.page()
    while page:
        for contact in page:
            yield contact
        page = await people.page(after=page[-1].address)


async def conversations(world: World, *, open_only: bool = True) -> list[ports.Conversation]:
    """Handoffs with the people and the words they are about, the oldest first."""
    found = [
        await world.store.desk.conversation(each.id)
        for each in await world.store.desk.handoffs(open_only=open_only)
    ]
    return [talk for talk in found if talk]


def workdesk_of(world: World) -> Workdesk:
    """What it takes to work on handoffs."""
    store = world.store
    return Workdesk(store.desk, store.people, store.outgoing, world.shelf, world.accounts)


async def known_contact(world: World, email: str) -> Contact:
    """The contact of this address or alias; raises Misconfigured with words."""
    try:
        key = address_key(email)
    except BadAddress as error:
        raise Misconfigured(str(error)) from error
    contact = await world.store.people.contact(key)
    if contact is None:
        raise Misconfigured(f"{key} is no contact: see `nurture contacts list`")
    return contact
