"""Who had which piece, in memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from nurture.core.contact import Contact
from nurture.core.library import Reader
from nurture.core.library.echo import Offered
from nurture.core.touch import TouchState
from nurture.core.verdict import Meaning
from nurture.storage import rule
from nurture.storage.reading import HAD
from tests.fakes.memory_world import Mail, World, colleagues


def reader(world: World, contact: Contact, now: datetime) -> Reader:
    """See ports.Readers."""
    around: set[str] = set()
    for each in colleagues(world, contact):
        around |= pieces(world, each, since=now - rule.YEAR)
    own = [mail for mail in _theirs(world, contact.id) if _meaning(mail) == Meaning.HUMAN_REPLY]
    own.sort(key=lambda mail: (mail.heard.at, mail.id), reverse=True)
    wrote = tuple(mail.heard.text for mail in own if mail.heard.text)
    notes = sorted(world.cues.values(), key=lambda cue: cue.id, reverse=True)
    noted = tuple(each.text for each in notes if each.contact_id == contact.id)
    return Reader(contact, pieces(world, contact.id), frozenset(around), wrote[:3], noted[:5])


def pieces(world: World, contact_id: int, *, since: datetime | None = None) -> frozenset[str]:
    """What this person had; with `since` what they were given, or may be, since then."""
    states = {*HAD, TouchState.DEFERRED} if since else {*HAD}
    known = (each for each in world.touches.values() if each.contact_id == contact_id)
    had = (
        world.intents[each.id].piece
        for each in known
        if each.state in states and each.id in world.intents
        if since is None or each.begun_at > since
    )
    return frozenset(had) - {""}


def offered(world: World) -> Iterator[Offered]:
    """See ports.Readers."""
    for touch in sorted(world.touches.values(), key=lambda each: (str(each.sent_at), each.id)):
        piece = world.intents[touch.id].piece if touch.id in world.intents else ""
        if piece and touch.sent_at and touch.state in rule.MAY_HAVE_LEFT:
            yield _answered(world, Offered(piece, touch.contact_id, touch.sent_at))


def _answered(world: World, offer: Offered) -> Offered:
    later = (
        each.sent_at
        for each in world.touches.values()
        if each.contact_id == offer.contact_id and each.state in rule.MAY_HAVE_LEFT
        if each.sent_at and each.sent_at > offer.sent_at
    )
    after = replace(offer, followed_at=min(later, default=None))
    words = {Meaning.HUMAN_REPLY, Meaning.UNSUBSCRIBE}
    mails = sorted(_theirs(world, offer.contact_id), key=lambda mail: (mail.heard.at, mail.id))
    for mail in mails:
        meaning = _meaning(mail)
        if mail.heard.at >= offer.sent_at and meaning in words:
            no = meaning == Meaning.UNSUBSCRIBE
            return replace(after, answered_at=mail.heard.at, said_no=no)
    return after


def _theirs(world: World, contact_id: int) -> Iterator[Mail]:
    for mail in world.mails:
        match = mail.heard.match
        if match and match.contact.id == contact_id and match.is_certain:
            yield mail


def _meaning(mail: Mail) -> str:
    verdict = mail.heard.verdict
    return mail.corrected or (str(verdict.meaning) if verdict else "")
