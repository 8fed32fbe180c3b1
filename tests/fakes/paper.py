"""Letters to print, and somebody they go to."""

from dataclasses import replace
from datetime import UTC, date, datetime

from nurture.core.account import Account, Owner
from nurture.core.contact import Contact
from nurture.core.post.letterhead import PLAIN, Letterhead
from nurture.core.post.postal import postal_of
from nurture.core.post.stationery import Paper
from nurture.core.task import Channel, Task
from nurture.paper.sheet import PaperLetter, paper_letter

ON = date(2026, 11, 23)
OWNER = Owner(
    "Anna Example",
    "anna@example.org",
    "Europe/Berlin",
    "Example Street 1, 10115 Berlin, Germany",
    country="DE-BE",
)
ACCOUNT = Account("anna", "anna@example.org", OWNER)
MARA = Contact(
    "mara@lind.example",
    id=1,
    given_name="Mara",
    family_name="Lind",
    company="Lind & Partner",
    street="Ringstraße 12",
    postal_code="50667",
    city="Köln",
    country="DE",
    language="de",
)
TEXT = "Dear Mara,\n\nit has been too long.\n\nYours sincerely,\n\nAnna Example"
LONG = "\n\n".join(
    ["Dear Mara,", *[f"{n} and so on and on, for a whole line of it." for n in range(60)]]
)


def mara(**fields: object) -> Contact:
    """Mara, but for these facts."""
    return replace(MARA, **fields)


def abroad(country: str, **fields: object) -> Contact:
    """Mara where she might live as well."""
    there = {"subdivision": "IL" if country == "US" else "", "language": "en"} | fields
    return mara(country=country, city="Springfield", postal_code="62701", **there)


def task(number: int = 1, text: str = TEXT, **fields: object) -> Task:
    """A letter that the owner has to post."""
    known = Task(
        id=number,
        enrollment_id=1,
        contact_id=1,
        account="anna",
        sequence="reconnect",
        step="letter",
        occurrence="1",
        channel=Channel.LETTER,
        title="letter to Mara Lind",
        text=text,
        due_on=date(2026, 11, 27),
        created_at=datetime(2026, 11, 16, 9, tzinfo=UTC),
    )
    return replace(known, **fields)


def letter(
    number: int = 1,
    contact: Contact = MARA,
    text: str = TEXT,
    head: Letterhead = PLAIN,
    paper: Paper | None = None,
    **fields: object,
) -> PaperLetter:
    """The same, ready for the press."""
    postal = postal_of(contact, OWNER.country)
    return paper_letter(
        task(number, text, **fields), contact, postal, ACCOUNT, head, ON, paper=paper
    )
