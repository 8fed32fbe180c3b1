"""Feeds and what they propose, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from nurture.core.library.proposal import Proposal, ProposalState, Source
from nurture.ports import MOST_WAITING, Version


@dataclass(slots=True)
class MemorySources:
    """ports.Sources in memory."""

    known: dict[int, Source] = field(default_factory=dict)
    named: dict[int, Proposal] = field(default_factory=dict)
    last: int = 0

    async def add(self, source: Source, now: datetime) -> Source | None:
        if any(each.url == source.url for each in self.known.values()):
            return None
        self.last += 1
        self.known[self.last] = replace(source, id=self.last, due_at=now)
        return self.known[self.last]

    async def remove(self, source_id: int) -> bool:
        for each in tuple(self.named.values()):
            if each.source_id == source_id:
                self.named[each.id] = replace(each, source_id=None)
                if each.state is ProposalState.WAITING:
                    del self.named[each.id]
        return self.known.pop(source_id, None) is not None

    async def all(self) -> tuple[Source, ...]:
        return self._in_order(*self.known.values())

    async def due(self, now: datetime) -> tuple[Source, ...]:
        return self._in_order(*(e for e in self.known.values() if e.due_at and e.due_at <= now))

    def _in_order(self, *found: Source) -> tuple[Source, ...]:
        return tuple(sorted(found, key=lambda each: (each.due_at, each.id)))

    async def fetched(
        self,
        source: Source,
        found: Sequence[Proposal],
        version: Version,
        again: datetime,
        now: datetime,
    ) -> int:
        if source.id not in self.known:
            return 0
        self.known[source.id] = replace(
            self.known[source.id], title=source.title, etag=version.etag, failures=0, why="",
            modified=version.modified, checked_at=now, due_at=again,
        )  # fmt: skip
        waiting = [e for e in await self.proposals() if e.source_id == source.id]
        urls = {each.url for each in self.named.values()}
        new = [e for e in found if e.url not in urls][: MOST_WAITING - len(waiting)]
        for each in new:
            self.last += 1
            kept = replace(each, id=self.last, source_id=source.id, proposed_at=now)
            self.named[self.last] = kept
        return len(new)

    async def failed(self, source_id: int, why: str, again: datetime, now: datetime) -> None:
        before = self.known[source_id]
        self.known[source_id] = replace(
            before, why=why, failures=before.failures + 1, due_at=again, checked_at=now
        )

    async def proposals(self, *, open_only: bool = True) -> tuple[Proposal, ...]:
        found = [
            each
            for each in self.named.values()
            if each.state is ProposalState.WAITING or not open_only
        ]
        found.sort(key=lambda each: each.id)
        return tuple(sorted(found, key=lambda each: each.proposed_at, reverse=True))

    async def proposal(self, number: int) -> Proposal | None:
        return self.named.get(number)

    async def settle(
        self, number: int, state: ProposalState, now: datetime, path: str = ""
    ) -> bool:
        before = self.named.get(number)
        if before is None or before.state is not ProposalState.WAITING:
            return False
        self.named[number] = replace(before, state=state, settled_at=now, path=path)
        return True
