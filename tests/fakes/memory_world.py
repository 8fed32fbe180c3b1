"""What the in-memory store remembers, and the steps that its ports share."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from nurture import ports
from nurture.core.account.family import Family
from nurture.core.contact import Contact
from nurture.core.contact.address import address_mark
from nurture.core.contact.hush import Hush, Hushed
from nurture.core.cue import Cue
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.halt import Halt, HaltKind
from nurture.core.handoff import Handoff, HandoffState, answered
from nurture.core.handoff.ticket import Ticket
from nurture.core.override import Override
from nurture.core.promise import Promise
from nurture.core.situation import Pace
from nurture.core.task import Task, TaskMove, TaskState, move_task
from nurture.core.touch import Touch, TouchMove, TouchState, move_touch
from nurture.mail.cursor import Cursor, Folder
from nurture.storage import rule
from nurture.storage.company import are_colleagues
from nurture.storage.lane import first_of_lanes, moves_occasions, replanned
from nurture.storage.ledger import OF_STATE, Event, about_task


@dataclass(slots=True)
class Mail:
    """An incoming mail with the place it lay in."""

    id: int
    heard: ports.Heard
    corrected: str = ""
    asks_person: bool = False
    stops: dict[int, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Post:
    """A notice with what only the outbox knows."""

    notice: ports.Notice
    due_at: datetime
    key: str = ""
    is_told: bool = False


KEY = b"a key for tests"


@dataclass(slots=True)
class World:
    """All that is remembered, and the steps that several ports share."""

    halts: dict[HaltKind, Halt] = field(default_factory=dict)
    lifted: dict[HaltKind, datetime] = field(default_factory=dict)
    accounts: dict[str, ports.AccountState] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)
    last_touch: dict[int, datetime] = field(default_factory=dict)
    drafts: dict[int, ports.Draft] = field(default_factory=dict)
    warned: dict[int, str] = field(default_factory=dict)
    planned: dict[int, ports.Planned] = field(default_factory=dict)
    noes: dict[str, str] = field(default_factory=dict)
    revisions: dict[tuple[str, str], str] = field(default_factory=dict)
    walks: dict[int, Enrollment] = field(default_factory=dict)
    touches: dict[int, Touch] = field(default_factory=dict)
    intents: dict[int, ports.Intent] = field(default_factory=dict)
    epochs: dict[int, int] = field(default_factory=dict)
    doubts: dict[int, str] = field(default_factory=dict)
    wires: dict[int, bytes] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    cursors: dict[tuple[str, Folder], Cursor] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    shunted: dict[tuple[str, Folder, int, int], ports.Doubtful] = field(default_factory=dict)
    threads: dict[int, str] = field(default_factory=dict)
    last_heard: dict[int, datetime] = field(default_factory=dict)
    handoffs: dict[int, Handoff] = field(default_factory=dict)
    covering: set[int] = field(default_factory=set)
    posts: dict[int, Post] = field(default_factory=dict)
    lines: list[ports.LedgerEntry] = field(default_factory=list)
    encounters: set[tuple[int, datetime]] = field(default_factory=set)
    hushes: dict[tuple[Hushed, str], Hush] = field(default_factory=dict)
    overrides: dict[tuple[int, str, str], Override] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    promises: dict[int, Promise] = field(default_factory=dict)
    cues: dict[int, Cue] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def tell(
        self, at: datetime, event: str, why: str, contact_id: int | None, **where: str
    ) -> None:
        self.lines.append(ports.LedgerEntry(at, event, why, contact_id, **where))

    def tell_walk(self, walk: Enrollment, event: str, why: str, at: datetime) -> None:
        self.tell(at, event, why, walk.contact_id, sequence=walk.sequence, step=walk.position)

    def tell_touch(self, touch: Touch, event: str, why: str, at: datetime) -> None:
        self.tell(at, event, why, touch.contact_id, sequence=touch.sequence, step=touch.step)

    def find(self, address: str) -> Contact | None:
        known = self.contacts.values()
        own = (contact for contact in known if contact.address == address)
        return next(own, None) or next((each for each in known if address in each.aliases), None)

    def live(self, contact_ids: Sequence[int]) -> list[Enrollment]:
        found = (walk for walk in self.walks.values() if walk.contact_id in contact_ids)
        return [walk for walk in found if walk.state is not State.ENDED]

    def move(
        self, found: Sequence[Enrollment], by: Move, reason: str, at: datetime
    ) -> tuple[list[ports.Moved], list[int]]:
        moved, cancelled, changed = [], [], []
        for walk in found:
            after = self.walks[walk.id] = rule.moved(walk, by, reason)
            if after.state is not walk.state:
                moved.append(ports.Moved(walk.contact_id, walk.id, str(after.state), reason))
                changed.append(after)
            if after.state is not State.ACTIVE:
                cancelled += self.call_off(walk.id, reason or by, at)
            if after.state is State.ENDED:
                self.close_tasks(walk.id, TaskMove.CALLED_OFF, by, at)
        for after in first_of_lanes(changed):
            self.tell_walk(after, OF_STATE[after.state], reason or by, at)
        return moved, cancelled

    def call_off(self, enrollment_id: int, why: str, at: datetime) -> list[int]:
        cancelled = []
        for touch in tuple(self.touches.values()):
            if touch.enrollment_id == enrollment_id and touch.state is TouchState.DEFERRED:
                state = move_touch(touch.state, TouchMove.CALLED_OFF)
                self.touches[touch.id] = replace(touch, state=state)
                self.tell_touch(touch, Event.TOUCH_CANCELLED, why, at)
                cancelled.append(touch.id)
        return cancelled

    def close_tasks(
        self, walk_id: int, by: TaskMove, why: str, at: datetime, here: Enrollment | None = None
    ) -> None:
        for task in tuple(self.tasks.values()):
            is_here = here is None or rule.stands_at(here, task.step, task.occurrence)
            if task.enrollment_id == walk_id and task.state is TaskState.OPEN and is_here:
                after = self.tasks[task.id] = replace(task, state=move_task(task.state, by))
                self.lines.append(about_task(after, why, at))

    def leave(self, walk: Enrollment) -> None:
        self.overrides.pop((walk.contact_id, walk.sequence, walk.position), None)

    def rewrite(self, old: Contact, new: Contact, why: str, now: datetime) -> None:
        if new != old:
            self.contacts[old.id] = new
            self.tell(now, Event.CONTACT_UPDATED, why, old.id)
            self.replan(old, new, now)

    def replan(self, old: Contact, new: Contact, now: datetime) -> None:
        if moves_occasions(old, new):
            for walk in self.live([new.id]):
                self.walks[walk.id] = replanned(walk, now)

    def refuse(self, addresses: Sequence[str], reason: str) -> bool:
        return self.refuse_marks([address_mark(KEY, each) for each in addresses], reason)

    def refuse_marks(self, marks: Sequence[str], reason: str) -> bool:
        new = [mark for mark in marks if mark not in self.noes]
        self.noes |= dict.fromkeys(new, reason)
        return bool(new)

    def refused(self, address: str) -> str:
        return self.noes.get(address_mark(KEY, address), "")

    def alias(self, contact_id: int, address: str) -> None:
        if self.contacts[contact_id].address == address:
            return
        for contact in tuple(self.contacts.values()):
            others = tuple(one for one in contact.aliases if one != address)
            if contact.id == contact_id:
                others = contact.aliases if address in contact.aliases else (*others, address)
            self.contacts[contact.id] = replace(contact, aliases=others)

    def meet(self, contact_id: int, at: datetime) -> None:
        self.encounters.add((contact_id, at))
        self.touched(contact_id, at)

    def pace(self, contact: Contact, now: datetime) -> Pace:
        return Pace(
            last_touch_at=self.last_touch.get(contact.id),
            last_heard_at=self.last_heard.get(contact.id),
            touched=self._reached([contact.id], now),
            company_touch_at=self.company_touch(contact),
            company_touched=self._reached(colleagues(self, contact), now),
        )

    def company_touch(self, contact: Contact) -> datetime | None:
        known = (self.last_touch.get(each) for each in colleagues(self, contact))
        return max((at for at in known if at), default=None)

    def _reached(self, contact_ids: Sequence[int], now: datetime) -> tuple[datetime, ...]:
        sent = (
            (each.contact_id, each.sent_at)
            for each in self.touches.values()
            if each.state in rule.MAY_HAVE_LEFT
        )
        known = [at for who, at in (*sent, *self.encounters) if who in contact_ids]
        return tuple(sorted(at for at in known if at > now - rule.YEAR))

    def hush_over(self, contact: Contact, now: datetime) -> Hush | None:
        known = [each for each in self.hushes.values() if each.until > now]
        covering = (each for each in known if each.covers(contact))
        return max(covering, key=lambda each: each.until, default=None)

    def touched(self, contact_id: int, at: datetime) -> None:
        self.last_touch[contact_id] = max(at, self.last_touch.get(contact_id, at))

    def family(self, scope: str) -> Family:
        return self.families.get(scope, Family(scope))

    def account(self, name: str) -> ports.AccountState:
        return self.accounts.get(name, ports.AccountState(name))

    def spend(self, account: str, count: int, at: datetime) -> None:
        known = self.account(account)
        self.accounts[account] = replace(known, tally=known.tally.plus(count, at))

    def unfinished(self, contact_id: int) -> Handoff | None:
        found = (each for each in self.handoffs.values() if each.contact_id == contact_id)
        return next((each for each in found if each.state is not HandoffState.CLOSED), None)

    def owner_answered(self, contact_id: int, at: datetime) -> None:
        handoff = self.unfinished(contact_id)
        if handoff is None:
            return
        self.handoffs[handoff.id] = answered(handoff, "the owner", at)
        if handoff.state is not HandoffState.WAITING:
            why = "the owner answered: it is their turn"
            self.tell(at, Event.HANDOFF_ANSWERED, why, contact_id)

    def latest_closed(self, contact_id: int) -> Handoff | None:
        found = [each for each in self.handoffs.values() if each.contact_id == contact_id]
        closed = [each for each in found if each.closed_at]
        return max(closed, key=lambda each: str(each.closed_at), default=None)

    def alert(
        self,
        account: str,
        alert: ports.Alert,
        now: datetime,
        key: str,
        kind: ports.NoticeKind = ports.NoticeKind.ALERT,
    ) -> bool:
        """Puts an alert into the outbox unless one with this key is there."""
        if any(post.key == key for post in self.posts.values()):
            return False
        self.post(ports.Notice(0, account, kind, alert.subject, alert.text, now), key)
        return True

    def post(self, notice: ports.Notice, key: str = "") -> int:
        number = max(self.posts, default=0) + 1
        told = replace(notice, id=number, key=key or None)
        self.posts[number] = Post(told, notice.created_at, key)
        return number


def colleagues(world: World, contact: Contact) -> list[int]:
    """Who shares a company with this contact."""
    known = (each for each in world.contacts.values() if each.id != contact.id)
    mine = contact.company_keys
    return [each.id for each in known if are_colleagues(mine, each.company_keys)]
