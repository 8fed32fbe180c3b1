"""The daemon on an account that logs in by OAuth alone renews, speaks, and says why it cannot."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nurture.transport.token_file import TokenFile, Tokens
from tests.servers.authorization import Authorization
from tests.servers.lying_imap import LyingImap
from tests.servers.lying_smtp import LyingSmtp
from tests.system.daemon import Home

pytestmark = pytest.mark.slow

KEY = b"k" * 64
OAUTH = """
[accounts.anna.oauth]
provider = "custom"
client_id = "app"
scopes = ["mail"]
authorization_url = "http://127.0.0.1:{port}/authorize"
token_url = "http://127.0.0.1:{port}/token"
"""


@pytest.fixture
async def smtp() -> AsyncIterator[LyingSmtp]:
    async with LyingSmtp(password="access-1").running() as running:
        yield running


@pytest.fixture
async def imap() -> AsyncIterator[LyingImap]:
    async with LyingImap(token="access-1").running() as running:
        yield running


def home_of(folder: Path, smtp: LyingSmtp, imap: LyingImap, provider: Authorization) -> Home:
    """A working folder without a password, in which somebody logged in an hour ago."""
    home = Home.made(folder, smtp.port, imap.port)
    text = (
        (folder / "nurture.toml")
        .read_text()
        .replace('password_file = "secrets/anna.password"\n', "")
    )
    home.write("nurture.toml", text + OAUTH.format(port=provider.port))
    ended = datetime.now(UTC) - timedelta(minutes=1)
    file = TokenFile(folder / "secrets" / "tokens", "anna", KEY)
    with file.held():
        hour = timedelta(hours=1)
        file.write(Tokens("app", "worn-out", "refresh-0", ended, hour, ended - hour))
    return home


async def test_a_login_is_renewed_used_for_both_servers_and_shown_to_nobody(
    tmp_path: Path, smtp: LyingSmtp, imap: LyingImap
) -> None:
    with Authorization(refreshable={"refresh-0"}).running() as provider:
        home = home_of(tmp_path, smtp, imap, provider)
        home.write_sequence("tips", "first")
        await home.enroll("tips", "ada@example.net")
        async with home.daemon() as daemon:
            await daemon.tells("touch_sent")
            await daemon.stop()
        assert len(provider.forms) == 1
        assert [taken.recipient for taken in smtp.taken] == ["ada@example.net"]
        shown = f"{daemon.events} {daemon.words}"
        assert not any(each in shown for each in ("access-", "refresh-", "worn-out"))


async def test_a_login_that_was_ended_is_told_with_what_to_do_and_healed_by_a_new_one(
    tmp_path: Path, smtp: LyingSmtp, imap: LyingImap
) -> None:
    with Authorization().running() as provider:
        home = home_of(tmp_path, smtp, imap, provider)
        home.write_sequence("tips", "first")
        await home.enroll("tips", "ada@example.net")
        async with home.daemon() as daemon:
            told = await daemon.tells("account_unreadable")
            assert "the login was ended" in str(told["why"])
            assert "nurture login anna" in str(told["why"])
            await daemon.tells("owner_not_told", kind="alert")  # for this account cannot send, too
            assert home.query("SELECT count(*) FROM notices WHERE key LIKE 'deaf/%'") == [(1,)]
            assert smtp.taken == []
            file = TokenFile(tmp_path / "secrets" / "tokens", "anna", KEY)
            with file.held():  # as `nurture login` does while the daemon runs
                later = datetime.now(UTC) + timedelta(hours=1)
                hour = timedelta(hours=1)
                file.write(Tokens("app", "access-1", "refresh-9", later, hour, later - hour))
            await daemon.tells("touch_sent", within=30)
            await daemon.stop()
        assert len(provider.forms) == 1
