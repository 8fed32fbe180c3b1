"""Every event worth telling, one typed function each."""

from collections.abc import Iterable
from datetime import datetime

from nurture.log import log


def daemon_started(*, accounts: int, version: str) -> None:
    """The loops are running and the accounts are being read."""
    log.info("daemon_started", accounts=accounts, version=version)


def database_unusable(why: str) -> None:
    """The database cannot be opened or written; nothing begins until it can."""
    log.error("database_unusable", why=why)


def sequences_reread(*, sequences: int, changed: int) -> None:
    """So many sequences could be read, so many of them mean something else; mails are reworded."""
    log.info("sequences_reread", sequences=sequences, changed=changed)


def sequence_refused(why: str) -> None:
    """A file of the sequences cannot be used; its last good text runs on (promise P9)."""
    log.error("sequence_refused", why=why)


def clock_doubted(account: str, why: str) -> None:
    """Nothing leaves while nobody knows what time it is."""
    log.error("clock_doubted", account=account, why=why)


def daemon_stopped() -> None:
    """Everything under way was settled and every lease given back."""
    log.info("daemon_stopped")


def account_leased(account: str, *, epoch: int) -> None:
    """This worker may read and send for the account now."""
    log.info("account_leased", account=account, epoch=epoch)


def account_lease_lost(account: str) -> None:
    """Another worker holds the account; this one falls silent for it."""
    log.warning("account_lease_lost", account=account)


def account_read(account: str, *, heard: int) -> None:
    """Every watched folder was read to its end."""
    log.debug("account_read", account=account, heard=heard)


def account_unreadable(account: str, why: str) -> None:
    """The inbox cannot be read; until it can, nothing is sent (promise P5)."""
    log.warning("account_unreadable", account=account, why=why)


def folder_missing(account: str, folder: str) -> None:
    """A folder that was read before is gone; the others are read on without it."""
    log.warning("folder_missing", account=account, folder=folder)


def token_renewed(account: str, *, until: datetime) -> None:
    """The account's login by OAuth was refreshed, and its tokens are on the disk."""
    log.info("token_renewed", account=account, until=until.isoformat())


def account_rested(account: str, until: datetime, why: str) -> None:
    """The account sends nothing until then."""
    log.warning("account_rested", account=account, until=until.isoformat(), why=why)


def touches_sent(sequence: str, step: str, why: str, sent: Iterable[tuple[int, int]]) -> None:
    """The server took these mails, and that is committed: contact and touch of each."""
    each = [{"contact_id": contact, "touch": touch} for contact, touch in sent]
    log.info("touch_sent", sequence=sequence, step=step, why=why, each=each)


def touch_stopped(contact: int, sequence: str, step: str, why: str) -> None:
    """The last look found a reason; nothing left."""
    log.info("touch_stopped", contact_id=contact, sequence=sequence, step=step, why=why)


def touch_held(contact: int, sequence: str, step: str, why: str) -> None:
    """Something is missing or wrong; a person should see it."""
    log.warning("touch_held", contact_id=contact, sequence=sequence, step=step, why=why)


def touch_postponed(contact: int, sequence: str, step: str, *, until: datetime, why: str) -> None:
    """Nothing is wrong, it is only too early."""
    log.debug(
        "touch_postponed",
        contact_id=contact,
        sequence=sequence,
        step=step,
        until=until.isoformat(),
        why=why,
    )


def touch_deferred(contact: int, sequence: str, step: str, *, scope: str, answer: str) -> None:
    """Certainly not sent; it is tried again later under the same Message-ID."""
    log.warning(
        "touch_deferred",
        contact_id=contact,
        sequence=sequence,
        step=step,
        scope=scope,
        answer=answer,
    )


def touch_refused(contact: int, sequence: str, step: str, *, scope: str, answer: str) -> None:
    """Certainly not sent, and it will not be tried again."""
    log.warning(
        "touch_refused",
        contact_id=contact,
        sequence=sequence,
        step=step,
        scope=scope,
        answer=answer,
    )


def touch_uncertain(contact: int, sequence: str, step: str, *, touch: int, why: str) -> None:
    """It may or may not have left; counted as sent and never repeated by the machine."""
    log.warning(
        "touch_uncertain", contact_id=contact, sequence=sequence, step=step, touch=touch, why=why
    )


def touch_proven(contact: int, sequence: str, step: str, *, touch: int) -> None:
    """An uncertain touch was found in Sent."""
    log.info("touch_proven", contact_id=contact, sequence=sequence, step=step, touch=touch)


def copy_not_filed(account: str, why: str) -> None:
    """A copy of what was sent is not in Sent yet; it is tried again in the next round."""
    log.warning("copy_not_filed", account=account, why=why)


def reply_heard(
    contact: int, verdict: str, *, confidence: float, evidence: tuple[str, ...], inbound: int
) -> None:
    """A mail that belongs to a contact was read, judged and recorded."""
    log.info(
        "reply_heard",
        contact_id=contact,
        verdict=verdict,
        confidence=round(confidence, 2),
        evidence=list(evidence),
        inbound=inbound,
    )


def owner_wrote(contact: int) -> None:
    """The owner's own mail to a contact was seen in Sent."""
    log.info("owner_wrote", contact_id=contact)


def contact_opted_out(contact: int) -> None:
    """Somebody said no by the link in a mail."""
    log.info("contact_opted_out", contact=contact)


def unsubscribe_strange() -> None:
    """Somebody came with a link to unsubscribe that this installation never made."""
    log.warning("unsubscribe_strange")


def mail_ignored(account: str, why: str) -> None:
    """A mail that concerns no contact was recorded and left alone."""
    log.debug("mail_ignored", account=account, why=why)


def mail_quarantined(account: str, why: str) -> None:
    """A mail broke us; it is kept with its bytes for a person, and the next one is read."""
    log.error("mail_quarantined", account=account, why=why)


def verdict_corrected(mail: str, verdict: str, *, was: str) -> None:
    """A person said what a mail means."""
    log.info("verdict_corrected", mail=mail, verdict=verdict, was=was)


def enrollment_moved(contact: int, enrollment: int, state: str, why: str) -> None:
    """An enrollment was paused, handed off, resumed or ended."""
    log.info(f"enrollment_{state}", contact_id=contact, enrollment=enrollment, why=why)


def enrollment_held(contact: int, *, until: datetime, why: str) -> None:
    """What is due waits, without spending its own wait."""
    log.info("enrollment_held", contact_id=contact, until=until.isoformat(), why=why)


def contact_enrolled(contact: int, sequence: str) -> None:
    """A person starts a walk through a sequence."""
    log.info("contact_enrolled", contact_id=contact, sequence=sequence)


def draft_answered(contact: int, draft: int, what: str) -> None:
    """The owner accepted, reworded or skipped a mail that waited for their word."""
    log.info("draft_answered", contact_id=contact, draft=draft, what=what)


def draft_placed(contact: int, draft: int) -> None:
    """A mail that waits lies in its owner's Drafts folder, too."""
    log.info("draft_placed", contact_id=contact, draft=draft)


def draft_left(contact: int, draft: int, how: str) -> None:
    """Its copy is out of the Drafts folder: taken back by us, or missed there."""
    log.info("draft_left", contact_id=contact, draft=draft, how=how)


def draft_sent_by_hand(contact: int, draft: int) -> None:
    """The owner sent a mail that waited for their word."""
    log.info("draft_sent_by_hand", contact_id=contact, draft=draft)


def drafts_untended(account: str, why: str) -> None:
    """The Drafts folder could not be used; what waits is known here all the same."""
    log.warning("drafts_untended", account=account, why=why)


def contacts_admitted(account: str, count: int) -> None:
    """So many people have come to match a sequence that starts by itself."""
    log.info("contacts_admitted", account=account, count=count)


def intake_slowed(account: str, why: str) -> None:
    """Nobody begins what needs the owner, who has enough to do."""
    log.info("intake_slowed", account=account, why=why)


def cue_came_round(contact: int, sequence: str, *, is_task: bool) -> None:
    """The day of a note on a contact has come."""
    log.info("cue_came_round", contact=contact, sequence=sequence, is_task=is_task)


def walks_carried_over(sequence: str, revision: str, count: int) -> None:
    """So many people under way are on the sequence as it is written now."""
    log.info("walks_carried_over", sequence=sequence, revision=revision, count=count)


def task_finished(contact: int, sequence: str, step: str, *, how: str) -> None:
    """A human step is over, one way or the other."""
    log.info("task_finished", contact_id=contact, sequence=sequence, step=step, how=how)


def command_obeyed(account: str, verb: str) -> None:
    """What an owner asked for by mail was done, and is being confirmed."""
    log.info("command_obeyed", account=account, verb=verb)


def command_refused(account: str, why: str) -> None:
    """A mail to nurture was not obeyed; if it was its owner's, they are told what can be said."""
    log.info("command_refused", account=account, why=why)


def handoff_opened(contact: int, handoff: int, why: str) -> None:
    """The conversation belongs to a person now."""
    log.info("handoff_opened", contact_id=contact, handoff=handoff, why=why)


def handoff_worked(contact: int, handoff: int, state: str) -> None:
    """A person did something with it; or its time was over."""
    log.info("handoff_worked", contact_id=contact, handoff=handoff, state=state)


def handoff_reminded(contact: int, handoff: int, stage: str) -> None:
    """Nobody has taken it up; somebody is reminded, or the substitute is asked."""
    log.info("handoff_reminded", contact_id=contact, handoff=handoff, stage=stage)


def source_read(source: int, *, new: int) -> None:
    """A feed was fetched, or had not changed; so many new proposals wait for the owner."""
    log.info("source_read", source=source, new=new)


def source_refused(source: int, why: str) -> None:
    """A feed could not be fetched or used; nothing of it was kept."""
    log.warning("source_refused", source=source, why=why)


def day_summed_up(account: str, *, needs: int, goes_out: int) -> None:
    """The digest of a day is in the outbox."""
    log.info("day_summed_up", account=account, needs=needs, goes_out=goes_out)


def owner_told(account: str, kind: str, *, notice: int, channel: str) -> None:
    """A channel took a brief or an alert."""
    log.info("owner_told", account=account, kind=kind, notice=notice, channel=channel)


def owner_not_told(account: str, kind: str, why: str, *, channel: str) -> None:
    """A channel did not take it; it stays in the outbox and is tried there again."""
    log.warning("owner_not_told", account=account, kind=kind, why=why, channel=channel)


def enrollment_broke(enrollment: int, why: str) -> None:
    """Our own mistake; this enrollment is held for a person, the others go on."""
    log.error("enrollment_broke", enrollment=enrollment, why=why, exc_info=True)


def loop_failed(loop: str, why: str) -> None:
    """A loop met something unforeseen and starts over after a pause."""
    log.error("loop_failed", loop=loop, why=why, exc_info=True)


def sending_halted(kind: str, why: str) -> None:
    """Nothing is sent any more, by a person's word or since the database came from a copy."""
    log.warning("sending_halted", kind=kind, why=why)


def sending_resumed(kind: str, why: str) -> None:
    """A halt was lifted by a person."""
    log.warning("sending_resumed", kind=kind, why=why)


def sending_stands_still(account: str, why: str) -> None:
    """What is due is left alone as long as a halt lasts; hearing goes on."""
    log.info("sending_stands_still", account=account, why=why)


def mail_recalled(contact: int, step: str) -> None:
    """A mail of ours that the database had forgotten was found in Sent and counts as sent."""
    log.info("mail_recalled", contact_id=contact, step=step)


def walk_doubted(contact: int, why: str) -> None:
    """Sent holds a mail to this contact that no step explains: a person must look."""
    log.warning("walk_doubted", contact_id=contact, why=why)
