"""Two spellings of a mailbox are one person; two mailboxes never are."""

import hmac

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.contact.address import (
    BadAddress,
    address_key,
    address_mark,
    domain_of,
    is_freemail,
)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Mara@Example.ORG", "mara@example.org"),
        ("  <mara@example.org>\n", "mara@example.org"),
        ("m.a.r.a+News@example.org", "m.a.r.a+news@example.org"),
        ("mara@Bücher.de", "mara@xn--bcher-kva.de"),
        ("mara@XN--BCHER-KVA.de", "mara@xn--bcher-kva.de"),
        ("mara@faß.de", "mara@xn--fa-hia.de"),
        ("mara@ｅxample.org", "mara@example.org"),
        ("ΜΆΡΑ@example.org", "μάρα@example.org"),
        ("Zoe\u0308@example.org", "zoë@example.org"),
        ('"Mara"@example.org', "mara@example.org"),
        ('"Mara Lind"@example.org', '"mara lind"@example.org'),
        ('"a@b"@example.org', '"a@b"@example.org'),
    ],
)
def test_p3_one_mailbox_has_one_key_however_it_is_spelled(written: str, key: str) -> None:
    assert address_key(written) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mara@example.org", "mara+news@example.org"),
        ("mara@example.org", "m.ara@example.org"),
        ("mara@gmail.com", "m.ara@gmail.com"),
        ("mara@example.org", "mara@example.com"),
        ("mara@faß.de", "mara@fass.de"),
    ],
)
def test_plus_tags_dots_and_domains_tell_people_apart(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "mara",
        "mara@",
        "@example.org",
        "mara@example.org, ben@example.org",
        "Mara Lind <mara@example.org>",
        "mara@example.org\r\nBcc: ben@example.org",
        "mara\x00@example.org",
        "mara@exam\u202eple.org",
        "mara\u200b@example.org",
        "mara@localhost",
        "mara@[127.0.0.1]",
        "mara@example.test",
        "ma..ra@example.org",
        "mara@example.org.",
        "m" * 65 + "@example.org",
        "mara@" + "e" * 64 + ".org",
    ],
)
def test_what_is_no_single_address_is_refused_in_the_words_it_was_written(written: str) -> None:
    with pytest.raises(BadAddress) as caught:
        address_key(written)
    assert repr(written) in str(caught.value)


def test_test_domains_are_addresses_only_where_they_are_asked_for() -> None:
    assert address_key("Mara@Example.test", test_domains=True) == "mara@example.test"
    with pytest.raises(BadAddress):
        address_key("Mara@Example.test")


@settings(max_examples=200, derandomize=True)
@given(st.text(max_size=12), st.sampled_from(["example.org", "Bücher.de", "ΕΛ.gr", "x"]))
def test_any_text_is_refused_or_becomes_a_key_that_is_its_own_key(local: str, domain: str) -> None:
    try:
        key = address_key(f"{local}@{domain}")
    except BadAddress:
        return
    assert address_key(key) == key
    assert key.isprintable()
    assert domain_of(key).isascii()


def test_the_domain_stands_behind_the_last_at_sign() -> None:
    assert domain_of('"a@b"@Example.ORG') == "example.org"
    assert domain_of("nobody") == ""


@pytest.mark.parametrize("domain", ["gmail.com", "GMX.de", "outlook.com", "icloud.com"])
def test_strangers_share_a_freemail_domain(domain: str) -> None:
    assert is_freemail(domain)


@pytest.mark.parametrize("domain", ["example.org", "mail.gmail.com", "notgmail.com", ""])
def test_any_other_domain_names_a_company(domain: str) -> None:
    assert not is_freemail(domain)


ATOM = st.text("abYZ019_+-", min_size=1, max_size=40)
LABEL = st.text("abYZ09-", min_size=1, max_size=70)
TOP = st.sampled_from(["de", "COM", "museum", "test", "Invalid", "onion", "c0", "xn--p1ai"])


@given(
    st.lists(ATOM, min_size=1, max_size=3).map(".".join),
    st.lists(LABEL, min_size=1, max_size=5).map(".".join),
    TOP,
)
@settings(max_examples=300)
def test_plain_addresses_are_read_as_the_library_would(local: str, domain: str, top: str) -> None:
    """What is decided without email-validator is decided as it would."""
    written = f"{local}@{domain}.{top}"
    try:
        known = validate_email(written, check_deliverability=False, strict=True)
        expected = f"{known.local_part}@{known.ascii_domain}".lower()
    except EmailNotValidError:
        expected = ""
    try:
        assert address_key(written) == expected
    except BadAddress:
        assert expected == ""


@given(st.binary(max_size=200), st.text(st.characters(blacklist_categories=["Cs"])))
def test_p3_a_mark_is_the_hmac_of_the_library(key: bytes, address: str) -> None:
    assert address_mark(key, address) == hmac.digest(key, address.encode(), "sha256").hex()
