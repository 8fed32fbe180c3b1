"""The table `oauth`: a provider's name is enough, and what cannot work is told where it stands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from nurture.errors import Misconfigured
from nurture.settings import Settings, load_settings
from nurture.transport.oauth_client import Flow, OAuthClient
from tests.fakes.settings_text import ACCOUNT, OWNER

GOOD = f"{OWNER}{ACCOUNT}\n[accounts.anna.oauth]\n"
MICROSOFT = 'provider = "microsoft"\nclient_id = "app"\n'
GOOGLE = 'provider = "google"\nclient_id = "app"\n'
CUSTOM = 'provider = "custom"\nclient_id = "app"\nscopes = ["mail"]\n'


def load(folder: Path, table: str, text: str = GOOD, **env: str) -> Settings:
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets" / "nurture.key").write_text("k" * 64)
    for name in ("nurture.key", "client"):
        path = folder / "secrets" / name
        path.write_text("k" * 64 if name == "nurture.key" else "s3cret\n")
        path.chmod(0o600)
    (folder / "nurture.toml").write_text(text + table)
    return load_settings(folder / "nurture.toml", env)


def client(folder: Path, table: str, **env: str) -> OAuthClient:
    found = load(folder, table, **env).accounts[0].oauth
    assert found is not None
    return found


def test_microsoft_needs_a_client_id_and_no_password(tmp_path: Path) -> None:
    settings = load(tmp_path, MICROSOFT)
    one = settings.accounts[0]
    assert one.oauth is not None
    assert settings.tokens == tmp_path / "secrets" / "tokens"
    assert (one.smtp.is_by_token, one.imap.is_by_token) == (True, True)
    assert one.oauth.flow is Flow.AUTHORIZATION_CODE
    assert one.oauth.token_url == "https://login.microsoftonline.com/common/oauth2/v2.0/token"
    assert one.oauth.scopes == (
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
        "offline_access",
    )
    assert (one.oauth.client_secret, one.oauth.redirect_host) == ("", "localhost")


def test_google_asks_for_offline_access_to_mail(tmp_path: Path) -> None:
    found = client(tmp_path, GOOGLE + 'client_secret_file = "secrets/client"\n')
    assert found.scopes == ("https://mail.google.com/",)
    assert found.extra == {"access_type": "offline", "prompt": "consent"}
    assert found.client_secret == "s3cret"
    assert "s3cret" not in repr(found)


def test_an_app_that_speaks_for_itself_asks_for_its_own_scope(tmp_path: Path) -> None:
    table = 'flow = "client_credentials"\ntenant = "t-1"\nclient_secret_file = "secrets/client"\n'
    found = client(tmp_path, f"{MICROSOFT}{table}client_secret_expires = 2027-05-01\n")
    assert found.scopes == ("https://outlook.office365.com/.default",)
    assert "/t-1/" in found.token_url
    assert found.secret_ends_at == datetime(2027, 4, 30, 22, tzinfo=UTC)


def test_the_client_secret_may_come_from_systemd_or_the_environment(tmp_path: Path) -> None:
    assert client(tmp_path, GOOGLE, NURTURE_ANNA_CLIENT_SECRET="outside").client_secret == "outside"
    (tmp_path / "anna.client_secret").write_text("systemd\n")
    found = client(tmp_path, GOOGLE, CREDENTIALS_DIRECTORY=str(tmp_path))
    assert found.client_secret == "systemd"


def test_an_endpoint_with_a_password_keeps_it(tmp_path: Path) -> None:
    relay = GOOD.replace('"smtp.example.org"', '"smtp", password_file = "secrets/client"')
    one = load(tmp_path, MICROSOFT, relay).accounts[0]
    assert (one.smtp.is_by_token, one.imap.is_by_token) == (False, True)
    assert one.smtp.secret.get_secret_value() == "s3cret"


def test_who_only_looks_at_contacts_needs_no_client_secret(tmp_path: Path) -> None:
    load(tmp_path, MICROSOFT)
    (tmp_path / "nurture.toml").write_text(GOOD + GOOGLE)
    settings = load_settings(tmp_path / "nurture.toml", {}, with_passwords=False)
    assert settings.accounts[0].oauth is not None
    with pytest.raises(Misconfigured, match="no client secret for 'anna'"):
        load_settings(tmp_path / "nurture.toml", {}, with_passwords=False, login="anna")


MISTAKES = [
    (GOOGLE, "13:2: no client secret for 'anna': write it into a file and name that by client_s"),
    (GOOGLE + 'flow = "device_code"', "16:8: google gives no access to mail by device_code; wri"),
    (MICROSOFT + 'flow = "client_credentials"', "13:2: an app that speaks for itself needs its t"),
    (MICROSOFT + 'tenant = "a/b"', "16:10: 'accounts.anna.oauth.tenant'"),
    (CUSTOM, "13:2: write where custom answers, an https address"),
    (CUSTOM + 'token_url = "http://example.org/t"', "17:13: 'http://example.org/t': secrets trav"),
    ('provider = "custom"\nclient_id = "x"\n', "13:2: write what to ask custom for"),
    (MICROSOFT + 'client_secret = "x"', "16:1: 'accounts.anna.oauth.client_secret': a secret do"),
    (MICROSOFT.replace("soft", "sof"), "14:12: 'accounts.anna.oauth.provider' must be google, m"),
]


@pytest.mark.parametrize(("table", "expected"), MISTAKES)
def test_a_mistake_is_shown_where_it_stands(tmp_path: Path, table: str, expected: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path, table)
    said = [str(each).replace(f"{tmp_path}/", "") for each in caught.value.problems]
    assert any(line.startswith(f"nurture.toml:{expected}") for line in said), said
