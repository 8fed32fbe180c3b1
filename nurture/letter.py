"""A decision to send becomes the very bytes that will travel; pure, so a preview is the truth."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from nurture.core.account import UnsubscribeHeader
from nurture.core.calendar import zone_info
from nurture.core.choice.pledged import promise_values
from nurture.core.contact.address import address_mark
from nurture.core.merge_field import values_for
from nurture.core.sequence import Intent
from nurture.core.situation import Situation
from nurture.core.touch import Touch, TouchState
from nurture.errors import Place
from nurture.mail.delivery import Envelope
from nurture.mail.thread import references_for, reply_subject
from nurture.mail.tokens import Leaving, plus_address, sign, sign_leaving
from nurture.mail.write.attachment import Attachment
from nurture.mail.write.compose import Correspondent, Message, compose
from nurture.mail.write.field import BadHeader, a_labels
from nurture.mail.write.footer import closing, footer
from nurture.mail.write.markdown import read
from nurture.mail.write.rendered import Filled, Rendered
from nurture.mail.write.template import Hole, Template
from nurture.value import frozen

_PERSONAL_A_DAY = 200  # mails that one person might still write by hand
_STOP = "u"  # the tag by which signals.opt_out knows the address, whoever writes to it
_SAFE = "+!$*-/^_`{|}~.'"  # RFC 6068 section 2
_REACHED_THEM = (TouchState.SENT, TouchState.UNCERTAIN)
# Looked up once, not for each mail.
_GREET, _GREETINGS, _NEVER = Intent.GREET, UnsubscribeHeader.GREETINGS, UnsubscribeHeader.NEVER

Files = Callable[[str], Attachment | None]
"""Finds a file by its path below the sequences folder."""


def _no_file(_path: str) -> None:
    return None


@frozen
class Sheet:
    """A mail in words, before it is bytes; `foot` stands below its text, whoever edits that.

    `attachments` are paths below the sequences folder.
    """

    sender: Correspondent
    recipient: Correspondent
    words: Filled | Rendered
    foot: tuple[str, ...]
    message_id: str
    reply_to: Correspondent | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()
    is_flowed: bool = False


@frozen
class Letter:
    """A mail that is ready to leave."""

    subject: str
    envelope: Envelope
    sheet: Sheet


def write(
    situation: Situation,
    template: Template,
    thread: Sequence[Touch],
    *,
    message_id: str,
    key: bytes,
    intent: Intent = Intent.GIVE,
    attachments: Sequence[str] = (),
    files: Files = _no_file,
) -> Letter:
    """Renders and composes the mail of this decision.

    A template with a subject of its own starts a new conversation; one without continues the
    `thread` of the enrollment, by the subject it really began with (domain.md M5).  Raises Hole
    where a value or a file is missing, or a value cannot stand in its header: a mail with a hole
    never leaves (domain.md M15, F4).
    """
    contact, account, owner = situation.contact, situation.account, situation.account.owner
    values = values_for(contact, account, situation.sequence, template.variables)
    if "promise" in template.variables:
        values["promise"] = promise_values(situation)
    rendered = template.render(values)
    follows = () if rendered.subject else _conversation(thread, template)
    foot = footer(
        owner.name,
        owner.postal_address,
        situation.sequence.why,
        contact.language or owner.language,
        owner.language,
    )
    link = _link(situation, key)
    name = contact.name
    # By place here and below: for each mail, naming the fields costs as much again.
    sheet = Sheet(
        _sender(account.address, owner.name),
        Correspondent(contact.address, "" if name == contact.address else name),
        replace(rendered, subject=reply_subject(follows[0].subject)) if follows else rendered,
        (*foot, link) if link else foot,
        message_id,
        _reply_to(situation, key),
        follows[-1].message_id if follows else "",
        references_for(touch.message_id for touch in follows) if follows else (),
        _unsubscribe(situation, intent, key, link),
        tuple(attachments),
        account.format_flowed,
    )
    try:
        return fold(sheet, _local(situation.now, owner.zone), lambda path: _found(path, files))
    except BadHeader as error:
        raise Hole("", Place(template.file), str(error)) from error


@lru_cache(maxsize=64)
def _sender(address: str, name: str) -> Correspondent:
    """One for all mails of an account."""
    return Correspondent(address, name)


@lru_cache(maxsize=64)
def _local(now: datetime, zone: str) -> datetime:
    """Once for all mails of a batch, which are written at one instant."""
    return now.astimezone(zone_info(zone))


def _found(path: str, files: Files = _no_file) -> Attachment:
    file = files(path)
    if file is None:
        raise Hole("", Place(path), "is missing or cannot go with a mail")
    return file


def fold(sheet: Sheet, date: datetime, file: Callable[[str], Attachment] = _found) -> Letter:
    """The sheet as the bytes that travel, dated so; the same sheet gives the same bytes.

    Once it was stored, quoted-printable may break its lines elsewhere; it reads the same.  `file`
    gives what it attaches and shows, by its path.  Raises BadHeader, a ValueError, where a value
    cannot stand in its header, and whatever `file` raises.
    """
    words, below = sheet.words, closing(sheet.foot)
    parts = words.parts(below)
    is_read = sheet.is_flowed or not all(parts)
    message = Message(
        sheet.sender,
        sheet.recipient,
        words.subject,
        words.text + below.text if is_read else "",
        sheet.message_id,
        date,
        words.html and words.html + below.html if is_read else "",
        sheet.reply_to,
        sheet.in_reply_to,
        sheet.references,
        sheet.headers,
        tuple(map(file, sheet.attachments)) if sheet.attachments else (),
        tuple(map(file, words.pictures)) if words.pictures else (),
        parts,
        sheet.is_flowed,
    )
    wire = compose(message)
    envelope = Envelope(sheet.sender.address, sheet.recipient.address, wire, sheet.message_id)
    return Letter(words.subject, envelope, sheet)


def reworded(sheet: Sheet, subject: str, text: str) -> Sheet:
    """The sheet in other words, written in Markdown as templates are; the footer stays.

    Raises ValueError, with words, for no subject, no text, or a placeholder in either.
    """
    if not subject.strip() or not text.strip():
        raise ValueError("a mail needs a subject and a text")
    if left := re.search(r"\{\{|\{%|\}\}|%\}", subject + text):
        raise ValueError(f"{left[0]!r} is left of a template: write the words themselves")
    parts = read(text.strip("\n"))
    words = Rendered(subject.strip(), parts.text, parts.html, parts.pictures)
    return replace(sheet, words=words)


def _conversation(thread: Sequence[Touch], template: Template) -> tuple[Touch, ...]:
    """The touches that reached the person since the last one that began a conversation."""
    reached = tuple(touch for touch in thread if touch.state in _REACHED_THEM)
    if not reached:
        why = "is needed, for there is no earlier mail to continue"
        raise Hole("subject", Place(template.file), why)
    begins = max(
        (place for place, touch in enumerate(reached) if not touch.subject.startswith("Re: ")),
        default=0,
    )
    return reached[begins:]


def _reply_to(situation: Situation, key: bytes) -> Correspondent | None:
    """A plus-address that names the contact, where the provider delivers those (domain.md M7).

    None where the account's own name leaves no room for the token; ids and sender still tell.
    """
    address = _tagged(situation, situation.account.address, key)
    return Correspondent(address, situation.account.owner.name) if address else None


def _tagged(situation: Situation, address: str, key: bytes) -> str:
    """The address with the contact's token, which never expires (P15); empty where it cannot be."""
    if not situation.account.subaddressing:
        return ""
    try:
        return plus_address(address, sign(key, str(situation.contact.id)))
    except ValueError:
        return ""


def _link(situation: Situation, key: bytes) -> str:
    """Where the contact can say no on the web; it tells nobody who they are."""
    base, contact = situation.account.unsubscribe_url, situation.contact
    if not base:
        return ""
    mark = address_mark(key, contact.address)
    return f"{base}/{sign_leaving(key, Leaving(contact.id, mark))}"


def _unsubscribe(
    situation: Situation, intent: Intent, key: bytes, link: str
) -> tuple[tuple[str, str], ...]:
    """List-Unsubscribe by mail, needing no web server (RFC 2369; domain.md P11, P13, P17).

    Greetings carry it, and so does everything where so many mails a day leave that they are no
    personal letters any more.  The `link` and one-click go with it where the account's DKIM is
    known to sign both fields: elsewhere receivers ignore them (RFC 8058 section 4).
    """
    account = situation.account
    wanted = account.unsubscribe_header
    is_personal = intent is not _GREET and account.limits.per_day <= _PERSONAL_A_DAY
    if wanted is _NEVER or (wanted is _GREETINGS and is_personal):
        return ()
    to = account.address
    if account.subaddressing:
        local, _, domain = to.rpartition("@")
        to = _tagged(situation, f"{local}+{_STOP}@{domain}", key) or to
    target = f"<mailto:{_in_url(to)}?subject=unsubscribe>"
    if not link or not account.signs_one_click:
        return (("List-Unsubscribe", target),)
    return (
        ("List-Unsubscribe", f"<{link}>, {target}"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


@lru_cache(maxsize=256)
def _in_url(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{quote(local, safe=_SAFE)}@{a_labels(domain)}"
