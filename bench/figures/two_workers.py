"""Whether a second worker on PostgreSQL is worth its while."""

import shutil
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text

from bench.race import recipients, seeded
from bench.row import Missing, Row
from bench.shift import place, worker
from nurture.storage.engine import parse_url
from tests.servers.postgres import find_binaries, postgres

NAME = "two workers on PostgreSQL / one"
GOAL = ">= 1.35x"
_COUNT = 6_000
_ROUNDS = 3
_ACCOUNTS = ("sam", "kim")


def measure() -> Row:
    """Two accounts in one process, then each in one of its own; from the first mail to the last."""
    binaries = find_binaries()
    if binaries is None:
        raise Missing("PostgreSQL: apt-get install postgresql")
    ones, twos = [], []
    with postgres(binaries, is_durable=True) as url:
        for number in range(_ROUNDS):
            ones.append(_rate(url, f"one{number}", [",".join(_ACCOUNTS)]))
            twos.append(_rate(url, f"two{number}", list(_ACCOUNTS)))
    ratio = median(two / one for one, two in zip(ones, twos, strict=True))
    note = f"one {median(ones):.0f}/s, two {median(twos):.0f}/s, durable commits"
    return Row(ratio, "x", ratio >= 1.35, note)


def _rate(url: str, name: str, shares: list[str]) -> float:
    database = _created(url, name)
    with TemporaryDirectory() as temporary, place(*_ACCOUNTS) as at, ExitStack() as stack:
        folder = Path(temporary)
        people = recipients(folder, _COUNT)
        accounts = ",".join(_ACCOUNTS)
        seed = seeded(folder, people, "--accounts", accounts, database=database)
        workers = []
        for share in shares:
            own = folder / share
            shutil.copytree(seed, own)
            options = (share, database)
            workers.append(stack.enter_context(worker(own, at, *options)))
        at.wait_for(1, workers[0])
        began, first = time.perf_counter(), at.taken
        at.wait_for(_COUNT, workers[0])
        return (_COUNT - first) / (time.perf_counter() - began)


def _created(url: str, name: str) -> str:
    engine = create_engine(parse_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{url.rpartition('/')[0]}/{name}"
