"""The promises, checked against what the embedded servers really saw, not against our database."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from itertools import pairwise

from nurture.core.account import Account
from nurture.core.calendar import Window
from nurture.core.contact.place import zones_of
from nurture.demo.persona import OWNER, Persona
from nurture.demo.sandbox import Received
from nurture.mail.read.inbound import Inbound, read
from nurture.value import frozen

_TWO_MINUTES = timedelta(minutes=2)


@frozen
class Spoken:
    """Something that reached the owner's inbox: who said it, when, and what it should mean."""

    persona: Persona
    at: datetime
    meaning: str
    message_id: str


@frozen
class Record:
    """Everything that happened, as seen from outside."""

    account: Account
    personas: Sequence[Persona]
    received: Sequence[Received]
    spoken: Sequence[Spoken]
    blind: Sequence[tuple[datetime, datetime]]
    verdicts: Mapping[str, list[str]]
    reasons: Mapping[str, int]
    windows: Mapping[str, Window] = field(default_factory=dict)

    def to(self, persona: Persona) -> list[Received]:
        """The mails that reached this person, in order."""
        return [mail for mail in self.received if mail.recipient == persona.address]


def promises(record: Record) -> dict[str, bool]:
    """Each promise that ninety days can show, and whether it held."""
    return {
        "P1": _silence(record),
        "P2": _once(record),
        "P3": _no_means_no(record),
        "P4": _nothing_unheard(record),
        "P5": _no_eyes_no_mouth(record),
        "P6": _manners(record),
        "P7": _only_certain_machines(record),
        "P8": _a_person_always_learns(record),
        "P10": _every_why(record),
    }


def _colleagues(record: Record, persona: Persona) -> Iterator[Persona]:
    return (each for each in record.personas if each.company == persona.company)


def _humans(record: Record) -> list[Spoken]:
    return [each for each in record.spoken if each.meaning == "human_reply"]


def _silence(record: Record) -> bool:
    """Nothing reached whoever answered, nor a colleague, from the answer on."""
    return bool(_humans(record)) and not any(
        mail.at > said.at
        for said in _humans(record)
        for person in _colleagues(record, said.persona)
        for mail in record.to(person)
    )


def _once(record: Record) -> bool:
    """No person holds two mails with one Message-ID, nor the same words twice."""
    mails = [(mail.recipient, read(mail.raw)) for mail in record.received]
    ids = Counter((recipient, mail.message_id) for recipient, mail in mails)
    words = Counter((recipient, mail.plain) for recipient, mail in mails if recipient != OWNER)
    return bool(mails) and max(ids.values()) == 1 and max(words.values()) == 1


def _no_means_no(record: Record) -> bool:
    said_no = [
        each
        for each in record.spoken
        if each.meaning in {"unsubscribe", "bounce_hard", "complaint"}
    ]
    return bool(said_no) and not any(
        mail.at > said.at for said in said_no for mail in record.to(said.persona)
    )


def _nothing_unheard(record: Record) -> bool:
    """Every mail to the owner has exactly one verdict, and the one it should have."""
    return all(record.verdicts.get(each.message_id) == [each.meaning] for each in record.spoken)


def _no_eyes_no_mouth(record: Record) -> bool:
    """Nothing left for a contact while the inbox could not be read."""
    return bool(record.blind) and not any(
        start <= mail.at < end
        for start, end in record.blind
        for mail in record.received
        if mail.recipient != OWNER
    )


def _manners(record: Record) -> bool:
    """In the window of the person's own zone, with the gap between any two, and without holes."""
    return all(
        _is_polite(record, persona, mails)
        for persona in record.personas
        if (mails := record.to(persona))
    )


def _is_polite(record: Record, persona: Persona, mails: list[Received]) -> bool:
    zones = zones_of(persona.contact(), record.account.owner.zone)
    window = record.windows[persona.sequence]
    gap = record.account.limits.contact_gap
    in_window = all(window.is_open(mail.at, zones, persona.country) for mail in mails)
    apart = all(b.at - a.at >= gap for a, b in pairwise(mails))
    whole = not any(hole in mail.raw for mail in mails for hole in (b"{{", b"{%", b"None"))
    return in_window and apart and whole


def _only_certain_machines(record: Record) -> bool:
    """Whoever only a machine answered for hears from us again; every human is left in peace."""
    machine = [each for each in record.spoken if each.meaning in {"auto_reply", "auto_ack"}]
    went_on = all(any(mail.at > said.at for mail in record.to(said.persona)) for said in machine)
    return bool(machine) and went_on and _silence(record)


def _a_person_always_learns(record: Record) -> bool:
    """A brief with their words reached the owner within two minutes of every human answer."""
    briefs = [(mail.at, read(mail.raw)) for mail in record.received if mail.recipient == OWNER]
    return bool(_humans(record)) and all(
        any(_is_brief(brief, said) and at - said.at <= _TWO_MINUTES for at, brief in briefs)
        for said in _humans(record)
    )


def _is_brief(brief: Inbound, said: Spoken) -> bool:
    return said.message_id in brief.in_reply_to and brief.header("auto-submitted") is not None


def _every_why(record: Record) -> bool:
    """The ledger holds one reason for every mail that reached a person."""
    sent: dict[str, int] = defaultdict(int)
    for mail in record.received:
        if mail.recipient != OWNER:
            sent[mail.recipient] += 1
    return bool(sent) and all(record.reasons.get(who) == count for who, count in sent.items())
