"""What must not be forgotten, in SQLite or in PostgreSQL, behind the ports."""

import asyncio
from datetime import datetime
from functools import partial

from nurture.ports import Stores
from nurture.storage.accounts import StoredAccounts
from nurture.storage.copying import StoredCopies
from nurture.storage.desk import StoredDesk
from nurture.storage.drafting import StoredDrafts
from nurture.storage.engine import Database
from nurture.storage.erasing import StoredPrivacy
from nurture.storage.incoming import StoredIncoming
from nurture.storage.instructions import StoredInstructions
from nurture.storage.lettering import StoredLetters
from nurture.storage.noticing import StoredCues
from nurture.storage.outgoing import StoredOutgoing
from nurture.storage.people import StoredPeople
from nurture.storage.permits import StoredPermits
from nurture.storage.promising import StoredPromises
from nurture.storage.reconnecting import StoredReconnections
from nurture.storage.recovery import StoredRecovery
from nurture.storage.schema import open_database
from nurture.storage.sourcing import StoredSources
from nurture.storage.suppression import Suppressions
from nurture.storage.switch import StoredSwitch
from nurture.storage.tact import StoredTact
from nurture.storage.tasks import StoredTasks
from nurture.value import frozen


@frozen
class Store(Stores):
    """All of it over one database."""

    privacy: StoredPrivacy
    database: Database

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the operator should know about the opening, such as where a backup lies."""
        return self.database.remarks

    async def close(self) -> None:
        """Waits for the transactions under way and closes every connection; harmless twice."""
        await self.database.close()


async def open_store(url: str, key: bytes, now: datetime, *, is_spare: bool = False) -> Store:
    """The store at this URL, created or migrated where needed; `key` guards its suppressions.

    One that `is_spare` is a copy to try things on: quick, and lost with the power.

    Raises Misconfigured or Unreachable, with what to do.
    """
    opening = partial(open_database, url, key=key, now=now, is_spare=is_spare)
    database = await asyncio.to_thread(opening)
    suppressions = Suppressions(key)
    return Store(
        accounts=StoredAccounts(database),
        people=StoredPeople(database, suppressions),
        permits=StoredPermits(database),
        outgoing=StoredOutgoing(database, suppressions),
        drafts=StoredDrafts(database),
        copies=StoredCopies(database),
        incoming=StoredIncoming(database, suppressions),
        desk=StoredDesk(database, suppressions),
        tasks=StoredTasks(database),
        letters=StoredLetters(database),
        promises=StoredPromises(database),
        cues=StoredCues(database),
        tact=StoredTact(database),
        sources=StoredSources(database),
        instructions=StoredInstructions(database, suppressions),
        reconnections=StoredReconnections(database),
        switch=StoredSwitch(database),
        recovery=StoredRecovery(database),
        privacy=StoredPrivacy(database, suppressions),
        database=database,
    )
