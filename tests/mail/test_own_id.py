"""Our own Message-IDs are known by their look, and nobody else's are taken for ours."""

import pytest

from nurture.mail.own_id import is_own_id
from nurture.transport.clock import SystemClock


def test_what_the_clock_mints_is_ours() -> None:
    assert is_own_id(SystemClock().mint_id("carter.example"), "Carter.example")


@pytest.mark.parametrize(
    "foreign",
    [
        "CAF3kq9Zx=abc@carter.example",
        "5E1B2A3C-0F1D-4A2B-9C3D-112233445566@carter.example",
        "170000000000.1234.5678@carter.example",
        "18c1f2a3b4c.0123456789abcdef0123@else.example",
        "0123456789abcdef01234567.note@carter.example",
        "",
    ],
)
def test_what_others_mint_is_not(foreign: str) -> None:
    assert not is_own_id(foreign, "carter.example")
