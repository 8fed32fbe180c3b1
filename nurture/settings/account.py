"""From the tables of an account to the account, kept far below what its provider lets through."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from nurture.core.account import Account, Limits
from nurture.core.account.family import sender_of
from nurture.core.spelling import did_you_mean
from nurture.document.tree import Path
from nurture.mail.words.command import Command, read_command
from nurture.settings.owner import owner_of
from nurture.settings.provider import Feature, Profile, profile_of, profiles
from nurture.settings.table import AccountTable, LimitsTable, SettingsFile

_LONGEST_SWEEP = 29 * 60
_PART_OF_DAY = 4  # a quarter, since the human shares the mailbox (domain.md P18)
_MOST_A_DAY = 700  # whatever a provider lets through (domain.md P18)
_PART_OF_MINUTE = 2


def profile_at(table: AccountTable) -> Profile:
    """What is known of the account's provider."""
    return profile_of(table.provider, table.smtp.host, table.address)


def account_of(name: str, table: AccountTable, tables: SettingsFile) -> Account:
    """The account of these tables, which have no faults."""
    profile, zone = profile_at(table), tables.owners[table.owner].zone
    return Account(
        name=name,
        address=table.address,
        owner=owner_of(table.owner, tables),
        limits=_limits(profile, table.limits),
        files_sent_copy=_either(table.files_sent_copy, profile.files_sent),
        subaddressing=_either(table.subaddressing, profile.plus),
        pauses_colleagues=table.pauses_colleagues,
        unsubscribe_header=table.unsubscribe_header,
        format_flowed=table.format_flowed,
        unsubscribe_url=tables.unsubscribe.url,
        signs_one_click=table.one_click,
        since=_instant(table.since, zone),
        authserv_id=table.authserv_id,
        commands=tuple(table.commands.items()),
        drafts_in_mailbox=table.drafts_in_mailbox,
        sender=sender_of(table.address, (each.address for each in tables.accounts.values())),
    )


def _either(written: bool | None, known: Feature | None) -> bool:
    return known is not None and known.is_there if written is None else written


def _instant(written: datetime | date | None, zone: str) -> datetime | None:
    if written is None:
        return None
    moment = written if isinstance(written, datetime) else datetime.combine(written, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def account_faults(table: AccountTable) -> Iterator[tuple[Path, str]]:
    """Every key of an account that cannot be used, with what to write instead."""
    if table.provider and table.provider not in profiles():
        hint = did_you_mean(table.provider, profiles())
        yield ("provider",), f"{table.provider!r} is none of {', '.join(profiles())}{hint}"
    for key in ("user", "password_file"):
        if table.smtp.login == "none" and getattr(table.smtp, key):
            words = 'there is no login where login = "none": leave one of the two out'
            yield ("smtp", key), words
    for folder, line in table.commands.items():
        # Any day will do: whether the line is one does not depend on it.
        if not isinstance(read_command(line, today=date(2026, 1, 5)), Command):
            yield ("commands", folder), f"{line!r} is no command: see docs/commands.md"
    for key, words in (*_limit_faults(table.limits), *_excesses(table)):
        yield ("limits", key), words


def _limit_faults(limits: LimitsTable) -> Iterator[tuple[str, str]]:
    if not 1 <= limits.sweep_every.total_seconds() <= _LONGEST_SWEEP:
        yield "sweep_every", "read the mailbox at least every 29 minutes (RFC 2177)"
    if limits.unheard_after < limits.sweep_every:
        words = "would silence the account between two readings: make it no less than sweep_every"
        yield "unheard_after", words


def _excesses(table: AccountTable) -> Iterator[tuple[str, str]]:
    profile, limits = profile_at(table), table.limits
    figures = (
        ("per_day", profile.per_day, limits.per_day, "a day"),
        ("per_minute", profile.per_minute, limits.per_minute, "a minute"),
    )
    for key, figure, written, each in figures:
        if figure and written and written > figure.number and not figure.bargained:
            words = f"{profile.title} lets {figure.number} mails {each} through"
            yield key, f"{words}, and your own are among them: write less"


def _limits(profile: Profile, table: LimitsTable) -> Limits:
    day, minute = profile.per_day, profile.per_minute
    usual = Limits().per_day if day is None else min(_MOST_A_DAY, day.number // _PART_OF_DAY)
    rate = 0 if minute is None else max(1, minute.number // _PART_OF_MINUTE)
    written = table.model_dump(exclude={"per_day", "per_minute", "ramp"})
    return Limits(
        per_day=table.per_day or usual,
        per_minute=rate if table.per_minute is None else table.per_minute,
        ramp=tuple(table.ramp),
        **written,
    )
