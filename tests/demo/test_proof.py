"""The demo's proof believes the mail servers, and finds each promise broken where it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nurture.demo.persona import OWNER, PERSONAS
from nurture.demo.proof import Record, Spoken, promises
from nurture.demo.sandbox import Received
from nurture.demo.stage import ACCOUNT
from nurture.transport.sequence_folder import load_folder, shipped_sequences

MORNING = datetime(2026, 3, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
ADA, BEN, DMITRI, ELIF, GRACE = (
    next(each for each in PERSONAS if each.given_name == name)
    for name in ("Ada", "Ben", "Dmitri", "Elif", "Grace")
)
WINDOWS = {name: each.window for name, each in load_folder(shipped_sequences()).sequences.items()}


def mail(to: str, at: datetime, *fields: str, text: str = "") -> Received:
    words = text or f"words of {at:%d}"
    rows = [f"Message-ID: <{at:%d%H%M}@carter.example>", *fields, "", words, ""]
    return Received(OWNER, to, "\r\n".join(rows).encode(), at)


def brief(at: datetime, about: str) -> Received:
    return mail(OWNER, at, f"In-Reply-To: <{about}>", "Auto-Submitted: auto-generated")


ANSWER = Spoken(ELIF, MORNING + DAY, "human_reply", "elif@northwind.example")
AWAY = Spoken(BEN, MORNING + DAY, "auto_reply", "ben@tideline.example")
NO = Spoken(DMITRI, MORNING + DAY, "unsubscribe", "dmitri@abara.example")
KEPT = Record(
    account=ACCOUNT,
    personas=PERSONAS,
    received=(
        *(mail(each.address, MORNING) for each in (BEN, DMITRI, ELIF, GRACE)),
        brief(MORNING + DAY + timedelta(minutes=1), ANSWER.message_id),
        mail(BEN.address, MORNING + 21 * DAY),
    ),
    spoken=(ANSWER, AWAY, NO),
    blind=((MORNING + 2 * DAY, MORNING + 3 * DAY),),
    verdicts={each.message_id: [each.meaning] for each in (ANSWER, AWAY, NO)},
    reasons={BEN.address: 2, **{each.address: 1 for each in (DMITRI, ELIF, GRACE)}},
    windows=WINDOWS,
)


def and_also(*more: Received) -> Callable[[Record], Record]:
    return lambda record: replace(record, received=(*record.received, *more))


def heard_as(*verdicts: str) -> Callable[[Record], Record]:
    def change(record: Record) -> Record:
        return replace(record, verdicts={**record.verdicts, NO.message_id: list(verdicts)})

    return change


def without_mails_to(address: str) -> Callable[[Record], Record]:
    return lambda record: replace(
        record, received=[each for each in record.received if each.recipient != address]
    )


LATER = MORNING + 20 * DAY
CASES = {
    "a mail to whoever answered": ("P1", and_also(mail(ELIF.address, LATER))),
    "a mail to their colleague": ("P1", and_also(mail(GRACE.address, LATER))),
    "the same mail twice": ("P2", and_also(KEPT.received[0])),
    "the same words twice": (
        "P2", and_also(mail(ADA.address, LATER, text="x"), mail(ADA.address, LATER + DAY, text="x"))
    ),
    "a mail behind a no": ("P3", and_also(mail(DMITRI.address, LATER))),
    "an answer that was not recorded": ("P4", heard_as()),
    "an answer that was recorded twice": ("P4", heard_as("unsubscribe", "unsubscribe")),
    "an answer that was misunderstood": ("P4", heard_as("human_reply")),
    "a mail while nobody could read": ("P5", and_also(mail(ADA.address, MORNING + 2.5 * DAY))),
    "a mail in the night": ("P6", and_also(mail(ADA.address, LATER.replace(hour=2)))),
    "a mail on a Sunday": ("P6", and_also(mail(ADA.address, MORNING + 19 * DAY))),
    "two mails in two days": (
        "P6", and_also(mail(ADA.address, LATER), mail(ADA.address, LATER + DAY))
    ),
    "a mail with a hole": ("P6", and_also(mail(ADA.address, LATER, text="{{ custom.project }}"))),
    "silence because of a machine": (
        "P7", lambda record: replace(record, received=record.received[:-1])
    ),
    "no brief": ("P8", without_mails_to(OWNER)),
    "a late brief": (
        "P8",
        lambda record: and_also(brief(MORNING + DAY + timedelta(minutes=3), ANSWER.message_id))(
            without_mails_to(OWNER)(record)
        ),
    ),
    "a mail without a reason": (
        "P10", lambda record: replace(record, reasons={**record.reasons, BEN.address: 1})
    ),
}  # fmt: skip


def test_every_promise_is_kept_where_all_went_well() -> None:
    assert promises(KEPT) == dict.fromkeys(promises(KEPT), True)


@pytest.mark.parametrize(("name", "change"), CASES.values(), ids=CASES)
def test_a_broken_promise_is_found(name: str, change: Callable[[Record], Record]) -> None:
    assert promises(change(KEPT))[name] is False


def test_where_nothing_happened_nothing_is_proven() -> None:
    empty = replace(KEPT, received=(), spoken=(), blind=(), reasons={})
    assert {name for name, held in promises(empty).items() if held} == {"P4", "P6"}
