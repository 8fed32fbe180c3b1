"""How fast the whole path is beside the best known library, which remembers nothing."""

from bench.race import against_peers
from bench.row import Row

NAME = "messages sent / nodemailer"
GOAL = ">= 3.5x (stretch 5)"


def measure() -> Row:
    """The same run as beside smtp-source."""
    paces = against_peers()
    ratio = paces["nurture"].rate_to(paces["nodemailer"])
    note = f"nurture {paces['nurture']}; nodemailer {paces['nodemailer']}"
    return Row(ratio, "x", ratio >= 3.5, note)
