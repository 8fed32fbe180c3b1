"""A dozen people who are written to for ninety days, and what each of them does about it."""

from collections.abc import Callable
from dataclasses import field
from datetime import date, datetime, timedelta
from email.utils import format_datetime

from nurture.core.contact import Basis, Consent, Contact, Relationship
from nurture.mail.read.inbound import Inbound
from nurture.value import frozen

OWNER = "anna@carter-advice.example"

Reply = Callable[["Persona", Inbound, datetime], bytes]


@frozen
class Reaction:
    """What somebody does after their n-th mail (counted from 1), and what that should mean."""

    on_mail: int
    after: timedelta
    write: Reply
    meaning: str
    told: str


@frozen
class Persona:
    """One contact of the demo; `refusal` is what their mail server says at RCPT, if it refuses.

    Where the owner did not write down what the first mail needs, `project_found` is what she adds.
    """

    given_name: str
    family_name: str
    address: str
    company: str
    sequence: str
    relationship: Relationship
    country: str
    city: str = ""
    zone: str = ""
    project: str = ""
    project_found: str = ""
    refusal: str = ""
    interests: tuple[str, ...] = ()
    reactions: tuple[Reaction, ...] = field(default=())

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.given_name} {self.family_name}"

    def contact(self) -> Contact:
        """The row of the contact list."""
        return Contact(
            address=self.address,
            given_name=self.given_name,
            family_name=self.family_name,
            company=self.company,
            relationship=self.relationship,
            country=self.country,
            city=self.city,
            zone=self.zone,
            language="en",
            interests=self.interests,
            consent=Consent(Basis.EXPRESS, date(2025, 9, 1), "ticked the box on our form"),
            custom={"project": self.project},
        )


def _answer(persona: Persona, mail: Inbound, at: datetime, text: str, *fields: str) -> bytes:
    """A mail that answers `mail`, as common mail programs write it."""
    subject = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    quoted = "\n".join(f"> {line}" for line in mail.plain.splitlines())
    sender = next((row[6:] for row in fields if row.startswith("From: ")), None)
    rows = [
        f"From: {sender or f'{persona.name} <{persona.address}>'}",
        f"To: {mail.sender}",
        f"Subject: {subject}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{at:%Y%m%d%H%M%S}.{persona.given_name.lower()}@mail.example>",
        f"In-Reply-To: <{mail.message_id}>",
        f"References: <{mail.message_id}>",
        *(row for row in fields if not row.startswith("From: ")),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        text,
        "",
        f"On {at:%a, %d %b %Y}, Anna Carter wrote:",
        quoted,
        "",
    ]
    return "\n".join(rows).replace("\n", "\r\n").encode()


def says(text: str, *fields: str) -> Reply:
    """A person types this above the quoted mail."""
    return lambda persona, mail, at: _answer(persona, mail, at, text, *fields)


def is_away(days: int) -> Reply:
    """A mail server answers that the person is back after so many days (RFC 3834)."""

    def write(persona: Persona, mail: Inbound, at: datetime) -> bytes:
        back = at + timedelta(days=days)
        text = (
            f"Thank you for your message. I am out of the office and will return on "
            f"{back.day} {back:%B %Y}.\nIn urgent cases please call our front desk."
        )
        fields = ("Auto-Submitted: auto-replied (vacation)", "Precedence: bulk")
        raw = _answer(persona, mail, at, text, *fields)
        return raw.replace(b"Subject: Re:", b"Subject: Automatic reply:", 1)

    return write


def has_ticket(number: int) -> Reply:
    """A ticket system acknowledges."""

    def write(persona: Persona, mail: Inbound, at: datetime) -> bytes:
        text = (
            f"We have received your request and opened ticket #{number}. Our team will get back "
            "to you.\nPlease do not reply to this automatic message."
        )
        raw = _answer(persona, mail, at, text, "Auto-Submitted: auto-replied")
        return raw.replace(b"Subject: ", f"Subject: [#{number}] ".encode(), 1)

    return write


def bounces(persona: Persona, mail: Inbound, at: datetime) -> bytes:
    """Their server reports, after it had taken the mail, that nobody lives there (RFC 3464)."""
    rows = f"""From: MAILER-DAEMON@mx.{persona.address.partition("@")[2]}
To: {mail.sender}
Subject: Undelivered Mail Returned to Sender
Date: {format_datetime(at)}
Message-ID: <{at:%Y%m%d%H%M%S}.dsn@mx.example>
Return-Path: <>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="report"

--report
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {persona.address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--report
Content-Type: text/rfc822-headers

From: {mail.sender}
To: {persona.address}
Message-ID: <{mail.message_id}>
Subject: {mail.subject}

--report--
"""
    return rows.replace("\n", "\r\n").encode()


_HOUR = timedelta(hours=1)
_LOST, _DECLINED = Relationship.LOST_PROSPECT, Relationship.DECLINED_PROSPECT
_FORMER, _CLIENT = Relationship.FORMER_CLIENT, Relationship.CLIENT

PERSONAS = (
    Persona(
        "Ada", "Brandt", "ada@brandt-optics.example", "Brandt Optics", "former-client", _FORMER,
        "DE", "Hamburg", project="the shop redesign",
        reactions=(Reaction(
            2, 3 * _HOUR,
            says("Anna, what good timing! We open a second shop. Can you call me this week?"),
            "human_reply", "answers: can you call me this week?",
        ),),
    ),
    Persona(
        "Ben", "Costa", "ben.costa@tideline.example", "Tideline", "lost-prospect", _LOST, "PT",
        "Lisbon", "Europe/Lisbon", project="the booking system",
        reactions=(Reaction(1, timedelta(minutes=1), is_away(12), "auto_reply", "is away"),),
    ),
    Persona(
        "Chloé", "Dubois", "c.dubois@atelier-dubois.example", "Atelier Dubois", "former-client",
        _FORMER, "FR", "Lyon", project="the winter catalogue",
        reactions=(Reaction(1, _HOUR, bounces, "bounce_hard", "is unknown to her mail server"),),
    ),
    Persona(
        "Dmitri", "Abara", "dmitri@abara-dental.example", "Abara Dental", "lost-prospect", _LOST,
        "GB", "Leeds", project="the practice software",
        reactions=(Reaction(
            1, 5 * _HOUR, says("Please take me off your list. Thanks."),
            "unsubscribe", "wants no more mail",
        ),),
    ),
    Persona(
        "Elif", "Hughes", "elif.hughes@northwind.example", "Northwind", "lost-prospect", _LOST,
        "GB", "London", project="the intranet",
        reactions=(Reaction(
            2, 26 * _HOUR, says("Could you send me the checklist you mention? My boss wants it."),
            "human_reply", "answers: could you send me the checklist?",
        ),),
    ),
    Persona(
        "Grace", "Ito", "grace.ito@northwind.example", "Northwind", "former-client", _FORMER,
        "GB", "London", project="the warehouse move",
    ),
    Persona(
        "Hiro", "Jansen", "hiro@jansen-law.example", "Jansen Law", "declined-prospect", _DECLINED,
        "NL", "Utrecht", project="the archive",
        reactions=(Reaction(
            2, 2 * _HOUR,
            says("Writing from my private phone: are you free for lunch when you are in town?",
                 "From: H. Jansen <hiro.jansen@icloud.com>"),
            "human_reply", "answers from another address",
        ),),
    ),
    Persona(
        "Inès", "García", "ines@garcia-gestion.example", "García Gestión", "after-a-purchase",
        _CLIENT, "ES", zone="Europe/Madrid", project="the payroll set-up",
    ),
    Persona(
        "Jonas", "Eriksen", "jonas@eriksen-bygg.example", "Eriksen Bygg", "former-client", _FORMER,
        "NO", "Bergen", project="the tender documents",
        reactions=(Reaction(
            1, timedelta(minutes=2), has_ticket(4711), "auto_ack", "has a help desk that answers",
        ),),
    ),
    Persona(
        "Kwame", "Mensah", "kwame@mensah-partners.example", "Mensah Partners", "lost-prospect",
        _LOST, "GH", "Accra", project_found="the annual report", interests=("design", "planning"),
    ),
    Persona(
        "Lucía", "Fischer", "lucia@fischer-studio.example", "Fischer Studio", "declined-prospect",
        _DECLINED, "US", project="the portfolio site",
    ),
    Persona(
        "Mei", "Kowalski", "mei@harbour-physio.example", "Harbour Physio", "after-a-purchase",
        _CLIENT, "AU", "Perth", "Australia/Perth", project="the patient forms",
        refusal="550 5.1.1 <mei@harbour-physio.example>: Recipient address rejected: User unknown",
    ),
)  # fmt: skip
