"""Mail after mail over an open connection, and certainty about how far each of them came."""

import asyncio
from collections.abc import Callable, Generator, Mapping
from math import inf
from typing import Final

from nurture.mail.delivery import (
    Accepted,
    Answer,
    Delivery,
    Phase,
    Unknown,
)
from nurture.mail.write.server_id import server_ids
from nurture.mail.write.smtp_status import classify
from nurture.transport.smtp_command import Commands, Offer
from nurture.transport.smtp_endpoint import SmtpEndpoint
from nurture.transport.smtp_line import Late, Line, Lost, Reply, text_of
from nurture.transport.smtp_tour import Drawn, Spelt, Tour, spelt

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

# What was drawn waits for the answer to the content in front of it, and a halt is seen in front
# of a drawing: so behind a server that takes longer than this nothing waits.
_QUICK: Final = 0.25

# Looking up a member costs more than all else in a line.
_MAIL, _DATA, _BODY = Phase.MAIL, Phase.DATA, Phase.BODY

Talk = Generator[None, None, None]
"""Yields wherever it has to wait for news; raises Lost where none can come."""


class Dialogue:
    """The envelope part of an SMTP session (RFC 5321 section 3.3), grouped where offered.

    Every doubt is settled by one question: was the final dot written?  Before, nothing was sent;
    after, only the server's answer tells.  Behind a content that is short, or has left our hands,
    follow dot, MAIL, RCPT and DATA of the next mail in one write (RFC 2920 section 3.1): one round
    trip a mail.  What waits there is certain not to have been sent.
    """

    def __init__(self, line: Line, extensions: Mapping[str, str], endpoint: SmtpEndpoint) -> None:
        self._line = line
        self._extensions = extensions
        self._offer = Offer.of(extensions)
        self._endpoint = endpoint
        self._left = endpoint.per_connection or inf
        self._has_carried = self._has_dotted = self._is_said = False
        self._is_quick = True
        self._usual = b""  # in which words the last MAIL, RCPT and DATA were all a yes
        self._phase = _MAIL
        self._tour: Tour | None = None
        self._behind: Spelt | None = None
        self.appends = True
        """Whether the server takes a mail behind another's content; whoever knows may say no."""

    @property
    def offers(self) -> frozenset[str]:
        """What the server said it can do, in upper case (RFC 5321 section 4.1.1.1)."""
        return frozenset(name.upper() for name in self._extensions)

    @property
    def is_open(self) -> bool:
        """Whether another mail may be tried: it has no fault, owes no answer, and has room."""
        return self._left > 0 and self._line.is_quiet

    @property
    def tour(self) -> Tour | None:
        """To what the mail at hand belongs, while its end is open."""
        return self._tour

    async def carry(
        self, first: Drawn, draw: Callable[[], Drawn | None], *, is_doubted: bool
    ) -> None:
        """This mail and whatever can be drawn behind it, as long as the connection is good.

        Each is told as soon as its end is known, or given back where the server had given up the
        connection.  One that `is_doubted` is asked first whether it lives.  A connection in any
        doubt is closed.  An envelope no server may be given is lost before a byte of it leaves;
        so is the mail in whose dialogue we are cancelled or fail otherwise.
        """
        self._draw, (self._tour, self._envelope) = draw, first
        self._ended = asyncio.get_running_loop().create_future()
        self._talk = self._talked(first, is_doubted)
        self._line.listen(self._go_on)
        try:
            self._go_on()
            await self._ended
        except BaseException as fault:
            # Cancelled, or our own fault: where the dialogue stands is not known any more.
            self.abort()
            if self._tour is not None:
                self._tour.lose(fault)
            if not isinstance(fault, Exception):
                raise
        finally:
            self._tour = None
            self._line.listen(None)
            self._talk.close()

    def abort(self) -> None:
        """Ends the connection at once."""
        self._line.abort()

    def leave(self) -> None:
        """Ends the connection in an orderly way."""
        self._line.leave()

    def _go_on(self) -> None:
        if self._ended.done():
            return
        try:
            next(self._talk)
        except StopIteration:
            self._ended.set_result(None)
        except BaseException as fault:
            self._ended.set_exception(fault)

    def _talked(self, first: Drawn, is_doubted: bool) -> Talk:
        """The whole talk."""
        if is_doubted and not (yield from self._is_positive(b"NOOP\r\n")):
            self._give_back()
            return
        self._tour = None
        mail = spelt(first, self._offer, self._endpoint) or self._next()
        try:
            while mail is not None:
                self._is_said, self._behind = mail is self._behind, None
                (self._tour, self._envelope), wanted, content = mail
                self._phase, self._has_dotted, self._left = _MAIL, False, self._left - 1
                is_usual = self._is_said and self._line.hears_again(self._usual)
                refusal = None if is_usual else (yield from self._opened(wanted))
                yield from self._handed_over(content) if not refusal else self._refused(refusal)
                mail = self._following()
        except Lost as error:
            # Some servers forget what they were told behind a content: no more is said there.
            is_forgetful = isinstance(error, Late) and self._is_said and self._phase is _MAIL
            self.appends = self.appends and not is_forgetful
            self._break_off(str(error))
        finally:
            if self._behind is not None:
                tour, envelope = self._behind[0]
                self._behind = None
                tour.give_back(envelope)

    def _opened(self, wanted: Commands) -> Generator[None, None, Answer | None]:
        """MAIL, RCPT and DATA; the first answer that is no yes, or None when content may follow."""
        line, is_grouped, code = self._line, self._offer.takes_groups, 0
        refusal: Answer | None = None
        told = b""
        if is_grouped and not self._is_said:
            line.write(b"".join(wanted))
        line.allow(self._endpoint.patience.command)
        for (phase, yes), command in zip(_STEPS, wanted, strict=True):
            if refusal is None:
                self._phase = phase
            if not is_grouped:
                line.write(command)
            while (reply := line.heard()) is None:
                yield
            code, words = reply
            told += words
            if refusal is None and code not in yes:
                refusal = _answer(phase, reply)
                if not is_grouped or code == _CLOSING:
                    return refusal
        if refusal is not None and code == _GO_AHEAD:
            # The server opened the content all the same: end it empty (RFC 2920 section 3.1).
            line.write(b".\r\n")
            while line.heard() is None:
                yield
        self._usual = b"" if refusal else told
        return refusal

    def _refused(self, refusal: Answer) -> Talk:
        self._refuse(refusal)
        if refusal.code == _CLOSING:
            self.abort()
        else:
            yield from self._is_positive(b"RSET\r\n")

    def _handed_over(self, content: bytes) -> Talk:
        line, self._phase = self._line, _DATA
        line.allow(self._endpoint.patience.dot)
        if len(content) > _ONE_WRITE:
            line.write(content)
            while not line.has_drained():
                yield
            content = b""
        if line.has_spoken:
            # Spoken before the dot: a refusal on the way, and nothing was handed over.
            while (early := line.heard()) is None:
                yield
            self.abort()
            self._refuse(_answer(_DATA, early))
            return
        group = self._appended()
        # Where the connection is gone already this raises Lost, and the dot is not written.
        line.write(b"".join((content, b".\r\n", *group)))
        self._phase, self._has_dotted = _BODY, True
        while (reply := line.heard()) is None:
            yield
        self._is_quick = line.elapsed() < _QUICK
        self._judge(_answer(_BODY, reply))

    def _judge(self, answer: Answer) -> None:
        """What the reply to the final dot says."""
        if answer.code in _POSITIVE:
            self._tell(Accepted(answer, server_ids(answer.text, self._endpoint.host)))
            return
        is_no = answer.code in _NEGATIVE
        if answer.code == _CLOSING or not is_no:
            self.abort()
        self._tell(classify(answer, self._endpoint.provider) if is_no else Unknown(answer))

    def _following(self) -> Spelt | None:
        """What was said behind the last one, else another, while the connection is good."""
        if self._behind is None:
            return self._next()
        if self._behind[0][0].is_over:
            self.abort()
        return self._next() if self._line.fault else self._behind

    def _next(self) -> Spelt | None:
        """The next mail for this connection, if it may carry one."""
        while self.is_open and (drawn := self._draw()) is not None:
            mail = spelt(drawn, self._offer, self._endpoint)
            if mail is not None:
                return mail
        return None

    def _appended(self) -> tuple[bytes, ...]:
        """What opens the next mail, to be written behind the dot of this one."""
        if not (self._is_quick and self.appends and self._offer.takes_groups):
            return ()
        self._behind = self._next()
        return self._behind[1] if self._behind else ()

    def _tell(self, delivery: Delivery) -> None:
        self._has_carried = True
        tour, self._tour = self._tour, None
        if tour is not None:
            tour.tell(self._envelope, delivery)

    def _give_back(self) -> None:
        tour, self._tour = self._tour, None
        if tour is not None:
            tour.give_back(self._envelope)

    def _refuse(self, answer: Answer) -> None:
        """Not sent; and where the server had given up the connection, not tried."""
        if self._has_carried and answer.phase is _MAIL and answer.code in (0, _CLOSING):
            self._give_back()
        else:
            self._tell(classify(answer, self._endpoint.provider))

    def _break_off(self, why: str) -> None:
        answer = Answer(self._phase, 0, f"{self._endpoint.place}: {why}")
        self.abort()
        if self._has_dotted:
            self._tell(Unknown(answer))
        else:
            self._refuse(answer)

    def _is_positive(self, command: bytes) -> Generator[None, None, bool]:
        """Whether the server says yes to this in time; else the connection is closed."""
        line, reply = self._line, None
        try:
            line.allow(self._endpoint.patience.check)
            line.write(command)
            while (reply := line.heard()) is None:
                yield
        except Lost:
            pass
        is_yes = reply is not None and reply[0] in _POSITIVE
        if not is_yes:
            self.abort()
        return is_yes


def _answer(phase: Phase, reply: Reply) -> Answer:
    return Answer(phase, reply[0], text_of(reply))
