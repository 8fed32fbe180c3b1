"""A letter ready for the press: every word that stands on it, and where."""

import re
from datetime import date
from typing import Final

from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.contact.place import country_of_zone
from nurture.core.post.letterhead import Letterhead
from nurture.core.post.long_date import long_date
from nurture.core.post.postal import Postal
from nurture.core.post.stationery import LAYOUTS, Form, Layout, Paper, paper_in
from nurture.core.task import Task, is_untitled
from nurture.paper.part import Text, text_of
from nurture.value import frozen

_BETWEEN: Final = re.compile(r"\s*[,\n]\s*")


@frozen
class PaperLetter:
    """One letter; `number` is that of its task, `sender` the small line above the address."""

    number: int
    layout: Layout
    letterhead: Letterhead
    head: tuple[str, ...]
    sender: str
    address: tuple[str, ...]
    date: str
    language: str
    subject: str
    text: Text


def paper_letter(
    task: Task,
    contact: Contact,
    postal: Postal,
    account: Account,
    letterhead: Letterhead,
    on: date,
    *,
    paper: Paper | None = None,
) -> PaperLetter:
    """The letter of this task, dated on that day, on the paper of the country it goes to.

    `paper`, where given, is the only one there is.
    """
    owner, language = account.owner, contact.language or account.owner.language
    chosen = paper or paper_in(postal.country)
    form = letterhead.form if chosen is Paper.A4 else Form.US_10
    return PaperLetter(
        number=task.id,
        layout=LAYOUTS[form],
        letterhead=letterhead,
        head=() if letterhead.is_preprinted else letterhead.lines or head_lines(account),
        sender=" · ".join((owner.name, *_lines(owner.postal_address))),
        address=postal.lines,
        date=long_date(on, language, postal.country),
        language=language,
        subject="" if is_untitled(task) or task.text.startswith(task.title) else task.title,
        text=text_of(task.text, owner.name),
    )


def home_of(account: Account) -> str:
    """The country from which its owner posts letters: theirs, or that of their clock."""
    return account.owner.country or country_of_zone(account.owner.zone)


def head_lines(account: Account) -> tuple[str, ...]:
    """The owner's name, postal address and mail address, a line each."""
    owner = account.owner
    return (owner.name, *_lines(owner.postal_address), owner.address)


def sender_lines(account: Account) -> tuple[str, ...]:
    """What stands on an envelope as its sender."""
    return (account.owner.name, *_lines(account.owner.postal_address))


def _lines(postal_address: str) -> tuple[str, ...]:
    return tuple(part for part in _BETWEEN.split(postal_address.strip()) if part)
