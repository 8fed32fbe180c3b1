"""Everything that is stored, as one value."""

from nurture.ports.accounts import Accounts
from nurture.ports.copies import Copies
from nurture.ports.cues import Cues
from nurture.ports.desk import Desk
from nurture.ports.drafts import Drafts
from nurture.ports.incoming import Incoming
from nurture.ports.instructions import Instructions
from nurture.ports.letters import Letters
from nurture.ports.outgoing import Outgoing
from nurture.ports.people import People
from nurture.ports.permits import Permits
from nurture.ports.promises import Promises
from nurture.ports.reconnections import Reconnections
from nurture.ports.sources import Sources
from nurture.ports.switch import Recovery, Switch
from nurture.ports.tact import Tact
from nurture.ports.tasks import Tasks
from nurture.value import frozen


@frozen
class Stores:
    """Each port by its name; all of them see one another's commits at once."""

    accounts: Accounts
    people: People
    permits: Permits
    outgoing: Outgoing
    drafts: Drafts
    copies: Copies
    incoming: Incoming
    desk: Desk
    tasks: Tasks
    letters: Letters
    promises: Promises
    cues: Cues
    tact: Tact
    sources: Sources
    instructions: Instructions
    reconnections: Reconnections
    switch: Switch
    recovery: Recovery
