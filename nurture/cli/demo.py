"""`nurture demo`: ninety days with a dozen people, in seconds, on this machine alone."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from nurture.cli.output import FINDINGS, json_lines, table

_PROMISES = {
    "P1": "silence: who answers hears only a human from then on, and so do colleagues",
    "P2": "once: nobody got the same mail twice",
    "P3": "no means no: after an opt-out or a dead address nothing more is sent",
    "P4": "nothing unheard: every answer has exactly one recorded outcome, the right one",
    "P5": "no eyes, no mouth: while the inbox could not be read, nothing was sent",
    "P6": "manners: in everybody's own office hours, well apart, without holes",
    "P7": "only certain machines let a sequence go on",
    "P8": "a person always learns: a brief within two minutes of every human answer",
    "P10": "every why: the ledger holds the reason for each mail",
}


_SENTENCES: dict[str, tuple[str, str | None]] = {
    "touch_sent": ("-> {name}: {sequence} / {step}", None),
    "touch_held": ("!! held for {name}: {why}", "yellow"),
    "touch_refused": ("!! {name}'s mail server: {answer}", "yellow"),
    "contact_did": ("<- {name} {what}", "cyan"),
    "reply_heard": ("   read as {verdict}", None),
    "enrollment_handed_off": ("   {name} is handed to Anna; no more robot mail", "green"),
    "enrollment_paused": ("   {name} is paused: {why}", "green"),
    "enrollment_held": ("   the next mail to {name} waits: {why}", None),
    "enrollment_ended": ("   {name}'s sequence ends: {why}", None),
    "owner_told": ("   Anna has it in her inbox ({kind})", None),
    "owner_did": ("<- Anna {what}", "cyan"),
    "owner_wrote": ("   nurture finds Anna's own mail to {name} in Sent", None),
    "mailbox_unreachable": ("## the mailbox cannot be read, so nothing is sent", "red"),
    "mailbox_back": ("## the mailbox is back", "green"),
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per event.")
@click.pass_context
def demo(ctx: click.Context, as_json: bool) -> None:
    """Watch 90 days with twelve people in under a minute; nothing leaves this machine."""
    from nurture.demo.story import Story

    if not as_json:
        click.echo(
            "Anna Carter, an adviser in York, stays in touch with twelve people for 90 days.\n"
            "The daemon is real; mail servers and people live in this process, and time jumps.\n"
        )
    ending = asyncio.run(Story(_tell_json if as_json else _Narrator().tell).play())
    if as_json:
        json_lines([{"event": "demo_finished", "promises": ending.promises}])
    else:
        click.echo()
        table(
            ("who", "sequence", "mails", "stands", "because"),
            (
                (
                    each.persona.name,
                    each.persona.sequence,
                    each.mails,
                    each.state.replace("_", " "),
                    each.why,
                )
                for each in ending.people
            ),
        )
        click.echo("\nWhat the mail servers really saw:")
        for name, held in ending.promises.items():
            mark = click.style("kept  ", fg="green") if held else click.style("BROKEN", fg="red")
            click.echo(f"  {mark} {name:4} {_PROMISES[name]}")
        click.echo("\nNext: `nurture init my-practice` writes a folder to start from.")
    if not all(ending.promises.values()):
        ctx.exit(FINDINGS)


def _tell_json(event: Mapping[str, object]) -> None:
    json_lines([event])


class _Narrator:
    """Turns events into sentences; the day is named when it changes."""

    def __init__(self) -> None:
        self._day = ""

    def tell(self, event: Mapping[str, object]) -> None:
        """One line, or none for what does not help to understand."""
        line = self._sentence(event)
        if not line:
            return
        at = datetime.fromisoformat(str(event["at"])).astimezone(ZoneInfo("Europe/London"))
        day = f"{at:%a %d %b}"
        click.echo(f"{day if day != self._day else '':10} {at:%H:%M}  {line}")
        self._day = day

    def _sentence(self, event: Mapping[str, object]) -> str:
        template, colour = _SENTENCES.get(str(event["event"]), ("", None))
        return click.style(template.format_map(_Words(event)), fg=colour) if template else ""


class _Words(dict[str, object]):
    """The event's values by name; what an event does not have reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""
