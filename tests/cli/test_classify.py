"""`nurture classify`: files, folders, mbox and stdin; JSON lines and plain text."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nurture.cli.classify import classify

ANSWER = b"From: kim@firm.example\nSubject: Re: x\nIn-Reply-To: <a@o.example>\n\nYes, call me.\n"
AWAY = (
    b"From: kim@firm.example\nSubject: Automatic reply: x\nAuto-Submitted: auto-replied\n"
    b"Date: Wed, 04 Nov 2026 09:15:00 +0000\n\nI am out of the office until 16 November 2026.\n"
)
BOUNCE = (
    b"From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: failure notice\n\n"
    b"I wasn't able to deliver your message.\n\n<kim@firm.example>:\nUser unknown (#5.1.1)\n"
)
STRANGER = b"From: who@else.example\nSubject: Hello\n\nHello there.\n"


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(classify, arguments, input=stdin)


def rows(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "answer.eml").write_bytes(ANSWER)
    (tmp_path / "deep" / "away.eml").write_bytes(AWAY)
    (tmp_path / "note.txt").write_bytes(b"no mail")
    return tmp_path


def test_a_folder_gives_its_mails_by_relative_path(folder: Path) -> None:
    found = rows(run("--json", "--all-known", str(folder)))
    assert [(each["file"], each["label"]) for each in found] == [
        ("answer.eml", "human_reply"),
        ("deep/away.eml", "auto_reply"),
    ]


def test_the_facts_stand_where_they_apply(folder: Path) -> None:
    answer, away = rows(run("--json", str(folder)))
    assert answer["visible_text"] == "Yes, call me."
    assert "return_date" not in answer
    assert str(away["return_date"]).startswith("2026-11-1")
    assert isinstance(away["confidence"], float)
    assert isinstance(away["evidence"], list)
    assert {"signal", "meaning", "weight", "quote"} == set(away["evidence"][0])


def test_a_bounce_tells_recipient_status_and_kind(tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_bytes(BOUNCE)
    (found,) = rows(run("--json", str(tmp_path / "b.eml")))
    assert (found["label"], found["recipient"], found["status"]) == (
        "bounce_hard",
        "kim@firm.example",
        "5.1.1",
    )
    assert found["recipients"] == [
        {"address": "kim@firm.example", "status": "5.1.1", "kind": "hard"}
    ]


def test_an_mbox_is_split_at_its_envelopes_only(tmp_path: Path) -> None:
    envelope = b"From kim@firm.example Wed Nov  4 09:15:00 2026\n"
    talk = ANSWER + b"\nFrom here on we agree.\n\n"
    (tmp_path / "all.mbox").write_bytes(envelope + talk + envelope + AWAY)
    found = rows(run("--json", str(tmp_path / "all.mbox")))
    assert [each["label"] for each in found] == ["human_reply", "auto_reply"]
    assert str(found[1]["file"]).endswith("all.mbox#2")


def test_stdin_is_read_for_a_dash() -> None:
    (found,) = rows(run("--json", "-", stdin=AWAY))
    assert (found["file"], found["label"]) == ("-", "auto_reply")


def test_named_contacts_make_the_others_strangers(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(STRANGER)
    path = str(tmp_path / "a.eml")
    assert rows(run("--json", path))[0]["label"] == "human_reply"
    assert (
        rows(run("--json", "--known-contact", "kim@firm.example", path))[0]["label"] == "unrelated"
    )
    assert (
        rows(run("--json", "--known-contact", "Who@Else.example", path))[0]["label"]
        == "human_reply"
    )


def test_an_unreadable_file_ends_with_2_and_the_rest_is_told(folder: Path) -> None:
    result = run("--json", str(folder / "missing.eml"), str(folder / "answer.eml"))
    assert result.exit_code == 2
    assert "missing.eml: No such file" in result.stderr
    assert json.loads(result.stdout)["label"] == "human_reply"


def test_people_read_the_label_the_evidence_and_the_text(folder: Path) -> None:
    shown = run(str(folder / "deep" / "away.eml")).stdout
    assert "away.eml: auto_reply (9" in shown
    assert "Auto-Submitted: auto-replied" in shown
    assert "return date:" in shown
    assert "visible text:  I am out of the office" in shown


def test_no_argument_is_a_usage_error() -> None:
    assert run().exit_code == 2
