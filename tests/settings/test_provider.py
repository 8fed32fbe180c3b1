"""Provider profiles are data with sources, and accounts stay far below them by themselves."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from nurture.errors import Misconfigured
from nurture.mail.delivery import Answer, Phase, Scope
from nurture.mail.write.smtp_status import classify
from nurture.settings import AccountSettings, load_settings
from nurture.settings.provider import Feature, Figure, profile_of, profiles
from tests.fakes.settings_text import OWNER

ACCOUNT = """
[accounts.anna]
owner = "anna"
address = "{address}"
{account}

[accounts.anna.smtp]
host = "{host}"
{smtp}

[accounts.anna.imap]
host = "imap.example.org"
password_file = "anna"

[accounts.anna.limits]
{limits}
"""
PASSWORD = 'password_file = "anna"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    for file, text in ((tmp_path / "secrets" / "nurture.key", "k" * 64), (tmp_path / "anna", "pw")):
        file.write_text(text)
        file.chmod(0o600)
    return tmp_path


def load(
    folder: Path,
    host: str = "smtp.example.org",
    address: str = "anna@firm.example",
    account: str = "",
    smtp: str = PASSWORD,
    limits: str = "",
) -> AccountSettings:
    text = OWNER + ACCOUNT.format(
        host=host, address=address, account=account, smtp=smtp, limits=limits
    )
    (folder / "nurture.toml").write_text(text)
    return load_settings(folder / "nurture.toml", {}).accounts[0]


def complaint(folder: Path, **changes: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        load(folder, **changes)
    (problem,) = caught.value.problems
    return str(problem)


def test_every_figure_names_its_source() -> None:
    assert {"gmail", "workspace", "microsoft365", "outlook", "fastmail", "icloud", "ses"} <= set(
        profiles()
    )
    for name, profile in profiles().items():
        rows = [each for _, each in profile if isinstance(each, Figure | Feature)]
        assert len(rows) >= 2, name
        assert all(len(each.source) > 8 for each in rows), name


def test_the_figures_are_those_of_domain_md() -> None:
    per_day = {name: each.per_day.number for name, each in profiles().items() if each.per_day}
    assert (per_day["gmail"], per_day["workspace"], per_day["microsoft365"]) == (500, 2000, 10000)
    exchange = profiles()["microsoft365"]
    assert exchange.per_minute is not None
    assert exchange.connections is not None
    assert (exchange.per_minute.number, exchange.connections.number) == (30, 3)


def test_the_rows_a_profile_names_are_in_the_reply_table() -> None:
    for profile in profiles().values():
        if profile.replies:
            said = Answer(Phase.BODY, 450, "4.7.0 try again later")
            assert classify(said, profile.replies).scope is Scope.ACCOUNT
            assert classify(said).scope is Scope.DOMAIN


@pytest.mark.parametrize(
    ("host", "address", "title"),
    [
        ("smtp.gmail.com", "anna@gmail.com", "Gmail"),
        ("SMTP.gmail.com", "anna@firm.example", "Google Workspace"),
        ("smtp.office365.com", "anna@firm.example", "Microsoft 365"),
        ("smtp.office365.com", "anna@hotmail.com", "Outlook.com"),
        ("smtp-mail.outlook.com", "anna@firm.example", "Outlook.com"),
        ("smtp.fastmail.com", "anna@firm.example", "Fastmail"),
        ("smtp.mail.me.com", "anna@icloud.com", "iCloud"),
        ("email-smtp.eu-west-1.amazonaws.com", "anna@firm.example", "Amazon SES"),
        ("smtp.postmarkapp.com", "anna@firm.example", "Postmark"),
        ("localhost", "anna@firm.example", "a Postfix of your own"),
        ("mail.firm.example", "anna@firm.example", "a provider that nurture does not know"),
    ],
)
def test_a_provider_is_found_by_its_server_and_the_address(
    host: str, address: str, title: str
) -> None:
    assert profile_of("", host, address).title == title
    assert profile_of("fastmail", host, address).title == "Fastmail"


@pytest.mark.parametrize(
    ("host", "address", "per_day", "per_minute", "files", "plus"),
    [
        ("smtp.gmail.com", "anna@gmail.com", 125, 0, True, True),
        ("smtp.gmail.com", "anna@firm.example", 500, 0, True, True),
        ("smtp.office365.com", "anna@firm.example", 700, 15, True, True),
        ("smtp.mail.me.com", "anna@icloud.com", 250, 0, False, True),
        ("email-smtp.eu-west-1.amazonaws.com", "anna@firm.example", 50, 30, False, False),
        ("mail.firm.example", "anna@firm.example", 100, 0, False, False),
    ],
)
def test_what_is_not_written_stays_far_below_the_provider(
    folder: Path, host: str, address: str, per_day: int, per_minute: int, files: bool, plus: bool
) -> None:
    account = load(folder, host, address).account
    limits = account.limits
    assert (limits.per_day, limits.per_minute) == (per_day, per_minute)
    assert (account.files_sent_copy, account.subaddressing) == (files, plus)
    assert limits.ramp[:3] == (20, 50, 100)
    assert (limits.gap, limits.spread) == (timedelta(seconds=30), timedelta(hours=6))
    assert (limits.per_family, limits.per_domain) == (4_000, 50)


def test_what_is_written_counts(folder: Path) -> None:
    written = 'per_day = 300\nper_minute = 5\nper_domain = 7\nspread = "0s"\nramp = []'
    knows_better = "files_sent_copy = false\nsubaddressing = false"
    account = load(
        folder, "smtp.gmail.com", "anna@gmail.com", account=knows_better, limits=written
    ).account
    limits = account.limits
    assert (limits.per_day, limits.per_minute, limits.per_domain, limits.ramp) == (300, 5, 7, ())
    assert limits.spread == timedelta(0)
    assert not account.files_sent_copy
    assert not account.subaddressing


@pytest.mark.parametrize(
    ("host", "limits", "words"),
    [
        ("smtp.gmail.com", "per_day = 2001", "Google Workspace lets 2000 mails a day through"),
        ("smtp.office365.com", "per_minute = 31", "Microsoft 365 lets 30 mails a minute through"),
    ],
)
def test_nobody_may_ask_for_more_than_the_provider_gives(
    folder: Path, host: str, limits: str, words: str
) -> None:
    said = complaint(folder, host=host, limits=limits)
    assert words in said
    assert re.search(r"nurture\.toml:21:\d+", said)


def test_where_contracts_differ_the_figure_is_no_bound(folder: Path) -> None:
    host = "email-smtp.eu-west-1.amazonaws.com"
    assert load(folder, host, limits="per_day = 5000").account.limits.per_day == 5000


def test_an_unknown_provider_is_answered_with_the_nearest(folder: Path) -> None:
    said = complaint(folder, account='provider = "fastmial"')
    assert "nurture.toml:10:12" in said
    assert "did you mean 'fastmail'?" in said


def test_a_server_that_trusts_us_needs_no_password(folder: Path) -> None:
    open_ = load(folder, "127.0.0.1", smtp='login = "none"\ntls = "none"').smtp
    assert (open_.user, open_.secret.get_secret_value(), open_.is_by_token) == ("", "", False)
    assert load(folder, "relay.firm.example", smtp='login = "none"').smtp.user == ""


def test_without_a_login_nothing_leaves_this_machine_in_the_open(folder: Path) -> None:
    said = complaint(folder, host="relay.firm.example", smtp='login = "none"\ntls = "none"')
    assert "without TLS the mail travels in the open: relay.firm.example" in said


@pytest.mark.parametrize("key", [PASSWORD, 'user = "anna"'])
def test_a_login_that_is_none_has_no_password(folder: Path, key: str) -> None:
    assert "leave one of the two out" in complaint(folder, smtp=f'login = "none"\n{key}')


def test_accounts_of_one_organisation_share_what_families_take(folder: Path) -> None:
    anna = load(folder).account
    assert anna.sends_as == "firm.example"
    assert anna.scope_of("bob@gmail.com") == "firm.example>gmail"


def test_a_folder_says_a_line_that_is_a_command(folder: Path) -> None:
    line = 'commands = {"nurture/Later" = "later in 3 months"}\nauthserv_id = "mx.firm.example"'
    account = load(folder, account=line).account
    assert account.commands == (("nurture/Later", "later in 3 months"),)
    assert account.authserv_id == "mx.firm.example"
    said = complaint(folder, account='commands = {"nurture/Later" = "some day"}')
    assert "nurture.toml:10" in said
    assert "'some day' is no command" in said


def test_what_waits_lies_in_the_mailbox_only_for_whoever_wants_it(folder: Path) -> None:
    assert not load(folder).account.drafts_in_mailbox
    assert load(folder, account="drafts_in_mailbox = true").account.drafts_in_mailbox
    assert "drafts_in_mailbox" in complaint(folder, account='drafts_in_mailbox = "yes"')
