"""Apprise is asked in a thread of its own, within a time, and its token stays secret."""

import builtins
import importlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from nurture import ports
from nurture.errors import Unreachable
from nurture.notify import apprise as ours
from nurture.notify.apprise import AppriseChannel, objection

# What Apprise loads says so where Python 3.11 does; it is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
ALERT = ports.Telling("anna", "notice-1", "The mailbox is mute", "Log in.")


class Service(HTTPServer):
    """Takes JSON as Apprise posts it; answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.told: list[dict[str, str]] = []
        self.status = 200


class Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(json.loads(body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def channel(service: Service) -> AppriseChannel:
    return AppriseChannel(f"json://127.0.0.1:{service.server_port}/token-abcdef")


async def test_a_service_is_told_subject_and_text(service: Service) -> None:
    await channel(service).tell(ALERT)
    (told,) = service.told
    assert (told["title"], told["message"]) == ("The mailbox is mute", "Log in.")


async def test_a_service_that_does_not_take_it_says_why_without_the_token(
    service: Service,
) -> None:
    service.status = 403
    with pytest.raises(Unreachable, match="403") as caught:
        await channel(service).tell(ALERT)
    assert "token-abcdef" not in str(caught.value)
    assert "token-abcdef" not in repr(channel(service))


async def test_a_service_that_hangs_is_left_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(ours, "_speak", lambda *_: str(over.wait(5)))
    with pytest.raises(Unreachable, match=r"within 0\.05 seconds"):
        await AppriseChannel("json://localhost", patience=0.05).tell(ALERT)
    over.set()


async def test_whatever_breaks_in_apprise_is_no_fault_of_the_daemon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> str:
        raise KeyError("deep inside")

    monkeypatch.setattr(ours, "_speak", broken)
    with pytest.raises(Unreachable, match="deep inside"):
        await AppriseChannel("json://localhost").tell(ALERT)


async def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise builtins.ImportError(name)

    monkeypatch.setattr(ours, "import_module", missing)
    assert "nurture[notify]" in objection("json://localhost")
    with pytest.raises(Unreachable, match=r"install nurture\[notify\]"):
        await AppriseChannel("json://localhost").tell(ALERT)


def test_a_url_that_apprise_does_not_know_is_said_beforehand() -> None:
    assert importlib.import_module("apprise")
    assert objection("json://localhost") == ""
    assert "does not understand" in objection("bogus://token-abcdef")
    assert "token" not in objection("bogus://token-abcdef")
