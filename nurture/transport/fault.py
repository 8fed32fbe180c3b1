"""Why no connection came about, in words that a person can act upon."""

import socket
import ssl
from typing import Final

_EXPIRED: Final = 10  # X509_V_ERR_CERT_HAS_EXPIRED
_OTHER_NAME: Final = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, IP_ADDRESS_MISMATCH


def plain_words(host: str, cause: BaseException) -> str:
    """What kept us from this host; empty for a cause that speaks for itself."""
    match cause:
        case ssl.SSLCertVerificationError():
            return _of_certificate(host, cause)
        case ssl.SSLError():
            return f"no secure connection came about ({cause.reason}); check port and tls mode"
        case socket.gaierror():
            return f"the name {host} cannot be looked up ({cause.strerror})"
        case ConnectionRefusedError():
            return "nobody listens there; check host and port"
        case TimeoutError():
            return "the server did not answer in time"
        case ConnectionResetError() | BrokenPipeError():
            return "the server closed the connection"
        case _:
            return ""


def _of_certificate(host: str, cause: ssl.SSLCertVerificationError) -> str:
    if cause.verify_code == _EXPIRED:
        return "the server's certificate has expired; its operator must renew it"
    if cause.verify_code in _OTHER_NAME:
        return f"the server's certificate is not for {host}; check the host name"
    return (
        f"the server's certificate is not trusted ({cause.verify_message}); "
        "name its authority as ca_file if it is your own server"
    )
