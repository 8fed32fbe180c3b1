"""Every mail of our own corpus is heard as what its folder says."""

from pathlib import Path

import pytest

from nurture.core.verdict import Meaning, Verdict
from nurture.signals import hear

CORPUS = Path(__file__).parent / "corpus"
MAILS = sorted(CORPUS.glob("*/*.eml"))


def verdict(name: str) -> Verdict:
    return hear((CORPUS / f"{name}.eml").read_bytes(), known_contact=True)[1]


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: f"{mail.parent.name}/{mail.stem}")
def test_a_mail_means_what_its_folder_says(mail: Path) -> None:
    judged = hear(mail.read_bytes(), known_contact=True)[1]
    assert judged.meaning == mail.parent.name, judged.evidence


def test_every_meaning_has_mails() -> None:
    assert {mail.parent.name for mail in MAILS} == set(Meaning)


@pytest.mark.parametrize(
    "mail", sorted((CORPUS / "left_company").glob("*.eml")), ids=lambda mail: mail.stem
)
def test_a_departure_names_the_successor(mail: Path) -> None:
    judged = hear(mail.read_bytes(), known_contact=True)[1]
    assert judged.new_contact.endswith("firm.example")
    assert judged.new_contact != "kim@firm.example"


@pytest.mark.parametrize(
    "mail",
    sorted(CORPUS.glob("bounce_*/*.eml")),
    ids=lambda mail: f"{mail.parent.name}/{mail.stem}",
)
def test_a_bounce_names_the_address_we_wrote_to(mail: Path) -> None:
    judged = hear(mail.read_bytes(), known_contact=True)[1]
    assert judged.recipients[0].address == "kim@firm.example"


def test_each_recipient_keeps_its_own_fate() -> None:
    first, second = verdict("bounce_hard/two-recipients").recipients
    assert (first.dead, second.dead) == (False, True)


@pytest.mark.parametrize(
    "name",
    ["en-exchange", "fr-espace", "de-nfd", "zh-tw", "day-without-other-cue", "ja-made",
     "ko-kkaji", "form-without-headers-sv"],
)  # fmt: skip
def test_an_away_note_gives_its_return_date(name: str) -> None:
    found = verdict(f"auto_reply/{name}").return_date
    assert found is not None
    assert (found.year, found.month) == (2026, 11)
    assert found.day in {14, 16}


def test_an_away_note_without_a_date_gives_none() -> None:
    assert verdict("auto_reply/de-krank").return_date is None


def test_an_answer_has_no_return_date_even_if_it_names_a_day() -> None:
    assert verdict("human_reply/auto-submitted-no").return_date is None
