"""The sequence language: what it means, and what it says to somebody who slipped."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nurture.steps
from nurture.core.account import Account, Owner
from nurture.core.calendar import Unit, Wait, Window
from nurture.core.contact import Contact
from nurture.core.decision import Advance, Postpone, Rest, Send
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence import Intent, Sequence
from nurture.core.situation import Situation
from nurture.definition import read_sequence
from nurture.document.tree import decoded
from nurture.errors import Misconfigured, Problem
from nurture.steps import step_kinds
from nurture.steps.email import Email
from nurture.steps.wait import Pause
from tests.fakes.story import ALLOWED

GOOD = """\
# Former clients.
sequence: former
title: Former clients, through the first year
why: you were a client of ours
window:
  days: monday to friday
  hours: 08:30 to 17:00
steps:
  - id: thank-you
    email: mail/thanks.md
    intent: greet
  - id: settle
    wait: 3 weeks
  - id: news
    email: mail/news.md
"""
TEMPLATES = {
    "mail/thanks.md": "---\nsubject: Thank you\n---\nDear {{ given_name }}, {{ owner.name }}\n",
    "mail/news.md": "---\nsubject: News\n---\nAbout {{ custom.project }} and {{ budget }}.\n",
}
FILE = "sequences/former.yaml"
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # a Wednesday


def read(text: str = GOOD, templates: dict[str, str] | None = None) -> Sequence:
    return read_sequence(text, FILE, TEMPLATES if templates is None else templates)


def complaints_of(text: str, templates: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        read(text, templates)
    return [str(problem) for problem in caught.value.problems]


def situation(sequence: Sequence, position: str, now: datetime = NOW) -> Situation:
    owner = Owner("Anna", "anna@example.org", "Europe/Berlin", "Street 1")
    walk = Enrollment(
        1, 1, "anna", sequence.name, sequence.revision, State.ACTIVE, position, NOW, NOW, NOW
    )
    contact = Contact("mara@example.com", id=1, zone="Europe/Berlin", consent=ALLOWED)
    return Situation(now, walk, contact, sequence, Account("anna", "anna@example.org", owner))


def test_a_good_text_means_what_it_says_aloud() -> None:
    sequence = read()
    assert (sequence.name, sequence.why) == ("former", "you were a client of ours")
    assert sequence.window == Window(frozenset(range(5)), time(8, 30), time(17))
    thanks, settle, news = sequence.steps
    assert [step.kind for step in sequence.steps] == ["email", "wait", "email"]
    assert thanks == Email(id="thank-you", email="mail/thanks.md", intent=Intent.GREET)
    assert settle == Pause(id="settle", wait="3 weeks")
    assert news == Email(id="news", email="mail/news.md", intent=Intent.GIVE)


def test_an_email_step_speaks_inside_the_window_and_waits_outside() -> None:
    sequence = read()
    step = sequence.steps[0]
    spoken = step.decide(situation(sequence, "thank-you"))
    assert isinstance(spoken, Send)
    assert (spoken.step, spoken.template, spoken.intent) == (
        "thank-you", "mail/thanks.md", Intent.GREET,
    )  # fmt: skip
    assert isinstance(
        step.decide(situation(sequence, "thank-you", NOW + timedelta(hours=12))), Postpone
    )


def test_a_wait_counts_from_the_anchor_on_the_contacts_clock() -> None:
    sequence = read()
    decision = sequence.steps[1].decide(situation(sequence, "settle", NOW + timedelta(days=2)))
    # The clocks of Berlin go forward in between: eleven o'clock stays eleven o'clock.
    ends = datetime(2026, 3, 25, 10, tzinfo=UTC)
    assert decision == Rest(ends)
    over = replace(situation(sequence, "settle"), now=ends)
    assert sequence.steps[1].decide(over) == Advance("news", ends, "3 weeks of silence")
    later = situation(sequence, "settle")
    shifted = read(GOOD.replace("3 weeks", "4 weeks")).steps[1].decide(later)
    assert shifted == Rest(datetime(2026, 4, 1, 9, tzinfo=UTC))


def test_a_wait_at_the_end_leads_nowhere() -> None:
    sequence = read(GOOD + "  - id: rest\n    wait: 1 month\n")
    over = replace(situation(sequence, "rest"), now=datetime(2027, 1, 1, tzinfo=UTC))
    decision = sequence.steps[-1].decide(over)
    assert isinstance(decision, Advance)
    assert decision.to is None


@pytest.mark.parametrize(
    ("written", "wait"),
    [
        ("36 hours", Wait(36, Unit.HOURS)),
        ("1 day", Wait(1, Unit.DAYS)),
        ("2 business days", Wait(2, Unit.BUSINESS_DAYS)),
        ("1 business day", Wait(1, Unit.BUSINESS_DAYS)),
        ("6 Months", Wait(6, Unit.MONTHS)),
        ("1 year", Wait(1, Unit.YEARS)),
    ],
)
def test_waits_are_written_as_they_are_said(written: str, wait: Wait) -> None:
    assert read(GOOD.replace("3 weeks", written)).steps[1].model_dump()["wait"] == str(wait)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("[mon, wed]", {0, 2}),
        ("tuesday", {1}),
        ("Mon, Thursday", {0, 3}),
        ("friday to monday", {4, 5, 6, 0}),
    ],
)
def test_days_are_a_range_or_a_list(written: str, days: set[int]) -> None:
    assert read(GOOD.replace("monday to friday", written)).window.days == days


@pytest.mark.parametrize(
    ("written", "kept"), [("required", "required"), ("First  20", "first 20"), ("''", "")]
)
def test_whom_to_ask_is_said_on_a_step_or_for_all(written: str, kept: str) -> None:
    of_all = read(GOOD.replace("title:", f"approval: {written}\ntitle:"))
    of_one = read(GOOD.replace("    intent: greet", f"    intent: greet\n    approval: {written}"))
    assert (of_all.approval, of_one.approval) == (kept, "")
    assert [step.model_dump().get("approval") for step in of_one.steps] == [kept, None, ""]


def test_layout_comments_and_spelt_out_defaults_keep_the_revision() -> None:
    reformatted = f"# moved\n{GOOD}    intent: give   # the default\n".replace(
        "monday to friday", "[mon, tue, wed, thu, fri]"
    ).replace("why: you were a client of ours", 'why: "you were a client of ours"')
    assert read(reformatted).revision == read().revision
    assert len(read().revision) == 16


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3 weeks", "4 weeks"),
        ("08:30", "08:31"),
        ("intent: greet", "intent: close"),
        ("id: news", "id: later"),
    ],
)
def test_a_change_of_meaning_is_another_revision(old: str, new: str) -> None:
    assert read(GOOD.replace(old, new)).revision != read().revision


def test_no_is_a_word_and_a_time_is_no_number() -> None:
    assert read(GOOD.replace("Former clients, through the first year", "no")).title == "no"


def test_kinds_of_steps_are_the_files_of_the_folder() -> None:
    files = {
        path.stem.replace("_", " ")
        for path in Path(nurture.steps.__file__).parent.glob("[a-z]*.py")
    }
    assert {*step_kinds()} == {*files, "untag"}


def test_a_kept_text_is_read_without_its_templates() -> None:
    assert read_sequence(GOOD, "former.yaml").revision == read().revision


KINDS = "branch, call, content, email, gift, letter, move to, set, tag, task, untag, visit and wait"
UNITS = "hours, days, business days, weeks, months or years"
COLON = "a colon too many, or none in the line above: put the text in quotes if it has `: ` in it"
TORN = "ab: -#{}[]\"'&*!|>%?,\t\n\x07é"
LINES = GOOD.splitlines(keepends=True)
_ID = "lower-case words joined by hyphens, like thank-you, not"

BROKEN = [
    ("tab", GOOD.replace("  days", "\tdays"), "6:1: a tab: indent with spaces"),
    (
        "unknown key",
        GOOD.replace("title:", "tilte:"),
        "3:1: unknown key 'tilte'; did you mean 'title'?",
    ),
    (
        "approval in other words",
        GOOD.replace("title:", "approval: maybe\ntitle:"),
        "3:11: 'approval': write required, or first 20, not 'maybe'",
    ),
    ("missing why", GOOD.replace(LINES[3], ""), "2:1: 'why' is missing"),
    ("empty why", GOOD.replace("you were a client of ours", "''"), "4:6: 'why' must not be empty"),
    (
        "duplicate key",
        GOOD.replace("title: Former", "why: Former"),
        "4:1: 'why' stands in line 3 already",
    ),
    (
        "misspelt kind",
        GOOD.replace("email: mail/news", "emial: mail/news"),
        "15:5: no kind of step is called 'emial'; did you mean 'email'?",
    ),
    (
        "no kind",
        GOOD.replace("    email: mail/news.md\n", ""),
        f"14:5: this step does nothing: give it one of {KINDS}",
    ),
    (
        "two kinds",
        GOOD.replace("wait: 3 weeks", "wait: 3 weeks\n    email: mail/news.md"),
        "14:5: one step cannot be wait and email at once: make each a step of its own",
    ),
    ("missing id", GOOD.replace("- id: news\n    email", "- email"), "14:5: 'id' is missing"),
    (
        "duplicate id",
        GOOD.replace("id: news", "id: thank-you"),
        "14:9: the id 'thank-you' is taken by the step in line 9",
    ),
    ("odd id", GOOD.replace("id: news", "id: News Mail"), f"14:9: 'id': {_ID} 'News Mail'"),
    (
        "number as id",
        GOOD.replace("id: news", "id: 12"),
        "14:9: 'id' must be text (put it in quotes), not 12",
    ),
    (
        "missing template",
        GOOD.replace("mail/news.md", "mail/new.md"),
        "15:12: there is no file 'mail/new.md'; did you mean 'mail/news.md'?",
    ),
    (
        "number as template",
        GOOD.replace("mail/news.md", "12"),
        "15:12: 'email' must be text (put it in quotes), not 12",
    ),
    (
        "template outside the folder",
        GOOD.replace("mail/news.md", "../../etc/passwd"),
        "15:12: there is no file '../../etc/passwd'",
    ),
    (
        "unit",
        GOOD.replace("3 weeks", "3 wekks"),
        f"13:11: 'wait': 'wekks' is no unit: {UNITS}; did you mean 'weeks'?",
    ),
    (
        "bare number",
        GOOD.replace("3 weeks", "3"),
        "13:11: 'wait': write a number and a unit, like 3 weeks, not 3",
    ),
    (
        "no time at all",
        GOOD.replace("3 weeks", "0 days"),
        "13:11: 'wait': a wait lasts from 1 to 3660 days",
    ),
    (
        "endless wait",
        GOOD.replace("3 weeks", "999999 years"),
        "13:11: 'wait': a wait lasts from 1 to 10 years",
    ),
    (
        "two waits",
        GOOD.replace("  - id: news\n    email: mail/news.md", "  - id: more\n    wait: 1 day"),
        "14:5: a wait behind a wait: join the two into one",
    ),
    (
        "a broken step between two waits",
        f"{GOOD.replace('email: mail/news', 'mail: mail/news')}  - id: more\n    wait: 1 day\n",
        "15:5: no kind of step is called 'mail'; did you mean 'email'?",
    ),
    (
        "intent",
        GOOD.replace("intent: greet", "intent: gret"),
        "11:13: 'intent' must be give, ask, greet or close, not 'gret'; did you mean 'greet'?",
    ),
    (
        "day",
        GOOD.replace("monday to friday", "munday to friday"),
        "6:9: 'window.days': 'munday' is no day of the week; did you mean 'monday'?",
    ),
    (
        "no days",
        GOOD.replace("monday to friday", "[]"),
        "6:9: 'window.days': write days like monday to friday, or a list like [mon, wed]",
    ),
    (
        "hours backwards",
        GOOD.replace("08:30 to 17:00", "17:00 to 08:30"),
        "7:10: 'window.hours': the window closes before it opens",
    ),
    (
        "25 o'clock",
        GOOD.replace("08:30 to 17:00", "08:30 to 25:00"),
        "7:10: 'window.hours': '08:30 to 25:00' is no time of day",
    ),
    (
        "window as text",
        GOOD.replace(LINES[4] + LINES[5] + LINES[6], "window: always\n"),
        "5:9: 'window' must be keys and values, not 'always'",
    ),
    (
        "secret",
        GOOD.replace("title: Former", "smtp_password: Former"),
        "3:1: 'smtp_password': a secret does not belong into a sequence, where everybody reads it",
    ),
    ("tag", GOOD.replace("you were", "!!python/name you were"),
     "4:6: the tag !!python/name is not allowed"),
    ("number as key", GOOD + "    3: x\n", "16:5: the key '3' must be plain text"),
    (
        "other name than the file",
        GOOD.replace("sequence: former", "sequence: farmer"),
        "2:11: 'farmer' must be named like its file, 'former'",
    ),
    ("colon in text", GOOD.replace("title: Former clients,", "title: Former: clients"),
     f"3:14: {COLON}"),
    ("open quote", GOOD.replace("why: you", "why: 'you"),
     "4:6: a quote is opened here and never closed"),
    ("indentation", GOOD.replace("  - id: news", "   - id: news"),
     "14:4: indented differently from the lines around it"),
    ("second document", GOOD + "---\nsequence: other\n",
     "16:1: a second document starts here: one file holds one"),
    ("control character", GOOD.replace("Former clients,", "Former\x07 clients,"),
     "3:14: a control character (U+0007): remove it"),
    ("undefined alias", GOOD.replace("you were a client of ours", "*ours"),
     "4:6: *name stands for nothing: put the text in quotes"),
    ("too deep", GOOD.replace("3 weeks", f"{'[' * 40}x{']' * 40}"), "13:39: nested too deep"),
    ("no steps", GOOD[: GOOD.index("steps:")] + "steps: []\n",
     "8:8: a sequence needs at least one step or occasion"),
    ("step as text", GOOD + "  - later\n", f"16:5: a step has an id and one of: {KINDS}"),
    ("list instead of keys", "- a\n", "1:1: not a sequence yet: write sequence, why and steps"),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "text", "expected"), BROKEN)
def test_a_mistake_is_shown_where_it_stands(_name: str, text: str, expected: str) -> None:
    assert complaints_of(text) == [f"{FILE}:{expected}"]


def test_an_empty_file_is_no_sequence() -> None:
    assert complaints_of("") == [f"{FILE}: not a sequence yet: write sequence, why and steps"]


def test_all_mistakes_are_told_at_once_and_in_order() -> None:
    text = GOOD.replace("title:", "tilte:").replace("3 weeks", "3").replace("news.md", "new.md")
    assert [line.split(": ")[0] for line in complaints_of(text)] == [
        f"{FILE}:3:1", f"{FILE}:13:11", f"{FILE}:15:12",
    ]  # fmt: skip


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (said,) = complaints_of("\n".join(rows))
    assert said.endswith("an alias that contains itself, or more than 20000 values")


def test_another_encoding_is_refused_where_it_shows() -> None:
    with pytest.raises(Misconfigured) as caught:
        decoded(b"title: \xc3\xa4\nwhy: Caf\xe9\n", FILE)
    assert str(caught.value) == f"{FILE}:2:9: byte 0xE9 is not UTF-8: save the file as UTF-8"


def test_a_template_is_complained_of_in_its_own_file() -> None:
    broken = {
        **TEMPLATES,
        "mail/news.md": "---\nsubject: News\n---\nDear {{ first_name }},\n\n"
        "{{ owner.nmae }} and {{ compny }}, {{ projekt }}\n",
    }
    first, owner, company = complaints_of(GOOD, broken)
    assert first.startswith(
        "sequences/mail/news.md:4:9: 'first_name' is not known; did you mean 'given_name'?"
    )
    assert owner == "sequences/mail/news.md:6:10: owner has address and name, not 'nmae'"
    assert company.startswith(
        "sequences/mail/news.md:6:25: 'compny' is not known; did you mean 'company'?"
    )


def test_a_template_that_does_not_parse_is_a_problem_of_the_sequence() -> None:
    (said,) = complaints_of(GOOD, {**TEMPLATES, "mail/news.md": "---\nsubject: x\n---\n{% if %}\n"})
    assert said.startswith("sequences/mail/news.md:4")


def test_an_abyss_of_brackets_is_refused_and_not_fallen_into() -> None:
    assert complaints_of("[" * 5000 + "]" * 5000) == [f"{FILE}: nested too deep"]


@settings(max_examples=200)
@given(st.integers(0, len(GOOD)), st.integers(0, 6), st.text(TORN, max_size=6))
def test_however_a_file_is_torn_it_is_a_sequence_or_a_complaint_with_a_place(
    start: int, length: int, put: str
) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        read(GOOD[:start] + put + GOOD[start + length :])
    except Misconfigured as error:
        problems = error.problems
    assert all(problem.place and problem.place.line for problem in problems)


def test_a_first_mail_without_a_subject_is_complained_of_and_a_later_one_is_not() -> None:
    opening = {**TEMPLATES, "mail/thanks.md": "Dear {{ given_name }}, {{ owner.name }}\n"}
    words = "the first mail of a sequence needs a subject: write it between lines of ---"
    assert complaints_of(GOOD, opening) == [f"sequences/mail/thanks.md:1:1: {words}"]
    later = {**TEMPLATES, "mail/news.md": "About {{ custom.project }} and {{ budget }}.\n"}
    assert read(GOOD, later).name == "former"


def test_a_question_mark_among_words_in_braces_is_one_and_hides_no_other_mistake() -> None:
    asked = GOOD + "  - {id: ask, call: How are you? Tell me., within: 2 days}\n"
    assert read(asked).steps[-1].kind == "call"
    broken = asked + "  - {id: more, call: Ask them.\n"
    (told,) = complaints_of(broken)
    assert told.startswith(f"{FILE}:17:")


@pytest.mark.parametrize(
    ("written", "column"),
    [("contry is DE", 11), ("'contry is DE'", 12), ("value is 5 and city si Bonn", 31)],
)
def test_a_slip_in_a_condition_is_shown_at_its_very_word(written: str, column: int) -> None:
    (told,) = complaints_of(f"{GOOD}    when: {written}\n")
    assert told.startswith(f"{FILE}:16:{column}: 'when': ")


def test_a_condition_over_several_lines_is_shown_where_it_begins() -> None:
    (told,) = complaints_of(f"{GOOD}    when: >\n      value is 5 and\n      contry is DE\n")
    assert told.startswith(f"{FILE}:16:11: 'when': 'contry' is no fact")


def test_a_key_that_another_kind_has_is_told_where_it_belongs() -> None:
    (told,) = complaints_of(f"{GOOD}    on: 4 January\n")
    assert told == f"{FILE}:16:5: unknown key 'on': only occasions come round; {FOLLOW}"


FOLLOW = "steps follow one another"
