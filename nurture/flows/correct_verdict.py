"""Applies a person's verdict to a mail that the machine was not sure of, or got wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.effect import NOTHING, Effect, effect_of
from nurture.core.verdict import Evidence, Meaning, Verdict
from nurture.errors import Broken, Misconfigured
from nurture.mail.read.inbound import read
from nurture.signals import judge_mail
from nurture.value import frozen


@frozen
class Court:
    """Everything it takes to take a person's word."""

    accounts: Mapping[str, Account]
    desk: ports.Desk
    incoming: ports.Incoming
    clock: ports.Clock


@frozen
class Corrected:
    """What came of it; `before` is the mail as it stood, `recorded` what the word changed."""

    before: ports.Doubtful
    recorded: ports.Recorded


async def correct_verdict(court: Court, mail: str, meaning: Meaning) -> Corrected:
    """The mail means this: everything else follows in one transaction (see ports.Incoming).

    Raises Misconfigured where there is no such mail, or its account is not in the settings.
    """
    before = await court.desk.doubtful(mail)
    if before is None:
        raise Misconfigured(f"there is no mail {mail}: see `nurture verdict`")
    now = court.clock.now()
    account = court.accounts.get(before.heard.account)
    if account is None:
        raise Misconfigured(f"account {before.heard.account!r} of mail {mail} has no settings")
    verdict = Verdict(meaning, 1.0, _evidence(before, now))
    effect = _effect(verdict, before.contact, account, now)
    heard = replace(
        before.heard, at=now, verdict=verdict, effect=effect, outcome=str(meaning), to_check=""
    )
    recorded = await court.incoming.correct(mail, heard)
    if recorded.is_new:
        journal.verdict_corrected(mail, str(meaning), was=before.corrected or before.verdict)
    return Corrected(before, recorded)


def _evidence(before: ports.Doubtful, now: datetime) -> tuple[Evidence, ...]:
    """The dates and names that the reader saw, whatever it made of them."""
    if not before.heard.fetched.raw:
        return ()
    inbound = read(before.heard.fetched.raw)
    today = (inbound.date or now).date()
    try:
        return judge_mail(inbound, known_contact=True, today=today).evidence
    except Broken:
        return ()


def _effect(verdict: Verdict, contact: Contact | None, account: Account, now: datetime) -> Effect:
    if contact is None:
        return NOTHING
    return effect_of(verdict, contact, account, now, is_certain=True)
