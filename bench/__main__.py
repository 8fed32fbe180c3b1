"""`python -m bench [NAME...]`: prints each figure beside its goal and writes figures/last.json."""

import json
import pkgutil
import sys
from importlib import import_module
from pathlib import Path

from bench import figures
from bench.row import Missing
from nurture import log

_LAST = Path(__file__).parent / "figures" / "last.json"


def main(wanted: list[str]) -> int:
    """Measures the figures whose names hold one of these words; 1 where a goal is not met."""
    log.configure("silent")
    found: list[dict[str, object]] = []
    failed = False
    for each in sorted(module.name for module in pkgutil.iter_modules(figures.__path__)):
        if wanted and not any(word in each for word in wanted):
            continue
        figure = import_module(f"{figures.__name__}.{each}")
        try:
            row = figure.measure()
        except Missing as missing:
            print(f"{figure.NAME:44} {'-':>10}        {figure.GOAL:<22} skipped: {missing}")
            continue
        except (RuntimeError, ValueError, OSError) as error:
            failed = True
            print(f"{figure.NAME:44} {'-':>10}        {figure.GOAL:<22} FAILED  {error}")
            continue
        mark = "met" if row.is_met else "MISSED"
        measured = f"{row.value:10.4g} {row.unit:<6}"
        print(f"{figure.NAME:44} {measured} {figure.GOAL:<22} {mark:<7} {row.note}", flush=True)
        facts = {"figure": each, "goal": figure.GOAL, "value": row.value, "unit": row.unit}
        found.append({**facts, "met": row.is_met, "note": row.note})
    _LAST.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return 0 if not failed and all(each["met"] for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
