"""An in-memory store behind the ports, written by hand; it passes the same contracts."""

from tests.fakes.memory_copies import MemoryCopies
from tests.fakes.memory_cues import MemoryCues
from tests.fakes.memory_desk import MemoryDesk
from tests.fakes.memory_drafts import MemoryDrafts
from tests.fakes.memory_incoming import MemoryIncoming
from tests.fakes.memory_instructions import MemoryInstructions
from tests.fakes.memory_letters import MemoryLetters
from tests.fakes.memory_outgoing import MemoryOutgoing
from tests.fakes.memory_people import MemoryAccounts, MemoryPeople
from tests.fakes.memory_permits import MemoryPermits
from tests.fakes.memory_promises import MemoryPromises
from tests.fakes.memory_reconnections import MemoryReconnections
from tests.fakes.memory_sources import MemorySources
from tests.fakes.memory_switch import MemoryRecovery, MemorySwitch
from tests.fakes.memory_tact import MemoryTact
from tests.fakes.memory_tasks import MemoryTasks
from tests.fakes.memory_world import World


class Memory:
    """The ports over one world, gone with the process."""

    def __init__(self) -> None:
        self.world = World()
        self.accounts = MemoryAccounts(self.world)
        self.people = MemoryPeople(self.world)
        self.permits = MemoryPermits(self.world)
        self.drafts = MemoryDrafts(self.world)
        self.copies = MemoryCopies(self.world)
        self.outgoing = MemoryOutgoing(self.world)
        self.incoming = MemoryIncoming(self.world)
        self.desk = MemoryDesk(self.world)
        self.tasks = MemoryTasks(self.world)
        self.letters = MemoryLetters(self.world)
        self.cues = MemoryCues(self.world)
        self.promises = MemoryPromises(self.world)
        self.tact = MemoryTact(self.world)
        self.sources = MemorySources()
        self.instructions = MemoryInstructions(self.world)
        self.reconnections = MemoryReconnections(self.world)
        self.switch = MemorySwitch(self.world)
        self.recovery = MemoryRecovery(self.world)

    async def close(self) -> None:
        """Nothing to let go of."""
