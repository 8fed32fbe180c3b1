"""No mail goes without who, where, why and how to stop it (domain.md L3, L11)."""

from binascii import a2b_qp

import pytest

from nurture.mail.write.footer import closing, footer, languages

_WHY = "you were a client of ours"


def test_a_footer_names_who_where_why_and_how_to_stop() -> None:
    assert footer("Anna Weiß", "Hauptstr. 1\n89073 Ulm,\n\nGermany", _WHY, "en") == (
        "Anna Weiß",
        "Hauptstr. 1, 89073 Ulm, Germany",
        "You receive this because you were a client of ours.",
        "If you would rather not hear from me, reply STOP and I will not write again.",
    )


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_offers_the_one_word_that_stops_it(language: str) -> None:
    *_, why, opt_out = footer("Anna", "Ulm", _WHY, language)
    assert "STOP" in opt_out
    assert why.endswith(".")
    assert "{" not in why + opt_out


def test_seven_languages_are_spoken_at_least() -> None:
    assert languages() >= {"en", "de", "fr", "es", "it", "pt", "nl"}


@pytest.mark.parametrize(
    ("language", "own", "spoken"),
    [("de-AT", "en", "de"), ("FR", "en", "fr"), ("", "de", "de"), ("xx", "nl", "nl"),
     ("xx", "yy", "en"), ("pt_BR", "en", "pt")],
)  # fmt: skip
def test_the_contacts_language_goes_before_the_owners_and_english_last(
    language: str, own: str, spoken: str
) -> None:
    assert footer("A", "B", "", language, own)[3] == footer("A", "B", "", spoken, spoken)[3]


def test_the_reason_is_never_a_sentence_in_two_languages() -> None:
    why = footer("Anna", "Ulm", _WHY, "de", "en")[2]
    assert why == "Sie erhalten diese Nachricht, weil wir bereits in Kontakt standen."
    assert footer("Anna", "Ulm", "Sie unser Kunde waren.", "de", "de")[2] == (
        "Sie erhalten diese Nachricht, weil Sie unser Kunde waren."
    )


@pytest.mark.parametrize(("name", "postal"), [("", "Ulm"), ("Anna", " \n ")])
def test_a_footer_without_identity_is_refused(name: str, postal: str) -> None:
    with pytest.raises(ValueError, match="postal address"):
        footer(name, postal, _WHY, "en")


def test_the_lines_stand_below_both_parts_as_plain_words() -> None:
    lines = ("Anna <b>", "Ulm")
    below = closing(lines)
    assert below.text == "\n\n-- \nAnna <b>\nUlm\n"
    assert below.html == "\n<p>Anna &lt;b&gt;<br>\nUlm</p>\n"
    for told, quoted in zip((below.text, below.html), below.quoted, strict=True):
        assert a2b_qp(quoted.encode("ascii")) == told.replace("\n", "\r\n").encode()
