"""The tables, their natural keys, and the few indexes that the queries need."""

from nurture.storage.tables.base import metadata
from nurture.storage.tables.desk import (
    accounts,
    halts,
    handoffs,
    is_unfinished,
    is_untold,
    ledger,
    meta,
    notices,
)
from nurture.storage.tables.draft import drafts, is_open_draft
from nurture.storage.tables.mail import cursors, inbound, quarantine, stops, waits_for_check
from nurture.storage.tables.person import (
    aliases,
    contacts,
    encounters,
    hushes,
    overrides,
    suppressions,
)
from nurture.storage.tables.walk import (
    enrollments,
    is_active,
    is_open,
    is_sending,
    is_threaded,
    is_uncertain,
    message_ids,
    owes_a_copy,
    revisions,
    tasks,
    touches,
    waits_for_a_person,
)

__all__ = [
    "accounts",
    "aliases",
    "contacts",
    "cursors",
    "drafts",
    "encounters",
    "enrollments",
    "halts",
    "handoffs",
    "hushes",
    "inbound",
    "is_active",
    "is_open",
    "is_open_draft",
    "is_sending",
    "is_threaded",
    "is_uncertain",
    "is_unfinished",
    "is_untold",
    "ledger",
    "message_ids",
    "meta",
    "metadata",
    "notices",
    "overrides",
    "owes_a_copy",
    "quarantine",
    "revisions",
    "stops",
    "suppressions",
    "tasks",
    "touches",
    "waits_for_a_person",
    "waits_for_check",
]
