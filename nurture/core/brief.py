"""What a human needs to answer well, as plain text that reads on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import category
from zoneinfo import ZoneInfo

from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.core.place import zones_of
from nurture.core.touch import Touch

_RULE = "-" * 40
_UNFIT = ("Cc", "Cs")  # control characters and half characters, which no header can carry


@dataclass(frozen=True, slots=True)
class Answer:
    """The contact's words and what we made of them; `why` is why a person is asked."""

    text: str
    at: datetime
    verdict: str
    why: str
    evidence: tuple[str, ...]


def brief_subject(contact: Contact, subject: str) -> str:
    """Who wrote, first; then what about; on one line, whatever they put there."""
    company = f", {contact.company}" if contact.company else ""
    whole = f"{contact.name}{company} answered: {subject.strip() or '(no subject)'}"
    return one_line(whole)


def one_line(words: str) -> str:
    """The words without anything that no header can carry, on one line."""
    return " ".join("".join(" " if category(sign) in _UNFIT else sign for sign in words).split())


def brief_text(
    contact: Contact,
    answer: Answer,
    account: Account,
    *,
    enrollments: Sequence[Enrollment],
    touches: Sequence[Touch],
    handoff_id: int,
    mail_id: int,
    now: datetime,
) -> str:
    """Their words on top; who they are; why they were written to; what was sent; what to do."""
    owner_zone = ZoneInfo(account.owner.zone)
    parts = (
        answer.text.strip() or "(no words of their own in the mail)",
        _RULE,
        *_who(contact, account, now),
        "",
        *_why(enrollments, owner_zone),
        *_sent(touches, owner_zone),
        "",
        f"Read as: {answer.verdict}; {answer.why}",
        *(f"  because {reason}" for reason in answer.evidence),
        f"If that is wrong: nurture verdict {mail_id} --set LABEL",
        "",
        "Next: " + _next_step(answer.why, contact),
        "Your reply to this mail goes to them, in their thread.",
        "No further mail leaves for them until you say so:",
        f"  nurture handoffs close {handoff_id} --outcome done",
        f"  nurture resume {contact.address} --on DATE",
    )
    return "\n".join(parts) + "\n"


def _who(contact: Contact, account: Account, now: datetime) -> list[str]:
    zone = zones_of(contact, account.owner.zone)[0]
    local = now.astimezone(ZoneInfo(zone))
    relationship = str(contact.relationship or "contact").replace("_", " ")
    rows = [
        f"{contact.name} <{contact.address}>",
        " - ".join(part for part in (relationship, contact.company, contact.city) if part),
        f"Their clock: {local:%a %H:%M} ({zone})",
    ]
    if contact.phone:
        rows.append(f"Phone: {contact.phone}")
    if contact.value:
        rows.append(f"Value: {contact.value}")
    rows += [f"{name}: {value}" for name, value in contact.custom.items() if value]
    rows += [f"{name}: {day}" for name, day in contact.dates.items()]
    if contact.consent.basis:
        rows.append(f"May write because: {contact.consent}")
    if contact.notes:
        rows.append(f"Notes: {contact.notes}")
    return rows


def _why(enrollments: Sequence[Enrollment], zone: ZoneInfo) -> list[str]:
    rows = []
    for walk in enrollments:
        since = walk.enrolled_at.astimezone(zone)
        why = f" ({walk.because})" if walk.because else ""
        rows.append(f"In {walk.sequence} since {since:%d %b %Y}{why}, next was {walk.position!r}")
    return rows


def _sent(touches: Sequence[Touch], zone: ZoneInfo) -> list[str]:
    rows = ["What they were sent:"] if touches else ["They were sent nothing by nurture."]
    for touch in touches:
        when = (touch.sent_at or touch.begun_at).astimezone(zone)
        rows.append(f"  {when:%d %b %Y}  {touch.subject}  ({touch.step}, {touch.state})")
    return rows


def _next_step(why: str, contact: Contact) -> str:
    name = contact.given_name or contact.name
    if "to check" in why:
        return f"read it: nurture is not sure what {name} means."
    call = f" or call {contact.phone}" if contact.phone else ""
    return f"answer {name} yourself, within the hour if you can{call}."
