"""How fast the whole path is beside the program that anybody would write first."""

from bench.race import against_the_obvious
from bench.row import Row

NAME = "messages sent / the obvious program"
GOAL = ">= 10x"


def measure() -> Row:
    """Core expressions, EmailMessage, one command and one commit at a time."""
    paces = against_the_obvious()
    ratio = paces["nurture"].rate_to(paces["obvious"])
    note = f"nurture {paces['nurture']}; obvious {paces['obvious']}"
    return Row(ratio, "x", ratio >= 10, note)
