"""Throw-away certificates for servers on loopback, by the openssl program."""

import ssl
import subprocess
from pathlib import Path

from tests.servers.dovecot import require


def certified(folder: Path, name: str = "DNS:localhost", days: int = 2) -> ssl.SSLContext:
    """A server's context with a fresh certificate, left as cert.pem; negative days: expired."""
    require("openssl", "openssl")
    key, request, certificate = folder / "key.pem", folder / "request.pem", folder / "cert.pem"
    _openssl(
        "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-subj", "/CN=test", "-addext", f"subjectAltName={name}",
        "-keyout", str(key), "-out", str(request),
    )  # fmt: skip
    _openssl(
        "x509", "-req", "-in", str(request), "-signkey", str(key), "-days", str(days),
        "-copy_extensions", "copy", "-out", str(certificate),
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
