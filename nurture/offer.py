"""Which pieces of the library may go to somebody now, in the owner's words, the best first."""

from datetime import timedelta

from nurture import ports
from nurture.core.calendar import local_day
from nurture.core.decision import Assign, Pick
from nurture.core.library import Library, Reader, Want
from nurture.core.library.piece import Found
from nurture.core.library.reader import primary
from nurture.core.override import Overridden
from nurture.core.situation import Situation
from nurture.core.task import Channel
from nurture.document.piece_text import greets, introduced, note_in
from nurture.errors import Misconfigured
from nurture.mail.write.template import Template
from nurture.value import frozen

PATIENCE = timedelta(days=28)
"""How long a walk waits for a piece before it goes on without one."""

_A_DAY, _A_WEEK = timedelta(days=1), timedelta(days=7)
_MOST = 3  # where a value is missing in the best one, the next may do


@frozen
class Offer:
    """A piece with the note around it, the files that go along, and why it was chosen."""

    path: str
    template: Template
    why: str
    attachments: tuple[str, ...] = ()


@frozen
class Offers:
    """What may go, the best first; `lacking` says why there is nothing, with what comes nearest."""

    best: tuple[Offer, ...]
    lacking: str = ""


async def offers(
    outgoing: ports.Outgoing, catalog: ports.Catalog, situation: Situation, pick: Pick
) -> Offers:
    """By the owner's own choice for this person where there is one, else by what suits them."""
    reader = await outgoing.reader(situation.contact, situation.now)
    library, want = await catalog.library(), _want(pick, situation)
    override = situation.override
    if override and override.what is Overridden.CHOSEN:
        return _as_chosen(catalog, pick, want, library, reader, override.text)
    found = library.ranked(reader, want, _MOST)
    good = [_offer(catalog, pick, want, each) for each in found if each.is_enough]
    if best := tuple(filter(None, good)):
        return Offers(best)
    return Offers((), _lacking(library, found, want))


def _want(pick: Pick, situation: Situation) -> Want:
    language = situation.account.owner.language
    greeting = (name for name, text in pick.notes if greets(text))
    return Want(
        today=situation.today,
        language=language,
        topics=pick.topics,
        intent=pick.intent,
        introduces=frozenset(name or primary(language) for name in greeting),
    )


def _as_chosen(
    catalog: ports.Catalog, pick: Pick, want: Want, library: Library, reader: Reader, path: str
) -> Offers:
    """The owner knows better what suits; what somebody had, or is over, goes to nobody."""
    piece = library.piece(path)
    why = library.barred(piece, reader, want) if piece else "it is not in the library"
    offer = _offer(catalog, pick, want, Found(piece, f"{path}, which you chose")) if piece else None
    if why or offer is None:
        return Offers((), f"you chose {path}, but {why or 'it cannot be read'}")
    return Offers((offer,))


def _offer(catalog: ports.Catalog, pick: Pick, want: Want, found: Found) -> Offer | None:
    template = catalog.template(found.piece.path)
    if template is None:
        return None
    try:
        worded = introduced(template, note_in(pick.notes, found.piece.language, want.language))
    except Misconfigured:
        return None
    along = filter(None, (*pick.attachments, found.piece.attachment))
    return Offer(found.piece.path, worded, found.why, tuple(dict.fromkeys(along)))


def _lacking(library: Library, found: tuple[Found, ...], want: Want) -> str:
    if not library.pieces:
        return "the library is empty"
    about = f" on {', '.join(want.topics)}" if want.topics else " on what they care for"
    nearest = f"; the nearest is {found[0].why}" if found else ""
    return f"nothing{about} that they have not had suits them{nearest}"


def requested(
    situation: Situation, pick: Pick, lacking: str, asked: ports.Asked | None
) -> tuple[str, str, Assign] | None:
    """What to ask of the owner: a title, what to do, and the task; None once that is over.

    `asked` is how they were before: who says that it is done, and nothing suits, is asked no more.
    The walk is looked at again every day: as soon as a piece suits, it goes, and the task lapses.
    """
    walk, contact, now = situation.enrollment, situation.contact, situation.now
    ends = (asked.at if asked else now) + PATIENCE
    if now >= ends or (asked and not asked.is_open):
        return None
    today = local_day(now, situation.account.owner.zone)
    about = f" on {', '.join(pick.topics)}" if pick.topics else ""
    here = f"{contact.address} {walk.sequence} {pick.step}"
    lines = (
        f"Nothing was sent to {contact.name}: {lacking}.",
        "",
        "Put a piece that suits them into library/: it goes to them within a day, and at once when",
        "you say that it is done. Or choose one first:",
        f"nurture override {here} --piece library/NAME.md",
        f"What suits them how well: nurture library match {contact.address}",
        f"Else {walk.sequence} goes on without one on {ends:%Y-%m-%d}.",
    )
    assign = Assign(pick.step, Channel.TASK, today + _A_WEEK, pick.why, lapses_at=now + _A_DAY)
    return f"A piece{about} for {contact.name}", "\n".join(lines), assign
