"""One family of mailboxes, one cap, and a breaker: closed, open, half open."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.core.account.family import (
    Family,
    family_of,
    is_known,
    known_families,
    scope_of,
    sender_of,
)
from nurture.core.account.tally import DAY
from nurture.core.contact.address import is_freemail

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SCOPE = "firm.example>gmail"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("ada@gmail.com", "gmail"),
        ("ada@googlemail.com", "gmail"),
        ("ada@HOTMAIL.de", "microsoft"),
        ("ada@aol.com", "yahoo"),
        ("ada@web.de", "united-internet"),
        ("ada@brandt.example", "brandt.example"),
        ("ada@mail.brandt.example", "mail.brandt.example"),
    ],
)
def test_a_recipient_belongs_to_a_family_by_domain(address: str, name: str) -> None:
    assert family_of(address) == name
    assert is_known(scope_of("firm.example", address)) == ("." not in name)


def test_every_domain_of_a_known_family_is_shared_by_strangers() -> None:
    assert {"gmail", "microsoft", "yahoo"} <= set(known_families())
    from nurture.core.account.family import _families

    assert [domain for domain in _families() if not is_freemail(domain)] == []


@pytest.mark.parametrize(
    ("address", "siblings", "sender"),
    [
        ("ada@firm.example", [], "firm.example"),
        ("ada@news.firm.example", ["bo@firm.example"], "firm.example"),
        ("ada@firm.example", ["bo@news.firm.example"], "firm.example"),
        ("ada@myfirm.example", ["bo@firm.example"], "myfirm.example"),
        ("ada@gmail.com", ["bo@gmail.com"], "ada@gmail.com"),
    ],
)
def test_accounts_of_one_organisation_are_one_sender(
    address: str, siblings: list[str], sender: str
) -> None:
    assert sender_of(address, siblings) == sender


def test_a_trouble_backs_the_family_off_and_one_mail_tries_afterwards() -> None:
    family = Family(SCOPE).tripped("421 4.7.28 slow down", NOW)
    assert family.until is not None
    assert timedelta(minutes=30) <= family.until - NOW <= timedelta(hours=1)
    assert family.backed_off_until(NOW) == family.until
    then = family.until
    assert family.backed_off_until(then) is None
    probing = family.let_out(then)
    waits = probing.backed_off_until(then)
    assert waits is not None
    assert waits > then
    assert probing.released().backed_off_until(then) is None
    assert probing.backed_off_until(waits) is None  # the one that tried was lost with its worker


def test_more_of_the_same_trouble_counts_once_and_a_new_one_waits_longer() -> None:
    first = Family(SCOPE).tripped("421", NOW)
    assert first.tripped("421", NOW + MINUTE) == first
    family, waits = first, list[timedelta]()
    for _ in range(9):
        assert family.until is not None
        again = family.let_out(family.until).tripped("421 again", family.until)
        assert again.until is not None
        waits.append(again.until - family.until)
        family = again
    assert family.failures == 10
    assert waits[4] > waits[0]
    assert max(waits) <= DAY + timedelta(minutes=30)


def test_a_mail_that_is_taken_closes_the_breaker_unless_it_left_before_the_trouble() -> None:
    open_ = Family(SCOPE).tripped("421", NOW)
    assert open_.until is not None
    assert open_.recovered(NOW + MINUTE) == open_
    closed = open_.let_out(open_.until).recovered(open_.until + MINUTE)
    assert (closed.until, closed.probing_until, closed.why) == (None, None, "")
    assert closed.backed_off_until(open_.until + MINUTE) is None
    # A submission server takes everything: the next report must not find us at the beginning.
    assert closed.tripped("421", open_.until + 2 * MINUTE).failures == 2
    assert closed.tripped("421", NOW + 3 * DAY).failures == 1


def test_a_healthy_family_lets_everybody_through() -> None:
    family = Family(SCOPE)
    for _ in range(3):
        assert family.backed_off_until(NOW) is None
        family = family.let_out(NOW)
    assert (family.name, family.sender) == ("gmail", "firm.example")
    assert family.tally.within_day(NOW) == 3
