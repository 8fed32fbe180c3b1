"""`nurture demo`: ninety days in which every kind of event happens and every promise is kept."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from nurture.cli.root import nurture

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told() -> Result:
    return CliRunner().invoke(nurture, ["demo", "--json"])


@pytest.fixture(scope="module")
def events(told: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_every_promise_is_kept_and_that_is_the_exit_code(
    told: Result, events: list[dict[str, object]]
) -> None:
    ending = events[-1]
    assert ending["event"] == "demo_finished"
    assert isinstance(ending["promises"], Mapping)
    assert set(ending["promises"]) >= {"P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P10"}
    assert all(ending["promises"].values())
    assert told.exit_code == 0
    assert told.stderr == ""


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("contact_enrolled", {"contact", "sequence"}),
        ("touch_sent", {"contact", "sequence", "step", "why"}),
        ("touch_held", {"contact", "sequence", "step", "why"}),
        ("touch_refused", {"contact", "sequence", "step", "answer"}),
        ("reply_heard", {"contact", "sequence", "step", "verdict", "evidence"}),
        ("enrollment_held", {"contact", "sequence", "until", "why"}),
        ("enrollment_paused", {"contact", "sequence", "why"}),
        ("enrollment_handed_off", {"contact", "sequence", "why"}),
        ("enrollment_ended", {"contact", "sequence", "why"}),
        ("owner_told", {"kind"}),
        ("owner_wrote", {"contact"}),
        ("account_unreadable", {"why"}),
    ],
)
def test_it_shows_each_kind_of_event_with_its_fields(
    events: list[dict[str, object]], event: str, fields: set[str]
) -> None:
    seen = [each for each in events if each["event"] == event]
    assert seen
    assert all(fields | {"at"} <= set(each) for each in seen)


def test_time_only_goes_forward_through_ninety_days(events: list[dict[str, object]]) -> None:
    times = [datetime.fromisoformat(str(each["at"])) for each in events[:-1]]
    assert times == sorted(times)
    assert timedelta(days=80) < times[-1] - times[0] <= timedelta(days=90)


def test_each_kind_of_answer_is_heard(events: list[dict[str, object]]) -> None:
    heard = {each["verdict"] for each in events if each["event"] == "reply_heard"}
    assert heard >= {"human_reply", "auto_reply", "auto_ack", "bounce_hard", "unsubscribe"}


def test_what_was_held_leaves_once_the_owner_has_added_what_was_missing(
    events: list[dict[str, object]],
) -> None:
    kwame = [each["event"] for each in events if each.get("name") == "Kwame Mensah"]
    assert kwame[:4] == ["contact_enrolled", "touch_held", "owner_did", "touch_sent"]


def test_somebody_gets_a_piece_of_the_library_chosen_for_them(
    events: list[dict[str, object]],
) -> None:
    (why,) = [
        str(each["why"])
        for each in events
        if each["event"] == "touch_sent" and each.get("step") == "on-their-desk"
    ]
    assert "library/before-anybody-draws-a-line.md for design (an interest)" in why
