"""Hears a mail that was written to nurture itself: proven, read, done and answered, or refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from nurture import journal, ports
from nurture.core.account import Owner
from nurture.core.calendar import local_day
from nurture.core.effect import NOTHING
from nurture.core.handoff.ticket import Matter, Ticket
from nurture.instruction import Clerk, Unclear, understand
from nurture.mail.cursor import Fetched, Folder
from nurture.mail.read.authenticity import only_author, vouched_by
from nurture.mail.read.inbound import Inbound
from nurture.mail.read.ticket import cites_notice, nonce_from, nonce_in
from nurture.mail.thread import bare_subject, references_for, reply_subject
from nurture.mail.words.command import Command, Unread, Verb, Why, read_command
from nurture.mail.words.quoting import visible
from nurture.ports.instructions import Instructions, Reply, unproven_key
from nurture.value import frozen

GRACE = timedelta(minutes=10)
"""How long the copy in Sent, which proves a command, may come after it: programs file it late."""

_ALERT = ports.NoticeKind.ALERT
_WHY = {
    Why.EMPTY: "there is no word of yours above the quotation",
    Why.UNKNOWN: "“{}” is none of the lines I know",
    Why.NO_DAY: "“{}” names no day that I could read, from tomorrow on",
    Why.NO_AMOUNT: "“{}” names no sum that I could read",
    Why.SEVERAL: "there is more than one command in it: write one line a mail",
}


class Fate(StrEnum):
    """What became of a mail."""

    NOT_MEANT = "not_meant"  # not for nurture: to be heard like any other
    UNPROVEN = "unproven"  # nothing is done; its copy in Sent may come and prove it
    SETTLED = "settled"


@frozen
class Audience:
    """Everything it takes to obey what is heard for one account."""

    clerk: Clerk
    instructions: Instructions
    clock: ports.Clock
    key: bytes


@frozen
class _Mail:
    """A mail that carries a ticket of ours, and when it was heard."""

    inbound: Inbound
    fetched: Fetched
    ticket: Ticket
    now: datetime


async def obey(audience: Audience, inbound: Inbound, fetched: Fetched) -> Fate:
    """Does what an owner asks in one line, once, and answers them; whoever else asks is refused.

    A command counts where its ticket is of this owner's, unspent and in time; where an own address
    wrote it; and where it lies in Sent, or the receiving provider vouches for it (RFC 8601).  What
    is addressed to a contact, and what a machine sent, never is one.  Committed before returning.
    """
    if _is_automatic(inbound):
        return Fate.NOT_MEANT
    nonce, now = nonce_in(inbound, audience.key), audience.clock.now()
    may_slip = _is_in_sent(fetched) and cites_notice(inbound)
    to_contact = await _contact_among(audience, inbound) if nonce or may_slip else None
    if to_contact is not None:
        await _warn_of_slip(audience, inbound, fetched, to_contact, now)
        return Fate.NOT_MEANT
    ticket = await audience.instructions.ticket(nonce) if nonce else None
    if ticket is None:
        return Fate.NOT_MEANT
    mail = _Mail(inbound, fetched, ticket, now)
    speaker = _speaker(audience, mail)
    if speaker is not None:
        audience = replace(audience, clerk=replace(audience.clerk, speaker=speaker))
    if speaker is None or not audience.clerk.is_own(ticket.account):
        await _refuse(audience, mail, None, "it did not come from you")
        return Fate.NOT_MEANT
    if not _is_proven(audience, mail):
        return await _doubt(audience, mail)
    await _answer(audience, mail)
    return Fate.SETTLED


def _is_automatic(inbound: Inbound) -> bool:
    """What a machine sent, our own notices among them (RFC 3834 section 5)."""
    said = inbound.header("auto-submitted") or "no"
    return said.partition(";")[0].strip().lower() != "no" or inbound.return_path == ""


def _is_in_sent(fetched: Fetched) -> bool:
    return fetched.folder is Folder.SENT


async def _contact_among(audience: Audience, inbound: Inbound) -> int | None:
    """The first contact whom it is addressed to: then it is a letter, whatever it says."""
    everybody = tuple(dict.fromkeys(inbound.recipients))
    known = await audience.clerk.people.contacts(everybody)
    return next((known[each].id for each in everybody if each in known), None)


def _speaker(audience: Audience, mail: _Mail) -> Owner | None:
    """Whose word it is: the owner's, or their substitute's (in whose Sent it may lie)."""
    author, account = only_author(mail.fetched.raw), audience.clerk.account
    if author in account.own_addresses:
        return account.owner
    stand_in = account.owner.substitute
    is_stand_in = stand_in is not None and author in (stand_in.address, *stand_in.also_mine)
    return stand_in if is_stand_in else None


def _is_proven(audience: Audience, mail: _Mail) -> bool:
    """Nobody but the owner files mail into Sent; of what arrives, the provider must vouch."""
    if mail.fetched.folder is Folder.INBOX:
        return vouched_by(mail.fetched.raw, audience.clerk.account.authserv_id) is not None
    return _is_in_sent(mail.fetched)


async def _doubt(audience: Audience, mail: _Mail) -> Fate:
    """Nothing is done; the owner is told, unless its copy in Sent comes within the grace."""
    ticket = mail.ticket
    if ticket.used_at is None:
        text = (
            "A mail in your name asked nurture for something.  Nothing was done: it does not lie\n"
            "in your Sent folder, and your provider does not vouch for it (see authserv_id in\n"
            "docs/commands.md).  If it was you, answer this mail from your own mail program.\n"
        )
        later, key = mail.now + GRACE, unproven_key(ticket.nonce)
        reply = Reply(
            ticket.account,
            "A command could not be proven to be yours",
            text,
            key,
            later,
            kind=_ALERT,
        )
        await audience.instructions.answer(_heard(audience, mail, "a command without proof"), reply)
        journal.command_refused(ticket.account, "not proven")
        return Fate.UNPROVEN
    if ticket.used_by == mail.inbound.message_id:
        await audience.instructions.answer(_heard(audience, mail, "a command, heard already"), None)
        return Fate.SETTLED
    heard = _heard(audience, mail, "a command that was refused")
    await _refuse(audience, mail, heard, "its ticket was used before, and nothing proves it yours")
    return Fate.SETTLED


async def _refuse(audience: Audience, mail: _Mail, heard: ports.Heard | None, why: str) -> None:
    """Tells the owner, once a day at most, and nothing to whoever wrote."""
    account = audience.clerk.account.name
    text = (
        f"A mail brought a ticket of yours back, and was refused: {why}.  Nothing was done.\n"
        "Tickets stand in the notices that nurture sends you: somebody may have been shown one.\n"
    )
    key = f"refused/{account}/{mail.now:%Y-%m-%d}"
    reply = Reply(account, "A command by mail was refused", text, key, mail.now, kind=_ALERT)
    await audience.instructions.answer(heard, reply)
    journal.command_refused(account, why)


async def _answer(audience: Audience, mail: _Mail) -> None:
    """What the owner said, done and confirmed; or why it was not, with what can be said."""
    ticket, inbound = mail.ticket, mail.inbound
    heard = _heard(audience, mail, "a command of the owner's")
    if ticket.used_at is not None:
        is_copy = inbound.message_id and ticket.used_by == inbound.message_id
        again = "the mail that you answered was answered before: answer this one instead"
        await _say(audience, mail, heard, "" if is_copy else again, "spent")
    elif ticket.is_over(mail.now):
        words = "the mail that you answered is too old: answer this one instead"
        await _say(audience, mail, heard, words, "expired")
    else:
        said = _read(audience, mail)
        if isinstance(said, Unread):
            await _say(audience, mail, heard, _WHY[said.why].format(said.line), said.why)
        elif said.verb is Verb.HELP:
            await _say(audience, mail, heard, "these are the lines I know", "help")
        else:
            await _do(audience, mail, heard, said)


async def _do(audience: Audience, mail: _Mail, heard: ports.Heard, said: Command) -> None:
    meant = await understand(audience.clerk, mail.ticket, said, mail.now)
    if isinstance(meant, Unclear):
        await _say(audience, mail, heard, meant.words, "unclear")
        return
    reply = _reply(audience, mail, f"{meant.words}.\n\nYou wrote: {said.line}\n")
    done = await audience.instructions.obey(
        mail.ticket, meant.instruction, reply, heard, mail.inbound.message_id
    )
    if done.is_done:
        journal.command_obeyed(mail.ticket.account, said.verb)
    elif done.is_new:
        journal.command_refused(mail.ticket.account, "not possible")


async def _say(audience: Audience, mail: _Mail, heard: ports.Heard, words: str, why: str) -> None:
    """Answers without doing anything; without words the mail is only recorded."""
    text = f"Nothing was done: {words}.\n"
    reply = _reply(audience, mail, text) if words else None
    if await audience.instructions.answer(heard, reply) and words:
        journal.command_refused(mail.ticket.account, why)


def _reply(audience: Audience, mail: _Mail, text: str) -> Reply:
    """In the thread of what they wrote, once for each mail wherever its copies lie."""
    inbound, ticket = mail.inbound, mail.ticket
    nonce = nonce_from(audience.clock.mint_id("ticket"))
    chain = (*(inbound.references or inbound.in_reply_to), inbound.message_id)
    return Reply(
        ticket.account,
        reply_subject(inbound.subject or "nurture"),
        text,
        f"answer/{ticket.nonce}/{inbound.message_id or mail.fetched.digest}",
        mail.now,
        references_for(each for each in chain if each),
        replace(ticket, nonce=nonce, issued_at=mail.now, used_at=None, used_by=""),
        in_place=audience.clerk.speaker != audience.clerk.accounts[ticket.account].owner,
    )


def _read(audience: Audience, mail: _Mail) -> Command | Unread:
    """The line above the quotation; where there is none, a subject of their own."""
    today = local_day(mail.now, audience.clerk.speaker.zone)
    body = read_command(visible(mail.inbound.plain, mail.inbound.html).body, today=today)
    subject = " ".join(mail.inbound.subject.split())
    if isinstance(body, Command) or body.why is not Why.EMPTY or bare_subject(subject) != subject:
        return body
    named = read_command(subject.partition("[")[0], today=today)
    return named if isinstance(named, Command) else body


def _heard(audience: Audience, mail: _Mail, outcome: str) -> ports.Heard:
    """The mail as it is recorded.  Its copies in other folders are mails of their own here.

    A program may file the very bytes that it sends: the copy in Sent must still be looked at.  It
    takes nothing of the account's day, since it goes no further than the owner's own mailbox.
    """
    inbound, fetched = mail.inbound, mail.fetched
    return ports.Heard(
        account=audience.clerk.account.name,
        fetched=fetched,
        at=mail.now,
        message_id=inbound.message_id,
        references=inbound.references,
        sender=inbound.sender,
        subject=inbound.subject,
        text="",
        digest=f"{fetched.digest}/{fetched.folder}",
        verdict=None,
        match=None,
        effect=NOTHING,
        outcome=outcome,
    )


async def _warn_of_slip(
    audience: Audience, inbound: Inbound, fetched: Fetched, contact_id: int, now: datetime
) -> None:
    """A reply to a brief goes to the contact: one that is only a command was meant for us.

    It cannot be called back, and nothing is done: it may have been meant for them after all.
    """
    if not (_is_in_sent(fetched) and cites_notice(inbound)):
        return
    said = read_command(visible(inbound.plain, inbound.html).body, today=now.date())
    handoffs = await audience.clerk.desk.handoffs() if isinstance(said, Command) else ()
    theirs = next((each for each in handoffs if each.contact_id == contact_id), None)
    if theirs is None or isinstance(said, Unread):
        return
    account = audience.clerk.account.name
    nonce = nonce_from(audience.clock.mint_id("ticket"))
    ticket = Ticket(nonce, account, Matter.HANDOFF, theirs.id, 0, now)
    text = (
        f"You answered a brief with “{said.line}”.  That went to the contact, not to nurture, and\n"
        "nothing was done.  If it was meant for nurture, answer this mail with the same line.\n"
    )
    subject = "Your line went to the contact"
    key = f"slip/{inbound.message_id or fetched.digest}"
    await audience.instructions.answer(
        None, Reply(account, subject, text, key, now, (), ticket, _ALERT)
    )
