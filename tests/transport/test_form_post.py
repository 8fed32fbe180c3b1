"""A form travels to one place, over TLS, and whoever answers it has neither for ever nor no end."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from nurture.errors import Misconfigured, Unreachable
from nurture.transport.form_post import Haste, post_form
from tests.servers.authorization import Authorization
from tests.servers.certificate import certified

QUICK = Haste(silence=0.2, whole=0.4)


@contextmanager
def odd(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does one odd thing to one connection; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join()


def drip(connection: socket.socket) -> None:
    """A byte every now and then: never silent, never done."""
    pause = threading.Event()
    for _ in range(100):
        connection.sendall(b"H")
        pause.wait(0.05)


def silence(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def rubbish(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"220 smtp.example.org token-1\r\n")


@pytest.mark.parametrize(
    ("talk", "words"),
    [(drip, "no answer in 0.4 s"), (silence, "did not answer in time"), (rubbish, "no HTTP")],
)
def test_an_odd_server_is_given_up_with_words(
    talk: Callable[[socket.socket], None], words: str
) -> None:
    with odd(talk) as port, pytest.raises(Unreachable, match=words) as caught:
        post_form(f"http://127.0.0.1:{port}/", {"a": "b"}, QUICK)
    assert "token-1" not in str(caught.value)


def test_a_redirect_is_an_answer_and_nothing_follows_it() -> None:
    with Authorization().running() as server:
        assert post_form(server.url("elsewhere"), {"code": "secret"}).status == 307
        assert server.forms == []


@pytest.mark.parametrize(
    "url", ["http://example.org/token", "http://127.0.0.1.example.org/", "ftp://localhost/", "x"]
)
def test_nothing_leaves_this_machine_in_the_clear(url: str) -> None:
    with pytest.raises(Misconfigured, match="https alone"):
        post_form(url, {})


@pytest.mark.parametrize("is_trusted", [True, False])
def test_a_certificate_is_verified(tmp_path: Path, is_trusted: bool) -> None:
    context = certified(tmp_path)

    def answer(connection: socket.socket) -> None:
        with suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    ca_file = tmp_path / "cert.pem" if is_trusted else None
    with odd(answer) as port:
        url = f"https://localhost:{port}/"
        if is_trusted:
            assert post_form(url, {}, ca_file=ca_file).body == b"{}"
        else:
            with pytest.raises(Unreachable, match="the certificate is not trusted"):
                post_form(url, {}, ca_file=ca_file)
