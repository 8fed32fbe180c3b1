"""An import judges every row, and stores only what nobody can misread."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from nurture.core.contact import Basis, Consent, Contact
from nurture.flows.import_contacts import (
    Grounds,
    Row,
    RowOutcome,
    RowVerdict,
    import_contacts,
)
from tests.fakes.memory import Memory

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def memory() -> Memory:
    return Memory()


def rows(*cells: dict[str, str]) -> list[Row]:
    return [Row(line, each) for line, each in enumerate(cells, 2)]


async def imported(memory: Memory, given: Iterable[Row], **options: Any) -> tuple[RowVerdict, ...]:
    return await import_contacts(given, memory.people, NOW, **options)


def outcomes(verdicts: Iterable[RowVerdict]) -> list[tuple[int, str]]:
    return [(verdict.line, str(verdict.outcome)) for verdict in verdicts]


async def test_every_row_gets_a_verdict_in_its_order(memory: Memory) -> None:
    first = rows({"email": "a@example.org", "city": "Bonn"}, {"email": "b@example.org"})
    assert outcomes(await imported(memory, first)) == [(2, "added"), (3, "added")]
    await memory.people.suppress("c@example.org", "opted out", NOW)
    second = rows(
        {"email": "c@example.org"},
        {"email": "b@example.org"},
        {"email": "nobody"},
        {"email": "a@example.org", "city": "Köln"},
    )
    verdicts = await imported(memory, second)
    assert outcomes(verdicts) == [
        (2, "suppressed"), (3, "unchanged"), (4, "refused"), (5, "updated"),
    ]  # fmt: skip
    assert verdicts[0].why == "asked for no mail, or bounced: never written to"
    assert (verdicts[2].column, verdicts[2].email) == ("email", "nobody")


async def test_a_dry_run_tells_the_same_and_stores_nothing(memory: Memory) -> None:
    given = rows({"email": "a@example.org"}, {"email": "b@"})
    dry = await imported(memory, given, write=False)
    assert await memory.people.page() == ()
    assert dry == await imported(memory, given)


async def test_rows_of_one_address_are_one_person(memory: Memory) -> None:
    verdicts = await imported(
        memory,
        rows(
            {"email": "Anna+x@Example.org", "given_name": "Anna", "city": ""},
            {"email": "b@example.org"},
            {"email": "anna+x@example.org ", "given_name": "", "city": "Bonn"},
        ),
    )
    assert outcomes(verdicts) == [(2, "added"), (3, "added"), (4, "added")]
    assert verdicts[2].why == "the same person as line 2"
    known = await memory.people.contact("anna+x@example.org")
    assert known is not None
    assert (known.given_name, known.city) == ("Anna", "Bonn")
    assert len(await memory.people.page()) == 2


async def test_rows_that_contradict_are_refused_naming_both_lines(memory: Memory) -> None:
    verdicts = await imported(
        memory,
        rows(
            {"email": "a@example.org", "given_name": "Anna"},
            {"email": "A@EXAMPLE.ORG", "given_name": "Anne"},
        ),
    )
    assert outcomes(verdicts) == [(2, "refused"), (3, "refused")]
    assert verdicts[1].why == "the lines 2 and 3 are one address and differ in given_name: keep one"
    assert await memory.people.page() == ()


async def test_apostrophes_tags_and_cases_make_no_twins(memory: Memory) -> None:
    addresses = ("o'hara@example.org", "ohara@example.org", "o'hara+x@example.org")
    await imported(memory, rows(*({"email": each} for each in addresses)))
    again = await imported(memory, rows(*({"email": each.upper()} for each in addresses)))
    assert {verdict.outcome for verdict in again} == {RowOutcome.UNCHANGED}
    assert {each.address for each in await memory.people.page()} == set(addresses)


async def test_a_ragged_row_is_refused_alone(memory: Memory) -> None:
    given = [Row(2, {}, "3 cells under 4 columns"), Row(3, {"email": "a@example.org"})]
    verdicts = await imported(memory, given)
    assert outcomes(verdicts) == [(2, "refused"), (3, "added")]
    assert verdicts[0].why == "3 cells under 4 columns"


async def test_the_account_is_the_rows_own_or_the_given_one(memory: Memory) -> None:
    given = rows(
        {"email": "a@example.org", "account": "bob"},
        {"email": "b@example.org"},
        {"email": "c@example.org", "account": "bobb"},
    )
    verdicts = await imported(memory, given, account="anna", accounts=("anna", "bob"))
    assert [each.account for each in await memory.people.page()] == ["bob", "anna"]
    assert verdicts[2].why == "no account is called 'bobb'; did you mean 'bob'?"


ASKED = {"consent_basis": "inquiry", "consent_since": "2026-01-05"}


async def known(memory: Memory, address: str = "a@example.org") -> Contact:
    contact = await memory.people.contact(address)
    assert contact is not None
    return contact


async def test_whoever_may_not_be_written_to_is_imported_with_the_reason(memory: Memory) -> None:
    given = rows(
        {"email": "a@example.org", "country": "US"},
        {"email": "b@example.org", "country": "US", **ASKED},
        {"email": "c@example.org", "country": "DE", **ASKED},
    )
    verdicts = await imported(memory, given)
    assert outcomes(verdicts) == [(2, "added"), (3, "added"), (4, "added")]
    assert verdicts[0].permission.startswith("no mail: why we may write to them is not recorded")
    assert verdicts[1].permission == ""
    assert "an inquiry gives no permission" in verdicts[2].permission


async def test_a_stated_basis_is_for_whom_nothing_else_is_known(memory: Memory) -> None:
    stated = Grounds(Consent(Basis.PURCHASE, date(2025, 5, 5), "binder 3"))
    await imported(memory, rows({"email": "old@example.org", **ASKED}))
    given = rows(
        {"email": "a@example.org"},
        {"email": "b@example.org", **ASKED},
        {"email": "old@example.org"},
    )
    await imported(memory, given, grounds=stated)
    assert (await known(memory)).consent == stated.default
    assert (await known(memory, "b@example.org")).consent.basis is Basis.INQUIRY
    assert (await known(memory, "old@example.org")).consent.basis is Basis.INQUIRY


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"country": "US"}, "country"),
        ({"legal_form": "company"}, "legal_form"),
        ({"consent_basis": "express", "consent_evidence": "a rumour"}, "consent"),
        ({"consent_basis": "purchase", "consent_since": "2020-01-01"}, "consent"),
    ],
)
async def test_p3_an_import_never_changes_a_permission_in_silence(
    memory: Memory, changed: dict[str, str], field: str
) -> None:
    first = {"email": "a@example.org", "country": "CA", "legal_form": "sole_trader", **ASKED}
    await imported(memory, rows(first))
    before = await known(memory)
    (verdict,) = await imported(memory, rows({"email": "a@example.org", "city": "Rome", **changed}))
    after = await known(memory)
    assert verdict.permission.startswith(f"{field} differ and stay as known")
    assert (after.consent, after.country, after.legal_form, after.city) == (
        before.consent, before.country, before.legal_form, "Rome",
    )  # fmt: skip
    (verdict,) = await imported(
        memory, rows({"email": "a@example.org", **changed}), grounds=Grounds(replace=True)
    )
    after = await known(memory)
    assert (after.consent, after.country, after.legal_form) != (
        before.consent, before.country, before.legal_form,
    )  # fmt: skip


async def test_a_fact_that_widens_a_permission_is_told(memory: Memory) -> None:
    await imported(memory, rows({"email": "a@example.org", **ASKED}))
    (verdict,) = await imported(memory, rows({"email": "a@example.org", "country": "CA"}))
    assert verdict.permission.startswith("mail is permitted now: an inquiry of 2026-01-05; CASL")
    (again,) = await imported(memory, rows({"email": "a@example.org", "country": "CA"}))
    assert again.permission == ""


async def test_p3_no_import_lifts_a_no(memory: Memory) -> None:
    await imported(memory, rows({"email": "a@example.org", **ASKED}))
    await memory.people.suppress("a@example.org", "opted out", NOW)
    fresh = {"email": "A@Example.org", "consent_basis": "express", "consent_evidence": "a form"}
    (verdict,) = await imported(memory, rows(fresh), grounds=Grounds(replace=True))
    assert verdict.outcome is RowOutcome.SUPPRESSED
    assert await memory.people.suppressed(["a@example.org"]) == {"a@example.org": "opted out"}
    assert (await known(memory)).consent.basis is Basis.INQUIRY


async def test_progress_reaches_the_number_of_rows(memory: Memory) -> None:
    seen: list[int] = []
    given = [Row(line, {"email": f"p{line % 1100}@example.org"}) for line in range(2, 1202)]
    await imported(memory, [*given, Row(1202, {"email": ""})], progress=seen.append)
    assert seen == sorted(seen)
    assert (len(seen), seen[-1]) == (4, 1201)


async def test_lists_of_one_persons_rows_add_up(memory: Memory) -> None:
    given = rows(
        {"email": "a@example.org", "tags": "vip", "city": "Bonn"},
        {"email": "a@example.org", "tags": "warm; vip", "city": "Bonn"},
    )
    assert outcomes(await imported(memory, given)) == [(2, "added"), (3, "added")]
    known = await memory.people.contact("a@example.org")
    assert known is not None
    assert known.tags == ("vip", "warm")
