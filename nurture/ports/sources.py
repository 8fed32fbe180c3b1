"""Feeds that name pieces for the library, and the pieces that they named."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from nurture.core.library.proposal import Proposal, ProposalState, Source
from nurture.ports.web import Version

MOST_WAITING: Final = 100


class PieceFolder(Protocol):
    """The files of the library, for whoever adds to them."""

    async def keep(self, title: str, text: str) -> str:
        """The path below the sequences folder of a new file with this text; none is overwritten.

        Raises Unreachable where it cannot be written.
        """
        ...

    async def attach(self, file_name: str, content: bytes) -> str:
        """The path of a new file that pieces can send along; like `keep`."""
        ...

    async def piece_from(self, url: str) -> str:
        """The path of the piece with this source; empty where there is none."""
        ...


class Sources(Protocol):
    """Sources and their proposals; every method is one transaction."""

    async def add(self, source: Source, now: datetime) -> Source | None:
        """The source as it was kept, due at once; None where its URL is one already."""
        ...

    async def remove(self, source_id: int) -> bool:
        """Whether there was one; what it proposed and still waits is gone with it."""
        ...

    async def all(self) -> tuple[Source, ...]:
        """Every source, by its id."""
        ...

    async def due(self, now: datetime) -> tuple[Source, ...]:
        """Those whose time has come, the longest due first."""
        ...

    async def fetched(
        self,
        source: Source,
        found: Sequence[Proposal],
        version: Version,
        again: datetime,
        now: datetime,
    ) -> int:
        """How many of these are new, now waiting; what was known by its URL stays as it is.

        At most a hundred proposals of a source wait at once: those beyond are left for another
        time.  The source's failures are over; its title is the one that is given.
        """
        ...

    async def failed(self, source_id: int, why: str, again: datetime, now: datetime) -> None:
        """Nothing of what came is kept, only why it could not be used."""
        ...

    async def proposals(self, *, open_only: bool = True) -> tuple[Proposal, ...]:
        """Proposals, the newest first; with `open_only` those that wait."""
        ...

    async def proposal(self, number: int) -> Proposal | None:
        """The proposal of this id."""
        ...

    async def settle(
        self, number: int, state: ProposalState, now: datetime, path: str = ""
    ) -> bool:
        """Whether it waited, and is now accepted or rejected; of two who say so, one is told no."""
        ...
