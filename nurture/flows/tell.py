"""Takes what the owner must learn from the outbox to a channel, until one has taken it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.brief import Answer, brief_subject, brief_text
from nurture.core.pace import tell_again_at
from nurture.errors import Unreachable
from nurture.mail.thread import references_for


@dataclass(frozen=True, slots=True)
class Town:
    """Everything it takes to reach the owners; channels are tried in their order."""

    accounts: Mapping[str, Account]
    desk: ports.Desk
    channels: Sequence[ports.Channel]
    clock: ports.Clock


async def tell_owners(town: Town) -> int:
    """Tries every notice that is due once; returns how many were taken.

    A notice leaves the outbox only after a channel took it, so a crash in between may tell
    twice, under the same message id, and never not at all (promise P8).
    """
    told = 0
    for notice in await town.desk.notices_due(town.clock.now()):
        failure = await _try(town, notice)
        now = town.clock.now()
        if failure is None:
            await town.desk.notice_told(notice.id, now)
            journal.owner_told(notice.account, notice.kind, notice=notice.id)
            told += 1
        else:
            again = tell_again_at(now, notice.attempts)
            await town.desk.notice_failed(notice.id, again, failure)
            journal.owner_not_told(notice.account, notice.kind, failure)
    return told


async def _try(town: Town, notice: ports.Notice) -> str | None:
    """None once it is told, else why not; one that breaks us never stops those behind it."""
    try:
        return await _try_channels(town.channels, await _compose(town, notice))
    except Unreachable:
        raise
    except Exception as error:
        return f"nurture broke on it: {error!r}"


async def _try_channels(channels: Sequence[ports.Channel], telling: ports.Telling) -> str | None:
    """None as soon as one took it, else every reason."""
    reasons = []
    for channel in channels:
        try:
            await channel.tell(telling)
        except Unreachable as error:
            reasons.append(str(error))
        else:
            return None
    return "; ".join(reasons) or "no channel is configured"


async def _compose(town: Town, notice: ports.Notice) -> ports.Telling:
    key = f"notice-{notice.id}"
    account = town.accounts.get(notice.account)
    talk = await town.desk.conversation(notice.handoff_id) if notice.handoff_id else None
    if talk is None or account is None:
        return ports.Telling(notice.account, key, notice.subject, notice.text)
    return _brief(key, account, talk, town.clock.now())


def brief_of(account: Account, talk: ports.Conversation, now: datetime) -> str:
    """The text of a brief as it stands now."""
    answer = Answer(
        talk.inbound_text, talk.inbound_at, talk.verdict, talk.handoff.reason, talk.evidence
    )
    return brief_text(
        talk.contact,
        answer,
        account,
        enrollments=talk.enrollments,
        touches=talk.touches,
        handoff_id=talk.handoff.id,
        mail_id=talk.handoff.inbound_id,
        now=now,
    )


def _brief(key: str, account: Account, talk: ports.Conversation, now: datetime) -> ports.Telling:
    chain = [each for each in (*talk.inbound_references, talk.inbound_message_id) if each]
    return ports.Telling(
        account.name,
        key,
        brief_subject(talk.contact, talk.inbound_subject),
        brief_of(account, talk, now),
        reply_to=talk.inbound_sender or talk.contact.address,
        answering=references_for(chain),
    )
