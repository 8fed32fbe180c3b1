"""From the tables of the owners to people with their hours, and whoever stands in for them."""

from collections.abc import Iterator
from dataclasses import replace

from nurture.core.account import Owner
from nurture.core.calendar import Window
from nurture.core.capacity import Capacity
from nurture.core.spelling import did_you_mean
from nurture.document.tree import Path
from nurture.settings.table import OwnerTable, SettingsFile


def owner_of(name: str, tables: SettingsFile) -> Owner:
    """The owner of this name, with their substitute, who has none of their own there."""
    table = tables.owners[name]
    stand_in = tables.owners.get(table.substitute)
    owner = _alone(table)
    return replace(owner, substitute=_alone(stand_in)) if stand_in else owner


def owner_faults(tables: SettingsFile) -> Iterator[tuple[Path, str]]:
    """Every substitute that cannot stand in, with what to write instead."""
    for name, table in tables.owners.items():
        at: Path = ("owners", name, "substitute")
        if table.substitute == name:
            yield at, f"{name} cannot stand in for {name}: name another table [owners.NAME]"
        elif table.substitute and table.substitute not in tables.owners:
            hint = did_you_mean(table.substitute, tables.owners)
            yield at, f"there is no table [owners.{table.substitute}]{hint}"


def _alone(table: OwnerTable) -> Owner:
    opens, closes = table.hours
    return Owner(
        name=table.name,
        address=table.address,
        zone=table.zone,
        postal_address=table.postal_address.strip(),
        language=table.language,
        also_mine=tuple(table.also_mine),
        country=table.country,
        hours=Window(table.days, opens, closes),
        away=tuple(table.away),
        capacity=Capacity(table.tasks_per_week, table.tasks_per_day),
    )
