"""Keeps every accepted text of a sequence, and finds the one an enrollment is on."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.calendar.season import Calendar
from nurture.core.library import Library, Thesaurus
from nurture.core.library.piece import Piece
from nurture.core.sequence import Sequence
from nurture.definition import read_sequence
from nurture.document.piece_text import is_piece, piece_of
from nurture.errors import Problem
from nurture.mail.write.attachment import Attachment
from nurture.mail.write.template import Template

NO_CALENDAR = Calendar()


@dataclass(slots=True)
class Shelf:
    """A ports.Catalog: today's sequences from the folder, older revisions as they were kept."""

    outgoing: ports.Outgoing
    sequences: Mapping[str, Sequence]
    templates: Mapping[str, Template]
    calendar: Calendar = field(default_factory=Calendar)
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    thesaurus: Thesaurus = field(default_factory=Thesaurus)
    _library: Library | None = None
    _indexed: Mapping[str, Template] | None = None
    _indexing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _older: dict[tuple[str, str], Sequence | None] = field(default_factory=dict)

    def today(self, name: str) -> Sequence | None:
        """The sequence of this name as people begin it now."""
        return self.sequences.get(name)

    def all_today(self) -> tuple[Sequence, ...]:
        """Every sequence as people begin it now, by name."""
        return tuple(self.sequences[name] for name in sorted(self.sequences))

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

    def attachment(self, path: str) -> Attachment | None:
        """Today's file of this path; one that a broken edit took away is kept."""
        return self.attachments.get(path)

    def template(self, path: str) -> Template | None:
        """Today's text of a mail: wording reaches everybody at the next send."""
        return self.templates.get(path)

    async def library(self) -> Library:
        """The pieces as last read and good; indexed when they are first asked for.

        That takes seconds where there are thousands: a thread does it, and all else goes on.
        """
        async with self._indexing:
            while self._library is None or self._indexed is not self.templates:
                templates = self.templates
                self._library = await asyncio.to_thread(_index, templates, self.thesaurus)
                self._indexed = templates
            return self._library

    def pieces(self) -> tuple[Piece, ...]:
        """Every piece of the library, by path."""
        return _pieces_of(self.templates)


def _index(templates: Mapping[str, Template], thesaurus: Thesaurus) -> Library:
    return Library.of(_pieces_of(templates), thesaurus)


def _pieces_of(templates: Mapping[str, Template]) -> tuple[Piece, ...]:
    return tuple(piece_of(path, each) for path, each in sorted(templates.items()) if is_piece(path))


async def shelve(
    sequences: Mapping[str, Sequence],
    sources: Mapping[str, str],
    templates: Mapping[str, Template],
    outgoing: ports.Outgoing,
    now: datetime,
    calendar: Calendar = NO_CALENDAR,
    attachments: Mapping[str, Attachment] | None = None,
    thesaurus: Thesaurus | None = None,
) -> Shelf:
    """Keeps each sequence's text under its revision before anybody can be enrolled in it."""
    for name, sequence in sequences.items():
        await outgoing.keep_revision(name, sequence.revision, sources[name], now)
    known = thesaurus or Thesaurus()
    return Shelf(outgoing, sequences, templates, calendar, attachments or {}, known)


async def restock(
    shelf: Shelf,
    sequences: Mapping[str, Sequence],
    sources: Mapping[str, str],
    templates: Mapping[str, Template],
    now: datetime,
    calendar: Calendar | None = None,
    attachments: Mapping[str, Attachment] | None = None,
    thesaurus: Thesaurus | None = None,
    pieces: Collection[str] | None = None,
) -> None:
    """Takes over what was read anew; what is missing in it stays as it was (promise P9).

    A calendar that cannot be read is None, and stays as it was, too.
    So is a thesaurus.  Of the library only those `pieces` stay whose files are there: one that was
    taken away is sent to nobody.
    A mail that only sequences use that cannot be read stays as well: nobody has checked it.
    Every text is committed before any is used.  Raises Unreachable, and then nothing has changed.
    """
    for name, sequence in sequences.items():
        await shelf.outgoing.keep_revision(name, sequence.revision, sources[name], now)
    lost = [each for name, each in shelf.sequences.items() if name not in sequences]
    unchecked = _mails_of(lost) - _mails_of(sequences.values())
    sound = {path: each for path, each in templates.items() if path not in unchecked}
    changed = sum(shelf.sequences.get(name) != each for name, each in sequences.items())
    shelf.sequences = {**shelf.sequences, **sequences}
    kept = shelf.templates if pieces is None else {*pieces}
    gone = {path for path in shelf.templates if is_piece(path) and path not in kept}
    shelf.templates = {
        path: each for path, each in {**shelf.templates, **sound}.items() if path not in gone
    }
    shelf.calendar = calendar or shelf.calendar
    shelf.attachments = {**shelf.attachments, **(attachments or {})}
    shelf.thesaurus = thesaurus or shelf.thesaurus
    journal.sequences_reread(sequences=len(sequences), changed=changed)


def _mails_of(sequences: Iterable[Sequence]) -> set[str]:
    """The templates that steps name, whatever their kind."""
    return {getattr(step, "template", "") for each in sequences for step in each.all_steps}


async def complain(
    problems: Iterable[Problem], accounts: Iterable[Account], desk: ports.Desk, now: datetime
) -> None:
    """Tells the journal and, once a day for the same complaint, every owner what was refused."""
    words = [str(problem) for problem in problems]
    for each in words:
        journal.sequence_refused(each)
    if not words:
        return
    listed = "\n".join(words)
    text = (
        f"{listed}\n\nNothing that is named here has changed: its last good text runs on. "
        "Mend the file and reload (systemctl reload nurture)."
    )
    key = f"sequences/{now:%Y-%m-%d}/{sha256(listed.encode()).hexdigest()[:16]}"
    owners = {account.owner.address: account.name for account in accounts}
    for name in owners.values():
        await desk.tell(name, "nurture could not take over an edit", text, now, f"{key}/{name}")
