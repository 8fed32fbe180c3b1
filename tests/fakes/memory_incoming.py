"""What was heard, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from nurture import ports
from nurture.core.contact import Contact
from nurture.core.effect import NOTHING
from nurture.core.enrollment import State, move
from nurture.core.handoff.brief import brief_subject
from nurture.core.touch import TOUCH_TRANSITIONS, Touch, TouchState, move_touch
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.mail.thread import bare_subject
from nurture.storage import rule
from nurture.storage.handing import handed
from nurture.storage.lane import first_of_lanes
from nurture.storage.ledger import OF_TOUCH, Event
from tests.fakes.memory_correct import correct
from tests.fakes.memory_promises import keep_promises
from tests.fakes.memory_world import Mail, World, colleagues


@dataclass(frozen=True, slots=True)
class MemoryIncoming:
    """ports.Incoming in memory."""

    world: World

    async def cursor(self, account: str, folder: Folder) -> Cursor | None:
        return self.world.cursors.get((account, folder))

    async def set_cursor(self, account: str, folder: Folder, cursor: Cursor) -> None:
        self.world.cursors[account, folder] = cursor

    async def touch_of(self, ids: Sequence[str]) -> Touch | None:
        found = [self.world.touches[self.world.ids[each]] for each in ids if each in self.world.ids]
        return max(found, key=lambda each: (each.begun_at, each.id), default=None)

    async def last_touch_to(self, contact_id: int) -> Touch | None:
        states = {*rule.MAY_HAVE_LEFT, TouchState.SENDING}
        known = self.world.touches.values()
        found = [each for each in known if each.contact_id == contact_id and each.state in states]
        return max(found, key=lambda each: (each.begun_at, each.id), default=None)

    async def record(self, heard: ports.Heard) -> ports.Recorded:
        world, fetched = self.world, heard.fetched
        world.cursors[heard.account, fetched.folder] = fetched.cursor
        known = next((mail.id for mail in world.mails if _is_same(mail.heard, heard)), None)
        if known is not None:
            return ports.Recorded(is_new=False, inbound_id=known)
        mail = Mail(len(world.mails) + 1, heard, asks_person=bool(heard.effect.handoff))
        world.mails.append(mail)
        if heard.spent:
            world.spend(heard.account, heard.spent, fetched.arrived_at or heard.at)
        if heard.trouble:
            scope, why = heard.trouble
            world.families[scope] = world.family(scope).tripped(why, heard.at)
        if heard.effect.alert:
            text = "\n".join((heard.effect.alert, _why(heard)))
            alert = ports.NoticeKind.ALERT
            world.post(ports.Notice(0, heard.account, alert, heard.effect.alert, text, heard.at))
        if heard.match is None:
            return ports.Recorded(is_new=True, inbound_id=mail.id)
        contact_id = heard.match.contact.id
        world.tell(heard.at, Event.MAIL_HEARD, _why(heard), contact_id)
        if heard.effect.touch_move is None and not heard.effect.owner_spoke:
            world.last_heard[contact_id] = heard.at
        return self._apply(mail, heard, contact_id)

    def _apply(self, mail: Mail, heard: ports.Heard, contact_id: int) -> ports.Recorded:
        world, effect, at = self.world, heard.effect, heard.at
        if effect.learn_alias:
            world.alias(contact_id, effect.learn_alias)
            world.tell(at, Event.ALIAS_LEARNT, effect.learn_alias, contact_id)
        contact = world.contacts[contact_id]
        if effect.suppress:
            world.refuse([contact.address, *contact.aliases], effect.suppress)
            world.tell(at, Event.ADDRESS_SUPPRESSED, effect.suppress, contact_id)
        moved: list[ports.Moved] = []
        cancelled: list[int] = []
        own = effect.handoff or effect.suppress or heard.outcome
        theirs = f"their colleague {contact.name} answered"
        for by, people, reason in (
            (effect.move, [contact_id], own),
            (effect.colleague_move, colleagues(world, contact), theirs),
        ):
            if by is not None:
                for walk in world.live(people):
                    if move(walk.state, by) is not State.ENDED:
                        mail.stops.setdefault(walk.id, walk.state is State.ACTIVE)
                some, off = world.move(world.live(people), by, reason, at)
                moved += some
                cancelled += off
        if effect.held_until:
            self._hold(contact_id, effect.held_until, effect.held_why, at)
        self._move_touch(heard)
        if effect.owner_spoke:
            self._owner_spoke(contact_id, at)
        keep_promises(world, heard.promises)
        number = None
        if effect.handoff:
            number = self._hand_off(mail, heard, contact, stopped=bool(moved))
        return ports.Recorded(
            is_new=True,
            inbound_id=mail.id,
            moved=tuple(moved),
            cancelled=tuple(sorted(cancelled)),
            handoff_id=number,
        )

    def _hold(self, contact_id: int, until: datetime, why: str, at: datetime) -> None:
        held = [
            (walk, rule.shifted(walk, until, why, at)) for walk in self.world.live([contact_id])
        ]
        changed = [after for walk, after in held if after != walk]
        for after in changed:
            self.world.walks[after.id] = after
        for after in first_of_lanes(changed):
            self.world.tell_walk(after, Event.TOUCH_HELD, why, at)

    def _move_touch(self, heard: ports.Heard) -> None:
        touch, by = heard.match.touch, heard.effect.touch_move
        now = self.world.touches.get(touch.id) if touch else None
        if now and by and (now.state, by) in TOUCH_TRANSITIONS:
            after = self.world.touches[now.id] = replace(now, state=move_touch(now.state, by))
            self.world.tell_touch(after, OF_TOUCH[after.state], _why(heard), heard.at)

    def _owner_spoke(self, contact_id: int, at: datetime) -> None:
        self.world.meet(contact_id, at)
        self.world.tell(at, Event.OWNER_SPOKE, "the owner wrote to them by hand", contact_id)
        self.world.owner_answered(contact_id, at)

    def _hand_off(self, mail: Mail, heard: ports.Heard, contact: Contact, *, stopped: bool) -> int:
        world, at = self.world, heard.at
        before = world.unfinished(contact.id) or world.latest_closed(contact.id)
        after, event = handed(before, heard, mail.id, stopped=stopped)
        number = after.id or len(world.handoffs) + 1
        world.handoffs[number] = replace(after, id=number)
        if heard.effect.colleague_move:
            world.covering.add(number)
        world.tell(at, event, heard.effect.handoff, contact.id)
        subject = brief_subject(contact, heard.subject)
        kind = ports.NoticeKind.BRIEF
        world.post(ports.Notice(0, heard.account, kind, subject, heard.text, at, 0, number))
        return number

    async def quarantine(self, account: str, fetched: Fetched, at: datetime, why: str) -> None:
        place = (account, fetched.folder, fetched.uidvalidity, fetched.uid)
        heard = ports.Heard(
            account, fetched, at, "", "", "", "", fetched.digest, None, None, NOTHING,
            outcome="quarantined",
            to_check=f"it broke nurture: {why}",
        )  # fmt: skip
        number = f"q{len(self.world.shunted) + 1}"
        self.world.shunted.setdefault(place, ports.Doubtful(number, heard))
        await self.set_cursor(account, fetched.folder, fetched.cursor)

    async def learn_id(self, touch_id: int, message_id: str) -> None:
        if message_id:
            self.world.ids.setdefault(message_id, touch_id)

    async def learn_thread(self, touch_id: int, thread: str) -> None:
        if thread:
            self.world.threads[touch_id] = thread

    async def touch_in_thread(self, account: str, thread: str) -> Touch | None:
        ids = [touch_id for touch_id, name in self.world.threads.items() if name == thread]
        found = [self.world.touches[each] for each in ids]
        mine = [each for each in found if each.account == account]
        return max(mine, key=lambda each: (each.begun_at, each.id), default=None)

    async def touch_about(
        self, account: str, domain: str, subject: str, since: datetime
    ) -> Touch | None:
        world, states = self.world, {*rule.MAY_HAVE_LEFT, TouchState.SENDING}
        found = [
            each
            for each in world.touches.values()
            if each.account == account
            and each.begun_at >= since
            and each.state in states
            and world.contacts[each.contact_id].company_keys[1] == domain
            and bare_subject(each.subject).casefold() == bare_subject(subject).casefold()
        ]
        return max(found, key=lambda each: (each.begun_at, each.id), default=None)

    async def note_contact(self, spoken: Sequence[ports.LastSpoken]) -> int:
        changed = set()
        for each in spoken:
            for known, at in (
                (self.world.last_touch, each.touched_at),
                (self.world.last_heard, each.heard_at),
            ):
                if at and at > known.get(each.contact_id, datetime.min.replace(tzinfo=UTC)):
                    known[each.contact_id] = at
                    changed.add(each.contact_id)
        return len(changed)

    async def correct(self, mail: str, heard: ports.Heard) -> ports.Recorded:
        return correct(self, mail, heard)


def _is_same(one: ports.Heard, other: ports.Heard) -> bool:
    places = [(each.fetched.folder, each.fetched.cursor) for each in (one, other)]
    is_known = places[0] == places[1] or one.digest == other.digest
    return one.account == other.account and is_known


def _why(heard: ports.Heard) -> str:
    if heard.verdict is None:
        return heard.outcome
    quotes = "; ".join(f"{each.signal}: {each.quote}" for each in heard.verdict.evidence)
    return f"{heard.verdict.meaning} ({quotes})" if quotes else str(heard.verdict.meaning)
