"""The ways to reach an owner besides their mail, and what each of them is wanted for."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nurture.core.spelling import did_you_mean
from nurture.document.tree import Path
from nurture.ports import MAIL, NoticeKind
from nurture.value import frozen

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SHORTEST: Final = 24  # bytes, as Standard Webhooks asks for
_PREFIX: Final = "whsec_"
_ALL: Final = frozenset(NoticeKind) - {NoticeKind.ANSWER}  # by mail alone

Kind = Literal["mail", "webhook", "apprise"]


class ChannelTable(BaseModel):
    """One way to reach an owner; `tells` are the kinds of notices that go there, else all."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    kind: Kind
    url: str = ""
    url_file: str = ""
    secret_file: str = ""
    private: bool = False
    tells: Annotated[list[str], Field(min_length=1)] | None = None


@frozen
class ChannelSettings:
    """One way to reach the owner of these accounts.

    `secret` is what a webhook is signed with, or the URL of Apprise.  Where `is_private`, the host
    of the URL may be one of the owner's own network.
    """

    owner: str
    name: str
    kind: Kind
    accounts: tuple[str, ...]
    tells: frozenset[NoticeKind] = _ALL
    url: str = ""
    secret: SecretStr = field(default=SecretStr(""))
    is_private: bool = False


def channel_of(
    owner: str, name: str, table: ChannelTable, accounts: tuple[str, ...], secret: str
) -> ChannelSettings:
    """The channel of this table, which has no faults."""
    return ChannelSettings(
        owner=owner,
        name=name,
        kind=table.kind,
        accounts=accounts,
        tells=_ALL if table.tells is None else frozenset(map(NoticeKind, table.tells)),
        url=table.url,
        secret=SecretStr(secret),
        is_private=table.private,
    )


def channel_faults(channels: Mapping[str, ChannelTable]) -> Iterator[tuple[Path, str]]:
    """Every key of one owner's channels that cannot be used, with what to write instead."""
    for name, table in channels.items():
        if not _NAME.fullmatch(name):
            yield (name,), "name channels in lower-case words joined by hyphens"
        if (name == MAIL) != (table.kind == MAIL):
            yield (name, "kind"), f'the channel named "{MAIL}" is the one of kind "{MAIL}"'
        for key, words in (*_missing(table), *_superfluous(table)):
            yield (name, key), words
        for each in table.tells or ():
            if each not in _ALL:
                hint = did_you_mean(each, _ALL)
                yield (name, "tells"), f"{each!r} is none of {', '.join(sorted(_ALL))}{hint}"
    yield from _untold(channels)


def _untold(channels: Mapping[str, ChannelTable]) -> Iterator[tuple[Path, str]]:
    """Mail tells everything where it is not written down; what nobody tells is never learned."""
    mail = channels.get(MAIL)
    if mail is None:
        return
    wanted = {kind for table in channels.values() for kind in table.tells or _ALL}
    for kind in sorted(_ALL - wanted):
        yield (MAIL, "tells"), f'no channel tells "{kind}": add it to one of them'


def _missing(table: ChannelTable) -> Iterator[tuple[str, str]]:
    if table.kind == "webhook":
        if not table.url.startswith(("https://", "http://") if table.private else "https://"):
            yield "url", "write the https URL that is posted to"
        if not table.secret_file:
            yield "secret_file", "name a file with the secret that the receiver knows as well"
    if table.kind == "apprise" and not table.url_file:
        yield "url_file", "name a file with the URL of Apprise: it holds a token"


def _superfluous(table: ChannelTable) -> Iterator[tuple[str, str]]:
    used = {"mail": (), "webhook": ("url", "secret_file", "private"), "apprise": ("url_file",)}
    for key in ("url", "url_file", "secret_file", "private"):
        if getattr(table, key) and key not in used[table.kind]:
            yield key, f"a channel of kind {table.kind!r} has no {key}"


def signing_key(written: str) -> bytes:
    """The bytes of a webhook's secret; raises ValueError with words where they are too few.

    One that begins with `whsec_` is base64, as Standard Webhooks writes it.
    """
    try:
        encoded = written.removeprefix(_PREFIX)
        key = base64.b64decode(encoded, validate=True) if encoded != written else written.encode()
    except binascii.Error:
        raise ValueError(f"what follows {_PREFIX} is no base64") from None
    if len(key) < _SHORTEST:
        raise ValueError(f"a webhook's secret has at least {_SHORTEST} bytes")
    return key
