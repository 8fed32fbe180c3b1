"""One IMAP connection on which every call has a deadline and every fault is the end."""

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aioimaplib import aioimaplib

from nurture.errors import NurtureError, Refused, Unreachable
from nurture.transport.fault import plain_words
from nurture.transport.imap_answer import Part, quoted, words_of
from nurture.transport.imap_protocol import GuardedProtocol
from nurture.value import frozen

_TEMPORARY = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\b", re.IGNORECASE)  # RFC 5530
_KEEPALIVE = (
    ("TCP_KEEPIDLE", 60),
    ("TCP_KEEPINTVL", 15),
    ("TCP_KEEPCNT", 4),
    ("TCP_USER_TIMEOUT", 120_000),
)


@frozen
class Answer:
    """What a command came to: OK, NO or BAD, and everything said, the status text last."""

    result: str
    parts: tuple[Part, ...]

    @property
    def is_ok(self) -> bool:
        """The server did what was asked."""
        return self.result == "OK"

    @property
    def words(self) -> str:
        """The result with the server's own words."""
        return f"{self.result} {words_of(self.parts[-1]) if self.parts else ''}".strip()


class Connection:
    """One IMAP connection of one user: every call has its deadline, every fault is its end.

    Whatever raises (late, lost, cancelled, nonsense) throws the connection away first, since
    the library's idea of the dialogue can be wrong from then on.
    """

    def __init__(self, place: str, max_literal: int) -> None:
        self._place = place
        self._host = ""
        self._protocol = GuardedProtocol(max_literal)

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server offers, in upper case, as of the last time it was asked."""
        return frozenset(self._protocol.capabilities)

    @property
    def is_lost(self) -> bool:
        """Nothing can be asked any more."""
        return self._protocol.fault is not None

    @property
    def is_authenticated(self) -> bool:
        """The server takes us for a user."""
        return self._protocol.state in (aioimaplib.AUTH, aioimaplib.SELECTED)

    @property
    def has_news(self) -> bool:
        """The server spoke of mail since the last `forget_news`."""
        return self._protocol.has_news

    def forget_news(self) -> None:
        """What was said so far is about to be read."""
        self._protocol.has_news = False
        self._protocol.stirred.clear()

    def interrupt(self) -> None:
        """Ends a `listen` under way before its time, without news."""
        self._protocol.stirred.set()

    async def connect(
        self, host: str, port: int, context: ssl.SSLContext | None, deadline: float
    ) -> None:
        """Connects, shakes hands where a context is given, and hears the greeting."""
        loop = asyncio.get_running_loop()
        self._host = host
        with self._guard("greeting", deadline):
            async with asyncio.timeout(deadline):
                await loop.create_connection(lambda: self._protocol, host, port, ssl=context)
                self._keep_alive()
                await self._protocol.greeted.wait()
            self._protocol.check()
        await self.ask_capabilities(deadline)

    async def start_tls(self, context: ssl.SSLContext, host: str, deadline: float) -> None:
        """Secures the connection; one that is not secured afterwards is thrown away."""
        answer = await self.run("STARTTLS", deadline=deadline)
        protocol = self._protocol
        with self._guard("STARTTLS", deadline):
            if not answer.is_ok:
                raise Refused(f"refuses STARTTLS: {answer.words}; set tls to `implicit`")
            async with asyncio.timeout(deadline):
                protocol.transport = await protocol.loop.start_tls(
                    protocol.connected(), protocol, context, server_hostname=host
                )
            protocol.is_securing = False
        await self.ask_capabilities(deadline)  # what was said in the clear does not count

    async def log_in(self, user: str, password: str, deadline: float) -> None:
        """LOGIN, or AUTHENTICATE PLAIN where only that can carry the password."""
        is_plain = password.isascii() and password.isprintable() and user.isascii()
        offers_sasl = "AUTH=PLAIN" in self.capabilities
        if offers_sasl and (not is_plain or "LOGINDISABLED" in self.capabilities):
            await self.authenticate("PLAIN", f"\0{user}\0{password}", deadline)
            return
        answer = await self.run("LOGIN", quoted(user), quoted(password), deadline=deadline)
        await self._enter(answer, deadline)

    async def authenticate(self, mechanism: str, response: str, deadline: float) -> None:
        """A SASL dialogue of one answer (RFC 4959), such as PLAIN and XOAUTH2."""
        self._protocol.sasl_answers = [b64encode(response.encode("utf-8"))]
        answer = await self.run("AUTHENTICATE", mechanism, deadline=deadline)
        await self._enter(answer, deadline)

    async def ask_capabilities(self, deadline: float) -> None:
        """Asks anew: IDLE, MOVE and others may appear only after authentication."""
        answer = await self.run("CAPABILITY", deadline=deadline)
        text = b" ".join(bytes(part) for part in answer.parts[:-1])
        self._protocol.capabilities = set(text.decode("ascii", "replace").upper().split())

    async def examine(self, mailbox: str, deadline: float) -> Answer:
        """Opens a folder read-only: not even \\Recent is taken from other clients."""
        return await self._enter_folder("EXAMINE", mailbox, deadline)

    async def select(self, mailbox: str, deadline: float) -> Answer:
        """Opens a folder to change what lies in it."""
        return await self._enter_folder("SELECT", mailbox, deadline)

    async def _enter_folder(self, verb: str, mailbox: str, deadline: float) -> Answer:
        answer = await self.run(verb, mailbox, deadline=deadline)
        # The library knows none of this and would refuse to fetch.
        self._protocol.state = aioimaplib.SELECTED if answer.is_ok else aioimaplib.AUTH
        return answer

    async def append(self, mailbox: str, arguments: str, wire: bytes, deadline: float) -> Answer:
        """APPEND; the bytes travel exactly as given."""
        self._protocol.literal_data = wire
        literal = f"{{{len(wire)}}}"
        return await self.run("APPEND", mailbox, arguments, literal, deadline=deadline)

    async def run(self, name: str, *arguments: str, prefix: str = "", deadline: float) -> Answer:
        """One command and its answer, whatever it says."""
        with self._guard(f"{prefix} {name}".strip(), deadline):
            protocol = self._protocol
            protocol.check()
            command = aioimaplib.Command(
                name, protocol.new_tag(), *arguments, prefix=prefix, loop=protocol.loop
            )
            async with asyncio.timeout(deadline):
                response = await protocol.execute(command)
            return Answer(response.result, tuple(response.lines))

    async def listen(self, seconds: float, ack_deadline: float) -> None:
        """Returns when something stirred or the time is over."""
        with self._guard("IDLE", ack_deadline):
            self._protocol.check()
            await self._protocol.listen(seconds, ack_deadline)

    async def rest(self, seconds: float) -> None:
        """Lets time pass where the server cannot push; wakes when interrupted or lost."""
        with self._guard("NOOP", seconds):
            self._protocol.check()
            if not self.has_news:
                self._protocol.stirred.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._protocol.stirred.wait()
            self._protocol.check()

    async def leave(self, deadline: float) -> None:
        """LOGOUT, then closes; a server that does not answer is left all the same."""
        self._protocol.is_leaving = True
        with suppress(NurtureError):
            await self.run("LOGOUT", deadline=deadline)
        self.drop()
        if self._protocol.transport is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(deadline):
                    await self._protocol.closed.wait()

    def drop(self) -> None:
        """Throws the connection away at once."""
        self._protocol.fail(Unreachable("is not connected any more"))

    async def _enter(self, answer: Answer, deadline: float) -> None:
        if not answer.is_ok:
            self.drop()
            is_final = answer.result == "NO" and not _TEMPORARY.search(answer.words)
            fault = Refused if is_final else Unreachable
            raise fault(f"{self._place}: the login was answered with: {answer.words}")
        self._protocol.state = aioimaplib.AUTH
        await self.ask_capabilities(deadline)

    def _keep_alive(self) -> None:
        transport = self._protocol.transport
        sock = transport.get_extra_info("socket") if transport is not None else None
        if sock is None:
            return
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            if (option := getattr(socket, name, None)) is not None:
                sock.setsockopt(socket.IPPROTO_TCP, option, value)

    @contextmanager
    def _guard(self, what: str, deadline: float) -> Iterator[None]:
        """Names place and command in every fault, after the connection is thrown away."""
        try:
            yield
        except NurtureError as error:
            self.drop()
            raise type(error)(f"{self._place} {error}") from None
        except TimeoutError:
            self.drop()
            raise Unreachable(f"{self._place}: no answer to {what} in {deadline:g} s") from None
        except (OSError, ValueError) as error:
            self.drop()
            why = plain_words(self._host, error) or str(error) or type(error).__name__
            raise Unreachable(f"{self._place}: {what}: {why}") from None
        except aioimaplib.AioImapException:
            # Its words hold the whole command, a password among them.
            self.drop()
            raise Unreachable(f"{self._place}: {what} was answered out of turn") from None
        except BaseException:
            self.drop()
            raise
