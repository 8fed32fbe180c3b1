"""From the tables of owners to their channels, each with its secret."""

from collections.abc import Callable, Iterator

from nurture.document.tree import Document, Path
from nurture.errors import Misconfigured, Problem
from nurture.settings.channel import (
    ChannelSettings,
    ChannelTable,
    channel_faults,
    channel_of,
    signing_key,
)
from nurture.settings.secret import Safe
from nurture.settings.table import SettingsFile

Say = Callable[[Problem], None]


def read_channels(
    tables: SettingsFile, document: Document, safe: Safe | None, say: Say
) -> Iterator[ChannelSettings]:
    """Every channel that can be used; `say` hears of the others.

    Without a `safe` no secret is asked for: who only looks at contacts tells nobody.
    """
    for owner, person in tables.owners.items():
        at: Path = ("owners", owner, "channels")
        faults = list(channel_faults(person.channels))
        for where, words in faults:
            say(Problem(words, document.place((*at, *where))))
        accounts = tuple(name for name, each in tables.accounts.items() if each.owner == owner)
        for name, table in () if faults else person.channels.items():
            secret = _secret(safe, owner, name, table, document, say) if safe else ""
            yield channel_of(owner, name, table, accounts, secret)


def _secret(
    safe: Safe, owner: str, name: str, table: ChannelTable, document: Document, say: Say
) -> str:
    key = "secret_file" if table.secret_file else "url_file"
    place = document.place(("owners", owner, "channels", name, key))
    file: str = getattr(table, key)
    try:
        secret = safe.channel_secret(owner, name, file, place) if file else ""
        if table.secret_file:
            signing_key(secret)
    except Misconfigured as error:
        for problem in error.problems:
            say(problem)
    except ValueError as error:
        say(Problem(str(error), place))
    else:
        return secret
    return ""
