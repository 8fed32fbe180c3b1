"""Newsletters, notices and spam: mail written to many, not to us."""

import re
from collections.abc import Iterator
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language, fold
from nurture.mail.read.heard import Heard

_ENOUGH: Final = 4
_AIMED: Final = 2
_SURE: Final = 7
_SHAPE_MOST: Final = 3
_LETTERS: Final = 8
_LOUD: Final = 0.7
_PAGE: Final = 1500
_PAGES: Final = 4000
_TEXT_LIMIT: Final = 12_000

_LINK: Final = re.compile(r"https?://|href\s?=", re.IGNORECASE)
_IMAGE: Final = re.compile(r"<img\b", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
# A number or a random word behind the subject defeats filters that compare subjects.
_RANDOM_TAIL: Final = re.compile(
    r"(?:\s\d{3,10}|\[[a-z]{4,10}\]|\s[a-z0-9]{4,12}-\d{1,3}|\s[A-Z]{6,12})$"
)
_BULK_SENDER: Final = re.compile(
    r"^(?:news(?:letter)?s?|offers?|promo\w*|deals?|marketing|subscriptions?|e?mailing|specials?|"
    r"info-?mail|updates?|announce\w*|online#|[^@]{0,60}\d{3,}[^@]{0,40}@)"
)
_BULK_MAILER: Final = re.compile(
    r"quicksender|listmanager|accucast|mailchimp|campaign|sendgrid|sendinblue|brevo|hubspot|"
    r"klaviyo|mailjet|constant contact|group mail|mass mail|bulk|e-?blast|aweber|getresponse|"
    r"phplist|acymailing|cleverreach|rapidmail|newsletter|advanced direct|stealth|gammadyne|jmail",
    re.IGNORECASE,
)
_BULK_FIELDS: Final = ("x-campaign", "x-campaignid", "x-campaign-id", "x-mc-user", "feedback-id",
                       "x-csa-complaints", "x-mailer-recptid", "x-report-abuse", "x-mailinglist",
                       "x-newsletter", "x-sg-eid", "x-mj-mid", "list-unsubscribe-post")  # fmt: skip


def detect(heard: Heard) -> Evidence | None:
    """Several independent marks of mass mail on a mail that answers nothing.

    At least one mark must be of the kind that people's own mail does not bear; links, pictures
    and business words alone never count, a signature is full of them.  A mail that answers
    another is left to people, whatever it looks like (domain.md D8, D18).
    """
    if heard.is_answer:
        return None
    text = _whole(heard)
    strong = [mark for mark in _strong_marks(heard, text) if mark[0]]
    weak = [mark for mark in _weak_marks(heard, text) if mark[0]]
    shape = [mark for mark in _shape_marks(heard, text) if mark[0]]
    aimed = sum(points for points, _ in strong + weak)
    points = aimed + min(sum(points for points, _ in shape), _SHAPE_MOST)
    if not strong or aimed < _AIMED or points - 3 * heard.is_reply_subject < _ENOUGH:
        return None
    quote = "; ".join(said for _, said in strong + weak + shape)
    weight = Weight.CERTAIN if points >= _SURE else Weight.LIKELY
    return Evidence("bulk_mail", Meaning.UNRELATED, weight, quote[:300], proves_machine=True)


def _strong_marks(heard: Heard, text: str) -> Iterator[tuple[int, str]]:
    """What only mail to many bears."""
    inbound = heard.inbound
    named = next((name for name in _BULK_FIELDS if inbound.header(name) is not None), "")
    yield 2 * bool(named), named
    yield 2 * (inbound.header("list-unsubscribe") is not None), "List-Unsubscribe"
    mailer = _BULK_MAILER.search(inbound.header("x-mailer") or "")
    yield 2 * bool(mailer), f"X-Mailer: {mailer[0] if mailer else ''}"
    yield 3 * heard.subject.startswith(("adv:", "adv ", "[adv", "(adv")), "Subject: ADV"
    groups = by_language("nurture.signals")
    footers = groups["bulk"].several(text, 4)
    yield min(len(footers), 3), f"bulk words: {', '.join(footers)}"
    sales = groups["sales"].several(f"{heard.subject}\n{text}", 6)
    yield min(len(sales) // 2 + (len(sales) > 0), 3), f"sales words: {', '.join(sales)}"


def _weak_marks(heard: Heard, text: str) -> Iterator[tuple[int, str]]:
    """What people's mail may bear too."""
    inbound = heard.inbound
    subject = inbound.subject
    letters = [letter for letter in subject if letter.isalpha()]
    loud = len(letters) >= _LETTERS and sum(map(str.isupper, letters)) > _LOUD * len(letters)
    yield 1 * loud, "shouting subject"
    yield 1 * any(sign in subject for sign in "!$%"), f"Subject: {subject[:60]}"
    yield 1 * bool(_RANDOM_TAIL.search(subject)), "random words behind the subject"
    yield 1 * ("bulk" in (inbound.header("precedence") or "").lower()), "Precedence: bulk"
    yield 1 * bool(_BULK_SENDER.match(inbound.sender)), f"From: {inbound.sender}"
    yield 1 * (not inbound.to or inbound.sender in inbound.to), "not addressed to us"
    told = f"{heard.subject}\n{text}"
    words = by_language("nurture.signals")["sales_weak"].several(told, 6)
    yield min(len(words) // 2, 2), f"words of business: {', '.join(words)}"


def _whole(heard: Heard) -> str:
    """The text with what the quote cutter took: a newsletter's footer stands below its rule."""
    text = f"{heard.written.text}\n{heard.written.quoted}"
    if len(text.strip()) < len(heard.inbound.html) // 50:
        text += _TAG.sub(" ", heard.inbound.html[:65536])
    return fold(text[:_TEXT_LIMIT])


def _shape_marks(heard: Heard, text: str) -> Iterator[tuple[int, str]]:
    inbound = heard.inbound
    source = inbound.html or inbound.plain
    links = len(_LINK.findall(source[:262144]))
    images = len(_IMAGE.findall(source[:262144]))
    yield min(links // 2, 3), f"{links} links"
    yield min(images // 2, 2), f"{images} pictures"
    yield 1 * (not inbound.plain.strip() and len(inbound.html) > _PAGE), "HTML without text"
    yield 1 * (len(text) > _PAGE) + 1 * (len(text) > _PAGES), f"{len(text)} characters"
