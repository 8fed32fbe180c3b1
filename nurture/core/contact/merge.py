"""What becomes of a known contact when the same person is imported again."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any, Final

from nurture.core.contact.person import NO_CONSENT, Contact

_FILLED: Final = (
    "given_name", "family_name", "company", "relationship", "account", "value", "zone",
    "street", "postal_code", "city",
    "country", "subdivision", "language", "phone", "notes", "note", "legal_form",
)  # fmt: skip
_LISTS: Final = ("interests", "tags", "observes")
_NOBODY: Final = Contact("")


def merged(old: Contact, new: Contact) -> Contact:
    """`old` with what `new` knows: filled fields win, empty ones change nothing.

    Mappings are united, and so are interests, tags, feasts and aliases, in the order in which they
    were learnt.  The consent is replaced only by one that names its basis, and then as a whole
    (domain.md L1).  Address, id and the day of creation stay, and a part of the country only as
    long as the country does.
    """
    filled = {name: getattr(new, name) or getattr(old, name) for name in _FILLED}
    if new.country and new.country != old.country:
        filled["subdivision"] = new.subdivision
    lists: dict[str, Any] = {
        name: _united(getattr(old, name), getattr(new, name)) for name in _LISTS
    }
    return replace(
        old,
        **filled,
        **lists,
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


def conceded(new: Contact, names: Collection[str]) -> Contact:
    """The contact as if these grounds of a permission were not known."""
    nothing = Contact(new.address)
    return replace(new, **{name: getattr(nothing, name) for name in names})


def without(contact: Contact, fields: Iterable[str]) -> Contact:
    """The contact with these facts unknown, named as an import names them.

    Raises ValueError with words for a name that is no such fact: an address stays.
    """
    cleared: dict[str, Any] = {}
    custom, dates, consent = dict(contact.custom), dict(contact.dates), contact.consent
    for name in fields:
        holder, _, key = name.rpartition(".")
        if holder in {"custom", "dates"}:
            (custom if holder == "custom" else dates).pop(key, None)
        elif name.startswith("consent_"):
            part = name.removeprefix("consent_")
            consent = replace(consent, **{part: getattr(NO_CONSENT, part)})
        elif name in (*_FILLED, *_LISTS):
            cleared[name] = getattr(_NOBODY, name)
        else:
            raise ValueError(f"{name!r} cannot be emptied")
    if "country" in cleared:
        cleared["subdivision"] = ""
    return replace(contact, **cleared, custom=custom, dates=dates, consent=consent)


def _united(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))
