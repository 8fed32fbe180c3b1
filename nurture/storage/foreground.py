"""Short SQLite transactions, run where the caller stands instead of in a thread."""

from collections.abc import Callable, Generator
from time import perf_counter
from types import coroutine
from typing import Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

P = ParamSpec("P")
T = TypeVar("T")

READS_ONLY: Final = "nurture_reads_only"
"""The option of a connection whose transactions take no lock."""

_LONG: Final = 0.05  # seconds that whatever else the event loop does may have to wait
_TOO_OFTEN: Final = 3  # long ones in a row: one alone may be the machine's other work
_AVOIDED: Final = 60.0  # seconds for which such work is left to the threads


class Foreground:
    """Transactions that nobody waits for: they begin at once or not at all.

    SQLite lets the interpreter go for every row.  While the loop has work of its own, as it has
    while it sends, a thread and the loop take turns a few times a mail, and that costs a third of
    all time.  Whatever takes long here, on a slow disk say, is left to the threads for a while.
    One connection reads and writes: another one would forget its pages whenever this one commits.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._long_in_a_row: dict[object, int] = {}
        self._avoided_until: dict[object, float] = {}

    def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[T] | None:
        """What `work` returned, committed; None where nothing was begun, and a thread must."""
        return self._run(False, work, *args, **kwargs)

    def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[T] | None:
        """What `work` read from one snapshot, without a lock; None as `write`."""
        try:
            return self._run(True, work, *args, **kwargs)
        except OperationalError:
            return None  # a thread has patience, and says what is wrong where that does not help

    def _run(
        self,
        reads_only: bool,
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> tuple[T] | None:
        began = perf_counter()
        if began < self._avoided_until.get(work, 0.0):
            return None
        connection = self._connection = self._connection or _impatient(self._engine)
        connection.execution_options(**{READS_ONLY: reads_only})
        try:
            transaction = connection.begin()
        except OperationalError:
            return None  # another program holds the file: whoever waits for it, waits in a thread
        try:
            with transaction:
                return (work(connection, *args, **kwargs),)
        finally:
            self._learn(work, began, perf_counter())

    def _learn(self, work: object, began: float, ended: float) -> None:
        times = self._long_in_a_row.get(work, 0) + 1 if ended - began > _LONG else 0
        self._long_in_a_row[work] = times
        if times >= _TOO_OFTEN:
            self._avoided_until[work] = ended + _AVOIDED

    def close(self) -> None:
        """Gives the connection back; harmless twice."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@coroutine
def turn() -> Generator[None, None, None]:
    """Lets everybody else of the loop have a turn, whoever cancels us among them."""
    yield


def _impatient(engine: Engine) -> Connection:
    """A connection that finds a locked file locked, at once, and has more pages at hand (KiB)."""
    connection = engine.connect()
    cursor = connection.connection.cursor()
    for pragma in ("busy_timeout=0", "cache_size=-1000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    return connection
