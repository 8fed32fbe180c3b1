"""Reply tokens: carried by any mailbox, forged by nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.tokens import plus_address, sign, token_in, verify

_KEY = b"k" * 32


@given(st.text(st.characters(codec="ascii"), max_size=20))
def test_a_token_gives_back_what_was_signed_in_any_case_of_letters(text: str) -> None:
    token = sign(_KEY, text)
    assert verify(_KEY, token) == verify(_KEY, token.upper()) == text
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_a_token_of_a_touch_leaves_room_in_the_local_part() -> None:
    address = plus_address("anna.weiss-mueller@example.com", sign(_KEY, "t123456789"))
    assert address.startswith("anna.weiss-mueller+")
    assert len(address.partition("@")[0]) <= 64


def test_ten_thousand_forgeries_are_refused() -> None:
    token = sign(_KEY, "t1")
    forged = {
        token[:place] + letter + token[place + 1 :]
        for place in range(len(token))
        for letter in "abcdefghijklmnopqrstuvwxyz234567"
    } - {token}
    others = {sign(number.to_bytes(32, "big"), "t1") for number in range(9_500)}
    assert len(forged | others) > 10_000
    assert [each for each in forged | others if verify(_KEY, each) is not None] == []


@pytest.mark.parametrize("text", ["", "a", "!" * 30, "a" * 61, "ü" * 30, "abcdefgh" * 3])
def test_what_is_no_token_says_nothing(text: str) -> None:
    assert verify(_KEY, text) is None


def test_the_token_is_found_among_addresses_and_behind_other_tags() -> None:
    token = sign(_KEY, "t7")
    mine = plus_address("anna+work@example.com", token)
    assert mine == f"anna+work+{token}@example.com"
    assert token_in(["jim@example.org", "anna+x@example.com", mine.upper()], _KEY) == "t7"
    assert token_in(["jim@example.org", token, f"anna+{token}x@example.com"], _KEY) is None
    assert token_in([mine], b"another key") is None


def test_an_address_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        plus_address("a" * 50 + "@example.com", sign(_KEY, "t7"))
