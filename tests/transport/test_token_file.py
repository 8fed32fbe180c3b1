"""Tokens at rest are for one account of one installation alone."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from stat import S_ISDIR

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


def test_a_crash_before_the_new_text_is_whole_leaves_the_old_one(
    file: TokenFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_self: Path, _target: Path) -> None:
        raise SystemError("the power fails")

    with monkeypatch.context() as power, file.held():
        power.setattr(Path, "replace", crash)
        with pytest.raises(SystemError):
            file.write(replace(TOKENS, refresh="refresh-2"))
    assert file.read() == TOKENS
    with file.held():
        file.write(replace(TOKENS, refresh="refresh-3"))
    assert file.read() == replace(TOKENS, refresh="refresh-3")
    assert sorted(each.name for each in (tmp_path / "tokens").iterdir()) == [
        "anna.lock",
        "anna.token",
    ]


def test_the_file_and_its_name_are_on_the_disk_before_it_counts(
    file: TokenFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(S_ISDIR(os.fstat(fd).st_mode)))
    with file.held():
        file.write(TOKENS)
    assert synced == [False, True]
