"""A private Dovecot on loopback ports: IMAP, IMAPS and LMTP with Sieve, no system service."""

import contextlib
import grp
import itertools
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pytest

HOST = "127.0.0.1"
SENT = "Verschickt & ö"  # found by SPECIAL-USE alone, and only spelt in modified UTF-7
JUNK = "Müll"
DRAFTS = "Entwürfe"

_CONFIG = """
protocols = imap lmtp
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
listen = {host}
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
first_valid_uid = 1
mail_location = maildir:~/Maildir
mailbox_idle_check_interval = 1 secs
auth_failure_delay = 0
submission_host = {submission}
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%Lu {root}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {root}/users
  default_fields = uid={uid} gid={gid} home={root}/mail/%Lu
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox "{sent}" {{
    special_use = \\Sent
  }}
  mailbox "{junk}" {{
    special_use = \\Junk
  }}
  mailbox "{drafts}" {{
    special_use = \\Drafts
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
  postmaster_address = postmaster@localhost
}}
plugin {{
  sieve = file:~/sieve.d;active=~/.dovecot.sieve
  sieve_vacation_dont_check_recipient = no
}}
"""


# ACLs are read from files of their own name in each folder; a quota counts the whole mailbox.
_FULL = """
mail_plugins = $mail_plugins acl quota
plugin {{
  acl = vfile
  quota = maildir:User quota
}}
"""


class Dovecot:
    """One running server; `running` starts it and always stops it."""

    def __init__(
        self,
        root: Path,
        users: Mapping[str, str],
        bare: Collection[str] = (),
        submission_port: int = 25,
        full: Collection[str] = (),
    ) -> None:
        self.root = root
        self._full = full
        self.imap_port, self.imaps_port, self.lmtp_port = _free_ports(3)
        self._names = itertools.count()
        self._owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        root.chmod(0o755)
        _certify(root)
        for user in users:
            for folder in ("INBOX",) if user in bare else ("INBOX", SENT, JUNK, DRAFTS):
                for part in ("cur", "new", "tmp"):
                    self._make(self.maildir(user, folder) / part)
        lines = [
            f"{user}:{{PLAIN}}{password}::::::{'userdb_quota_rule=*:bytes=9' * (user in full)}\n"
            for user, password in users.items()
        ]
        (root / "users").write_text("".join(lines), encoding="utf-8")
        (root / "dovecot.conf").write_text(self._config(submission_port), encoding="utf-8")
        self._master = subprocess.Popen(
            ["dovecot", "-F", "-c", str(root / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._await_greeting()

    @classmethod
    @contextlib.contextmanager
    def running(
        cls,
        users: Mapping[str, str],
        bare: Collection[str] = (),
        submission_port: int = 25,
        full: Collection[str] = (),
    ) -> Iterator["Dovecot"]:
        """A server for the length of a `with`; skips loudly, or fails, where there is none.

        Every user (address to password) has INBOX, SENT, JUNK and DRAFTS, those in `bare` INBOX
        alone; vacation notes leave through `submission_port`.  Who is `full` may file nothing.
        """
        require("dovecot", "dovecot-imapd dovecot-lmtpd dovecot-sieve")
        require("openssl", "openssl")
        root = Path(
            tempfile.mkdtemp(prefix="nurture-dovecot-", dir="/tmp")
        )  # socket paths are short
        server = None
        try:
            server = cls(root, users, bare, submission_port, full)
            yield server
        finally:
            if server is not None:
                server.stop()
            shutil.rmtree(root, ignore_errors=True)

    @property
    def certificate(self) -> Path:
        """What a client must trust for 127.0.0.1 and localhost."""
        return self.root / "cert.pem"

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Where the messages of a folder lie, one file each."""
        spelt = {
            SENT: ".Verschickt &- &APY-",
            JUNK: ".M&APw-ll",
            DRAFTS: ".Entw&APw-rfe",
        }.get(folder, f".{folder}")
        top = self.root / "mail" / user / "Maildir"
        return top if folder == "INBOX" else top / spelt

    def deliver(
        self, user: str, raw: bytes, folder: str = "INBOX", at: float | None = None
    ) -> None:
        """Drops a message as a delivery agent does; `at` is its arrival in Unix seconds."""
        name = f"{1_000_000_000 + next(self._names)}.M0P0.test"
        draft = self.maildir(user, folder) / "tmp" / name
        draft.write_bytes(raw)
        if at is not None:
            os.utime(draft, (at, at))
        self._own(draft)
        draft.rename(self.maildir(user, folder) / "new" / name)

    def deliver_by_lmtp(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hands a message over as Postfix does, so that Sieve sees it."""
        with smtplib.LMTP(HOST, self.lmtp_port, local_hostname="localhost") as lmtp:
            lmtp.sendmail(sender, [recipient], raw)

    def install_sieve(self, user: str, script: str) -> None:
        """Makes this script the user's own, such as a vacation note."""
        path = self.root / "mail" / user / ".dovecot.sieve"
        path.write_text(script, encoding="utf-8")
        self._own(path)

    def allow(self, user: str, folder: str, rights: str) -> None:
        """Gives the owner these rights upon a folder (RFC 4314), where some users are `full`."""
        path = self.maildir(user, folder) / "dovecot-acl"
        path.write_text(f"owner {rights}\n", encoding="utf-8")
        self._own(path)

    def renumber(self, user: str, folder: str) -> None:
        """Forgets every UID and the UIDVALIDITY of a folder; the messages stay."""
        for pattern in ("dovecot-uidlist*", "dovecot.index*"):
            for path in self.maildir(user, folder).glob(pattern):
                path.unlink()

    def freeze(self) -> None:
        """Stops every process: the kernel still acknowledges packets, nobody answers."""
        for pid in (self._master.pid, *self._children()):
            _signal(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets all go on."""
        for pid in (self._master.pid, *self._children()):
            _signal(pid, signal.SIGCONT)

    def kill_sessions(self) -> None:
        """Kills every imap process, as a crash or an administrator would."""
        for pid, name in self._children().items():
            if name == "imap":
                _signal(pid, signal.SIGKILL)

    def stop(self) -> None:
        """Ends the server within seconds, whatever state it is in."""
        self.thaw()
        children = self._children()
        self._master.terminate()
        try:
            self._master.wait(5)
        except subprocess.TimeoutExpired:
            for pid in children:
                _signal(pid, signal.SIGKILL)
            self._master.kill()
            self._master.wait(5)

    def log(self) -> str:
        """What the server wrote into its log."""
        path = self.root / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _config(self, submission_port: int) -> str:
        is_root = os.geteuid() == 0
        owner = self._owner
        config = _CONFIG + _FULL if self._full else _CONFIG
        return config.format(
            root=self.root,
            host=HOST,
            internal="dovecot" if is_root else owner.pw_name,
            login="dovenull" if is_root else owner.pw_name,
            group="dovecot" if is_root else grp.getgrgid(owner.pw_gid).gr_name,
            submission=f"{HOST}:{submission_port}",
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            sent=SENT,
            junk=JUNK,
            drafts=DRAFTS,
            imap=self.imap_port,
            imaps=self.imaps_port,
            lmtp=self.lmtp_port,
        )

    def _await_greeting(self) -> None:
        end = time.monotonic() + 10
        while time.monotonic() < end and self._master.poll() is None:
            with contextlib.suppress(OSError):
                with socket.create_connection((HOST, self.imap_port), timeout=5) as sock:
                    if sock.recv(4) == b"* OK":
                        return
            time.sleep(0.02)
        self.stop()
        pytest.fail(f"Dovecot does not start:\n{self.log()}")

    def _children(self) -> dict[int, str]:
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                head, _, tail = stat.read_text().rpartition(")")
                if int(tail.split()[1]) == self._master.pid:
                    found[int(stat.parent.name)] = head.partition("(")[2]
        return found

    def _make(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        while path != self.root:
            self._own(path)
            path = path.parent

    def _own(self, path: Path) -> None:
        os.chown(path, self._owner.pw_uid, self._owner.pw_gid)


def require(program: str, packages: str) -> None:
    """Skips loudly where a real server is not installed; fails with NURTURE_REQUIRE_REAL=1."""
    if shutil.which(program) is not None:
        return
    message = f"{program} is not installed: apt-get install {packages}"
    if os.environ.get("NURTURE_REQUIRE_REAL") == "1":
        pytest.fail(message)
    pytest.skip(message)


def _certify(root: Path) -> None:
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", names,
         "-keyout", str(root / "key.pem"), "-out", str(root / "cert.pem")],
        check=True,
        capture_output=True,
    )  # fmt: skip


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind((HOST, 0))
        return [sock.getsockname()[1] for sock in sockets]


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
