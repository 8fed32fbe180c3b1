"""`nurture handoffs close`: how it ended, and what comes next."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from nurture.cli.handoffs_work import AS, DAY, work
from nurture.cli.output import fail, in_zone
from nurture.core.handoff import Outcome
from nurture.core.handoff.deed import Onward, Remind, Resume, Stay, Stop, usual_onward
from nurture.value import frozen

if TYPE_CHECKING:
    from nurture.core.handoff import Handoff
    from nurture.flows.work_handoff import Workdesk
    from nurture.ports import Acted

_THEN = ("stop", "resume", "move", "remind", "nothing")
_NEEDS_DATE = "say on which day: --on 2026-09-01"


@frozen
class _Wish:
    """What the command line asks for."""

    outcome: Outcome
    then: str
    on: datetime | None
    sequence: str
    amount: int | None
    note: str


@click.command("close")
@click.argument("handoff", type=int)
@click.option(
    "--outcome", type=click.Choice([str(each) for each in Outcome]), default="done",
    help="How it ended.",
)  # fmt: skip
@click.option(
    "--then", type=click.Choice(_THEN),
    help="What comes next for them [asked on a terminal; else nothing leaves].",
)  # fmt: skip
@click.option("--on", type=DAY, metavar="DATE", help="When to resume, to begin, or to remind you.")
@click.option("--sequence", default="", help="With --then move: where to.")
@click.option("--amount", type=click.IntRange(min=0), help="What was won.")
@click.option("--note", default="", help="What to remember.")
@AS
@click.pass_context
def close(
    ctx: click.Context,
    handoff: int,
    outcome: str,
    then: str | None,
    on: datetime | None,
    sequence: str,
    amount: int | None,
    note: str,
    who: str,
) -> None:
    """Close a handoff, and say what comes next: no mail goes out unasked.

    Won ends their sequences, opted_out all mail for good; later --on DATE reminds you, and writes
    nothing.
    """
    chosen = then or _asked(Outcome(outcome), on)
    wish = _Wish(Outcome(outcome), chosen, on, sequence, amount, note)
    _check(wish)

    async def verb(desk: "Workdesk", it: "Handoff", name: str, now: datetime) -> "Acted":
        from nurture.flows.work_handoff import close_handoff

        onward = await _onward(desk, it, wish, now)
        return await close_handoff(
            desk, it.id, name, wish.outcome, now, onward=onward, amount=amount, note=note
        )

    work(ctx, handoff, who, verb, lambda acted, zone: _words(acted, wish, zone))


def _asked(outcome: Outcome, on: datetime | None) -> str:
    """What comes next, asked where there is somebody to ask and something to choose."""
    is_settled = on is not None or outcome in {Outcome.WON, Outcome.OPTED_OUT}
    if is_settled or not sys.stdin.isatty():
        return ""
    choice: str = click.prompt("What next", type=click.Choice(_THEN), default="nothing")
    return choice


def _check(wish: _Wish) -> None:
    if wish.then == "move" and not wish.sequence:
        fail("say where to: --sequence NAME")
    if wish.sequence and wish.then != "move":
        fail("--sequence belongs to --then move")
    if wish.on is None and (wish.outcome is Outcome.LATER or wish.then == "remind"):
        fail(_NEEDS_DATE)
    if wish.on is not None and wish.then in {"stop", "nothing"}:
        fail(f"--on has no meaning with --then {wish.then}")


async def _onward(desk: "Workdesk", it: "Handoff", wish: _Wish, now: datetime) -> Onward:
    from nurture.flows.work_handoff import morning_of, moving_over

    on = morning_of(desk, it.account, wish.on.date()) if wish.on else None
    match wish.then:
        case "stop":
            return Stop()
        case "nothing":
            return Stay()
        case "resume":
            return Resume(max(on or now, now))
        case "move":
            way = await moving_over(desk, it.id, wish.sequence, on or now, now)
            return fail(way) if isinstance(way, str) else way
        case "remind" if on is not None:
            return Remind(on)
        case _:
            return usual_onward(wish.outcome, on)


def _words(acted: "Acted", wish: _Wish, zone: str) -> str:
    handoff = acted.handoff
    if handoff is None:
        return ""
    parts = [f"handoff {handoff.id} is closed: {wish.outcome.replace('_', ' ')}"]
    if wish.outcome is Outcome.WON or wish.then == "stop":
        parts.append("their sequences have ended")
    if wish.outcome is Outcome.OPTED_OUT:
        parts.append("they are never written to again")
    if acted.resumed:
        parts.append(f"{acted.resumed} resumed")
    if acted.enrolled:
        parts.append(f"they are in {wish.sequence} now")
    if handoff.remind_at:
        parts.append(f"you are reminded {in_zone(handoff.remind_at, zone)}")
    return "; ".join(parts)
