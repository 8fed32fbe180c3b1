"""`nurture login`: from the address on the terminal to a token that the mail servers take."""

import asyncio
import os
import sys
import urllib.error
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from nurture.transport.token_file import TokenFile, Tokens
from tests.servers.authorization import Authorization, flat
from tests.servers.lying_imap import LyingImap
from tests.servers.lying_smtp import LyingSmtp

KEY = b"k" * 64
SETTINGS = """\
[owners.anna]
name = "Anna"
address = "anna@example.org"
zone = "UTC"
postal_address = "Street 1"

[accounts.anna]
owner = "anna"
address = "anna@example.org"

[accounts.anna.smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"

[accounts.anna.imap]
host = "127.0.0.1"
port = {imap}
tls = "none"

[accounts.anna.oauth]
provider = "custom"
client_id = "app"
scopes = ["mail"]
authorization_url = "http://127.0.0.1:{port}/authorize"
token_url = "http://127.0.0.1:{port}/token"
device_url = "http://127.0.0.1:{port}/device"
flow = "{flow}"
client_secret_file = "{secret}"
"""


@dataclass
class Place:
    """A provider, and a working folder that points to it."""

    folder: Path
    provider: Authorization
    imap: LyingImap
    smtp: LyingSmtp

    def write(self, flow: str = "authorization_code", secret: str = "") -> None:
        text = SETTINGS.format(
            smtp=self.smtp.port,
            imap=self.imap.port,
            port=self.provider.port,
            flow=flow,
            secret=secret,
        )
        (self.folder / "nurture.toml").write_text(text)

    def kept(self) -> Tokens | None:
        return TokenFile(self.folder / "secrets" / "tokens", "anna", KEY).read()

    @asynccontextmanager
    async def login(self, *options: str) -> AsyncIterator[Process]:
        """The command, killed at the end where it has not ended by itself."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "nurture", "--config", f"{self.folder}/nurture.toml",
            "login", "anna", *options, stdin=PIPE, stdout=PIPE, stderr=PIPE,
            env={name: text for name, text in os.environ.items() if "NURTURE" not in name},
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    (tmp_path / "secrets").mkdir()
    for name, text in (("nurture.key", KEY.decode()), ("client", "s3cret")):
        (tmp_path / "secrets" / name).write_text(text)
        (tmp_path / "secrets" / name).chmod(0o600)
    imap, smtp = LyingImap(token="access-2"), LyingSmtp(password="access-2")
    with Authorization().running() as provider:
        async with imap.running(), smtp.running():
            made = Place(tmp_path, provider, imap, smtp)
            made.write()
            yield made


async def line_with(process: Process, part: str) -> str:
    assert process.stdout
    async with asyncio.timeout(15):
        while line := (await process.stdout.readline()).decode():
            if part in line:
                return line.strip()
    assert process.stderr
    raise AssertionError((await process.stderr.read()).decode())


async def ended(process: Process, words: str = "") -> tuple[int, str, str]:
    async with asyncio.timeout(15):
        out, err = await process.communicate(words.encode() if words else None)
    return process.returncode or 0, out.decode(), err.decode()


def browse(url: str) -> str:
    """What a browser shows at the end."""
    with urllib.request.urlopen(url, timeout=10) as page:
        return str(page.read().decode())


def browse_elsewhere(url: str) -> str:
    """Where a browser on another machine ends: at an address that does not open there."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(url, timeout=10)
    except urllib.error.HTTPError as answer:
        with answer:
            return str(answer.headers["Location"])
    raise AssertionError("no redirect")


async def test_a_browser_on_this_machine_is_all_it_takes(place: Place) -> None:
    async with place.login() as process:
        url = await line_with(process, "/authorize?")
        await line_with(process, "Waiting")
        assert "nurture has what it needs" in await asyncio.to_thread(browse, url)
        code, out, err = await ended(process)
    assert (code, err) == (0, "")
    assert "anna is logged in as anna@example.org. IMAP and SMTP take it." in out
    kept = place.kept()
    assert kept is not None
    assert (kept.access, kept.refresh, kept.client_id) == ("access-2", "refresh-2", "app")
    assert "refresh-2" not in out
    assert "access-2" not in out


async def test_a_server_without_a_browser_takes_the_pasted_address(place: Place) -> None:
    async with place.login("--paste") as process:
        url = await line_with(process, "/authorize?")
        pasted = await asyncio.to_thread(browse_elsewhere, url)
        assert urlsplit(pasted).hostname == "127.0.0.1"
        code, out, err = await ended(process, f"https://example.org/?code=foreign\n{pasted}\n")
    assert (code, err.count("no answer to the address above")) == (0, 1)
    assert "anna is logged in" in out
    assert place.kept() is not None


async def test_a_device_needs_a_code_and_no_browser_here(place: Place) -> None:
    place.write("device_code")
    place.imap.token = place.smtp.password = "access-1"
    async with place.login() as process:
        await line_with(process, "ABCD-EFGH")
        code, out, _ = await ended(process)
    assert (code, "anna is logged in" in out) == (0, True)


async def test_an_app_that_speaks_for_itself_is_tried(place: Place) -> None:
    place.write("client_credentials", "secrets/client")
    place.provider.client_secret = "s3cret"
    place.imap.token = place.smtp.password = "access-1"
    async with place.login() as process:
        code, out, _ = await ended(process)
    assert (code, "speaks for itself" in out) == (0, True)


async def test_a_login_that_a_mail_server_refuses_is_not_kept(place: Place) -> None:
    place.write("client_credentials", "secrets/client")
    place.provider.client_secret = "s3cret"
    place.imap.token = "access-1"
    place.smtp.will("auth", "535 5.7.139 SmtpClientAuthentication is disabled for the Mailbox.")
    async with place.login() as process:
        code, _, err = await ended(process)
    assert code == 1
    assert "it was not kept" in err
    assert "Set-CASMailbox" in err
    assert place.kept() is None


async def test_a_mail_server_that_is_down_does_not_lose_the_login(place: Place) -> None:
    place.write("client_credentials", "secrets/client")
    place.provider.client_secret = "s3cret"
    place.imap.token = "access-1"
    place.smtp.will("banner", "421 4.3.2 too busy")
    async with place.login() as process:
        code, out, _ = await ended(process)
    assert (code, "could not be tried yet" in out) == (0, True)
    assert place.kept() is not None


@pytest.mark.parametrize(
    ("name", "words"),
    [("anna", "for OAuth write [accounts.anna.oauth]"), ("bob", "there are: anna")],
)
async def test_an_account_that_cannot_log_in_says_why(place: Place, name: str, words: str) -> None:
    text = (place.folder / "nurture.toml").read_text().partition("[accounts.anna.oauth]")[0]
    (place.folder / "nurture.toml").write_text(text)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nurture", "--config", f"{place.folder}/nurture.toml",
        "login", name, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    code, _, err = await ended(process)
    assert code == 2
    assert words in err


async def test_nobody_is_asked_twice_by_a_code_of_another_request(place: Place) -> None:
    async with place.login() as process:
        url = await line_with(process, "/authorize?")
        await line_with(process, "Waiting")
        asked = flat(urlsplit(url).query)
        forged = f"{asked['redirect_uri']}?code=forged&state=guessed"
        with pytest.raises(urllib.error.HTTPError, match="404") as answer:
            await asyncio.to_thread(browse, forged)
        answer.value.close()
        assert process.returncode is None
        assert place.provider.forms == []
