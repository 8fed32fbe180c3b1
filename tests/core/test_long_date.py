"""Dates as they stand above letters (core/long_date)."""

from datetime import date

import pytest

from nurture.core.post.long_date import _languages, long_date


@pytest.mark.parametrize(
    ("language", "country", "said"),
    [
        ("en", "US", "March 1, 2027"),
        ("en", "GB", "1 March 2027"),
        ("de", "DE", "1. März 2027"),
        ("fr", "FR", "1er mars 2027"),
        ("es", "MX", "1 de marzo de 2027"),
        ("ca", "ES", "1 de març de 2027"),
        ("fi", "FI", "1. maaliskuuta 2027"),
        ("hu", "HU", "2027. március 1."),
        ("lt", "LT", "2027 m. kovo 1 d."),
        ("lv", "LV", "2027. gada 1. marts"),
        ("pl", "PL", "1 marca 2027"),
        ("el", "GR", "1 Μαρτίου 2027"),
        ("ru", "KZ", "1 марта 2027 г."),
        ("ja", "JP", "2027-03-01"),
        ("", "", "2027-03-01"),
    ],
)
def test_a_date_is_written_out_in_the_language_of_its_reader(
    language: str, country: str, said: str
) -> None:
    assert long_date(date(2027, 3, 1), language, country) == said


def test_only_the_first_of_a_month_is_an_ordinal() -> None:
    assert long_date(date(2027, 3, 11), "fr") == "11 mars 2027"
    assert long_date(date(2027, 4, 1), "ca") == "1 d’abril de 2027"


def test_every_language_has_twelve_months_that_differ() -> None:
    for name, language in _languages().items():
        assert len(set(language.months.split())) == 12, name
