"""Who may be written to, where, why and until when (promise P3; domain.md L1 to L12, F22)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.contact import Basis, Consent, Contact, LegalForm
from nurture.core.permission import (
    Denied,
    Granted,
    lapse_stage,
    latest_date,
    permission,
    read_law,
    regimes,
)
from nurture.core.sequence import Intent

TODAY = date(2026, 5, 6)
DAY = timedelta(days=1)
LTD, TRADER = LegalForm.COMPANY, LegalForm.SOLE_TRADER
EVERYWHERE = [*sorted({country for each in regimes() for country in each.countries}), "JP", ""]


def mara(country: str, basis: Basis | None, since: date | None = None, **more: object) -> Contact:
    """Somebody there, with that consent; `notice`, `evidence` and so on are further facts of it."""
    legal_form = more.pop("legal_form", None)
    consent = replace(Consent(basis, since), **more)
    return replace(Contact("mara@example.org", country=country, consent=consent),
                   legal_form=legal_form)  # fmt: skip


def verdict(contact: Contact, intent: Intent = Intent.GIVE, on: date = TODAY) -> Granted | Denied:
    return permission(contact, intent, on)


PURCHASE, INQUIRY, EXPRESS = Basis.PURCHASE, Basis.INQUIRY, Basis.EXPRESS
PROVEN = {"evidence": "a signed form"}
CASES = [
    # F22
    (mara("CA", INQUIRY, date(2025, 11, 6)), date(2026, 5, 6)),
    (mara("CA", INQUIRY, date(2025, 11, 5)), "permitted mail until 2026-05-05"),
    (mara("CA", PURCHASE, date(2024, 6, 6)), date(2026, 6, 6)),
    (mara("CA", PURCHASE, date(2024, 5, 5)), "permitted mail until 2026-05-05"),
    (mara("CA", PURCHASE), "only with its day"),
    (mara("CA", Basis.CONTRACT, date(2027, 1, 1)), date(2029, 1, 1)),
    (mara("CA", PURCHASE, date(2027, 1, 1)), "begins on 2027-01-01"),
    (mara("CA", EXPRESS), "only with what proves it"),
    (mara("CA", EXPRESS, **PROVEN), None),
    (mara("US", INQUIRY), None),
    (mara("US", Basis.PUBLISHED), None),
    (mara("US", None), "is not recorded"),
    (mara("GB", INQUIRY, legal_form=LTD), None),
    (mara("GB", INQUIRY, notice=True, legal_form=TRADER), "an inquiry gives no permission"),
    (mara("GB", INQUIRY, notice=True), "an inquiry gives no permission"),
    (mara("GB", Basis.NEGOTIATION, notice=True, legal_form=TRADER), None),
    (mara("GB", Basis.NEGOTIATION, legal_form=TRADER), "consent_notice=yes"),
    (mara("DE", INQUIRY, notice=True, **PROVEN), "an inquiry gives no permission"),
    (mara("DE", Basis.NEGOTIATION, notice=True, **PROVEN), "a negotiation gives no permission"),
    (mara("DE", INQUIRY, legal_form=LTD, **PROVEN), "an inquiry gives no permission"),
    (mara("DE", PURCHASE, notice=True), None),
    (mara("DE", PURCHASE), "consent_notice=yes"),
    (mara("DE", EXPRESS, **PROVEN), None),
    (mara("FR", INQUIRY, **PROVEN), "an inquiry gives no permission"),
    (mara("CH", PURCHASE, notice=True), None),
    (mara("AU", PURCHASE), None),
    (mara("AU", INQUIRY), "only with what proves it"),
    (mara("AU", INQUIRY, **PROVEN), None),
    (mara("", INQUIRY, TODAY, notice=True, **PROVEN), "the strictest rule"),
    (mara("JP", EXPRESS, TODAY, **PROVEN), None),
    (mara("", EXPRESS, **PROVEN), "only with its day"),
    (mara("DE", INQUIRY, jurisdiction="US"), None),
    (mara("US", INQUIRY, jurisdiction="DE"), "UWG"),
]  # fmt: skip


@pytest.mark.parametrize(("contact", "end"), CASES)
def test_p3_f22_the_law_of_their_place_decides(contact: Contact, end: date | str | None) -> None:
    found = verdict(contact)
    if isinstance(end, str):
        assert isinstance(found, Denied), found
        assert end in found.why
    else:
        assert isinstance(found, Granted), found
        assert found.until == end


def test_a_published_address_is_for_what_their_work_is_about() -> None:
    public = mara("CA", Basis.PUBLISHED, **PROVEN)
    assert isinstance(verdict(public, Intent.GIVE), Granted)
    for intent in (Intent.ASK, Intent.GREET, Intent.CLOSE):
        denied = verdict(public, intent)
        assert isinstance(denied, Denied)
        assert "only mail that gives something" in denied.why


def test_a_permission_includes_its_last_day_and_says_when_it_ended() -> None:
    bought = mara("CA", PURCHASE, date(2024, 2, 29))
    last = date(2026, 2, 28)
    assert isinstance(verdict(bought, on=last), Granted)
    over = verdict(bought, on=last + DAY)
    assert isinstance(over, Denied)
    assert over.until == last


def test_an_expiry_on_record_shortens_and_never_lengthens() -> None:
    short = mara("CA", PURCHASE, date(2026, 1, 1), expires=TODAY)
    assert verdict(short).until == TODAY
    assert verdict(short, on=TODAY + DAY) == Denied(f"the consent ran out on {TODAY}", TODAY)
    long = mara("CA", PURCHASE, date(2024, 1, 1), expires=date(2040, 1, 1))
    assert isinstance(verdict(long), Denied)


LAW = """
[[regime]]
name = "old and new"
countries = []
[[regime.rule]]
basis = ["purchase"]
months = 24
from = 2020-01-01
source = "a test"
[[regime.rule]]
basis = ["purchase"]
months = 12
from = 2026-05-07
source = "a test"
"""


def test_of_two_rules_the_latest_in_force_counts() -> None:
    bought, law = mara("", PURCHASE, date(2025, 1, 1)), read_law(LAW)
    assert permission(bought, Intent.GIVE, TODAY, law).until == date(2027, 1, 1)
    assert permission(bought, Intent.GIVE, TODAY + DAY, law) == Denied(
        "a purchase of 2025-01-01 permitted mail until 2026-01-01; old and new", date(2026, 1, 1)
    )
    before = permission(bought, Intent.GIVE, date(2019, 1, 1), law)
    assert isinstance(before, Denied)
    assert before.why == "old and new: a purchase gives no permission for mail"


def test_every_row_of_the_law_names_its_source_and_every_place_one_regime() -> None:
    countries = [country for each in regimes() for country in each.countries]
    assert len(countries) == len(set(countries))
    assert [each.name for each in regimes() if not each.countries] == ["the strictest rule"]


consents = st.builds(
    Consent,
    basis=st.sampled_from([None, *Basis]),
    since=st.none() | st.dates(date(2023, 1, 1), date(2027, 1, 1)),
    evidence=st.sampled_from(["", "a form"]),
    expires=st.none() | st.dates(date(2026, 5, 1), date(2026, 6, 1)),
    notice=st.booleans(),
)


@settings(max_examples=300, derandomize=True)
@given(
    consents,
    st.sampled_from([None, *LegalForm]),
    st.sampled_from(Intent),
    st.sampled_from(EVERYWHERE),
)
def test_what_is_granted_to_somebody_unknown_is_granted_everywhere(
    consent: Consent, legal_form: LegalForm | None, intent: Intent, country: str
) -> None:
    nowhere = Contact("m@example.org", consent=consent, legal_form=legal_form)
    there = permission(replace(nowhere, country=country), intent, TODAY)
    unknown = permission(nowhere, intent, TODAY)
    if isinstance(unknown, Granted):
        assert isinstance(there, Granted), (there, unknown)
        assert (unknown.until or date.max) <= (there.until or date.max)
    if consent.basis is None:
        assert isinstance(there, Denied)
    if isinstance(there, Granted):
        assert there.until is None or there.until >= TODAY


def test_the_day_is_the_latest_that_it_may_be_where_they_are() -> None:
    noon = datetime(2026, 5, 6, 12, tzinfo=UTC)
    assert latest_date(noon, ("Pacific/Auckland", "Europe/Berlin")) == date(2026, 5, 7)
    assert latest_date(noon, ("America/New_York",)) == date(2026, 5, 6)


@pytest.mark.parametrize(
    ("days", "stage"), [(61, None), (60, 60), (31, 60), (30, 30), (0, 30), (-1, None)]
)
def test_an_end_is_spoken_of_60_and_30_days_ahead(days: int, stage: int | None) -> None:
    assert lapse_stage(TODAY + days * DAY, TODAY) == stage
    assert lapse_stage(None, TODAY) is None
