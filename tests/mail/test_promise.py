"""Promises in the owner's own words (mail.words.promise), measured on labelled sentences."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.words.promise import find_promises
from nurture.mail.words.quoting import visible

TODAY = date(2026, 3, 11)  # a Wednesday
FOLDER = Path(__file__).parent / "promises"
LEAST_PRECISION, LEAST_RECALL, LEAST_DATED = 0.95, 0.80, 0.95


@dataclass(frozen=True)
class Labelled:
    """A sentence, and until when it promises something; `-` for no day, empty for no promise."""

    language: str
    until: str
    sentence: str


def labelled(name: str) -> list[Labelled]:
    """Lines of language, + or -, day or -, sentence."""
    rows = [line.split(" ", 3) for line in (FOLDER / name).read_text("utf-8").splitlines()]
    return [
        Labelled(language, until if sign == "+" else "", sentence)
        for language, sign, until, sentence in rows
    ]


def found(sentence: str) -> list[str]:
    """The last days of what is found; `-` where none is named."""
    return [str(each.last or "-") for each in find_promises(sentence, today=TODAY)]


ALL = [each for file in sorted(FOLDER.glob("*.txt")) for each in labelled(file.name)]


@pytest.mark.parametrize("name", sorted(file.name for file in FOLDER.glob("*.txt")))
def test_promises_are_found_and_nothing_else_is(name: str) -> None:
    rows = labelled(name)
    hits = [each for each in rows if found(each.sentence)]
    right = [each for each in hits if each.until]
    dated = [each for each in right if each.until in found(each.sentence)]
    precision = len(right) / len(hits)
    recall = len(right) / sum(bool(each.until) for each in rows)
    exact = len(dated) / len(right)
    print(
        f"{name}: {len(rows)} sentences, precision {precision:.3f}, recall {recall:.3f}, ", end=""
    )
    print(f"right days {exact:.3f}")
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL
    assert exact >= LEAST_DATED


def test_there_are_enough_sentences_of_each_kind_in_each_language() -> None:
    assert len(ALL) >= 150
    for language in ("en", "de", "fr"):
        ours = [each for each in ALL if each.language == language]
        assert sum(bool(each.until) for each in ours) >= 25
        assert sum(not each.until for each in ours) >= 25


def test_only_what_stands_above_the_quote_is_the_owners() -> None:
    mail = (
        "Thanks, I'll send the plan tomorrow.\n\n"
        "On Tue, 10 Mar 2026, Bob <bob@firm.example> wrote:\n"
        "> I'll call you on Friday.\n> Ich melde mich naechste Woche.\n"
    )
    assert found(visible(mail, "").body) == ["2026-03-12"]


def test_a_quoted_line_that_is_left_is_nobodys_promise() -> None:
    assert found("> I'll call you on Friday.\nSounds good.") == []


def test_a_wrapped_line_reads_on_and_each_point_of_a_list_is_its_own() -> None:
    assert found("Dear Bob,\nI will send you the\nnumbers on\nFriday.") == ["2026-03-13"]
    listed = "Next steps:\n- I'll send the offer tomorrow\n- Anna calls you on Friday\n"
    assert found(listed) == ["2026-03-12"]


def test_two_days_are_two_promises_and_the_same_sentence_twice_is_one() -> None:
    both = "I'll send you the plan tomorrow, and I will call you on Friday."
    assert found(both) == ["2026-03-12", "2026-03-13"]
    assert found("I'll send it Friday. I'll send it Friday.") == ["2026-03-13"]


def test_a_week_names_its_first_and_its_last_working_day() -> None:
    (promise,) = find_promises("Ich melde mich nächste Woche.", today=TODAY)
    assert (promise.first, promise.last) == (date(2026, 3, 16), date(2026, 3, 20))
    assert promise.sentence == "Ich melde mich nächste Woche."


def test_a_question_behind_a_promise_takes_nothing_back() -> None:
    assert found("I'll call you on Friday, ok?") == ["2026-03-13"]
    assert found("Shall I call you on Friday, or will you?") == []


@pytest.mark.parametrize(
    "words",
    ["I'll send it before Friday.", "Ich schicke es vor Freitag.", "Je l'envoie avant vendredi."],
)
def test_before_a_day_is_the_day_before(words: str) -> None:
    assert found(words) == ["2026-03-12"]


@given(st.text(max_size=400), st.dates(date(1, 1, 1), date(9990, 12, 31)))
def test_nothing_that_anybody_writes_breaks_it(text: str, today: date) -> None:
    for promise in find_promises(text, today=today):
        assert promise.sentence


WORDS = st.sampled_from(
    [
        *(
            "I'll",
            "we will",
            "not",
            "send",
            "it",
            "you",
            "by",
            "on Friday",
            "tomorrow",
            "next week",
        ),
        *("if", "when", "ich melde mich", "wir", "schicken", "nicht", "morgen", "nächste Woche"),
        *("je vous envoie", "ne", "pas", "demain", "la semaine prochaine", "si", "in 3 days"),
        *(
            "?",
            ".",
            ",",
            '"',
            ">",
            "-",
            "before",
            "after",
            "vor",
            "nach",
            "avant",
            "après",
            "today",
        ),
    ]
)


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_days_found_lie_ahead_and_within_a_year(text: str) -> None:
    for promise in find_promises(text, today=TODAY):
        if promise.first and promise.last:
            assert TODAY <= promise.last <= date(2027, 3, 12)
            assert promise.first <= promise.last
