"""The owners can be told of what is wrong, also where it is their mailbox."""

from collections.abc import AsyncIterator

from nurture.doctor.finding import Finding, ok, warn
from nurture.doctor.patient import Patient
from nurture.errors import Unreachable
from nurture.notify.apprise import objection
from nurture.ports import MAIL, NoticeKind
from nurture.settings.channel import ChannelSettings
from nurture.wiring.channel import hook_web

NAME = "channels"


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """Each channel, as far as can be seen without telling anything by it."""
    settings = patient.settings
    for each in settings.channels:
        if each.kind != MAIL:
            yield await _examined(each)
    if len(settings.accounts) > 1:
        return  # an alert about a mute mailbox goes through another
    loud = {name for each in settings.channels if _is_besides(each) for name in each.accounts}
    for account in (each.account.name for each in settings.accounts):
        if account not in loud:
            seen = "alerts come by mail alone, also those about a mailbox that cannot send"
            remedy = "add a table [owners.NAME.channels.CHANNEL] of kind webhook or apprise"
            yield warn(NAME, account, seen, remedy)


def _is_besides(channel: ChannelSettings) -> bool:
    return channel.kind != MAIL and NoticeKind.ALERT in channel.tells


async def _examined(channel: ChannelSettings) -> Finding:
    if channel.kind == "apprise":
        words = objection(channel.secret.get_secret_value())
        seen = "Apprise knows the service"
    else:
        words = await _knocked(channel)
        seen = "it answers"
    if words:
        return warn(NAME, channel.name, words, "mend its table in nurture.toml, or the service")
    return ok(NAME, channel.name, f"{seen}; `nurture notify test` tells something by it")


async def _knocked(channel: ChannelSettings) -> str:
    try:
        await hook_web(channel).knock(channel.url)
    except Unreachable as error:
        return str(error)
    return ""
