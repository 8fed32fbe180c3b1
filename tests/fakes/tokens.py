"""A token source without a provider."""

from nurture.core.account.expiry import Expiry
from nurture.errors import Refused, Unreachable
from nurture.ports import Token


class FakeTokens:
    """The port TokenSource: these tokens in turn, the last one for ever; none is no login."""

    def __init__(self, *texts: str, lasts: float = 3300, fault: Unreachable | None = None) -> None:
        self._texts = list(texts)
        self._lasts = lasts
        self.fault = fault
        self.asked = 0
        self.doubted: list[str] = []
        self.ends: tuple[Expiry, ...] = ()

    async def fresh(self) -> Token:
        """See the port."""
        self.asked += 1
        if self.fault:
            raise self.fault
        if not self._texts:
            raise Refused("account anna: nobody has logged in yet. Run `nurture login anna`")
        return Token(self._texts.pop(0) if len(self._texts) > 1 else self._texts[0], self._lasts)

    def doubt(self, token: Token) -> None:
        """See the port."""
        self.doubted.append(token.text)

    async def expiries(self) -> tuple[Expiry, ...]:
        """See the port."""
        return self.ends
