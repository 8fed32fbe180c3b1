"""Everybody to whom the agency writes: a folder and a database in which they are due now."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from bench.agency import PASSWORD, write_settings
from nurture.core.contact import Basis, Consent, Contact
from nurture.core.enrollment import Enrollment, State
from nurture.definition import read_sequence
from nurture.settings import load_settings
from nurture.storage import Store, open_store
from nurture.transport.clock import SystemClock

KEY = "a key for measuring, nothing else hangs on it"
ALLOWED = Consent(Basis.EXPRESS, date(2024, 5, 1), "the form on our site")
_CHUNK = 500

_SEQUENCE = """
sequence: tips
why: you asked us for an offer
window: {days: monday to sunday, hours: "00:00 to 23:59"}
steps:
  - {id: first, email: note.md}
  - {id: quiet, wait: 2 weeks}
  - {id: second, email: note.md}
"""

# As long and as rich as the peers' mail: twenty values, a loop, a condition, 4.4 KB on the wire.
_MAIL = """---
subject: A note for {{ given_name }} at {{ company }}
---
Hi {{ given_name }},

we noticed that **{{ company }}** looks for people in {{ role }} in {{ city }}, and thought that a
few lines could be of use to you.
{% if plan == "trial" %}
Your trial ends in **{{ days }} days**, which leaves enough time to try the rest of it at ease.
{% else %}
You are on the {{ plan }} plan, and that covers nearly all of what stands below.
{% endif %}

What other teams of around {{ size }} people began with in their first days:

{% for each in interests %}
- **{{ each }}** - begin with few people whom you know well, look at every mail before it leaves,
  and write the second one first: it decides about the tone of all the others.
{% endfor %}

An afternoon is enough for all of it. Should you want to see it done instead of reading about it,
{{ given_name }}, answer this mail with an hour that suits you, and somebody who knows the matter
goes through it with you. There are no slides: bring the case that you are working on, and we look
at it together, or say plainly that we are the wrong people for {{ company }}.

[Choose an hour](https://agency.example/start?c={{ token }})

If this is the wrong moment, a word is enough, and nothing more of this comes to {{ address }}.

All the best,
{{ owner.name }}
"""


def main() -> None:
    """Fills a folder with the recipients of a file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("recipients", type=Path)
    parser.add_argument("--database", required=True)
    parser.add_argument("--accounts", default="sam")
    given = parser.parse_args()
    accounts = given.accounts.split(",")
    asyncio.run(seed(given.folder, given.database, given.recipients, accounts))


def write_folder(folder: Path) -> None:
    """A sequence and its mail, a key and a password."""
    mail = folder / "sequences" / "note.md"
    mail.parent.mkdir(parents=True, exist_ok=True)
    mail.write_text(_MAIL, "utf-8")
    mail.with_name("tips.yaml").write_text(_SEQUENCE, "utf-8")
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    for name, secret in (("nurture.key", KEY), ("mail.password", PASSWORD)):
        secrets.joinpath(name).write_text(secret, "ascii")
        secrets.joinpath(name).chmod(0o600)


async def seed(folder: Path, database: str, recipients: Path, accounts: list[str]) -> None:
    """A folder, and a database in which everybody is due."""
    write_folder(folder)
    now = SystemClock().now()
    store = await open_store(database, KEY.encode(), now)
    with recipients.open(encoding="utf-8") as lines:
        while chunk := list(islice(lines, _CHUNK)):
            await store.people.merge([_contact(json.loads(line)) for line in chunk], now)
    page = await store.people.page(limit=_CHUNK)
    while page:
        await _enroll(store, page, accounts, now - timedelta(hours=1))
        page = await store.people.page(after=page[-1].address, limit=_CHUNK)
    await prove(store, folder, database, accounts)
    await store.close()


async def prove(store: Store, folder: Path, database: str, accounts: Sequence[str]) -> None:
    """As if `nurture doctor` had seen an answer to each of these mailboxes recognised."""
    settings = load_settings(write_settings(folder, database, accounts), {})
    for each in settings.accounts:
        now = SystemClock().now()
        await store.accounts.prove(each.account.name, each.place, "to measure", now)


def _contact(row: dict[str, object]) -> Contact:
    custom = {name: str(row[name]) for name in ("role", "plan", "days", "size", "token")}
    return Contact(
        address=f"u{row['id']}@rcpt{row['id']}.example.org",  # nobody is anybody's colleague
        given_name=str(row["first"]),
        family_name=str(row["last"]),
        company=f"{row['company']}-{row['id']}",
        city=str(row["city"]),
        interests=("Import one list", "Write the second message first", "Watch the replies"),
        custom=custom,
        consent=ALLOWED,
    )


async def _enroll(
    store: Store, people: Sequence[Contact], accounts: list[str], due: datetime
) -> None:
    revision = read_sequence(_SEQUENCE, "tips.yaml", {"note.md": _MAIL}).revision
    walks = [
        Enrollment(0, each.id, accounts[place % len(accounts)], "tips", revision, State.ACTIVE,
                   "first", anchor_at=due, due_at=due, enrolled_at=due)
        for place, each in enumerate(people)
    ]  # fmt: skip
    await store.outgoing.enroll(walks)


if __name__ == "__main__":
    main()
