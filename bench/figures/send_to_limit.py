"""How fast the whole path is beside a sender that does nothing but talk."""

from bench.race import against_peers
from bench.row import Row

NAME = "messages sent / smtp-source"
GOAL = ">= 0.22 (stretch 0.30)"


def measure() -> Row:
    """One process on SQLite with synchronous FULL, every promise kept."""
    paces = against_peers()
    ratio = paces["nurture"].rate_to(paces["smtp-source"])
    note = f"nurture {paces['nurture']}; smtp-source {paces['smtp-source']}"
    return Row(ratio, "x", ratio >= 0.22, note)
