"""Reads what an authorization server answers: a grant, or why there is none and what to do."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import timedelta
from functools import cache
from importlib.resources import files

from nurture.errors import Refused, Unreachable
from nurture.transport.form_post import Reply
from nurture.value import frozen

_USUAL = timedelta(hours=1)
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=1)
_BUSY = 500
_TOO_MANY = 429
_PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
_TOKEN = re.compile(r"[\x21-\x7e]+")  # what XOAUTH2 can carry; RFC 6749 appendix A.12
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
_LONGEST_WORDS = 300
_ERROR = 400


@frozen
class Grant:
    """What was given; `refresh` is empty where the server gave no new one."""

    access: str = field(repr=False)
    lifetime: timedelta
    refresh: str = field(default="", repr=False)
    refresh_lifetime: timedelta | None = None


@frozen
class Denial:
    """An OAuth error (RFC 6749 5.2) with the server's own words, free of what we told it."""

    error: str
    words: str


@frozen
class Row:
    """One line of the advice: all it names must hold; what it leaves empty holds always."""

    what: str
    advice: str
    error: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    provider: str = ""
    age_days: tuple[int, ...] = ()

    def matches(self, denial: Denial, provider: str, age: timedelta | None) -> bool:
        """Whether the row speaks about this denial of a login so old."""
        said = f"{denial.error} {denial.words}".casefold()
        days = -1 if age is None else age // timedelta(days=1)
        return (
            (not self.error or denial.error in self.error)
            and (not self.words or any(each in said for each in self.words))
            and (not self.provider or self.provider == provider)
            and (not self.age_days or self.age_days[0] <= days <= self.age_days[1])
        )


def read_reply(reply: Reply, secrets: Iterable[str]) -> Mapping[str, object] | Denial:
    """The members of a good answer, or the denial; `secrets` is what its words must not repeat.

    Raises Unreachable for a server that is busy or that speaks no OAuth.
    """
    try:
        members = json.loads(reply.body)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise Unreachable(f"the authorization server answers HTTP {reply.status} without JSON")
    error = members.get("error")
    if reply.status < _ERROR and not error:
        return members
    denial = Denial(str(error or "")[:80], _scrubbed(members, tuple(secrets)))
    if reply.status >= _BUSY or reply.status == _TOO_MANY or denial.error in _PASSING:
        said = f"{denial.error} {denial.words}".strip()
        raise Unreachable(f"the authorization server is busy (HTTP {reply.status}): {said}")
    return denial


def grant_of(members: Mapping[str, object]) -> Grant:
    """The grant (RFC 6749 5.1); raises Unreachable where there is none that can be used."""
    access, refresh = members.get("access_token"), members.get("refresh_token") or ""
    if not isinstance(access, str) or not _TOKEN.fullmatch(access):
        raise Unreachable("the authorization server gave no access token that can be used")
    if not isinstance(refresh, str) or str(members.get("token_type", "bearer")).lower() != "bearer":
        raise Unreachable("the authorization server gave a token of an unknown kind")
    lifetime = _stretch(members.get("expires_in")) or _USUAL
    return Grant(
        access,
        min(max(lifetime, _SHORTEST), _LONGEST),
        refresh,
        _stretch(members.get("refresh_token_expires_in")),
    )


def refusal(denial: Denial, account: str, provider: str, age: timedelta | None = None) -> Refused:
    """The denial in words a person can act upon; `age` is that of the login."""
    row = next(each for each in advice() if each.matches(denial, provider, age))
    said = f"{denial.error}: {denial.words}" if denial.words else denial.error
    todo = row.advice.format(account=account)
    return Refused(f"account {account}: {row.what}. {todo} (The server said: {said})")


def _stretch(seconds: object) -> timedelta | None:
    """A number of seconds, which some servers put into quotes."""
    try:
        return timedelta(seconds=int(str(seconds))) if int(str(seconds)) > 0 else None
    except (ValueError, OverflowError):
        return None


def _scrubbed(members: Mapping[str, object], secrets: tuple[str, ...]) -> str:
    names = ("error_description", "suberror", "error_subtype")
    words = " ".join(str(members[name]) for name in names if members.get(name))
    for secret in secrets:
        words = words.replace(secret, "***") if secret else words
    return _SPACE.sub(" ", words).strip()[:_LONGEST_WORDS]


@cache
def advice() -> tuple[Row, ...]:
    """Every row of the shipped advice, in the order in which they are tried."""
    text = files("nurture.transport").joinpath("oauth_advice.toml").read_text("utf-8")
    return tuple(
        Row(
            what=row["what"],
            advice=row["advice"],
            error=tuple(row.get("error", ())),
            words=tuple(each.casefold() for each in row.get("words", ())),
            provider=row.get("provider", ""),
            age_days=tuple(row.get("age_days", ())),
        )
        for row in tomllib.loads(text)["row"]
    )
