"""Phrases are found as a reader would: whole words, any case, accents or wrapping."""

import pytest

from nurture.mail.phrase import Phrases, by_language, fold, phrases


def one(phrase: str) -> Phrases:
    return Phrases({"en": [phrase]})


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("stop", "Please STOP now", "stop"),
        ("stop", "nonstop, stopping", ""),
        ("abwesenheits~", "Abwesenheitsnotiz: x", "abwesenheitsnotiz"),
        ("desinscrire", "me dÉsinscrire", "desinscrire"),
        ("reponse automatique", "Re\u0301ponse\u00a0automatique", "reponse automatique"),
        ("don't email me", "Don’t e\u00admail me", "don't email me"),
        ("out of the office", "I am out\nof the   office", "out of the office"),
        ("out of the office", "I am out\n\nof the office", ""),
        ("keine * mehr", "keine solchen Mails mehr", "keine solchen mails mehr"),
        ("keine * mehr", "keine Mails. Nie mehr", ""),
        ("zum * aus", "zum 30.09. aus", "zum 30.09. aus"),
        ("自動返信", "【自動返信】受付", "自動返信"),
    ],
)
def test_a_phrase_is_found_by_whole_words(phrase: str, text: str, found: str) -> None:
    assert one(phrase).find(fold(text)) == fold(found)


def test_two_cues_can_be_asked_of_one_language() -> None:
    group = Phrases({"de": ["wieder", "zuruck"], "en": ["until"]})
    assert group.languages("wieder da, zuruck until monday") == {"de": "wieder", "en": "until"}


def test_opening_and_counting() -> None:
    group = Phrases({"en": ["auto:", "reply"]})
    assert group.opens("auto: reply") == "auto:"
    assert group.opens("re: auto: reply") == ""
    assert group.several("auto: reply", 5) == ("auto:", "reply")
    assert group.several("auto: reply", 1) == ("auto:",)


@pytest.mark.parametrize("package", ["nurture.signals"])
def test_every_language_file_has_every_group_of_words(package: str) -> None:
    groups = by_language(package)
    assert {"absence", "back", "opt_out", "left", "ack"} <= set(groups)


def test_every_phrase_in_the_data_finds_itself() -> None:
    tables = (
        *by_language("nurture.signals").values(),
        *phrases("nurture.mail.read", "delivery").values(),
    )
    missed = [
        phrase.words
        for table in tables
        for phrase in table
        if not phrase.search(fold(phrase.words.replace(" * ", " so ").rstrip("~")))
    ]
    assert missed == []
