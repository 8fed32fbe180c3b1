"""`nurture contacts` as a person types it, over a real database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nurture.cli.root import nurture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    CliRunner().invoke(nurture, ["init", str(tmp_path / "mine")])
    return tmp_path / "mine"


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(
        nurture, ["--config", str(folder / "nurture.toml"), "contacts", *words]
    )


def objects(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def csv(folder: Path, text: str, encoding: str = "utf-8") -> str:
    (folder / "people.csv").write_text(text, encoding)
    return str(folder / "people.csv")


def test_an_import_is_tried_stored_and_repeated_without_twins(folder: Path) -> None:
    sample = str(folder / "contacts.csv")
    dry = run(folder, "import", "--dry-run", sample)
    assert dry.exit_code == 0
    assert dry.stdout.startswith("2 rows: 2 added, 0 updated")
    assert "(dry run: nothing stored)" in dry.stdout
    assert objects(run(folder, "list", "--json")) == []
    assert "2 added" in run(folder, "import", sample).stdout
    assert "2 unchanged" in run(folder, "import", sample).stdout
    known = objects(run(folder, "list", "--json"))
    assert [(each["email"], each["account"]) for each in known] == [
        ("joe.okafor@example.net", "anna"), ("mara.lind@example.com", "anna"),
    ]  # fmt: skip


def test_latin_1_with_semicolons_says_how_to_be_read(folder: Path) -> None:
    file = csv(folder, "E-Mail;Vorname\nzoe@example.org;Zoë\n", "cp1252")
    refused = run(folder, "import", file)
    assert refused.exit_code == 2
    assert "try --encoding cp1252" in refused.stderr
    words = ("--encoding", "cp1252", "--map", "Vorname=given_name")
    assert run(folder, "import", file, *words).exit_code == 0
    assert objects(run(folder, "show", "zoe@example.org", "--json"))[0]["given_name"] == "Zoë"


def test_a_refused_row_is_told_with_its_line_and_is_a_finding(folder: Path) -> None:
    file = csv(folder, "email,country\nanna@example.org,Germany\nben@example.org,PT\n")
    result = run(folder, "import", "--json", file)
    assert result.exit_code == 1
    first, second = objects(result)
    assert (first["line"], first["outcome"], first["column"]) == (2, "refused", "country")
    assert "like DE" in str(first["why"])
    assert second["outcome"] == "added"
    assert "Germany" in run(folder, "import", file).stdout


@pytest.mark.parametrize(
    ("header", "options", "words"),
    [
        ("Adresse,Ort", (), "its columns are: Adresse, Ort. Name the one by --map COLUMN=email"),
        ("email,Ort", ("--map", "Ort=citty"), "'citty' is no field; did you mean 'city'?"),
        ("email,Ort", ("--map", "Ort"), "'Ort' is not of the form NAME=TEXT"),
        ("email,Ort", ("--delimiter", "ab"), "--delimiter is a single character"),
        ("email,Ort", ("--account", "ana"), "no account is called 'ana'; did you mean 'anna'?"),
    ],
)
def test_a_table_that_cannot_be_used_says_what_to_type(
    folder: Path, header: str, options: tuple[str, ...], words: str
) -> None:
    result = run(folder, "import", csv(folder, f"{header}\na@example.org,x\n"), *options)
    assert result.exit_code == 2
    assert words in result.stderr


def test_what_is_not_imported_is_named(folder: Path) -> None:
    result = run(folder, "import", csv(folder, "email,Ort\na@example.org,x\n"))
    assert result.exit_code == 0
    assert "not imported: Ort (keep one by --map COLUMN=custom.NAME)" in result.stderr


def test_a_person_is_added_once_and_changed_by_field(folder: Path) -> None:
    assert run(folder, "add", "O'Hara@Example.org", "--set", "given_name=Una").exit_code == 0
    again = run(folder, "add", "o'hara@example.org")
    assert again.exit_code == 2
    assert "is known already" in again.stderr
    changed = run(folder, "set", "o'hara@example.org", "city=Cork", "custom.project=a", "--json")
    (facts,) = objects(changed)
    assert (facts["given_name"], facts["city"], facts["custom.project"]) == ("Una", "Cork", "a")
    assert facts["account"] == "anna"
    assert "given_name" in run(folder, "show", "o'hara@example.org").stdout


def test_why_they_may_be_written_to_is_asked_for_and_shown(folder: Path) -> None:
    file = csv(folder, "email,country\nben@example.org,US\neva@example.org,DE\n")
    bare = run(folder, "import", "--dry-run", file)
    assert "2       no mail: why we may write to them is not recorded" not in bare.stdout
    assert bare.stdout.count("no mail: why we may write to them is not recorded") == 2
    half = run(folder, "import", file, "--basis", "purchase")
    assert half.exit_code == 2
    assert "--basis purchase needs --evidence" in half.stderr
    stray = run(folder, "import", file, "--notice")
    assert stray.exit_code == 2
    assert "belong to a --basis" in stray.stderr
    stated = ("--basis", "purchase", "--evidence", "binder 3", "--since")
    assert "--since: '5 May' is not a date" in run(folder, "import", file, *stated, "5 May").stderr
    done = run(folder, "import", file, *stated, "2026-01-31")
    assert "1       no mail: UWG section 7 (Germany) permits a purchase only where" in done.stdout
    assert "CAN-SPAM" in run(folder, "show", "ben@example.org").stdout
    (eva,) = objects(run(folder, "set", "eva@example.org", "consent_notice=yes", "--json"))
    assert (eva["consent_basis"], eva["consent_since"]) == ("purchase", "2026-01-31")
    assert eva["permission"] == "a purchase of 2026-01-31; UWG section 7 (Germany)"
    (eva,) = objects(run(folder, "set", "eva@example.org", "consent_basis=inquiry", "--json"))
    assert (eva["consent_since"], eva["consent_notice"]) == ("", "")
    assert str(eva["permission"]).startswith("no mail: UWG section 7 (Germany): an inquiry")


def test_half_a_consent_is_refused(folder: Path) -> None:
    run(folder, "add", "ben@example.org")
    half = run(folder, "set", "ben@example.org", "consent_evidence=a form")
    assert half.exit_code == 2
    assert "name the consent_basis as well" in half.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nobody@example.org"), "nobody is known as nobody@example.org"),
        (("set", "nobody@example.org", "city=Cork"), "nobody is known as"),
        (("show", "nobody"), "is not a mail address"),
        (("add", "a@example.org", "--set", "citty=x"), "no field to set; did you mean 'city'?"),
        (("add", "a@example.org", "--set", "xyz=1"), "no field to set. Fields of your own are"),
        (("add", "a@example.org", "--set", "city="), "'city' is empty: leave out what is not"),
        (("set", "a@example.org", "email="), "'email' is no field to set"),
        (("add", "a@example.org", "--set", "country=Germany"), "country: 'Germany' is no country"),
        (("add", "a@example.org", "--set", "account=ana"), "no account is called 'ana'"),
    ],
)
def test_a_slip_is_answered_in_words(folder: Path, words: tuple[str, ...], said: str) -> None:
    result = run(folder, *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_field_is_emptied_and_a_list_begun_anew(folder: Path) -> None:
    given = ("tags=vip; warm", "country=us", "subdivision=CA", "observes=Diwali", "city=Cork")
    options = [word for pair in given for word in ("--set", pair)]
    (facts,) = objects(run(folder, "add", "una@example.org", *options, "--json"))
    assert (facts["tags"], facts["country"], facts["subdivision"], facts["observes"]) == (
        ["vip", "warm"], "US", "CA", ["Diwali"],
    )  # fmt: skip
    emptied = run(folder, "set", "una@example.org", "tags=", "city=", "phone=1", "--json")
    (facts,) = objects(emptied)
    assert (facts["tags"], facts["city"], facts["phone"], facts["country"]) == ([], "", "1", "US")
    (facts,) = objects(run(folder, "set", "una@example.org", "tags=calm", "--json"))
    assert facts["tags"] == ["calm"]


def test_whoever_said_no_by_phone_is_never_written_to_again_however_they_come_back(
    folder: Path,
) -> None:
    run(folder, "import", str(folder / "contacts.csv"))
    told = run(folder, "suppress", "Mara.Lind@Example.com", "stranger@example.org")
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "mara.lind@example.com is never written to again",
        "stranger@example.org is never written to again (no contact of yours)",
    ]
    again = objects(run(folder, "import", "--json", str(folder / "contacts.csv")))
    assert {each["email"]: each["outcome"] for each in again}["mara.lind@example.com"] == (
        "suppressed"
    )
    added = run(folder, "add", "stranger@example.org", "--set", "consent_basis=express")
    assert added.exit_code == 2
    assert "asked for no mail" in added.stderr
    refused = run(folder, "suppress", "mara.lind@example.com", "no address")
    assert refused.exit_code == 2
