"""An account's mail servers: where they are, who logs in there, and connections to them."""

from typing import TYPE_CHECKING

from nurture import ports
from nurture.errors import Refused, Unreachable
from nurture.house import Post
from nurture.mail.cursor import Folder
from nurture.mail.delivery import Answer, Phase
from nurture.mail.write.smtp_status import advice_on
from nurture.settings import AccountSettings, Endpoint, Settings
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.security import Login, Secret, Tls
from nurture.transport.smtp import SmtpCourier
from nurture.transport.smtp_endpoint import SmtpEndpoint
from nurture.transport.smtp_opening import open_dialogue
from nurture.wiring.world import World

if TYPE_CHECKING:
    from nurture.transport.oauth import OAuthTokens
    from nurture.transport.oauth_client import OAuthClient


def tokens_of(settings: Settings, clock: ports.Clock) -> "dict[str, OAuthTokens]":
    """The logins by OAuth, each by the name of its account."""
    found = [(each.account.name, each.oauth) for each in settings.accounts]
    return {name: token_source(settings, client, clock) for name, client in found if client}


def courier_of(world: World, name: str) -> ports.Courier:
    """A courier of its own for this account; raises Misconfigured with words."""
    account = world.account(name)
    settings = next(each for each in world.settings.accounts if each.account == account)
    return SmtpCourier(endpoints_of(world.settings, settings, world.clock)[1])


def token_source(settings: Settings, client: "OAuthClient", clock: ports.Clock) -> "OAuthTokens":
    """The OAuth login of one account; several of them, in any process, share one file."""
    from nurture.transport.oauth import OAuthTokens
    from nurture.transport.token_file import TokenFile

    return OAuthTokens(client, TokenFile(settings.tokens, client.account, settings.key), clock)


async def try_token(settings: AccountSettings, token: str) -> None:
    """Logs in to the mailbox and the submission server once, where those want a token.

    Raises Refused with the server's words and what to do, Unreachable where it cannot be known.
    """
    if settings.imap.is_by_token:
        mailbox = ImapMailbox(_imap_of(settings, token))
        await mailbox.open()
        await mailbox.close()
    if not settings.smtp.is_by_token:
        return
    opened = await open_dialogue(smtp_of(settings, token))
    if isinstance(opened, Answer):
        words = f"{opened} {advice_on(opened)}".strip()
        raise Refused(words) if opened.phase is Phase.AUTH else Unreachable(words)
    opened.leave()


def endpoints_of(
    settings: Settings, account: AccountSettings, clock: ports.Clock
) -> tuple[ImapEndpoint, SmtpEndpoint]:
    """Where and as whom the account is read, and where its mail is handed in."""
    tokens = token_source(settings, account.oauth, clock) if account.oauth else None
    return _imap_of(account, tokens), smtp_of(account, tokens)


def post_of(settings: AccountSettings, tokens: ports.TokenSource | None) -> Post:
    """An account with its own two connections, neither of them opened yet."""
    return Post(
        settings.account,
        ImapMailbox(_imap_of(settings, tokens)),
        SmtpCourier(smtp_of(settings, tokens), settings.account.limits.connections),
        tokens,
        settings.place,
    )


def mailbox_of(world: World, settings: AccountSettings) -> ImapMailbox:
    """A reading connection of its own, for a command beside the daemon."""
    return ImapMailbox(endpoints_of(world.settings, settings, world.clock)[0])


def _imap_of(settings: AccountSettings, tokens: Secret | None) -> ImapEndpoint:
    endpoint = settings.imap
    login, secret = _way_in(endpoint, tokens)
    return ImapEndpoint(
        daily_bytes=settings.account.limits.daily_bytes,
        host=endpoint.host,
        port=endpoint.port,
        user=endpoint.user,
        secret=secret,
        tls=Tls(endpoint.tls),
        login=login,
        folders={Folder(name): path for name, path in endpoint.folders.items()},
        ca_file=endpoint.ca_file,
    )


def smtp_of(settings: AccountSettings, tokens: Secret | None) -> SmtpEndpoint:
    """Where and as whom its mail is handed in, and what is known of such servers."""
    endpoint, profile = settings.smtp, settings.provider
    login, secret = _way_in(endpoint, tokens)
    return SmtpEndpoint(
        host=endpoint.host,
        port=endpoint.port,
        user=endpoint.user,
        secret=secret,
        tls=Tls(endpoint.tls),
        login=login,
        ca_file=endpoint.ca_file,
        provider=profile.replies,
        per_connection=profile.per_connection.number if profile.per_connection else 0,
    )


def _way_in(endpoint: Endpoint, tokens: Secret | None) -> tuple[Login, Secret]:
    if endpoint.is_by_token and tokens is not None:
        return Login.XOAUTH2, tokens
    return Login.PASSWORD, endpoint.secret.get_secret_value()
