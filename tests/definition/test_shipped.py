"""The sequences that come with nurture are ones a person is glad to receive."""

import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from nurture.cli.root import nurture
from nurture.core.account import Account, Owner
from nurture.core.calendar.on import HolidayOn
from nurture.core.condition import Facts
from nurture.core.contact import Contact
from nurture.core.merge_field import values_for
from nurture.core.sequence import Intent, Sequence, Step
from nurture.document.piece_text import introduced, piece_of
from nurture.document.template_text import read_template
from nurture.steps import HumanStep
from nurture.steps.email import Email
from nurture.steps.letter import Letter
from nurture.transport.sequence_folder import Folder, load_folder, shipped_sequences
from tests.fakes.story import ALLOWED

FOLDER = shipped_sequences()
SHIPPED = load_folder(FOLDER)
NAMES = sorted(SHIPPED.sequences)
LIBRARY = sorted(path for path in SHIPPED.templates if path.startswith("library/"))
CONTACT = Contact(
    "mara@lind.example",
    given_name="Mara",
    family_name="Lind",
    company="Lind <& Partner>",
    consent=ALLOWED,
    phone="+49 30 123456",
    interests=("cash flow",),
    custom={
        "project": "the new website",
        "check_up": "eye test",
        "event": "the spring fair in Leipzig",
        "topic": "moving the archive",
        "promise": "the checklist for moving house",
        "why_you": "how you ran the move",
        "request": "what would you do differently today?",
    },
)
ACCOUNT = Account("anna", "anna@x.example", Owner("Anna", "a@x.example", "Europe/Berlin", "Road 1"))
UNWELCOME = re.compile(
    r"checking in\b|touch(?:ing)? base|follow(?:ing)? up|circl\w+ back|unfortunately you|"
    r"why you did not|how is (?:he|she|it|they)|are they doing|special offer|discount|% off|"
    r"act now|limited time|!!|[\u2013\u2014]",
    re.IGNORECASE,
)


def mails(sequence: Sequence) -> list[Email]:
    return [step for step in sequence.all_steps if isinstance(step, Email)]


def rendered(path: str, sequence: Sequence) -> tuple[str, str]:
    mail = introduced(SHIPPED.templates[path], "")
    seen = mail.render(
        {**values_for(CONTACT, ACCOUNT, sequence), "promise": {"date": "Friday 6 March"}}
    )
    return seen.subject, seen.text


def test_all_of_them_are_read_and_checked_without_a_complaint_or_advice() -> None:
    assert SHIPPED.problems == ()
    assert NAMES == [
        "after-a-purchase", "check-ups", "declined-prospect", "former-client", "lost-prospect",
        "met-at-an-event", "reconnect", "tax-clients",
    ]  # fmt: skip
    said = CliRunner().invoke(nurture, ["check", "--no-people", str(FOLDER)])
    assert (said.exit_code, said.output) == (0, "nothing to say: all is well\n")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.name)
def test_each_tells_editors_its_schema_and_people_what_it_is_for(file: Path) -> None:
    modeline, told, *_ = file.read_text("utf-8").splitlines()
    name = "calendar" if file.stem == "calendar" else "sequence"
    assert modeline == f"# yaml-language-server: $schema={name}.schema.json"
    assert told.startswith("# ")
    assert (FOLDER / f"{name}.schema.json").is_file()


def test_nothing_lies_about_unused() -> None:
    steps = [step for each in SHIPPED.sequences.values() for step in each.all_steps]
    used = {getattr(step, "template", "") for step in steps}
    used |= {path for step in steps for path in getattr(step, "attachments", ())}
    there = {
        file.relative_to(FOLDER).as_posix()
        for file in FOLDER.rglob("*")
        if file.is_file() and file.suffix in {".md", ".pdf"}
    }
    assert there - {*LIBRARY} == used - {""}


@pytest.mark.parametrize("name", NAMES)
def test_each_opens_with_thanks_or_a_goodbye_and_asks_only_later(name: str) -> None:
    ordered = [step for step in SHIPPED.sequences[name].steps if isinstance(step, Email)]
    if not ordered or name == "reconnect":  # which begins with an apology, and asks in it
        return
    intents = [mail.intent for mail in ordered]
    assert intents[0] in (Intent.GREET, Intent.CLOSE)
    assert Intent.ASK not in intents[:3]


@pytest.mark.parametrize("name", NAMES)
def test_two_mails_in_the_order_never_follow_one_another_without_a_wait(name: str) -> None:
    for before, after in pairwise(SHIPPED.sequences[name].steps):
        both = isinstance(before, Email | Letter) and isinstance(after, Email)
        assert not both or (before.when is not None and after.when is not None)


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_is_short_whole_and_free_of_empty_phrases(name: str) -> None:
    sequence = SHIPPED.sequences[name]
    for mail in mails(sequence):
        subject, text = rendered(mail.template, sequence)
        assert len(subject) < 60
        assert 40 < len(text.split()) < 180, mail.template
        assert text.startswith(("Dear Mara,", "Guten Tag Mara Lind,")), mail.template
        assert text.rstrip().endswith("Anna"), mail.template
        assert not UNWELCOME.search(f"{subject}\n{text}"), mail.template


@pytest.mark.parametrize("path", LIBRARY)
def test_every_piece_of_the_library_is_short_and_says_what_it_is_about(path: str) -> None:
    piece = piece_of(path, SHIPPED.templates[path])
    subject, text = rendered(path, SHIPPED.sequences["former-client"])
    assert piece.topics
    assert piece.language
    assert piece.greets
    assert 40 < len(text.split()) < 180
    assert not UNWELCOME.search(f"{subject}\n{text}")


@pytest.mark.parametrize("name", NAMES)
def test_every_task_of_the_owner_can_be_written_for_a_person(name: str) -> None:
    sequence = SHIPPED.sequences[name]
    values = values_for(CONTACT, ACCOUNT, sequence)
    for step in sequence.all_steps:
        text = getattr(step, "text", "")
        if isinstance(step, HumanStep) and text:
            assert "Mara" in read_template(text, name).render(values).text
        if isinstance(step, Letter):
            assert "Road" not in rendered(step.template, sequence)[1]
            assert 120 < len(rendered(step.template, sequence)[1].split()) < 250


def test_no_two_mails_have_the_same_subject() -> None:
    subjects = [template.front.subject for template in SHIPPED.templates.values()]
    own = [subject for subject in subjects if subject]
    assert len(set(own)) == len(own) > 30


@pytest.mark.parametrize(
    ("name", "english"), [("former-client", "thank-you"), ("lost-prospect", "gracious-close")]
)
def test_the_first_word_comes_in_german_to_those_who_speak_it(name: str, english: str) -> None:
    sequence = SHIPPED.sequences[name]
    for language, expected in (
        ("de", [f"{english}-in-german"]),
        ("en", [english]),
        ("", [english]),
    ):
        contact = Contact("a@b.example", language=language)
        facts = Facts(date(2026, 5, 6), has_answered=False, last_contact=None, sent=frozenset())

        def is_theirs(step: Step, contact: Contact = contact, facts: Facts = facts) -> bool:
            return step.when is None or step.when.holds(contact, facts)

        first = [step.id for step in sequence.steps[:2] if is_theirs(step)]
        assert first == expected
    assert sequence.entry.first == english


def test_cards_go_only_to_countries_that_keep_the_day() -> None:
    occasions = SHIPPED.sequences["former-client"].occasions
    cards = {str(each.on): getattr(each.step, "intent", None) for each in occasions}
    assert [on for on, intent in cards.items() if intent is Intent.GREET] == [
        "New Year's Day", "Independence Day in US", "Halloween in US", "Thanksgiving Day",
    ]  # fmt: skip
    days = [each.on for each in occasions if isinstance(each.on, HolidayOn)]
    assert all(on.shift is None for on in days)


def test_the_printed_page_is_a_sound_pdf() -> None:
    page = (FOLDER / "attachments/first-weeks.pdf").read_bytes()
    assert page.startswith(b"%PDF-1.4\n")
    assert page.endswith(b"%%EOF\n")
    start = int(page.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    table = page[start:].split(b"trailer")[0].splitlines()
    assert table[0] == b"xref"
    offsets = [int(row[:10]) for row in table[3:]]
    for number, offset in enumerate(offsets, 1):
        assert page[offset:].startswith(b"%d 0 obj\n" % number)
    found = re.search(rb"/Length (\d+)", page)
    assert found
    stream = page.split(b"stream\n", 1)[1].split(b"\nendstream", 1)[0]
    assert len(stream) == int(found[1])


def test_the_calendar_keeps_the_end_of_the_year_quiet_but_for_cards() -> None:
    assert SHIPPED.calendar is not None
    quiet = {each.season.name: each for each in SHIPPED.calendar.quiet}
    end = quiet["the end of the year"]
    assert end.spares_greetings
    assert end.season.end(2026) - end.season.beginning(2026) == timedelta(days=17)


def test_a_broken_neighbour_hides_nobody(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("sequence: bad\nwhy: x\nstpes: []\n")
    (tmp_path / "good.yaml").write_text(
        "sequence: good\nwhy: x\nsteps:\n  - id: a\n    email: a.md\n"
    )
    (tmp_path / "latin.yaml").write_bytes(b"title: Caf\xe9\n")
    (tmp_path / "huge.yaml").write_text("#" * 1_100_000)
    (tmp_path / "old.yml").write_text("")
    (tmp_path / ".swap.yaml").write_text("half writ")
    (tmp_path / "a.md").write_text("---\nsubject: x\n---\nHello\n")
    folder: Folder = load_folder(tmp_path)
    assert [*folder.sequences] == [*folder.sources] == ["good"]
    assert [*folder.templates] == ["a.md"]
    assert [str(problem).removeprefix(f"{tmp_path}/") for problem in folder.problems] == [
        "bad.yaml:1:1: a sequence needs at least one step or occasion",
        "bad.yaml:3:1: unknown key 'stpes'; did you mean 'steps'?",
        "huge.yaml: larger than 1 MB",
        "latin.yaml:1:11: byte 0xE9 is not UTF-8: save the file as UTF-8",
        "old.yml: not read: sequences end in .yaml",
    ]


def test_a_folder_that_is_not_there_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    folder = load_folder(tmp_path / "nowhere")
    assert "there is no folder" in str(folder.problems[0])
    assert not folder.sequences
