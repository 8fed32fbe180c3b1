"""A mail provider in a box: SMTP and IMAP on loopback, in our own event loop and memory."""

import asyncio
import logging
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, closing
from datetime import datetime
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession
from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.concurrent import Event, Subsystem
from pymap.context import connection_exit
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.command.select import IdleCommand
from pymap.parsing.message import AppendMessage
from pymap.parsing.response import UntaggedResponse
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import Cleartext

from nurture.value import frozen

_HOST = "127.0.0.1"
_FOLDERS = ("Sent", "Junk", "Drafts")  # pymap creates none but INBOX


@frozen
class Received:
    """One mail as it was accepted at the server's door, whoever it was for."""

    sender: str
    recipient: str
    raw: bytes
    at: datetime


class _PromptState(ConnectionState):
    """Tells at the start of IDLE what came before it, as Dovecot does and pymap forgets."""

    async def receive_updates(self, cmd: IdleCommand, done: Event) -> Iterable[UntaggedResponse]:
        """What changed since the last response, at once if anything did."""
        selected = await self.session.check_mailbox(self.selected)
        self._selected, untagged = selected.fork(cmd)
        return list(untagged) or await super().receive_updates(cmd, done)


class Sandbox:
    """The embedded provider of the demo and the tests; everything dies with it.

    Takes submissions from its users only, after AUTH.  Mail to a user lies in that INBOX; mail to
    anybody else is handed to `on_mail`; an address in `refuse` meets that SMTP reply at RCPT,
    such as `550 5.1.1 No such user`.  `received` is the truth about what reached a recipient, in
    order.  Addresses are compared without regard to case and plus tags.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        on_mail: Callable[[Received], None] | None = None,
        refuse: Mapping[str, str] | None = None,
    ) -> None:
        self.received: list[Received] = []
        self._now = now
        self.on_mail = on_mail
        self._refuse = {address.lower(): reply for address, reply in (refuse or {}).items()}
        self._users: dict[str, str] = {}
        self._config = _imap_config()
        self._login = Login(self._config)
        self._servers: list[asyncio.Server] = []
        self._hidden_port = 0
        self._sessions: set[asyncio.Task[None]] = set()
        self._submissions: WeakSet[SMTP] = WeakSet()

    async def start(self, users: Mapping[str, str]) -> None:
        """Listens on free ports, with a mailbox for each address and its password."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # warns of itself at every login
        self._config.apply_context()
        for address, password in users.items():
            await self.add_user(address, password)
        loop = asyncio.get_running_loop()
        imap = await asyncio.start_server(self._serve_imap, _HOST, 0)
        smtp = await loop.create_server(self._smtp, _HOST, 0)
        self._servers = [imap, smtp]

    async def add_user(self, address: str, password: str, *, folders: bool = True) -> None:
        """A mailbox with INBOX and, unless told otherwise, Sent, Junk and Drafts."""
        user = address.lower()
        hashed = await Passwords(self._config).hash_password(password)
        identity = self._identity(user)
        await identity.set(UserMetadata(self._config, user, password=hashed))
        self._users[user] = password
        async with identity.new_session() as session:
            for folder in _FOLDERS if folders else ():
                await session.create_mailbox(folder)

    @property
    def smtp_port(self) -> int:
        """Where submissions are taken, without TLS."""
        return self._port(1)

    @property
    def imap_port(self) -> int:
        """Where the mailboxes are read, without TLS."""
        return self._port(0)

    async def deliver(
        self, user: str, raw: bytes, folder: str = "INBOX", at: datetime | None = None
    ) -> None:
        """Puts a message into a user's folder, which listeners are told at once."""
        async with self._identity(user.lower()).new_session() as session:
            message = AppendMessage(raw, at or self._now(), frozenset())
            await session.append_messages(folder, [message])

    async def renumber(self, user: str, folder: str) -> None:
        """Empties a folder of the user's and gives it another UIDVALIDITY."""
        async with self._identity(user.lower()).new_session() as session:
            await session.delete_mailbox(folder)
            await session.create_mailbox(folder)

    async def hide_mailboxes(self) -> None:
        """IMAP is gone, in the middle of whatever is said; SMTP goes on."""
        self._hidden_port = self.imap_port
        self._servers[0].close()
        for task in self._sessions:
            task.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        await self._servers[0].wait_closed()

    async def show_mailboxes(self) -> None:
        """IMAP is back on the same port, with everything as it was."""
        self._servers[0] = await asyncio.start_server(self._serve_imap, _HOST, self._hidden_port)

    async def close(self) -> None:
        """Stops listening and ends every dialogue."""
        for server in self._servers:
            server.close()
        for task in self._sessions:
            task.cancel()
        for submission in self._submissions:
            if submission.transport is not None:
                submission.transport.close()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()  # since Python 3.12 it waits for the dialogues, too
        self._servers = []

    def authenticate(
        self,
        _server: SMTP,
        _session: SmtpSession,
        _envelope: Envelope,
        _mechanism: str,
        credentials: object,
    ) -> AuthResult:
        """aiosmtpd's hook: who may submit."""
        if not isinstance(credentials, LoginPassword):
            return AuthResult(success=False, handled=False)
        user = credentials.login.decode("utf-8", "replace").lower()
        password = credentials.password.decode("utf-8", "replace")
        return AuthResult(success=self._users.get(user) == password, handled=False)

    async def handle_MAIL(  # noqa: N802 aiosmtpd looks for these names
        self,
        _server: SMTP,
        session: SmtpSession,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Takes a sender who has shown a password."""
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(  # noqa: N802 see handle_MAIL
        self,
        _server: SMTP,
        _session: SmtpSession,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Takes every recipient but those in `refuse`."""
        if (reply := self._refuse.get(address.lower())) is not None:
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Recipient ok"

    async def handle_DATA(  # noqa: N802 see handle_MAIL
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope
    ) -> str:
        """Puts the mail down for each recipient, then takes responsibility for it."""
        raw = _as_bytes(envelope.content)
        for recipient in envelope.rcpt_tos:
            mail = Received(envelope.mail_from or "", recipient, raw, self._now())
            self.received.append(mail)
            if (user := _without_tag(recipient)) in self._users:
                await self.deliver(user, raw)
            elif self.on_mail is not None:
                self.on_mail(mail)
        return f"250 2.0.0 Ok: queued as {len(self.received):06d}"

    def _smtp(self) -> SMTP:
        submission = SMTP(
            self,
            enable_SMTPUTF8=True,
            hostname="sandbox.invalid",
            ident="sandbox",
            auth_require_tls=False,
            authenticator=self.authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._submissions.add(submission)
        return submission

    async def _serve_imap(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Held here: a dialogue that only the loop knows can be collected in the middle of it.
        task = asyncio.current_task()
        if task is not None:
            self._sessions.add(task)
            task.add_done_callback(self._sessions.discard)
        where = SocketInfo.get(writer, ProxyResultLocal())
        connection = IMAPConnection(self._config.commands, self._config, reader, writer, where)
        async with AsyncExitStack() as stack:
            connection_exit.set(stack)
            stack.enter_context(closing(connection))
            await connection.run(_PromptState(self._login, self._config))

    def _identity(self, user: str) -> Identity:
        return Identity(user, self._login, None, frozenset())

    def _port(self, index: int) -> int:
        port: int = self._servers[index].sockets[0].getsockname()[1]
        return port


def _without_tag(recipient: str) -> str:
    """Whose mailbox it is: anna+anything@ is Anna's, as at most providers."""
    local, at, domain = recipient.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _imap_config() -> Config:
    arguments = Namespace(
        host=_HOST,
        port=0,
        debug=False,
        cert=None,
        key=None,
        tls=False,
        passlib_cfg=None,
        proxy_protocol=None,
        inherited_sockets=None,
        demo_data=False,
        demo_user="",
        demo_password="",
    )
    # Without reject_dnsbl=False every connection would ask a name server about loopback.
    # Passwords made up for loopback need no slow hash, nor a thread to compute it.
    return Config.from_args(
        arguments,
        secure_auth=False,
        reject_dnsbl=False,
        invalid_user_sleep=0,
        hash_context=Cleartext(),
        cpu_subsystem=Subsystem.for_asyncio(),
    )


def _as_bytes(content: bytes | str | None) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content or b""
