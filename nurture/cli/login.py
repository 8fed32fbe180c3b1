"""`nurture login ACCOUNT`: a person lets nurture into a mailbox by OAuth 2."""

import asyncio
from functools import partial
from os import environ
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, warn
from nurture.errors import Misconfigured, Refused, Unreachable

if TYPE_CHECKING:
    from nurture.ports import Clock
    from nurture.settings import AccountSettings, Settings
    from nurture.transport.oauth_answer import Grant
    from nurture.transport.oauth_client import OAuthClient

_MINUTES = 10
_TRIES = 3


@click.command()
@click.argument("account")
@click.option("--paste", is_flag=True, help="No browser here: paste the address it ends on.")
@click.pass_context
def login(ctx: click.Context, account: str, paste: bool) -> None:
    """Log in to the mailbox of ACCOUNT by OAuth 2, as Google and Microsoft 365 want it.

    The login is tried at the mail servers before it is kept.
    """
    try:
        asyncio.run(_login(ctx, account, paste=paste))
    except Refused as fault:
        fail(str(fault), FINDINGS)


async def _login(ctx: click.Context, name: str, *, paste: bool) -> None:
    from nurture.settings import load_settings
    from nurture.transport.clock import SystemClock

    settings = load_settings(ctx.obj.config, environ, with_passwords=False, login=name)
    account = settings.account(name)
    if account is None:
        known = ", ".join(each.account.name for each in settings.accounts)
        raise Misconfigured(f"no account is called {name!r}; there are: {known}")
    if account.oauth is None:
        raise Misconfigured(f"{name} logs in by password: for OAuth write [accounts.{name}.oauth]")
    clock = SystemClock()
    grant = await _granted(account.oauth, clock, paste=paste)
    await _keep(settings, account, account.oauth, grant, clock)


async def _granted(client: "OAuthClient", clock: "Clock", *, paste: bool) -> "Grant":
    from nurture.transport.oauth_client import Flow

    match client.flow:
        case Flow.AUTHORIZATION_CODE:
            return await _by_browser(client, paste=paste)
        case Flow.DEVICE_CODE:
            return await _by_device(client, clock)
        case Flow.CLIENT_CREDENTIALS:
            from nurture.transport.oauth import ask_own_grant

            click.echo(f"{client.account} speaks for itself and needs no login; trying it.")
            return await asyncio.to_thread(ask_own_grant, client)


async def _by_browser(client: "OAuthClient", *, paste: bool) -> "Grant":
    from nurture.transport.oauth_login import invite, redeem, returned_code
    from nurture.transport.oauth_redirect import landing

    try:
        async with landing(client.redirect_port) as spot:
            invitation = invite(client, spot.port)
            read = partial(returned_code, client, invitation)
            click.echo(
                f"Open this in a browser and log in as {client.address}:\n\n{invitation.url}\n"
            )
            if not paste:
                click.echo(f"Waiting {_MINUTES} minutes for the browser to come back ...")
                return await redeem(client, invitation, await spot.code(read, _MINUTES * 60))
    except OSError as error:
        raise Unreachable(
            f"port {client.redirect_port} of this machine: {error.strerror}"
        ) from None
    click.echo("At the end the browser shows a page that does not open: that is as it should be.")
    for _ in range(_TRIES):
        pasted = await asyncio.to_thread(click.prompt, "Paste the address of that page")
        if code := read(str(pasted)):
            return await redeem(client, invitation, code)
        warn("nurture: that is no answer to the address above: copy all of it, with code= in it")
    raise Refused(f"account {client.account}: no login. Run `nurture login {client.account}` again")


async def _by_device(client: "OAuthClient", clock: "Clock") -> "Grant":
    from nurture.transport.oauth_login import ask_device, await_device

    device = await ask_device(client, clock.now())
    click.echo(
        f"Open {device.url} in any browser, log in as {client.address}, and type the code\n\n"
        f"    {device.user_code}\n\nWaiting until {device.ends_at:%H:%M} UTC ..."
    )
    return await await_device(client, device, clock)


async def _keep(
    settings: "Settings",
    account: "AccountSettings",
    client: "OAuthClient",
    grant: "Grant",
    clock: "Clock",
) -> None:
    """Keeps the login unless a mail server refuses it; one that cannot be reached is no refusal."""
    from nurture.wiring.server import token_source, try_token

    try:
        await try_token(account, grant.access)
        tried = "IMAP and SMTP take it."
    except Refused as fault:
        raise Refused(f"the provider gave a token, but it was not kept: {fault}") from None
    except Unreachable as error:
        tried = f"It could not be tried yet: {error}"
    await token_source(settings, client, clock).adopt(grant)
    click.echo(f"{account.account.name} is logged in as {client.address}. {tried}")
