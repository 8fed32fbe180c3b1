"""What reaches the log: levels, the account, and never an address."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from nurture import journal, log
from nurture.transport.clock import SystemClock


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines(capsys)]


def test_json_has_a_level_and_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("json")
    journal.account_rested("anna", datetime(2026, 3, 2, tzinfo=UTC), "421 later")
    (event,) = told(capsys)
    assert (event["level"], event["event"]) == ("warning", "account_rested")
    assert str(event["at"]).endswith("Z")


def test_the_time_is_the_clocks_to_the_microsecond(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("json")
    clock, blur = SystemClock(), timedelta(microseconds=2)
    before = clock.now()
    journal.daemon_stopped()
    journal.daemon_stopped()
    after = clock.now()
    first, second = (datetime.fromisoformat(str(event["at"])) for event in told(capsys))
    assert before - blur <= first <= second <= after + blur


def test_an_address_in_a_servers_words_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("json")
    answer = "550 5.1.1 <ada.lovelace+x@firm.example>: no such user"
    journal.touch_refused(7, "tips", "first", scope="recipient", answer=answer)
    journal.reply_heard(7, "bounce", confidence=1, evidence=("to bob@firm.example",), inbound=1)
    whole = "\n".join(lines(capsys))
    assert "lovelace" not in whole
    assert "bob@" not in whole
    assert "…@firm.example" in whole
    assert '"contact_id":7' in whole


def test_an_address_in_a_traceback_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("json")
    try:
        int("no such user: ada.lovelace@firm.example")
    except ValueError as error:
        journal.enrollment_broke(7, repr(error))
    (event,) = told(capsys)
    assert "…@firm.example" in str(event["exception"])
    assert "lovelace" not in json.dumps(event)


def test_words_that_are_no_utf8_are_written_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure("json")
    journal.sequence_refused("the file caf\udce9.yaml")
    journal.sequence_refused("of caf\udce9@firm.example")
    first, second = told(capsys)
    assert first["why"] == "the file caf\udce9.yaml"
    assert second["why"] == "of …@firm.example"


@pytest.mark.parametrize(("style", "is_service"), [("json", 0), ("auto", 1), ("console", 0)])
def test_of_what_happened_to_many_each_is_a_line_and_an_event(
    style: Literal["json", "auto", "console"],
    is_service: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if is_service:
        monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    log.configure(style)
    heard: list[dict[str, object]] = []
    with log.listening(heard.append):
        journal.touches_sent("tips", "first", "due", [(7, 1), (8, 2)])
    assert [(each["contact_id"], each["touch"]) for each in heard] == [(7, 1), (8, 2)]
    assert {each["step"] for each in heard} == {"first"}
    first, second = lines(capsys)
    assert re.search(r"contact_id\W+7\b.*touch\W+1\b", first)
    assert re.search(r"contact_id\W+8\b.*touch\W+2\b", second)


def test_under_journald_a_line_begins_with_its_priority(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    log.configure("auto")
    journal.daemon_stopped()
    journal.mail_quarantined("anna", "why")
    first, second = lines(capsys)
    assert first.startswith('<6>{"')
    assert second.startswith('<3>{"')


def test_elsewhere_people_read_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    log.configure("auto")
    journal.daemon_stopped()
    (line,) = lines(capsys)
    assert "daemon_stopped" in line
    assert not line.startswith(("{", "<"))


def test_what_is_below_the_level_is_heard_but_not_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure("json", "warning")
    heard: list[object] = []
    with log.listening(lambda event: heard.append(event["event"])):
        journal.account_read("anna", heard=1)
        journal.daemon_stopped()
    assert heard == ["account_read", "daemon_stopped"]
    assert lines(capsys) == []


def test_who_listens_goes_on_hearing_when_the_log_is_configured_anew(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heard: list[object] = []
    with log.listening(lambda event: heard.append(event["event"])):
        log.configure("silent")
        journal.daemon_stopped()
    journal.account_leased("anna", epoch=1)
    assert heard == ["daemon_stopped"]
    log.configure("json", "warning")
    journal.account_leased("anna", epoch=1)
    journal.account_lease_lost("anna")
    assert [each["event"] for each in told(capsys)] == ["account_lease_lost"]


def test_an_attended_account_is_named_in_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("json")
    with log.attending("anna"):
        journal.touches_sent("tips", "first", "due", [(7, 1)])
        journal.account_leased("bea", epoch=1)
    journal.daemon_stopped()
    assert [each.get("account") for each in told(capsys)] == ["anna", "bea", None]
