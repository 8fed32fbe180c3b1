"""One envelope at a time over an open connection, and certainty about how far it came."""

from collections.abc import Mapping
from typing import Final

from nurture.mail.delivery import (
    Accepted,
    Answer,
    Delivery,
    Envelope,
    Phase,
    Rejected,
    Scope,
    Unknown,
)
from nurture.mail.write.server_id import server_ids
from nurture.mail.write.smtp_status import classify, enhanced_in
from nurture.transport.smtp_command import Offer, commands, stuffed
from nurture.transport.smtp_endpoint import SmtpEndpoint
from nurture.transport.smtp_line import Line, Lost, Reply

_GO_AHEAD: Final = 354
_CLOSING: Final = 421
_POSITIVE: Final = range(200, 300)
_NEGATIVE: Final = range(400, 600)
_STEPS: Final = (  # with the codes that are a yes there
    (Phase.MAIL, _POSITIVE),
    (Phase.RCPT, _POSITIVE),
    (Phase.DATA, range(_GO_AHEAD, _GO_AHEAD + 1)),
)

# Above this the dot waits until the content has left our hands, so that a server that stalls or
# goes in the middle leaves no doubt; below it one packet carries both.
_ONE_WRITE: Final = 16 * 1024


class Dialogue:
    """The envelope part of an SMTP session (RFC 5321 section 3.3), grouped where offered.

    Every doubt is settled by one question: was the final dot written?  Before, nothing was sent;
    after, only the server's answer tells.
    """

    __slots__ = ("_endpoint", "_extensions", "_has_dotted", "_line", "_offer", "_phase")

    def __init__(self, line: Line, extensions: Mapping[str, str], endpoint: SmtpEndpoint) -> None:
        self._line = line
        self._extensions = extensions
        self._offer = Offer.of(extensions)
        self._endpoint = endpoint
        self._phase = Phase.MAIL
        self._has_dotted = False

    @property
    def offers(self) -> frozenset[str]:
        """What the server said it can do, in upper case (RFC 5321 section 4.1.1.1)."""
        return frozenset(name.upper() for name in self._extensions)

    @property
    def is_open(self) -> bool:
        """Whether another envelope may be tried: nothing broke, and nothing was said unasked."""
        return self._line.is_quiet

    async def deliver(self, envelope: Envelope) -> Delivery:
        """What became of the envelope; a connection in any doubt is closed.

        Raises Broken for an envelope no server may be given, before a byte of it leaves.
        """
        wanted = commands(envelope, self._offer)
        if isinstance(wanted, str):
            answer = Answer(Phase.MAIL, 0, "", f"{self._endpoint.place}: {wanted}")
            return Rejected(answer, Scope.UNKNOWN)
        content = stuffed(envelope.wire)
        self._phase, self._has_dotted = Phase.MAIL, False
        try:
            refusal = await self._open(wanted)
            if refusal is None:
                return await self._hand_over(content)
            await self._start_over(refusal)
            return classify(refusal, self._endpoint.provider)
        except TimeoutError:
            return self._broken("the server did not answer in time")
        except Lost as error:
            return self._broken(str(error))
        except BaseException:
            # Cancelled, or our own fault: where the dialogue stands is not known any more.
            self.abort()
            raise

    async def is_alive(self) -> bool:
        """Whether the server still answers (NOOP); closes the connection if it does not."""
        return await self._is_positive(b"NOOP\r\n", self._endpoint.patience.check)

    def abort(self) -> None:
        """Ends the connection at once."""
        self._line.abort()

    def leave(self) -> None:
        """Ends the connection in an orderly way."""
        self._line.leave()

    async def _open(self, wanted: tuple[bytes, bytes, bytes]) -> Answer | None:
        """MAIL, RCPT and DATA; the first answer that is no yes, or None when content may follow."""
        line, code = self._line, 0
        refusal: Answer | None = None
        is_grouped = self._offer.takes_groups
        if is_grouped:
            line.write(b"".join(wanted))
        line.allow(self._endpoint.patience.command)
        for (phase, yes), command in zip(_STEPS, wanted, strict=True):
            if refusal is None:
                self._phase = phase
            if not is_grouped:
                line.write(command)
            reply = line.heard() or await line.reply()
            code = reply.code
            if refusal is None and code not in yes:
                refusal = _answer(phase, reply)
                if not is_grouped or code == _CLOSING:
                    return refusal
        if refusal is not None and code == _GO_AHEAD:
            # The server opened the content all the same: end it empty (RFC 2920 section 3.1).
            self._line.write(b".\r\n")
            await self._line.reply()
        return refusal

    async def _hand_over(self, content: bytes) -> Delivery:
        line = self._line
        line.allow(self._endpoint.patience.dot)
        if len(content) > _ONE_WRITE:
            line.write(content)
            await line.drained()
            content = b""
        if line.has_spoken:
            # Spoken before the dot: a refusal on the way, and nothing was handed over.
            early = _answer(Phase.DATA, await line.reply())
            self.abort()
            return classify(early, self._endpoint.provider)
        line.require()
        self._phase, self._has_dotted = Phase.BODY, True
        line.write(content + b".\r\n")
        answer = _answer(self._phase, await line.reply())
        if answer.code == _CLOSING:
            self.abort()
        if answer.code in _POSITIVE:
            return Accepted(answer, server_ids(answer.text, self._endpoint.host))
        if answer.code in _NEGATIVE:
            return classify(answer, self._endpoint.provider)
        self.abort()
        return Unknown(answer)

    async def _start_over(self, refusal: Answer) -> None:
        if refusal.code == _CLOSING:
            self.abort()
        else:
            await self._is_positive(b"RSET\r\n", self._endpoint.patience.check)

    async def _is_positive(self, command: bytes, seconds: float) -> bool:
        try:
            self._line.allow(seconds)
            self._line.write(command)
            reply = await self._line.reply()
        except (TimeoutError, Lost):
            self.abort()
            return False
        except BaseException:
            self.abort()
            raise
        if reply.code not in _POSITIVE:
            self.abort()
        return reply.code in _POSITIVE

    def _broken(self, why: str) -> Delivery:
        answer = Answer(self._phase, 0, "", f"{self._endpoint.place}: {why}")
        self.abort()
        return Unknown(answer) if self._has_dotted else classify(answer, self._endpoint.provider)


def _answer(phase: Phase, reply: Reply) -> Answer:
    text = reply.text
    return Answer(phase, reply.code, enhanced_in(text), text)
