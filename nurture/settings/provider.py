"""What is known of mail providers: their limits, and what their servers do by themselves."""

import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from nurture.core.contact.address import domain_of


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    source: Annotated[str, Field(min_length=1)]


class Figure(_Row):
    """A number that a provider is known by; a bargained one differs from customer to customer."""

    number: Annotated[int, Field(alias="is", ge=1)]
    bargained: bool = False


class Feature(_Row):
    """Something that a provider does or does not."""

    is_there: bool = Field(alias="is")


class SpfInclude(_Row):
    """What an SPF record includes so that a provider may send for the domain (RFC 7208 5.2)."""

    include: Annotated[str, Field(min_length=1)]


class DkimSelectors(_Row):
    """Under which names a domain publishes the keys that a provider signs with (RFC 6376 3.1)."""

    selectors: Annotated[list[str], Field(min_length=1)]


class Profile(BaseModel):
    """One table of provider.toml, which says what the keys mean."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    title: Annotated[str, Field(min_length=1)]
    hosts: list[str] = []
    domains: list[str] = []
    replies: str = ""
    per_day: Figure | None = None
    per_minute: Figure | None = None
    connections: Figure | None = None
    per_connection: Figure | None = None
    files_sent: Feature | None = None
    plus: Feature | None = None
    spf: SpfInclude | None = None
    dkim: DkimSelectors | None = None


UNKNOWN = Profile(title="a provider that nurture does not know")


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile by its name; raises ValidationError where the file is not what it should be."""
    text = files("nurture.settings").joinpath("provider.toml").read_text("utf-8")
    return {name: Profile.model_validate(row) for name, row in tomllib.loads(text).items()}


def profile_of(provider: str, host: str, address: str) -> Profile:
    """The profile of that name, else that of the submission server, else one without figures.

    Of two providers at one server, the one whose addresses are like the account's is meant.
    """
    if provider:
        return profiles().get(provider, UNKNOWN)
    name, domain = host.lower(), domain_of(address)
    here = [each for each in profiles().values() if any(fnmatchcase(name, at) for at in each.hosts)]
    own = [each for each in here if domain in each.domains]
    anybodys = [each for each in here if not each.domains]
    return next(iter((*own, *anybodys, *here)), UNKNOWN)
