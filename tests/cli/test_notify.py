"""Whoever types `nurture notify test` sees which channels work."""

import json

from tests.cli.conftest import Practice

HOOK = """
[owners.anna.channels.desk]
kind = "webhook"
url = "https://127.0.0.1/hook"
secret_file = "secrets/desk"
tells = ["alert"]
"""


def add_hook(practice: Practice) -> None:
    file = practice.folder / "nurture.toml"
    file.write_text(file.read_text() + HOOK)
    for name in ("desk", "anna.password"):
        secret = practice.folder / "secrets" / name
        secret.write_text("s" * 24)
        secret.chmod(0o600)


def test_the_list_says_what_goes_where(practice: Practice) -> None:
    add_hook(practice)
    rows = [json.loads(line) for line in practice.run("notify", "--json").stdout.splitlines()]
    assert [(row["channel"], row["tells"]) for row in rows][1] == ("desk", ["alert"])
    assert rows[0]["channel"] == "mail"
    assert "desk" in practice.run("notify").stdout


def test_a_channel_that_does_not_take_the_test_is_a_finding_with_its_reason(
    practice: Practice,
) -> None:
    add_hook(practice)
    result = practice.run("notify", "test", "--channel", "desk", "--json")
    assert result.exit_code == 1
    row = json.loads(result.stdout)
    assert (row["channel"], row["outcome"]) == ("desk", "failed")
    assert "of this machine" in row["why"]


def test_an_unknown_channel_is_answered_with_the_nearest(practice: Practice) -> None:
    add_hook(practice)
    result = practice.run("notify", "test", "--channel", "dsek")
    assert result.exit_code == 2
    assert "'desk'" in result.stderr
