"""The ways to reach an owner, each with its secret, and every mistake at once."""

from pathlib import Path

import pytest

from nurture.errors import Misconfigured
from nurture.ports import NoticeKind
from nurture.settings import Settings, load_settings
from nurture.settings.channel import signing_key
from nurture.transport.clock import SystemClock
from nurture.wiring.channel import routes_of
from tests.fakes.settings_text import OWNER

ACCOUNT = """
[accounts.anna]
owner = "anna"
address = "anna@example.org"
smtp = {host = "smtp.example.org", password_file = "secrets/anna"}
imap = {host = "imap.example.org", password_file = "secrets/anna"}
"""
HOOK = """
[owners.anna.channels.desk]
kind = "webhook"
url = "https://hooks.example.org/x"
secret_file = "secrets/desk"
tells = ["alert"]
"""
PHONE = """
[owners.anna.channels.phone]
kind = "apprise"
url_file = "secrets/phone"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    texts = {"nurture.key": "k" * 64, "anna": "x", "desk": "s" * 24, "phone": "ntfy://token"}
    for name, text in texts.items():
        (tmp_path / "secrets" / name).write_text(text)
        (tmp_path / "secrets" / name).chmod(0o600)
    return tmp_path


def load(folder: Path, *channels: str, with_passwords: bool = True) -> Settings:
    file = folder / "nurture.toml"
    file.write_text(OWNER + ACCOUNT + "".join(channels))
    return load_settings(file, {}, with_passwords=with_passwords)


def complaints(folder: Path, *channels: str) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        load(folder, *channels)
    return [problem.message for problem in caught.value.problems]


def test_each_channel_comes_with_its_secret_and_what_it_tells(folder: Path) -> None:
    desk, phone = load(folder, HOOK, PHONE).channels
    assert (desk.name, desk.kind, desk.accounts) == ("desk", "webhook", ("anna",))
    assert desk.tells == {NoticeKind.ALERT}
    assert phone.tells == set(NoticeKind) - {NoticeKind.ANSWER}
    assert phone.secret.get_secret_value() == "ntfy://token"
    assert "token" not in repr(phone)


def test_who_tells_nobody_needs_no_secret(folder: Path) -> None:
    (folder / "secrets/desk").unlink()
    (desk,) = load(folder, HOOK, with_passwords=False).channels
    assert desk.secret.get_secret_value() == ""


def test_mail_tells_all_that_the_owner_does_not_take_from_it(folder: Path) -> None:
    def by(*channels: str) -> dict[str, frozenset[NoticeKind]]:
        return {
            route.name: route.kinds["anna"]
            for route in routes_of(load(folder, *channels), SystemClock())
        }

    everything = frozenset(NoticeKind)
    assert by() == {"mail": everything}
    assert by(HOOK) == {"mail": everything, "desk": {NoticeKind.ALERT}}
    less = '[owners.anna.channels.mail]\nkind = "mail"\ntells = ["brief"]\n'
    others = {NoticeKind.BRIEF, NoticeKind.ANSWER}
    assert by(PHONE, less) == {"mail": others, "phone": everything - {NoticeKind.ANSWER}}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (HOOK.replace("https", "http"), "https URL"),
        (HOOK.replace('secret_file = "secrets/desk"', ""), "name a file with the secret"),
        (HOOK.replace("desk]", "Desk!]").replace("Desk!", '"Desk!"'), "lower-case words"),
        (HOOK.replace('"alert"', '"alarm"'), "'alarm' is none of"),
        (PHONE.replace("apprise", "mail"), 'is the one of kind "mail"'),
        (PHONE.replace('url_file = "secrets/phone"', ""), "name a file with the URL"),
        (PHONE + "private = true\n", "has no private"),
        ('[owners.anna.channels.mail]\nkind = "mail"\ntells = ["brief"]\n', 'tells "alert"'),
    ],
)
def test_what_cannot_be_used_is_said(folder: Path, written: str, words: str) -> None:
    assert any(words in each for each in complaints(folder, written))


@pytest.mark.parametrize("secret", ["too short", "whsec_no base64 at all", "whsec_c2hvcnQ="])
def test_a_secret_that_protects_nothing_is_refused(folder: Path, secret: str) -> None:
    (folder / "secrets/desk").write_text(secret)
    (said,) = complaints(folder, HOOK)
    assert "24 bytes" in said or "base64" in said


def test_a_secret_is_read_as_standard_webhooks_writes_it() -> None:
    assert signing_key("whsec_" + "YWJj" * 8) == b"abc" * 8
    assert signing_key("s" * 24) == b"s" * 24
