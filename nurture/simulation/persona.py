"""What each person does about the mail they get: drawn once for each, the same for a seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from nurture.core.contact import Contact, Relationship
from nurture.demo.persona import Persona, Reply, bounces, is_away, says
from nurture.mail.read.inbound import read
from nurture.value import frozen


class Temper(StrEnum):
    """What somebody is like."""

    SILENT = "silent"
    ANSWERS = "answers"
    AWAY = "away"
    OPTS_OUT = "opts out"
    BOUNCES = "bounces"
    REFUSES = "refuses"


_SHARES = {
    Temper.SILENT: 72,
    Temper.ANSWERS: 11,
    Temper.AWAY: 8,
    Temper.OPTS_OUT: 4,
    Temper.BOUNCES: 3,
    Temper.REFUSES: 2,
}
_WORDS = {
    Temper.ANSWERS: says("Thank you, that comes at the right time. Can we talk next week?"),
    Temper.OPTS_OUT: says("Please do not write to me again."),
    Temper.BOUNCES: bounces,
}
_LATEST_MAIL = 4  # somebody who reacts does it after their fourth mail at the latest


@frozen
class Reaction:
    """Bytes that arrive at that instant."""

    at: datetime
    raw: bytes


@dataclass(slots=True)
class Crowd:
    """Everybody's temper; `is_silent` makes all of them people who never write."""

    seed: int
    is_silent: bool = False

    def temper(self, address: str) -> Temper:
        """What this person is like."""
        if self.is_silent:
            return Temper.SILENT
        dice = Random(f"{self.seed}/{address}")
        return dice.choices(list(_SHARES), list(_SHARES.values()))[0]

    def reaction(self, contact: Contact, number: int, wire: bytes, at: datetime) -> Reaction | None:
        """What they do about their mail of that number, counted from 1; None for nothing."""
        temper, dice = self.temper(contact.address), Random(f"{self.seed}/{contact.address}/when")
        on_mail, hours, days = (
            dice.randint(1, _LATEST_MAIL),
            dice.randint(1, 60),
            dice.randint(3, 25),
        )
        if number != on_mail or temper in {Temper.SILENT, Temper.REFUSES}:
            return None
        when = at + timedelta(hours=1 if temper is Temper.AWAY else hours)
        write: Reply = is_away(days) if temper is Temper.AWAY else _WORDS[temper]
        return Reaction(when, write(_persona(contact), read(wire), when))


def _persona(contact: Contact) -> Persona:
    return Persona(
        contact.given_name or "Somebody",
        contact.family_name,
        contact.address,
        contact.company,
        "",
        contact.relationship or Relationship.CLIENT,
        contact.country,
    )
