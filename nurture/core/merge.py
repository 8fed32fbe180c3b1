"""What becomes of a known contact when the same person is imported again."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from nurture.core.contact import Contact

_FILLED: Final = (
    "given_name", "family_name", "company", "relationship", "account", "value", "zone", "city",
    "country", "language", "phone", "notes", "legal_form",
)  # fmt: skip


def merged(old: Contact, new: Contact) -> Contact:
    """`old` with what `new` knows: filled fields win, empty ones change nothing.

    Mappings are united, interests and aliases too, in the order in which they were learnt.  The
    consent is replaced only by one that names its basis, and then as a whole (domain.md L1).
    Address, id and the day of creation stay.
    """
    filled = {name: getattr(new, name) or getattr(old, name) for name in _FILLED}
    return replace(
        old,
        **filled,
        interests=_united(old.interests, new.interests),
        aliases=tuple(one for one in _united(old.aliases, new.aliases) if one != old.address),
        dates={**old.dates, **new.dates},
        custom={**old.custom, **{key: value for key, value in new.custom.items() if value}},
        consent=new.consent if new.consent.basis else old.consent,
    )


def contested(old: Contact, new: Contact) -> tuple[str, ...]:
    """What a permission to write rests on that both know, each differently."""
    grounds = (
        ("country", old.country, new.country),
        ("legal_form", old.legal_form, new.legal_form),
        ("consent", old.consent.basis and old.consent, new.consent.basis and new.consent),
    )
    return tuple(name for name, one, other in grounds if one and other and one != other)


def without(new: Contact, names: Collection[str]) -> Contact:
    """The contact as if these grounds of a permission were not known."""
    nothing = Contact(new.address)
    return replace(new, **{name: getattr(nothing, name) for name in names})


def _united(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))
