"""An answer to this mailbox is seen and recognised: the proof without which nothing is sent."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

from nurture.core.contact.address import domain_of
from nurture.doctor.finding import Finding, fail, from_error, ok, warn
from nurture.doctor.patient import Patient, SelfTest
from nurture.doctor.probe import Apparatus, Heard, try_answer
from nurture.errors import NurtureError
from nurture.mail.read.signature import results, signatures
from nurture.settings import AccountSettings
from nurture.transport.imap import ImapMailbox
from nurture.transport.smtp import SmtpCourier
from nurture.wiring.server import endpoints_of
from nurture.wiring.world import World

NAME = "replies"
HOW = "self-test"
_ELSEWHERE = "send-test to a mailbox elsewhere, and look there for spf, dkim and dmarc"
_LATE = timedelta(minutes=5)
_EARLY = timedelta(minutes=-1)  # INTERNALDATE has whole seconds, and servers differ by a few


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """A self-test for each account that has no proof yet, or that was asked for."""
    if patient.world is None:
        return
    for each in patient.accounts:
        name = each.account.name
        state = await patient.world.store.accounts.state(name)
        is_proven = state.proven_mailbox == each.place
        if is_proven and patient.self_test is not SelfTest.ALWAYS:
            seen = f"proven on {state.proven_at:%Y-%m-%d} by {state.proven_how}"
            yield ok(NAME, name, seen)
        elif patient.self_test is SelfTest.NEVER:
            remedy = f"run `nurture doctor {name}`; until then nothing is sent"
            yield warn(NAME, name, "nobody has seen an answer recognised", remedy)
        else:
            async for finding in _try(patient, patient.world, each):
                yield finding


async def _try(patient: Patient, world: World, account: AccountSettings) -> AsyncIterator[Finding]:
    name, address = account.account.name, account.account.address
    patient.tell(f"{name}: sending two mails to {address}, and waiting for them")
    imap, smtp = endpoints_of(patient.settings, account, patient.clock)
    mailbox, courier = ImapMailbox(imap), SmtpCourier(smtp)
    apparatus = Apparatus(account.account, courier, mailbox, patient.clock, patient.settings.key)
    try:
        heard = await try_answer(apparatus)
    except NurtureError as error:
        for finding in from_error(NAME, name, error):
            yield finding
        return
    finally:
        await mailbox.close()
        await courier.close()
    await world.store.accounts.prove(name, account.place, HOW, patient.clock.now())
    yield ok(NAME, name, "a probe arrived, was answered, and the answer was recognised")
    for finding in read_probe(name, address, heard, one_click=account.account.signs_one_click):
        yield finding
    if account.account.files_sent_copy is not heard.is_filed:
        yield _misfiled(name, heard)


def _misfiled(name: str, heard: Heard) -> Finding:
    if heard.is_filed:
        seen = "the provider files copies into Sent itself, so each mail would lie there twice"
        return warn(NAME, name, seen, f"write files_sent_copy = true into [accounts.{name}]")
    seen = "no copy of the probe lies in Sent, though files_sent_copy says that there is"
    remedy = f"take files_sent_copy out of [accounts.{name}], unless the copy was only late"
    return warn(NAME, name, seen, remedy)


def read_probe(
    name: str, address: str, heard: Heard, *, one_click: bool = False
) -> Iterator[Finding]:
    """What the probe tells as it arrived: by whom it is signed, how it was judged, and when."""
    if results(heard.probe) or signatures(heard.probe):
        yield _judged(name, heard)
        yield from _signed(name, address, heard)
        if one_click or signatures(heard.probe):
            yield _covered(name, heard, one_click=one_click)
    else:
        seen = "mail of this server to itself is neither signed nor judged, so it tells nothing"
        yield warn(NAME, name, seen, _ELSEWHERE)
    if not _EARLY < heard.skew < _LATE:
        seconds = round(heard.skew.total_seconds())
        seen = f"the server dated the probe {seconds} s after we sent it"
        yield warn("clock", name, seen, "set this machine's clock (timedatectl)")


def _judged(name: str, heard: Heard) -> Finding:
    judged = results(heard.probe)
    if not judged:
        seen = "the server adds no Authentication-Results to mail that it sends to itself"
        return warn(NAME, name, seen, _ELSEWHERE)
    seen = ", ".join(f"{each}={result}" for each, result in sorted(judged.items()))
    if set(judged.values()) <= {"pass"}:
        return ok(NAME, name, seen)
    return warn(
        NAME, name, seen, "let the provider sign with your domain, and publish SPF and DMARC"
    )


def _signed(name: str, address: str, heard: Heard) -> Iterator[Finding]:
    found = signatures(heard.probe)
    if not found:
        remedy = "switch DKIM on at your provider; large receivers refuse unsigned mail"
        yield warn(NAME, name, "the probe bears no DKIM signature", remedy)
        return
    signers = ", ".join(f"{each.domain} (selector {each.selector})" for each in found)
    if any(each.is_aligned(domain_of(address)) for each in found):
        yield ok(NAME, name, f"signed by {signers}")
    else:
        remedy = f"switch DKIM on for {domain_of(address)} at your provider"
        yield warn(NAME, name, f"signed by {signers} alone, which is not your domain", remedy)


def _covered(name: str, heard: Heard, *, one_click: bool) -> Finding:
    """Whether one-click unsubscribing can work (RFC 8058 section 4), and is set as it is."""
    is_covered = any(each.covers_unsubscribe for each in signatures(heard.probe))
    if is_covered:
        more = "" if one_click else f"; [unsubscribe] and one_click of [accounts.{name}] may be set"
        return ok(NAME, name, f"the signature covers the unsubscribe headers{more}")
    seen = "the signature does not cover the unsubscribe headers"
    if one_click:
        remedy = f"take one_click out of [accounts.{name}], or let the provider sign both headers"
        return fail(NAME, name, f"{seen}, so receivers ignore one-click", remedy)
    return warn(NAME, name, seen, "nothing: the sentence in each mail is what readers use")
