"""The ways to reach the owners, made from the settings; none of them needs the database."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nurture import ports
from nurture.notify.apprise import AppriseChannel
from nurture.notify.mail import MailChannel
from nurture.settings import Settings
from nurture.settings.channel import ChannelSettings, signing_key
from nurture.transport.smtp import SmtpCourier
from nurture.wiring.server import smtp_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nurture.transport.oauth import OAuthTokens
    from nurture.transport.web import SafeWeb


def routes_of(
    settings: Settings, clock: ports.Clock, tokens: "Mapping[str, OAuthTokens] | None" = None
) -> list[ports.Route]:
    """Every way to reach the owners; none of them needs the database.

    `tokens` are shared with whoever logs in besides: a login is refreshed once for all.
    """
    known = tokens if tokens is not None else tokens_of(settings, clock)
    accounts = {each.account.name: each.account for each in settings.accounts}
    couriers = {
        each.account.name: SmtpCourier(smtp_of(each, known.get(each.account.name)))
        for each in settings.accounts
    }
    return [
        ports.Route(ports.MAIL, MailChannel(accounts, couriers, clock), told_by_mail(settings)),
        *(_route(each, clock) for each in settings.channels if each.kind != ports.MAIL),
    ]


def told_by_mail(settings: Settings) -> dict[str, frozenset[ports.NoticeKind]]:
    """Everything, where the owner did not say otherwise; answers to their mails all the same."""
    everything = frozenset(ports.NoticeKind)
    said = [each for each in settings.channels if each.kind == ports.MAIL]
    told = {each.account.name: everything for each in settings.accounts}
    return told | {
        name: each.tells | {ports.NoticeKind.ANSWER} for each in said for name in each.accounts
    }


def _route(settings: ChannelSettings, clock: ports.Clock) -> ports.Route:
    secret = settings.secret.get_secret_value()
    channel: ports.Channel
    if settings.kind == "webhook":
        from nurture.notify.webhook import WebhookChannel

        web = hook_web(settings)
        channel = WebhookChannel(settings.url, signing_key(secret), web, clock)
    else:
        channel = AppriseChannel(secret)
    return ports.Route(settings.name, channel, dict.fromkeys(settings.accounts, settings.tells))


def hook_web(settings: ChannelSettings) -> "SafeWeb":
    """The web for one webhook, whose host may be private where its owner says so.

    It has less time than a page: the next notice waits behind it.
    """
    from nurture.transport.web import Bounds, SafeWeb

    host = urlsplit(settings.url).hostname if settings.is_private else None
    return SafeWeb(frozenset([host]) if host else frozenset(), Bounds(whole=15))
