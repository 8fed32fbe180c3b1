"""An OAuth 2 authorization server on loopback: honest until told otherwise."""

import contextlib
import json
import threading
from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlencode, urlsplit

from nurture.transport.oauth_client import Flow, OAuthClient

Form = dict[str, str]
Answer = tuple[int, dict[str, object]]

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Authorization:
    """Every refresh token works once; what `will` scripts is answered at /token instead, in order.

    `forms` are the requests to /token, `given` is what every grant has beside its tokens, and
    `pending` how often a device is told to wait.
    """

    user: str = "anna@example.org"
    client_secret: str = ""
    given: dict[str, object] = field(default_factory=lambda: {"expires_in": 3600})
    pending: int = 0
    is_rotating: bool = True
    port: int = 0
    forms: list[Form] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    refreshable: set[str] = field(default_factory=set)
    _script: deque[tuple[int, bytes]] = field(default_factory=deque)
    _codes: dict[str, Form] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def running(self) -> Iterator["Authorization"]:
        """Listens on a free port of loopback, in threads of its own."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def url(self, path: str) -> str:
        """An address of this server."""
        return f"http://127.0.0.1:{self.port}/{path}"

    def client(self, **others: object) -> OAuthClient:
        """An account that logs in here, but for these facts."""
        known = OAuthClient(
            account="anna",
            address=self.user,
            provider="custom",
            flow=Flow.AUTHORIZATION_CODE,
            client_id="nurture-app",
            authorization_url=self.url("authorize?tenant=x"),
            token_url=self.url("token"),
            device_url=self.url("device"),
            scopes=("mail",),
        )
        return replace(known, **others)

    def will(self, status: int, members: dict[str, object] | bytes) -> None:
        """Scripts one answer of /token."""
        body = members if isinstance(members, bytes) else json.dumps(members).encode()
        self._script.append((status, body))

    def authorize(self, query: Form) -> str:
        """A person says yes; where the browser goes then."""
        code = f"code-{next(self._numbers)}"
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: Form) -> tuple[int, bytes]:
        """What /token answers."""
        with self._lock:
            self.forms.append(form)
            if self._script:
                return self._script.popleft()
            status, members = self._granted(form)
            return status, json.dumps(members).encode()

    def _granted(self, form: Form) -> Answer:
        if form.get("client_secret", "") != self.client_secret:
            return 401, {"error": "invalid_client"}
        match form["grant_type"]:
            case "refresh_token":
                is_good = form["refresh_token"] in self.refreshable
                if self.is_rotating:
                    self.refreshable.discard(form["refresh_token"])
            case "authorization_code":
                asked = self._codes.pop(form["code"], {})
                proof = sha256(form["code_verifier"].encode()).digest()
                is_good = (
                    asked.get("code_challenge") == urlsafe_b64encode(proof).decode().rstrip("=")
                    and asked["redirect_uri"] == form["redirect_uri"]
                )
            case grant if grant == DEVICE:
                self.pending -= 1
                if self.pending >= 0:
                    return 400, {"error": "authorization_pending"}
                is_good = form["device_code"] == "device-1"
            case _:
                return self._issue(with_refresh=False)
        return self._issue() if is_good else (400, {"error": "invalid_grant"})

    def _issue(self, *, with_refresh: bool = True) -> Answer:
        number = next(self._numbers)
        self.issued.append(f"access-{number}")
        members: dict[str, object] = {"access_token": f"access-{number}", "token_type": "Bearer"}
        if with_refresh and (self.is_rotating or number == 1):
            members["refresh_token"] = f"refresh-{number}"
            self.refreshable.add(f"refresh-{number}")
        return 200, {**members, **self.given}


def _handler(server: Authorization) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", server.authorize(flat(parts.query)))
                self.send_header("Content-Length", "0")
                self.end_headers()

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            form = flat(self.rfile.read(size).decode())
            match urlsplit(self.path).path:
                case "/device":
                    self._say(200, json.dumps(_device(server)).encode())
                case "/introspect":
                    is_known = form.get("token") in server.issued
                    self._say(200, json.dumps({"active": is_known, "email": server.user}).encode())
                case "/elsewhere":
                    self.send_response(307)
                    self.send_header("Location", server.url("token"))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                case _:
                    self._say(*server.token(form))

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    return Handler


def _device(server: Authorization) -> dict[str, object]:
    return {
        "device_code": "device-1",
        "user_code": "ABCD-EFGH",
        "verification_uri": server.url("activate"),
        "expires_in": 900,
        "interval": 1,
    }


def flat(query: str) -> Form:
    """A form or a query, each name once."""
    return {name: values[0] for name, values in parse_qs(query).items()}
