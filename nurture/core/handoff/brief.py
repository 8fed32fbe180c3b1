"""What a human needs to answer well, as plain text that reads on a phone (domain.md H2)."""

from collections.abc import Iterator
from datetime import datetime
from unicodedata import category
from zoneinfo import ZoneInfo

from nurture.core.account import Account
from nurture.core.calendar import zone_info
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.core.handoff.conversation import Handoff, Opening
from nurture.core.handoff.portrait import earlier, person, promises
from nurture.core.task import Task
from nurture.core.touch import Touch
from nurture.core.wrapping import row, wrapped
from nurture.value import frozen

_RULE = "-" * 40
_UNFIT = ("Cc", "Cs")  # control characters and half characters, which no header can carry
_LONG = 40  # lines of an older mail; the whole of it lies in the mailbox
THEY, YOU = "they", "you"
_MANY = 30  # mails; who has talked for longer looks into the mailbox


@frozen
class Answer:
    """The contact's words and what we made of them; `touch` is the mail that they answer."""

    text: str
    at: datetime
    verdict: str
    evidence: tuple[str, ...] = ()
    confidence: float | None = None
    touch: Touch | None = None


@frozen
class Said:
    """One mail of the conversation: theirs, the owner's own, or one of ours with its `step`."""

    at: datetime
    who: str
    subject: str
    text: str = ""
    step: str = ""


def said_by_us(touch: Touch, text: str) -> Said:
    """A mail of a sequence; its words are known once its copy was read in Sent."""
    return Said(touch.sent_at or touch.begun_at, "nurture", touch.subject, text, touch.step)


@frozen
class Brief:
    """All that is known; `said` are the other mails, `before` earlier handoffs and their ends."""

    contact: Contact
    account: Account
    handoff: Handoff
    answer: Answer
    enrollments: tuple[Enrollment, ...] = ()
    said: tuple[Said, ...] = ()
    tasks: tuple[Task, ...] = ()
    before: tuple[Handoff, ...] = ()


def brief_subject(contact: Contact, subject: str) -> str:
    """Who wrote, first; then what about; on one line, whatever they put there."""
    company = f", {contact.company}" if contact.company else ""
    whole = f"{contact.name}{company} answered: {subject.strip() or '(no subject)'}"
    return one_line(whole)


def one_line(words: str) -> str:
    """The words without anything that no header can carry, on one line."""
    return " ".join("".join(" " if category(sign) in _UNFIT else sign for sign in words).split())


def brief_text(brief: Brief, now: datetime) -> str:
    """Their words on top; who they are; why they were written to; what was said; what to do."""
    lines = (
        *wrapped(brief.answer.text.strip() or "(no words of their own in the mail)"),
        _RULE,
        *person(brief.contact, brief.account, now),
        *promises(brief.contact, brief.tasks),
        *earlier(brief.before, zone_info(brief.account.owner.zone)),
        "",
        *_why(brief),
        "",
        *_verdict(brief),
        "",
        *_next(brief),
        "",
        *_thread(brief),
    )
    return "\n".join(lines) + "\n"


def _why(brief: Brief) -> Iterator[str]:
    """Why they were written to at all, and which mail they answer."""
    zone, touch = zone_info(brief.account.owner.zone), brief.answer.touch
    for walk in brief.enrollments:
        since = f"{walk.enrolled_at.astimezone(zone):%d %b %Y}"
        because = f" ({walk.because})" if walk.because else ""
        yield from row("In", f"{walk.sequence} since {since}{because}")
    if touch is not None:
        when = f"{(touch.sent_at or touch.begun_at).astimezone(zone):%d %b %Y}"
        yield from row("They answer", f"step {touch.step} of {touch.sequence}, {when}")


def _verdict(brief: Brief) -> Iterator[str]:
    answer, handoff = brief.answer, brief.handoff
    sure = "" if answer.confidence is None else f", {answer.confidence:.0%} sure"
    yield from row("Read as", f"{answer.verdict or 'unknown'}{sure}; {handoff.reason}")
    for reason in answer.evidence:
        yield from wrapped(f"because {reason}", "  ")
    yield f"If that is wrong: nurture verdict {handoff.inbound_id} --set LABEL"


def _next(brief: Brief) -> Iterator[str]:
    number = brief.handoff.id
    yield from row("Next", next_step(brief.handoff, brief.contact))
    yield "Your reply to this mail goes to them, in their thread."
    yield "No further mail leaves for them until you say so:"
    yield f"  nurture handoffs close {number}"
    yield f"  nurture handoffs snooze {number} DATE"
    yield f"  nurture resume {brief.contact.address} --on DATE"


def next_step(handoff: Handoff, contact: Contact) -> str:
    """What we would do, in one sentence."""
    name = contact.given_name or contact.name
    call = f", or call {contact.phone}" if contact.phone else ""
    close = f"nurture handoffs close {handoff.id} --outcome later --on DATE"
    reason = handoff.reason
    if reason.startswith(Opening.TO_CHECK):
        return f"read it: nurture is not sure what {name} means."
    if reason.startswith(Opening.LATER):
        return f"thank {name}, and let yourself be reminded: {close}"
    if reason.startswith(Opening.REFERRAL):
        return f"thank {name}; nurture writes nothing to whom they name, that is yours to do."
    if reason.startswith(Opening.THANKS):
        return f"nothing is asked of you; a word to {name} does no harm."
    if reason.startswith(Opening.SILENT):
        return f"ask {name} once more{call}, or close it."
    if reason.startswith(Opening.REMINDER):
        return f"write to {name}{call}: today is the day you named."
    return f"answer {name} yourself, within the hour if you can{call}."


def _thread(brief: Brief) -> Iterator[str]:
    """The newest first; the mail that opened this is on top already."""
    zone = zone_info(brief.account.owner.zone)
    before = sorted(brief.said, key=lambda each: each.at, reverse=True)
    if not before:
        yield "There is no earlier mail."
        return
    yield "What was said before, the newest first:"
    for each in before[:_MANY]:
        yield ""
        yield from _said(each, zone)
    if len(before) > _MANY:
        yield f"... and {len(before) - _MANY} older mails"


def _said(said: Said, zone: ZoneInfo) -> Iterator[str]:
    step = f" ({said.step})" if said.step else ""
    when = f"{said.at.astimezone(zone):%d %b %Y %H:%M}"
    yield from wrapped(f"{when}, {said.who}{step}: {one_line(said.subject) or '(no subject)'}")
    lines = wrapped(said.text.strip(), "  ") if said.text.strip() else []
    yield from lines[:_LONG]
    if len(lines) > _LONG:
        yield f"  [{len(lines) - _LONG} lines more]"
