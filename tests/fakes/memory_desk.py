"""What people have to do and to know, in memory."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from nurture import ports
from nurture.core.contact import Contact
from nurture.core.effect import NOTHING
from nurture.core.enrollment import Enrollment, State
from nurture.core.handoff import Handoff, HandoffState
from nurture.core.handoff.brief import THEY, YOU, Said, said_by_us
from nurture.core.handoff.deed import Deed
from nurture.core.task import TaskState
from nurture.core.touch import Touch
from nurture.mail.cursor import Folder
from nurture.storage import rule
from nurture.storage.lane import first_of_lanes
from tests.fakes.memory_work import act, resume, run_out
from tests.fakes.memory_world import Mail, World


@dataclass(frozen=True, slots=True)
class MemoryDesk:
    """ports.Desk in memory."""

    world: World

    async def handoffs(self, *, open_only: bool = True) -> tuple[Handoff, ...]:
        found = sorted(self.world.handoffs.values(), key=lambda each: (each.opened_at, each.id))
        return tuple(
            each for each in found if not (open_only and each.state is HandoffState.CLOSED)
        )

    async def conversation(self, handoff_id: int) -> ports.Conversation | None:
        handoff = self.world.handoffs.get(handoff_id)
        if handoff is None:
            return None
        heard = self.world.mails[handoff.inbound_id - 1].heard
        evidence = heard.verdict.evidence if heard.verdict else ()
        touches = [
            each
            for each in self.world.touches.values()
            if each.contact_id == handoff.contact_id and each.state in rule.MAY_HAVE_LEFT
        ]
        sent = tuple(sorted(touches, key=lambda each: (each.begun_at, each.id)))
        return ports.Conversation(
            handoff=handoff,
            contact=self.world.contacts[handoff.contact_id],
            inbound_subject=heard.subject,
            inbound_sender=heard.sender,
            inbound_message_id=heard.message_id,
            inbound_references=heard.references,
            inbound_text=heard.text,
            inbound_at=heard.at,
            verdict=str(heard.verdict.meaning) if heard.verdict else "",
            evidence=tuple(f"{each.signal}: {each.quote}" for each in evidence),
            enrollments=first_of_lanes(await self.enrollments(handoff.contact_id)),
            touches=sent,
            confidence=heard.verdict.confidence if heard.verdict else None,
            answers=next((each for each in sent if each.id == _touch_id(heard)), None),
            said=_said(self.world, handoff, sent),
            tasks=tuple(
                task
                for task in self.world.tasks.values()
                if task.contact_id == handoff.contact_id and task.state is TaskState.OPEN
            ),
            before=tuple(
                each
                for each in self.world.handoffs.values()
                if each.contact_id == handoff.contact_id and each.outcome and each is not handoff
            ),
        )

    async def handoff(self, handoff_id: int) -> Handoff | None:
        return self.world.handoffs.get(handoff_id)

    async def act(self, handoff_id: int, deed: Deed, now: datetime) -> ports.Acted:
        return await act(self.world, handoff_id, deed, now)

    async def run_out(self, now: datetime) -> tuple[Handoff, ...]:
        return run_out(self.world, now)

    async def remind(
        self, handoff: Handoff, subject: str, key: str, now: datetime, *, in_place: bool
    ) -> bool:
        is_told = any(post.key == key for post in self.world.posts.values())
        if is_told or self.world.handoffs.get(handoff.id) != handoff:
            return False
        kind, account = ports.NoticeKind.BRIEF, handoff.account
        notice = ports.Notice(
            0, account, kind, subject, subject, now, handoff_id=handoff.id, in_place=in_place
        )
        self.world.post(notice, key)
        return True

    async def answer_times(self, since: datetime) -> tuple[Handoff, ...]:
        asked = (each for each in self.world.handoffs.values() if each.asked_at)
        return tuple(each for each in asked if each.answered_at and each.answered_at >= since)

    async def silent(
        self, before: datetime, accounts: Collection[str]
    ) -> tuple[int, tuple[tuple[Contact, datetime | None], ...]]:
        world, found = self.world, []
        for contact in world.contacts.values():
            known = (world.last_touch.get(contact.id), world.last_heard.get(contact.id))
            last = max((at for at in known if at), default=None)
            is_mine = contact.account in {*accounts, ""}
            is_free = is_mine and not world.refused(contact.address)
            if is_free and (last is None or last < before):
                found.append((contact, last))
        found.sort(key=lambda each: (-each[0].value, each[0].address))
        return len(found), tuple(found[:5])

    async def resume(self, contact_id: int, on: datetime, why: str, now: datetime) -> int:
        return resume(self.world, contact_id, on, why, now)

    async def tell(
        self,
        account: str,
        subject: str,
        text: str,
        now: datetime,
        key: str,
        *,
        kind: ports.NoticeKind = ports.NoticeKind.ALERT,
    ) -> bool:
        return self.world.alert(account, ports.Alert(subject, text), now, key, kind)

    async def notices_due(self, now: datetime, limit: int = 20) -> tuple[ports.Notice, ...]:
        posts = [post for post in self.world.posts.values() if not post.is_told]
        posts.sort(key=lambda post: (post.due_at, post.notice.id))
        return tuple(post.notice for post in posts if post.due_at <= now)[:limit]

    async def notice_tried(self, notice_id: int, errand: ports.Errand) -> None:
        post = self.world.posts[notice_id]
        known = {each.channel: each for each in post.notice.errands}
        before = known.get(errand.channel)
        if before is None or before.told_at is None:
            known[errand.channel] = errand
        tried = tuple(known[channel] for channel in sorted(known))
        post.notice = replace(post.notice, errands=tried)

    async def notice_told(self, notice_id: int, now: datetime) -> None:
        self.world.posts[notice_id].is_told = True

    async def notice_failed(self, notice_id: int, retry_at: datetime, why: str) -> None:
        post = self.world.posts[notice_id]
        post.notice = replace(post.notice, attempts=post.notice.attempts + 1)
        post.due_at = retry_at

    async def ledger(self, contact_id: int) -> tuple[ports.LedgerEntry, ...]:
        lines = [line for line in self.world.lines if line.contact_id == contact_id]
        return tuple(sorted(lines, key=lambda line: line.at))

    async def enrollments(self, contact_id: int) -> tuple[Enrollment, ...]:
        return tuple(walk for walk in self.world.walks.values() if walk.contact_id == contact_id)

    async def held(self, limit: int = 200) -> tuple[tuple[Enrollment, Contact], ...]:
        waiting = {State.PAUSED, State.HANDED_OFF}
        found = [
            walk
            for walk in self.world.walks.values()
            if walk.state in waiting or (walk.state is State.ACTIVE and walk.held_why)
        ]
        told = first_of_lanes(found)[:limit]
        return tuple((walk, self.world.contacts[walk.contact_id]) for walk in told)

    async def upcoming(self, limit: int = 200) -> tuple[tuple[Enrollment, Contact], ...]:
        known = self.world.walks.values()
        active = [walk for walk in known if walk.state is State.ACTIVE and walk.due_at]
        active.sort(key=lambda walk: (walk.due_at, walk.id))
        return tuple((walk, self.world.contacts[walk.contact_id]) for walk in active[:limit])

    async def quarantined(self) -> int:
        return sum(not each.corrected for each in self.world.shunted.values())

    async def to_check(self, limit: int = 200) -> tuple[ports.Doubtful, ...]:
        world = self.world
        made = {_place(mail.heard) for mail in world.mails}
        found = [_doubtful(mail) for mail in world.mails if mail.heard.to_check]
        found += [each for each in world.shunted.values() if _place(each.heard) not in made]
        waiting = [each for each in found if not each.corrected]
        return tuple(sorted(waiting, key=lambda each: each.heard.at)[:limit])

    async def doubtful(self, mail: str) -> ports.Doubtful | None:
        known = [*(_doubtful(each) for each in self.world.mails), *self.world.shunted.values()]
        return next((each for each in known if each.id == mail), None)


def _touch_id(heard: ports.Heard) -> int | None:
    return heard.match.touch.id if heard.match and heard.match.touch else None


def _said(world: World, handoff: Handoff, sent: tuple[Touch, ...]) -> tuple[Said, ...]:
    theirs = [
        mail.heard
        for mail in world.mails
        if mail.heard.match
        and mail.heard.match.contact.id == handoff.contact_id
        and mail.id != handoff.inbound_id
    ]
    words = {mail.heard.copy_of: mail.heard.text for mail in world.mails}
    mails = [
        Said(
            each.fetched.arrived_at or each.at,
            YOU if each.fetched.folder is Folder.SENT else THEY,
            each.subject,
            each.text,
        )
        for each in theirs
    ]
    mails += [said_by_us(each, words.get(each.id, "")) for each in sent]
    return tuple(sorted(mails, key=lambda each: each.at))


def _place(heard: ports.Heard) -> tuple[object, ...]:
    return (heard.account, heard.fetched.folder, heard.fetched.cursor)


def _doubtful(mail: Mail) -> ports.Doubtful:
    heard, verdict = mail.heard, mail.heard.verdict
    fetched = heard.fetched if heard.to_check else replace(heard.fetched, raw=b"", size=0)
    evidence = verdict.evidence if verdict else ()
    return ports.Doubtful(
        id=str(mail.id),
        heard=replace(heard, verdict=None, effect=NOTHING, fetched=fetched),
        verdict=str(verdict.meaning) if verdict else "",
        confidence=verdict.confidence if verdict else None,
        evidence=tuple(f"{each.signal}: {each.quote}" for each in evidence),
        corrected=mail.corrected,
    )
