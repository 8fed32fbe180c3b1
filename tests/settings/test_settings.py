"""Settings: one file, every mistake at once, and never a secret in it."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from nurture.core.calendar import Window
from nurture.core.calendar.season import Away
from nurture.errors import Misconfigured
from nurture.settings import Settings, find_config, load_settings

GOOD = """\
[storage]
url = "sqlite:///nurture.db"

[owners.anna]
name = "Anna"
address = "Anna@Example.org"
zone = "Europe/Berlin"
postal_address = "Street 1"

[accounts.anna]
owner = "anna"
address = "anna@example.org"
since = 2026-03-01

[accounts.anna.smtp]
host = "smtp.example.org"
password_file = "secrets/anna"

[accounts.anna.imap]
host = "imap.example.org"
tls = "starttls"
password_file = "secrets/anna"

[accounts.anna.imap.folders]
sent = "Gesendet"

[accounts.anna.limits]
gap = "10s"
contact_gap = "1 week"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    for name, text in (("nurture.key", "k" * 64), ("anna", "hunter2\n")):
        (tmp_path / "secrets" / name).write_text(text)
        (tmp_path / "secrets" / name).chmod(0o600)
    (tmp_path / "nurture.toml").write_text(GOOD)
    return tmp_path


def load(folder: Path, text: str = GOOD, **env: str) -> Settings:
    file = folder / "nurture.toml"
    file.write_text(text)
    return load_settings(file, env)


def complaints_of(folder: Path, text: str, **env: str) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        load(folder, text, **env)
    said = [str(problem) for problem in caught.value.problems]
    return [line.replace(f"{folder}/", "") for line in said]


def test_values_are_whole_and_paths_absolute(folder: Path) -> None:
    settings = load(folder)
    (one,) = settings.accounts
    assert settings.storage_url == f"sqlite:///{folder}/nurture.db"
    assert settings.sequences == folder / "sequences"
    assert settings.key == b"k" * 64
    assert one is settings.account("anna")
    assert one.account.owner.address == "anna@example.org"
    assert one.account.limits.gap == timedelta(seconds=10)
    assert one.account.limits.contact_gap == timedelta(weeks=1)
    assert one.account.limits.per_day == 100
    assert one.account.since == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert (one.smtp.port, one.smtp.tls, one.smtp.user) == (465, "implicit", "anna@example.org")
    assert (one.imap.port, one.imap.folders) == (143, {"sent": "Gesendet"})
    assert one.smtp.secret.get_secret_value() == "hunter2"


def test_who_carries_a_header_to_unsubscribe_by_is_the_owners_choice(folder: Path) -> None:
    def chosen(text: str) -> str:
        return str(load(folder, text).accounts[0].account.unsubscribe_header)

    since = "since = 2026-03-01"
    assert chosen(GOOD) == "greetings"
    assert chosen(GOOD.replace(since, 'unsubscribe_header = "always"')) == "always"


def test_text_flows_where_the_owner_wants_it_to(folder: Path) -> None:
    wanted = GOOD.replace("since = 2026-03-01", "format_flowed = true")
    assert load(folder, wanted).accounts[0].account.format_flowed
    assert not load(folder, GOOD).accounts[0].account.format_flowed


def test_no_secret_is_shown_by_printing_the_settings(folder: Path) -> None:
    shown = repr(load(folder))
    assert "hunter2" not in shown
    assert "kkkk" not in shown


def test_an_environment_of_the_house_changes_no_knob(folder: Path) -> None:
    assert load(folder, LOG="{}", STORAGE="{}").log.level == "info"


ANNA = "'accounts.anna"
MISTAKES = [
    ('host = "smtp', 'hots = "smtp', f"15:2: {ANNA}.smtp.host' is missing"),
    ("Berlin", "Berln", "7:8: 'owners.anna.zone': 'Europe/Berln' is no time zone, like Europe/Ber"),
    ('tls = "starttls"', "port = 70000", f"21:8: {ANNA}.imap.port' must be at most 65535"),
    ("starttls", "startls", f"21:7: {ANNA}.imap.tls' must be implicit, starttls or none, not 'st"),
    (
        "since = 2026-03-01",
        'unsubscribe_header = "alway"',
        f"13:22: {ANNA}.unsubscribe_header' must be greetings, always or never, not 'alway'",
    ),
    ("starttls", "none", "21:7: without TLS the password travels in the open: imap.example.org is"),
    (
        'owner = "anna"',
        'owner = "ana"',
        "11:9: there is no table [owners.ana]; did you mean 'anna'",
    ),
    ('gap = "10s"', 'sweep_every = "30 min"', "28:15: read the mailbox at least every 29 minutes"),
    ('gap = "10s"', 'unheard_after = "1 min"', "28:17: would silence the account between two re"),
    (
        "10s",
        "10 parsecs",
        f"28:7: {ANNA}.limits.gap': 'parsecs' is no unit: seconds, minutes",
    ),
    (
        '"10s"',
        "10",
        f'28:7: {ANNA}.limits.gap\': write a number and a unit, like "5 minutes", not 10',
    ),
    ('gap = "10s"', 'batch = "x"', f"28:9: {ANNA}.limits.batch' must be a whole number, not 'x'"),
    ('"Street 1"', '""', "8:18: 'owners.anna.postal_address' must not be empty"),
    ("sqlite:///nurture.db", "mysql://x/y", "2:7: write sqlite:///FILE or postgresql://USER@HOST"),
    ("sqlite:///nurture.db", "postgresql://a:pw@db/n", "2:7: a password does not belong into this"),
    (
        "anna@example.org",
        "anna.example",
        f"12:11: {ANNA}.address': 'anna.example' is not a mail",
    ),
    ("[storage]", "[storage", "1:9: not TOML: Expected ']'"),
    ('name = "Anna"', 'name = "Anna', "5:13: a quote is opened and never closed"),
    ('name = "Anna"', "name = Anna", "5:8: no value: put text in quotes"),
    ('name = "Anna"', 'name = "Anna"\nname = "B"', "6:11: this key stands twice"),
]


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES)
def test_a_mistake_is_shown_where_it_stands(
    folder: Path, old: str, new: str, expected: str
) -> None:
    said = complaints_of(folder, GOOD.replace(old, new, 1))
    assert any(line.startswith(f"nurture.toml:{expected}") for line in said)
    assert len(said) <= 2  # a misspelt key is missed as well, a rare reading silences as well


@pytest.mark.parametrize("name", ["password", "secret", "api_key", "smtp_password", "token"])
def test_a_secret_in_the_file_is_refused_by_name(folder: Path, name: str) -> None:
    (said,) = complaints_of(folder, GOOD.replace("password_file", name, 1))
    assert said.startswith(
        f"nurture.toml:17:1: 'accounts.anna.smtp.{name}': a secret does not belong into this file"
    )
    assert "hunter2" not in said


def test_everything_wrong_is_told_at_once(folder: Path) -> None:
    text = GOOD.replace("tls", "tsl").replace('owner = "anna"', 'owner = "ana"') + 'batch = "x"\n'
    said = complaints_of(folder, text, NURTURE_ANA_PASSWORD="x")
    assert [line.split(" ", 1)[0] for line in said] == [
        "the", "nurture.toml:11:9:", "nurture.toml:21:1:", "nurture.toml:30:9:",
    ]  # fmt: skip
    assert said[0] == (
        "the environment variable NURTURE_ANA_PASSWORD is not known; "
        "did you mean 'NURTURE_ANNA_PASSWORD'?"
    )


def test_a_file_without_accounts_says_what_to_write(folder: Path) -> None:
    assert complaints_of(folder, "") == [
        "nurture.toml:1:1: no account yet: write a table [accounts.NAME]"
    ]


def test_two_accounts_of_one_address_would_hear_everything_twice(folder: Path) -> None:
    twin = GOOD[GOOD.index("[accounts.anna]") :].replace("anna]", "bob]").replace("anna.", "bob.")
    said = complaints_of(folder, GOOD + "\n" + twin)
    assert said == ["nurture.toml:33:11: anna@example.org is the address of anna"]


def test_credentials_come_before_the_file_and_the_environment_last(folder: Path) -> None:
    credentials = folder / "credentials"
    credentials.mkdir()
    (credentials / "anna.smtp_password").write_text("from systemd\n")
    bare = GOOD.replace('password_file = "secrets/anna"\n', "", 2).replace(
        "[accounts.anna.imap]", '[accounts.anna.imap]\npassword_file = "secrets/anna"'
    )
    one = load(folder, bare, CREDENTIALS_DIRECTORY=str(credentials)).accounts[0]
    assert one.smtp.secret.get_secret_value() == "from systemd"
    assert one.imap.secret.get_secret_value() == "hunter2"
    one = load(folder, bare, NURTURE_ANNA_PASSWORD="from outside").accounts[0]
    assert one.smtp.secret.get_secret_value() == "from outside"
    assert one.imap.secret.get_secret_value() == "hunter2"


def test_a_missing_secret_names_every_way_to_give_it(folder: Path) -> None:
    (said,) = complaints_of(folder, GOOD.replace('password_file = "secrets/anna"\n', "", 1))
    assert said.startswith("nurture.toml:15:2: no smtp password for 'anna'")
    assert "password_file" in said
    assert "credential anna.password" in said
    assert "NURTURE_ANNA_PASSWORD" in said


def test_who_only_looks_at_contacts_needs_no_password(folder: Path) -> None:
    (folder / "secrets" / "anna").unlink()
    settings = load_settings(folder / "nurture.toml", {}, with_passwords=False)
    assert settings.accounts[0].smtp.secret.get_secret_value() == ""


@pytest.mark.parametrize("name", ["anna", "nurture.key"])
def test_a_secret_that_everybody_can_read_is_refused(folder: Path, name: str) -> None:
    (folder / "secrets" / name).chmod(0o644)
    said = complaints_of(folder, GOOD)
    assert said[0].endswith(
        f"everybody on this machine can read secrets/{name}: chmod 600 secrets/{name}"
    )


@pytest.mark.parametrize(
    ("key", "words"), [(None, "cannot be read"), ("short", "at least 32 characters")]
)
def test_the_installation_key_must_be_there_and_long(
    folder: Path, key: str | None, words: str
) -> None:
    file = folder / "secrets" / "nurture.key"
    file.unlink()
    if key:
        file.write_text(key)
        file.chmod(0o600)
    (said,) = complaints_of(folder, GOOD)
    assert words in said


def test_the_file_is_looked_for_where_the_readme_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    with pytest.raises(Misconfigured, match="`nurture init DIR` writes"):
        find_config(None, {})
    assert find_config(None, {"NURTURE_CONFIG": str(folder / "nurture.toml")}).parent == folder
    monkeypatch.chdir(folder)
    assert find_config(None, {}) == Path("nurture.toml")
    with pytest.raises(Misconfigured, match=r"no settings at x\.toml"):
        find_config(Path("x.toml"), {"NURTURE_CONFIG": str(folder / "nurture.toml")})


@pytest.mark.parametrize(
    "name", ["NURTURE_TEST_PG", "NURTURE_CORPUS", "NURTURE_FUZZ", "NURTURE_CRASHES"]
)
def test_variables_of_the_tests_are_known(folder: Path, name: str) -> None:
    assert load(folder, **{name: "x"}).accounts


OTTO = """
[owners.otto]
name = "Otto"
address = "otto@example.org"
zone = "Europe/Vienna"
postal_address = "Street 2"
country = "AT"
"""


def test_an_owner_has_hours_days_away_and_somebody_who_stands_in(folder: Path) -> None:
    keys = """
days = "mon, tue"
hours = "09:00 to 12:30"
away = ["2027-07-10 to 2027-07-24", "2027-12-24"]
substitute = "otto"
"""
    text = (
        GOOD.replace('postal_address = "Street 1"\n', f'postal_address = "Street 1"{keys}') + OTTO
    )
    owner = load(folder, text).accounts[0].account.owner
    assert owner.hours == Window(frozenset({0, 1}), time(9), time(12, 30))
    assert owner.away == (
        Away(date(2027, 7, 10), date(2027, 7, 24)), Away(date(2027, 12, 24), date(2027, 12, 24)),
    )  # fmt: skip
    assert owner.substitute
    assert (owner.substitute.name, owner.substitute.hours) == ("Otto", Window())


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ('substitute = "anna"', "anna cannot stand in for anna"),
        ('substitute = "oto"', "there is no table [owners.oto]; did you mean 'otto'?"),
        ('hours = "17:00 to 9:00"', "the window closes before it opens"),
        ('days = "someday"', "'someday' is no day of the week"),
        ('away = ["2027-07-24 to 2027-07-10"]', "ends before it begins"),
        ('away = ["in July"]', "write a day like 2028-12-31"),
    ],
)
def test_hours_and_substitutes_that_cannot_be_meant_are_refused_in_words(
    folder: Path, key: str, words: str
) -> None:
    text = GOOD.replace('postal_address = "Street 1"\n', f'postal_address = "Street 1"\n{key}\n')
    (complaint,) = complaints_of(folder, text + OTTO)
    assert words in complaint
