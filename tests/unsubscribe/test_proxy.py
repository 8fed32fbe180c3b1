"""A click gets through nginx and Caddy as our examples set them up, and nothing else does."""

import asyncio
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from typing import Final

import pytest

from nurture.transport.http_page import Page, Request, serving

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
BODY: Final = "List-Unsubscribe=One-Click"


def program(name: str) -> str:
    """The proxy; absent it skips loudly, and fails where it is required."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        say = pytest.fail if os.environ.get("NURTURE_REQUIRE_REAL") == "1" else pytest.skip
        say(f"{name} is missing: apt-get install {name}")
    return str(found)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number: int = taken.getsockname()[1]
        return number


@pytest.fixture
def seen() -> list[Request]:
    return []


@pytest.fixture
async def behind(seen: list[Request]) -> AsyncIterator[int]:
    async def answer(request: Request) -> Page:
        seen.append(request)
        return Page(200, "good\n")

    async with serving("127.0.0.1:0", answer) as port:
        yield port


@contextmanager
def running(*words: str, port: int, env: dict[str, str] | None = None) -> Iterator[None]:
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
    try:
        _await(process, port)
        yield
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def _await(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return
    process.kill()
    said = process.stdout.read().decode() if process.stdout else ""
    raise AssertionError(said)


def ask(port: int, method: str, path: str, body: str = "") -> int:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = HTTPSConnection("localhost", port, context=context, timeout=10)
    connection.request(method, path, body, {"X-Forwarded-For": "6.6.6.6", "Host": "anna.example"})
    status = connection.getresponse().status
    connection.close()
    return status


async def clicked(port: int, seen: list[Request]) -> None:
    """A click gets through with its client's true name; everything else is nobody's."""
    assert await asyncio.to_thread(ask, port, "POST", "/leave/token", BODY) == 200
    assert await asyncio.to_thread(ask, port, "GET", "/metrics") == 404
    (request,) = seen
    assert (request.method, request.path) == ("POST", "/leave/token")
    assert request.fields["x-forwarded-for"] == "127.0.0.1"
    # Whoever passes it on may notice that we have hung up before our answer is read.
    too_long = await asyncio.to_thread(ask, port, "POST", "/leave/token", "x" * 40_000)
    assert too_long in {413, 502}
    assert len(seen) == 1


def _certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=anna.example", "-keyout", folder / "privkey.pem",
         "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.mark.real
async def test_a_click_gets_through_nginx(tmp_path: Path, behind: int, seen: list[Request]) -> None:
    nginx, port = program("nginx"), free_port()
    _certificate(tmp_path)
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    text = text.replace("/etc/letsencrypt/live/anna.example", str(tmp_path))
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}")
    text = re.sub(r"\n *listen \[::\].*", "", text).replace(":9479", f":{behind}")
    folders = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{folders}{text}}}\n"
    )
    with running(nginx, "-e", "stderr", "-c", str(tmp_path / "nginx.conf"), port=port):
        await clicked(port, seen)


@pytest.mark.real
async def test_a_click_gets_through_caddy(tmp_path: Path, behind: int, seen: list[Request]) -> None:
    caddy, port = program("caddy"), free_port()
    text = (DEPLOY / "Caddyfile").read_text("utf-8").replace(":9479", f":{behind}")
    places = f"https://localhost:{port}, https://anna.example:{port}"
    text = text.replace("anna.example {", f"{places} {{\n\ttls internal")
    settings = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}}\n{text}"
    (tmp_path / "Caddyfile").write_text(settings)
    env = os.environ | {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    words = (caddy, "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile"))
    with running(*words, port=port, env=env):
        await clicked(port, seen)
