"""Whom a provider vouches for, and what others write in its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.read.authenticity import Voucher, only_author, vouched_by

HERE = "mx.example.net"
ANNA = "From: Anna Carter <anna@example.org>"


def mail(*fields: str) -> bytes:
    """A mail with these fields on top."""
    return "\r\n".join([*fields, "To: anna@example.org", "", "done", ""]).encode()


def reported(text: str, *fields: str) -> Voucher | None:
    """What becomes of a mail of Anna's with this report on top."""
    return vouched_by(mail(f"Authentication-Results: {text}", *fields, ANNA), HERE)


@pytest.mark.parametrize(
    ("text", "voucher"),
    [
        (f"{HERE}; dmarc=pass header.from=example.org", Voucher.DMARC),
        (f"{HERE} 1; dmarc=pass (p=none dis=none) header.from=example.org", Voucher.DMARC),
        ((f"{HERE.upper()}; spf=pass smtp.mailfrom=x@y.example;\r\n dmarc=pass"
         ' (p=REJECT (a (nested) note) sp=NONE) header.from="example.org"'), Voucher.DMARC),
        ((f"{HERE}; dkim=pass header.i=@example.org header.s=s1 header.b=aBc+/=;"
         " spf=softfail smtp.mailfrom=anna@example.org"), Voucher.DKIM),
        (f"{HERE}; dkim/1=pass header.d=example.org; dmarc=none header.from=example.org",
         Voucher.DKIM),
        (f"{HERE}; auth=pass smtp.auth=anna@example.org smtp.mailfrom=x", Voucher.LOGIN),
    ],
)  # fmt: skip
def test_a_provider_vouches_by_dmarc_by_dkim_or_by_a_login(text: str, voucher: Voucher) -> None:
    assert reported(text) is voucher


@pytest.mark.parametrize(
    "text",
    [
        f"{HERE}; none",
        HERE,
        "",
        ";;;",
        "elsewhere.example; dmarc=pass header.from=example.org",
        f"{HERE}.evil.example; dmarc=pass header.from=example.org",
        f"{HERE} 2; dmarc=pass header.from=example.org",
        f"{HERE}; dmarc=fail header.from=example.org; dkim=pass header.d=example.org",
        f"{HERE}; dmarc=temperror header.from=example.org; dkim=pass header.d=example.org",
        f"{HERE}; dmarc=pass header.from=evil.example",
        f"{HERE}; dmarc=pass",
        f"{HERE}; spf=pass smtp.mailfrom=anna@example.org",
        f"{HERE}; dkim=pass header.d=evil.example",
        f"{HERE}; dkim=pass header.d=evil.example header.d=example.org",
        f"{HERE}; dkim=pass header.i=x=header.d=example.org@evil.example",
        f"{HERE}; dkim=pass header.d=sub.example.org",
        f"{HERE}; auth=pass smtp.auth=bob@example.org",
        f'{HERE}; spf=pass smtp.mailfrom="a;dmarc=pass header.from=example.org"@evil.example',
        f'{HERE}; spf=pass smtp.mailfrom="a\\";dmarc=pass header.from=example.org"@evil.example',
        f"{HERE}; spf=pass (; dmarc=pass header.from=example.org) smtp.mailfrom=x@evil.example",
        f"{HERE}; spf=pass (\\); dmarc=pass header.from=example.org) smtp.mailfrom=x",
        f'{HERE}; "dmarc=pass" header.from=example.org',
        f"{HERE}; spf=pass smtp.mailfrom==?utf-8?q?x=3B_dmarc=3Dpass_header.from=3Dexample.org?=",
    ],
)
def test_nothing_less_is_a_voucher(text: str) -> None:
    assert reported(text) is None


def test_what_came_with_the_mail_below_the_providers_own_field_counts_for_nothing() -> None:
    forged = f"Authentication-Results: {HERE}; dmarc=pass header.from=example.org"
    assert reported(f"{HERE}; dmarc=fail header.from=example.org", forged) is None
    assert reported("other.example; dmarc=pass header.from=example.org", forged) is None


def test_without_a_trusted_id_nobody_vouches() -> None:
    raw = mail("Authentication-Results: ; dmarc=pass header.from=example.org", ANNA)
    assert vouched_by(raw, "") is None


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ("From: anna@example.org", "From: eve@example.org"),
        ("From: anna@example.org, eve@example.org",),
        ("From: <anna@example.org> <eve@example.org>",),
        ("From: Anna Carter",),
    ],
)
def test_a_mail_of_two_authors_or_none_has_no_author(fields: tuple[str, ...]) -> None:
    assert only_author(mail(*fields)) == ""
    result = f"Authentication-Results: {HERE}; dmarc=pass header.from=example.org"
    assert vouched_by(mail(result, *fields), HERE) is None


def test_a_name_that_looks_like_an_address_is_not_the_author() -> None:
    raw = mail('From: "anna@example.org" <eve@evil.example>')
    assert only_author(raw) == "eve@evil.example"


@given(st.binary(max_size=400))
def test_no_bytes_are_a_fault_or_a_voucher(noise: bytes) -> None:
    raw = b"Authentication-Results: " + noise + b"\r\nFrom: a@b.example\r\n\r\n"
    assert vouched_by(raw, "nobody.example") is None
