"""From the table `oauth` of an account to a client, with what is known of its provider."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from nurture.settings.table import AccountTable, OAuthTable
from nurture.transport.oauth_client import Flow, OAuthClient
from nurture.transport.security import is_loopback
from nurture.value import frozen

_URLS = ("authorization_url", "token_url", "device_url")
_NO_TENANT = frozenset({"", "common", "organizations", "consumers"})


@frozen
class _Provider:
    """One table of oauth_provider.toml."""

    redirect_host: str
    flows: tuple[str, ...]
    source: str
    authorization_url: str = ""
    token_url: str = ""
    device_url: str = ""
    needs_secret: bool = False
    scopes: tuple[str, ...] = ()
    app_scopes: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


def oauth_faults(table: OAuthTable) -> Iterator[tuple[str, str]]:
    """Every key that cannot be used, with what to write instead."""
    provider, flow = _providers()[table.provider], Flow(table.flow)
    urls = _urls(table)
    if flow not in provider.flows:
        known = " or ".join(provider.flows)
        yield "flow", f"{table.provider} gives no access to mail by {flow}; write {known}"
    is_by_tenant = "{tenant}" in provider.token_url and not table.token_url
    if flow is Flow.CLIENT_CREDENTIALS and is_by_tenant and table.tenant in _NO_TENANT:
        yield "tenant", "an app that speaks for itself needs its tenant: write its id"
    if not (table.scopes or _usual_scopes(provider, flow)):
        yield "scopes", f"write what to ask {table.provider} for"
    for name in _needed(flow):
        if not urls[name]:
            yield name, f"write where {table.provider} answers, an https address"
    for name, url in urls.items():
        parts = urlsplit(url)
        is_local = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if url and not (is_local or (parts.scheme == "https" and parts.hostname)):
            yield name, f"{url!r}: secrets travel over https alone"


def oauth_client(
    name: str, account: AccountTable, secret: str, folder: Path, zone: str
) -> OAuthClient | None:
    """The client of an account whose table has no faults; None for one with passwords."""
    table = account.oauth
    if table is None:
        return None
    provider, flow, ends = _providers()[table.provider], Flow(table.flow), None
    if table.client_secret_expires:
        midnight = datetime.combine(table.client_secret_expires, time(), ZoneInfo(zone))
        ends = midnight.astimezone(UTC)
    return OAuthClient(
        account=name,
        address=account.imap.user or account.address,
        provider=table.provider,
        flow=flow,
        client_id=table.client_id,
        client_secret=secret,
        **_urls(table),
        scopes=tuple(table.scopes) or _usual_scopes(provider, flow),
        redirect_host=provider.redirect_host,
        redirect_port=table.redirect_port,
        extra=provider.extra,
        secret_ends_at=ends,
        ca_file=folder / table.ca_file if table.ca_file else None,
    )


def needs_client_secret(table: OAuthTable) -> bool:
    """Whether nothing can be asked for without one."""
    return _providers()[table.provider].needs_secret or table.flow == "client_credentials"


def _needed(flow: Flow) -> tuple[str, ...]:
    match flow:
        case Flow.AUTHORIZATION_CODE:
            return ("authorization_url", "token_url")
        case Flow.DEVICE_CODE:
            return ("device_url", "token_url")
        case Flow.CLIENT_CREDENTIALS:
            return ("token_url",)


def _usual_scopes(provider: _Provider, flow: Flow) -> tuple[str, ...]:
    return provider.app_scopes if flow is Flow.CLIENT_CREDENTIALS else provider.scopes


def _urls(table: OAuthTable) -> dict[str, str]:
    provider = _providers()[table.provider]
    usual = {
        "authorization_url": table.authorization_url or provider.authorization_url,
        "token_url": table.token_url or provider.token_url,
        "device_url": table.device_url or provider.device_url,
    }
    tenant = table.tenant or "common"
    return {name: url.replace("{tenant}", tenant) for name, url in usual.items()}


@cache
def _providers() -> Mapping[str, _Provider]:
    text = files("nurture.settings").joinpath("oauth_provider.toml").read_text("utf-8")
    return {
        name: _Provider(
            redirect_host=row["redirect_host"],
            flows=tuple(row["flows"]),
            source=row["source"],
            **{url: row.get(url, "") for url in _URLS},
            needs_secret=row.get("needs_secret", False),
            scopes=tuple(row.get("scopes", ())),
            app_scopes=tuple(row.get("app_scopes", ())),
            extra=row.get("extra", {}),
        )
        for name, row in tomllib.loads(text).items()
    }
