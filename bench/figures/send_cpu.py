"""What a message costs of the processor, starting up included."""

from bench.race import against_peers
from bench.row import Row

NAME = "CPU per message / nodemailer"
GOAL = "<= 0.35"


def measure() -> Row:
    """The same run as the rates: user and system time of the whole process."""
    paces = against_peers()
    ratio = paces["nurture"].cpu_to(paces["nodemailer"])
    note = f"nurture {paces['nurture']}; nodemailer {paces['nodemailer']}"
    return Row(ratio, "x", ratio <= 0.35, note)
