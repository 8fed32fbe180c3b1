"""A real Dovecot takes our token by XOAUTH2, and ours alone."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nurture.errors import Refused
from nurture.mail.cursor import Folder
from nurture.transport.clock import SystemClock
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.oauth import OAuthTokens
from nurture.transport.oauth_answer import Grant
from nurture.transport.security import Login, Tls
from nurture.transport.token_file import TokenFile
from tests.fakes.tokens import FakeTokens
from tests.servers.authorization import Authorization
from tests.servers.dovecot import HOST, Dovecot

pytestmark = pytest.mark.real

USER = "anna@example.org"
_BY_TOKEN = """
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {root}/oauth2.conf
}}
"""
_INTROSPECTION = """
introspection_mode = post
introspection_url = {url}
username_attribute = email
active_attribute = active
active_value = true
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Authorization]:
    with Authorization(user=USER).running() as running:
        yield running


@pytest.fixture(scope="module")
def dovecot(provider: Authorization) -> Iterator[Dovecot]:
    with Dovecot.running({USER: "unused"}) as running:
        url = provider.url("introspect")
        (running.root / "oauth2.conf").write_text(_INTROSPECTION.format(url=url))
        config = running.root / "dovecot.conf"
        with config.open("a", encoding="utf-8") as file:
            file.write(_BY_TOKEN.format(root=running.root))
        subprocess.run(["doveadm", "-c", str(config), "reload"], check=True, timeout=30)
        yield running


async def test_a_refreshed_token_opens_the_mailbox(
    provider: Authorization, dovecot: Dovecot, tmp_path: Path
) -> None:
    provider.refreshable.add("refresh-0")
    client = provider.client(address=USER)
    file = TokenFile(tmp_path / "tokens", "anna", b"k" * 64)
    tokens = OAuthTokens(client, file, SystemClock())
    await tokens.adopt(Grant("worn-out", timedelta(minutes=5), "refresh-0"))
    mailbox = ImapMailbox(_endpoint(dovecot, tokens))
    with pytest.raises(Refused, match="was the login made as anna@example"):
        await mailbox.open()
    await mailbox.open()  # the refused token was doubted, and replaced
    assert await mailbox.position(Folder.INBOX) is not None
    dovecot.deliver(USER, b"Subject: hello\r\n\r\nhello\r\n")
    found = [one.raw async for one in mailbox.fetch(Folder.INBOX, None, datetime.now(UTC))]
    assert len(found) == 1
    await mailbox.close()


async def test_a_foreign_token_opens_nothing(dovecot: Dovecot) -> None:
    with pytest.raises(Refused, match="The token was refused"):
        await ImapMailbox(_endpoint(dovecot, FakeTokens("stolen"))).open()


def _endpoint(dovecot: Dovecot, tokens: OAuthTokens | FakeTokens) -> ImapEndpoint:
    return ImapEndpoint(HOST, dovecot.imap_port, USER, tokens, tls=Tls.NONE, login=Login.XOAUTH2)
