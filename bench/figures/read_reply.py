"""What it costs to read one short answer, before anybody judges it."""

import email.parser
import time
from collections.abc import Callable

from bench.laboratory import reply
from bench.row import Row
from nurture.mail.read.inbound import read

NAME = "one reply read"
GOAL = "<= 250 us"
_COUNT = 3_000


def measure() -> Row:
    """The mean over many, beside the standard library's header parser."""
    raw = reply(1)
    parser = email.parser.BytesHeaderParser()
    ours = _mean(lambda: read(raw))
    theirs = _mean(lambda: parser.parsebytes(raw).items())
    note = f"parts, texts and ids; the standard library's headers alone {theirs:.0f} us"
    return Row(ours, "us", ours <= 250, note)


def _mean(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(_COUNT):
        work()
    return (time.perf_counter() - began) / _COUNT * 1e6
