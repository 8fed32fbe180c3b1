"""What one mail tells, one file per signal, and the single entry that hears a mail."""

import pkgutil
from collections.abc import Callable
from datetime import date
from functools import cache
from importlib import import_module

from nurture.core.verdict import Evidence, Verdict, judge
from nurture.errors import Broken
from nurture.mail.read.heard import Heard
from nurture.mail.read.inbound import Inbound, read
from nurture.mail.words.quoting import visible

Detect = Callable[[Heard], Evidence | None]


@cache
def signals() -> dict[str, Detect]:
    """Every signal by name: the modules of this folder, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").detect for name in names}


def hear(
    raw: bytes, *, known_contact: bool, today: date | None = None, answers_us: bool = False
) -> tuple[Heard, Verdict]:
    """Reads a mail and judges it: bytes to verdict in one call.

    `today` is the day relative dates count from, by default the day the mail says it was sent.
    Raises Broken where a part of the reader failed on it.
    """
    inbound = read(raw)
    heard = _heard(inbound, today=today or _sent_on(inbound), answers_us=answers_us)
    return heard, judge(evidence(heard), known_contact=known_contact)


def judge_mail(
    inbound: Inbound, *, known_contact: bool, today: date, answers_us: bool = False
) -> Verdict:
    """The verdict on a mail already read; the same as `hear`.

    `known_contact` says whether the sender may be somebody we write to; `answers_us` that an id
    of ours stands in the mail, which overrules list headers.  Raises Broken naming the signal
    that failed, so that the mail is put aside and none is lost.
    """
    heard = _heard(inbound, today=today, answers_us=answers_us)
    return judge(evidence(heard), known_contact=known_contact)


def _heard(inbound: Inbound, *, today: date | None, answers_us: bool) -> Heard:
    try:
        return Heard.of(inbound, today=today, answers_us=answers_us)
    except Exception as error:
        raise Broken(f"taking mail {inbound.sha256} apart failed: {error!r}") from error


def written_text(inbound: Inbound) -> str:
    """What the sender wrote himself: quotes cut away, the signature kept."""
    return visible(inbound.plain, inbound.html).text


def _sent_on(inbound: Inbound) -> date | None:
    return inbound.date.date() if inbound.date else None


def evidence(heard: Heard) -> tuple[Evidence, ...]:
    """What each signal saw; raises Broken naming the signal that failed."""
    found: list[Evidence] = []
    for name, detect in signals().items():
        try:
            seen = detect(heard)
        except Exception as error:
            raise Broken(
                f"signal {name} failed on mail {heard.inbound.sha256}: {error!r}"
            ) from error
        if seen is not None:
            found.append(seen)
    return tuple(found)
