"""Keeps every accepted text of a sequence, and finds the one an enrollment is on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from nurture import ports
from nurture.core.sequence import Sequence
from nurture.definition import read_sequence
from nurture.mail.template import Template


@dataclass(slots=True)
class Shelf:
    """A ports.Catalog: today's sequences from the folder, older revisions as they were kept."""

    outgoing: ports.Outgoing
    sequences: Mapping[str, Sequence]
    templates: Mapping[str, Template]
    _older: dict[tuple[str, str], Sequence | None] = field(default_factory=dict)

    async def sequence(self, name: str, revision: str) -> Sequence | None:
        """This very revision; None where its text was never kept."""
        today = self.sequences.get(name)
        if today and today.revision == revision:
            return today
        if (name, revision) not in self._older:
            source = await self.outgoing.revision_source(name, revision)
            kept = read_sequence(source, f"{name}.yaml") if source is not None else None
            self._older[name, revision] = kept
        return self._older[name, revision]

    def template(self, path: str) -> Template | None:
        """Today's text of a mail: wording reaches everybody at the next send."""
        return self.templates.get(path)


async def shelve(
    sequences: Mapping[str, Sequence],
    sources: Mapping[str, str],
    templates: Mapping[str, Template],
    outgoing: ports.Outgoing,
    now: datetime,
) -> Shelf:
    """Keeps each sequence's text under its revision before anybody can be enrolled in it."""
    for name, sequence in sequences.items():
        await outgoing.keep_revision(name, sequence.revision, sources[name], now)
    return Shelf(outgoing, sequences, templates)
