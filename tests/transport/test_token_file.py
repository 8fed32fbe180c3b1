"""Tokens at rest are for one account of one installation alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nurture.errors import Refused
from nurture.transport.token_file import TokenFile, Tokens

KEY = b"k" * 64
TOKENS = Tokens(
    client_id="app",
    access="access-1",
    refresh="refresh-1",
    expires_at=datetime(2026, 3, 2, tzinfo=UTC),
    lifetime=timedelta(hours=1),
    logged_in_at=datetime(2026, 3, 1, tzinfo=UTC),
    refresh_ends_at=datetime(2026, 3, 8, tzinfo=UTC),
)


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    file = TokenFile(tmp_path / "tokens", "anna", KEY)
    with file.held():
        file.write(TOKENS)
    return file


def test_what_is_written_is_read_and_shown_to_nobody(file: TokenFile, tmp_path: Path) -> None:
    assert file.read() == TOKENS
    stored = tmp_path / "tokens" / "anna.token"
    assert b"refresh-1" not in stored.read_bytes()
    assert stored.stat().st_mode & 0o777 == 0o600
    assert stored.parent.stat().st_mode & 0o777 == 0o700
    assert "refresh-1" not in repr(TOKENS)
    assert "access-1" not in repr(TOKENS)


def test_nothing_written_is_nothing(tmp_path: Path) -> None:
    assert TokenFile(tmp_path, "anna", KEY).read() is None


@pytest.mark.parametrize(("account", "key"), [("anna", b"x" * 64), ("bob", KEY)])
def test_neither_another_key_nor_another_account_opens_it(
    file: TokenFile, tmp_path: Path, account: str, key: bytes
) -> None:
    stored = tmp_path / "tokens" / "anna.token"
    stored.rename(stored.with_name(f"{account}.token"))
    with pytest.raises(Refused, match=f"does not open .* Run `nurture login {account}`"):
        TokenFile(tmp_path / "tokens", account, key).read()


def test_a_damaged_file_is_told_as_that(file: TokenFile, tmp_path: Path) -> None:
    stored = tmp_path / "tokens" / "anna.token"
    stored.write_bytes(stored.read_bytes()[:-20])
    with pytest.raises(Refused, match="does not open"):
        file.read()
