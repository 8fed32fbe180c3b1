"""A private Postfix on a loopback port, with its own queue, that never speaks to the network."""

import contextlib
import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.servers.dovecot import require

HOST = "127.0.0.1"

_MAIN = """
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
meta_directory = /etc/postfix
shlib_directory = {shared}
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = {root}
maillog_file = {root}/log
myhostname = postfix.test
myorigin = {first}
mydestination =
inet_interfaces = {host}
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
lmtp_host_lookup = native
alias_maps =
local_recipient_maps =
virtual_alias_maps =
recipient_delimiter = +
virtual_mailbox_domains = {domains} {later}
virtual_mailbox_maps = texthash:{root}/users
virtual_transport = lmtp:inet:{host}:{lmtp}
default_transport = error:5.4.4 this test server has no network
relay_transport = error:5.4.4 this test server has no network
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = none
smtputf8_enable = yes
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
notify_classes =
"""

_MASTER = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
pickup unix n - n 60 1 pickup
showq unix n - n - - showq
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """One running server; `running` starts it and always stops it."""

    def __init__(self, root: Path, users: Iterable[str], lmtp_port: int, later: str) -> None:
        self.root = root
        self.port = _free_port()
        known = sorted(users)
        domains = sorted({user.rpartition("@")[2] for user in known})
        root.chmod(0o755)
        for name in ("etc", "queue", "data"):
            (root / name).mkdir()
        shutil.chown(root / "data", "postfix")
        catch_all = f"@{later} x\n" if later else ""
        (root / "users").write_text("".join(f"{user} x\n" for user in known) + catch_all)
        (root / "etc" / "main.cf").write_text(
            _MAIN.format(
                root=root, host=HOST, first=domains[0], domains=" ".join(domains), later=later,
                lmtp=lmtp_port, daemons=_default("daemon_directory"),
                shared=_default("shlib_directory"),
            )
        )  # fmt: skip
        (root / "etc" / "master.cf").write_text(_MASTER.format(port=f"{HOST}:{self.port}"))
        self._run("start")
        self._await_greeting()

    @classmethod
    @contextlib.contextmanager
    def running(cls, users: Iterable[str], lmtp_port: int, later: str = "") -> Iterator["Postfix"]:
        """A server for the length of a `with`; skips loudly, or fails, where there is none.

        Mail to `users` goes to the LMTP port; other people of their domains are refused at RCPT
        with 5.1.1.  Mail to anybody at the domain `later` is accepted and goes there too, so
        that whom LMTP refuses bounces afterwards, by mail to the sender.
        """
        require("postfix", "postfix")
        if os.geteuid() != 0:
            pytest.skip("Postfix can be started by root only")
        root = Path(tempfile.mkdtemp(prefix="nurture-postfix-", dir="/tmp"))
        server = None
        try:
            server = cls(root, users, lmtp_port, later)
            yield server
        finally:
            subprocess.run(
                ["postfix", "-c", str(root / "etc"), "stop"], check=False, capture_output=True
            )
            shutil.rmtree(root, ignore_errors=True)

    def log(self) -> str:
        """What the server wrote into its log."""
        path = self.root / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _run(self, command: str) -> None:
        done = subprocess.run(
            ["postfix", "-c", str(self.root / "etc"), command],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
        if done.returncode:
            pytest.fail(f"postfix {command} failed: {done.stderr}\n{self.log()}")

    def _await_greeting(self) -> None:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                with smtplib.SMTP(HOST, self.port, local_hostname="localhost", timeout=5):
                    return
            time.sleep(0.02)
        pytest.fail(f"Postfix does not start:\n{self.log()}")


def _default(name: str) -> str:
    """Where this system keeps a part of Postfix."""
    known = subprocess.run(["postconf", "-h", name], check=True, capture_output=True, text=True)
    return known.stdout.strip()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        port: int = sock.getsockname()[1]
        return port
