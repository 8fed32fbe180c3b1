"""What Prometheus, a supervisor and a person can ask of the running daemon."""

import asyncio
import json
import os
import re
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from nurture.cli.root import COMMANDS
from nurture.daemon import Daemon
from nurture.errors import Misconfigured
from nurture.settings import load_settings
from nurture.tally import COUNTERS, Tally
from nurture.transport.clock import SystemClock
from nurture.transport.exposition import Metric, written
from nurture.transport.http_page import Page, reading, serving
from nurture.watch import watched
from nurture.wiring.house import house_of
from nurture.wiring.world import world_of
from tests.system.daemon import Home
from tests.system.provider import embedded, reply

ADA = "ada@example.net"
STABLE = {
    "nurture_account_can_send",
    "nurture_account_paused",
    "nurture_build_info",
    "nurture_consent_refusals_total",
    "nurture_database_up",
    "nurture_db_size_bytes",
    "nurture_due_lag_seconds",
    "nurture_enrolments",
    "nurture_halted",
    "nurture_handoffs_open",
    "nurture_imap_last_sweep_timestamp_seconds",
    "nurture_inbound_messages_total",
    "nurture_loop_failures_total",
    "nurture_loops_late",
    "nurture_messages_sent_total",
    "nurture_notices_total",
    "nurture_notices_untold",
    "nurture_quarantined_messages",
    "nurture_smtp_replies_total",
    "nurture_to_check_messages",
    "nurture_token_expiry_timestamp_seconds",
    "nurture_uncertain_messages",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
}
SOMETIMES = {"nurture_backup_timestamp_seconds", "nurture_handoff_first_response_seconds"}
DEPLOY = Path(__file__).parents[2] / "deploy"


async def get(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    whole = (await reader.read()).decode()
    writer.close()
    head, _, body = whole.partition("\r\n\r\n")
    return int(head.split()[1]), body


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number: int = taken.getsockname()[1]
        return number


async def listening(home: Home, port: int) -> None:
    text = (home.folder / "nurture.toml").read_text()
    home.write("nurture.toml", f'{text}\n[watch]\nlisten = "127.0.0.1:{port}"\n')


def values(text: str) -> dict[str, float]:
    rows = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in rows}


@pytest.mark.slow
async def test_a_day_at_the_desk_is_seen_in_the_metrics(tmp_path: Path, port: int) -> None:
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        await listening(home, port)
        await home.enroll("notes", ADA)
        async with home.daemon() as daemon:
            await daemon.tells("touch_sent")
            await provider.deliver(reply(ADA, "Yes, please call me.", provider.mails_to(ADA)[0]))
            await daemon.tells("reply_heard")
            await daemon.tells("owner_told")
            assert await get(port, "/live") == (200, "live\n")
            assert await get(port, "/ready") == (200, "ready\n")
            assert await get(port, "/accounts") == (
                200,
                '{"anna": {"can_send": true, "why": ""}}\n',
            )
            status, text = await get(port, "/metrics")
            why = f"550 <{ADA}> refused"
            home.query(
                "UPDATE accounts SET resting_until = '2999-01-01 00:00:00.000000', resting_why = ?",
                why,
            )
            _, resting = await get(port, "/accounts")
            await home.run("stop-all")
            _, accounts = await get(port, "/accounts")
            await daemon.stop()
    assert status == 200
    assert set(re.findall(r"# TYPE (\S+)", text)) == STABLE
    found = values(text)
    assert found['nurture_messages_sent_total{account="anna",outcome="sent"}'] == 1
    assert found['nurture_inbound_messages_total{account="anna",class="human_reply"}'] == 1
    assert found['nurture_smtp_replies_total{class="2xx"}'] == 1
    assert found['nurture_enrolments{state="ended"}'] == 1
    assert found['nurture_handoffs_open{age="under_1h"}'] == 1
    assert found['nurture_account_can_send{account="anna"}'] == 1
    assert found["nurture_db_size_bytes"] > 10_000
    assert found["process_resident_memory_bytes"] > 10_000_000
    assert ADA not in text
    assert ADA not in resting
    assert "…@example.net" in resting
    assert '"can_send": false' in accounts


async def test_a_database_that_cannot_be_written_is_not_ready(tmp_path: Path, port: int) -> None:
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        await listening(home, port)
        async with home.daemon() as daemon:
            await daemon.tells("account_read")
            blocker = home.hold_database()
            try:
                status, words = await get(port, "/ready")
            finally:
                blocker.close()
    assert status == 503
    assert "locked" in words


def test_every_counter_is_one_that_the_journal_can_move() -> None:
    tally = Tally()
    for event in (
        {"event": "touch_sent", "account": "anna"},
        {"event": "touch_deferred", "account": "anna", "answer": "421 later (at connect)"},
        {"event": "touch_uncertain", "account": "anna", "why": "no answer"},
        {"event": "touch_held", "account": "anna", "why": "the consent ran out on 2026-01-01"},
        {"event": "reply_heard", "account": "anna", "verdict": "human_reply"},
        {"event": "mail_ignored", "account": "anna"},
        {"event": "loop_failed", "loop": "anna"},
        {"event": "owner_not_told", "account": "anna"},
        {"event": "something_else"},
    ):
        tally(event)
    assert all(tally.counts[name] for name in COUNTERS)
    assert tally.counts["nurture_smtp_replies_total"][(("class", "4xx"),)] == 1


def test_a_label_cannot_break_out_of_its_quotes() -> None:
    metric = Metric("a_total", "counter", "Words.", {(("why", 'x"\n\\'),): 1})
    assert written([metric]).splitlines()[2] == r'a_total{why="x\"\n\\"} 1'


@pytest.fixture
async def pages() -> AsyncIterator[int]:
    async def page() -> Page:
        return Page(200, "good\n")

    served = {"/good": page, "/tasks/secret.ics": page}
    async with serving("127.0.0.1:0", reading(served)) as port:
        yield port


async def test_only_known_pages_and_only_reading(pages: int) -> None:
    assert await get(pages, "/good?x=1") == (200, "good\n")
    assert await get(pages, "/good", "HEAD") == (200, "")
    assert (await get(pages, "/good", "POST"))[0] == 405
    assert await get(pages, "/other") == (404, "/good\n")


async def test_a_page_below_a_secret_is_served_but_never_listed(pages: int) -> None:
    assert await get(pages, "/tasks/secret.ics") == (200, "good\n")
    assert "secret" not in (await get(pages, "/tasks/"))[1]


async def test_an_endless_request_is_dropped(pages: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", pages)
    writer.write(b"GET /good HTTP/1.1\r\n" + b"X: y\r\n" * 5000)
    assert await reader.read() == b""
    writer.close()


async def test_a_port_that_is_taken_is_a_wrong_setting(pages: int) -> None:
    with pytest.raises(Misconfigured, match=r"watch\.listen"):
        async with serving(f"127.0.0.1:{pages}", reading({})):
            pass


@pytest.mark.parametrize("file", ["grafana.json", "alerts.yml"])
def test_dashboard_and_alerts_name_only_metrics_that_exist(file: str) -> None:
    named = set(re.findall(r"\b((?:nurture|process)_\w+)", (DEPLOY / file).read_text("utf-8")))
    assert named
    assert named <= STABLE | SOMETIMES


def test_every_alert_says_what_is_wrong_and_how_urgent_it_is() -> None:
    (group,) = yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))["groups"]
    names = [rule["alert"] for rule in group["rules"]]
    assert len(set(names)) == len(names) > 5
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
        named = set(re.findall(r"(?:^|; )nurture ([a-z-]+)", rule["annotations"].get("action", "")))
        assert named <= set(COMMANDS)


def test_no_panel_of_the_dashboard_lies_on_another() -> None:
    panels = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def two_free_ports() -> int:
    """The lower of two neighbours, where no connection on its way out takes one (ip(7))."""
    for number in range(20_000 + os.getpid() % 5_000, 32_000, 2):
        with suppress(OSError), socket.create_server(("127.0.0.1", number)):
            with socket.create_server(("127.0.0.1", number + 1)):
                return number
    raise AssertionError("no two ports are free")


async def test_each_worker_of_a_machine_is_watched_at_a_port_of_its_own(tmp_path: Path) -> None:
    port = two_free_ports()
    home = Home.made(tmp_path, 1, 1)
    await listening(home, port)
    settings = load_settings(home.folder / "nurture.toml", {})
    async with world_of(settings, SystemClock()) as world:
        daemon = Daemon(house_of(world))
        async with watched(world, daemon) as first, watched(world, daemon, 2) as second:
            assert (first, second) == (port, port + 1)
            assert await get(second, "/live") == (200, "live\n")
