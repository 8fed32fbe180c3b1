"""`nurture classify`: what the daemon would think of these mails, with the words it goes by."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from nurture.core.verdict import Verdict
from nurture.errors import Broken
from nurture.mail.read.heard import Heard
from nurture.mail.read.inbound import Inbound, read
from nurture.signals import hear
from nurture.value import frozen

_UNREADABLE: Final = 2
_ENVELOPE: Final = re.compile(rb"^From \S{1,320}.{0,80}\d\d:\d\d.{0,40}$", re.MULTILINE)
_SIZE_LIMIT: Final = 64 * 1024 * 1024


@frozen
class _Source:
    name: str
    raw: bytes


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--known-contact",
    "known",
    metavar="ADDRESS",
    multiple=True,
    help="Somebody we write to; may be repeated. Everybody else is a stranger.",
)
@click.option("--all-known", is_flag=True, help="Take every sender for a contact (the default).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def classify(
    paths: tuple[str, ...], known: tuple[str, ...], all_known: bool, as_json: bool
) -> None:
    """Tell what each mail is: FILE is a message, a folder of *.eml, an mbox, or - for stdin.

    Nothing is sent, stored or changed. Relative dates count from the mail's own Date. Exit code 2
    when something could not be read; the rest is classified all the same.
    """
    contacts = None if all_known or not known else frozenset(each.lower() for each in known)
    failed = False
    for path in paths:
        try:
            for source in _sources(path):
                failed |= not _tell(source, contacts, as_json=as_json)
        except OSError as error:
            reason = error.strerror or str(error)
            click.echo(f"{path}: {reason}; check the path and its permissions", err=True)
            failed = True
    if failed:
        sys.exit(_UNREADABLE)


def _sources(path: str) -> Iterator[_Source]:
    if path == "-":
        yield from _messages("-", sys.stdin.buffer.read(_SIZE_LIMIT))
        return
    place = Path(path)
    if place.is_dir():
        for file in sorted(place.rglob("*.eml")):
            yield _Source(str(file.relative_to(place)), file.read_bytes())
        return
    yield from _messages(path, place.read_bytes())


def _messages(name: str, raw: bytes) -> Iterator[_Source]:
    """The messages of an mbox, each named by its number; anything else is one message."""
    starts = [
        match.start()
        for match in _ENVELOPE.finditer(raw)
        if match.start() == 0
        or raw[max(0, match.start() - 4) : match.start()].endswith((b"\n\n", b"\r\n\r\n"))
    ]
    if not starts or starts[0] != 0 or len(starts) == 1:
        yield _Source(name, raw)
        return
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(raw)], strict=True), 1):
        yield _Source(f"{name}#{number}", raw[start:end])


def _tell(source: _Source, contacts: frozenset[str] | None, *, as_json: bool) -> bool:
    known = contacts is None or _may_be_known(read(source.raw), contacts)
    try:
        heard, verdict = hear(source.raw, known_contact=known)
    except Broken as error:
        click.echo(f"{source.name}: {error}; please report it with the mail", err=True)
        return False
    facts = _facts(source.name, heard, verdict)
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else _plain(facts))
    return True


def _may_be_known(inbound: Inbound, contacts: frozenset[str]) -> bool:
    """Whether a contact wrote it; a mail that hides its writer is not taken for a stranger's."""
    writers = {inbound.sender, inbound.reply_to, inbound.return_path or ""} - {""}
    return not inbound.sender or not contacts.isdisjoint(writers)


def _facts(name: str, heard: Heard, verdict: Verdict) -> dict[str, object]:
    facts: dict[str, object] = {
        "file": name,
        "label": str(verdict.meaning),
        "confidence": round(verdict.confidence, 2),
        "needs_check": verdict.needs_check,
        "evidence": [
            {
                "signal": each.signal,
                "meaning": each.meaning and str(each.meaning),
                "weight": each.weight.name.lower(),
                "quote": each.quote,
            }
            for each in verdict.evidence
        ],
        "visible_text": heard.written.text,
    }
    first = next(iter(verdict.recipients), None)
    if first:
        facts |= {"recipient": first.address, "status": first.status}
        facts["recipients"] = [
            {
                "address": each.address,
                "status": each.status,
                "kind": "hard" if each.dead else "soft",
            }
            for each in verdict.recipients
        ]
    if verdict.return_date:
        facts["return_date"] = verdict.return_date.isoformat()
    if verdict.new_contact:
        facts["new_contact"] = verdict.new_contact
    if verdict.later:
        facts["later"] = verdict.later.isoformat()
    if verdict.traits:
        facts["traits"] = sorted(verdict.traits)
    return facts


def _plain(facts: dict[str, object]) -> str:
    lines = [f"{facts['file']}: {facts['label']} ({facts['confidence']:.0%})"]
    if facts["needs_check"]:
        lines[0] += ", a person should check"
    for key, value in facts.items():
        if key in {"file", "label", "confidence", "needs_check"}:
            continue
        lines.extend(_shown(key, value))
    return "\n".join(lines) + "\n"


def _shown(key: str, value: object) -> Iterator[str]:
    label = f"  {key.replace('_', ' ') + ':':<15}"
    if not isinstance(value, list):
        text = str(value)
        for number, line in enumerate(text.splitlines()):
            yield (label if number == 0 else " " * len(label)) + line
        return
    for number, row in enumerate(value):
        text = (
            ", ".join(str(each) for each in row.values() if each)
            if isinstance(row, dict)
            else str(row)
        )
        yield (label if number == 0 else " " * len(label)) + " ".join(text.split())
