"""How events are written to stderr, and who hears them; the only user of structlog."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from os import environ
from typing import Literal

from pydantic_core import to_json


@contextmanager
def _missing(name: str) -> Iterator[None]:
    """For the while a library cannot be imported, as if it were not installed."""
    loaded: dict[str, object] = vars(sys)["modules"]
    if name in loaded:
        yield
        return
    loaded[name] = None
    try:
        yield
    finally:
        del loaded[name]


# structlog draws tracebacks with rich where that is there: 5 MB of every daemon, for what we write
# as plain text anyway.
with _missing("rich"):
    import structlog
    from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

Level = Literal["debug", "info", "warning", "error"]
Listener = Callable[[dict[str, object]], None]


class _Log:
    """The ways an event takes: all of them while somebody listens, else only where it is written.

    What nobody hears or reads, a logger above its level, costs next to nothing.
    """

    def __init__(self, attended: FilteringBoundLogger, alone: FilteringBoundLogger) -> None:
        self.speak(attended, alone)

    def speak(self, attended: FilteringBoundLogger, alone: FilteringBoundLogger) -> None:
        """From now on through these."""
        self._attended, self._alone = attended, alone
        self.choose()

    def choose(self) -> None:
        """To be called whenever somebody comes to listen, or goes."""
        way = self._attended if _listeners else self._alone
        self.debug, self.info = way.debug, way.info
        self.warning, self.error = way.warning, way.error


_listeners: list[Listener] = []
log = _Log(structlog.get_logger("nurture"), structlog.get_logger("nurture"))
_account: ContextVar[str] = ContextVar("account", default="")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@([A-Za-z0-9.-]+)")
_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_SILENT = logging.CRITICAL  # above all that journal.py says
_PRIORITY = {"debug": 7, "info": 6, "warning": 4, "error": 3}  # sd-daemon(3)


def _tell_listeners(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for listener in tuple(_listeners):
        for one in _apart(event):
            listener(one)
    return event


def _apart(event: EventDict) -> list[dict[str, object]]:
    """The events of which it speaks: of `each`, where that is given, one with these facts."""
    common = {name: value for name, value in event.items() if name != "each"}
    return [common | own for own in event["each"]] if "each" in event else [common]


@contextmanager
def attending(account: str) -> Iterator[None]:
    """Every event of the while, in this task and those that it starts, names the account."""
    before = _account.set(account)
    try:
        yield
    finally:
        _account.reset(before)


def _name_level_and_account(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    event["level"] = method
    if account := _account.get():
        event.setdefault("account", account)
    return event


_stamp = structlog.processors.TimeStamper(fmt=None, key="at")


def _tell_time_and_fault(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """When, to the microsecond in UTC; a second is spelled once for all that happens in it."""
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(logger, method, event)
    since_1970: float = _stamp(logger, method, event)["at"]
    second = int(since_1970)
    event["at"] = f"{_spelled(second)}.{int((since_1970 - second) * 1_000_000):06d}Z"
    return event


@lru_cache(maxsize=1)
def _spelled(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _without_addresses(event: Mapping[str, object]) -> dict[str, object]:
    """Servers name addresses in what they say; a log is read by more people than mail is."""
    return {name: _hidden(value) for name, value in event.items()}


def without_addresses(words: str) -> str:
    """The words with what stands before the @ of every address left out."""
    return _ADDRESS.sub(r"…@\1", words) if "@" in words else words


def _hidden(value: object) -> object:
    if isinstance(value, str):
        return without_addresses(value)
    return [_hidden(each) for each in value] if isinstance(value, list) else value


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Calls `listener` with every event for the while; for the demo and for tests."""
    _listeners.append(listener)
    log.choose()
    try:
        yield
    finally:
        _listeners.remove(listener)
        log.choose()


def configure(style: Literal["auto", "console", "json", "silent"], level: Level = "info") -> None:
    """Chooses how events are written to stderr; libraries that leak secrets are kept quiet.

    `auto` is JSON under journald and words for a person elsewhere.  Listeners hear every event,
    whatever its level.
    """
    logging.getLogger("aioimaplib").setLevel(logging.INFO)
    logging.getLogger("aiosmtplib").setLevel(logging.INFO)
    is_journald = bool(environ.get("JOURNAL_STREAM"))
    if style == "auto":
        style = "json" if is_journald else "console"
    renderer: Processor = _journald_line if is_journald else _as_json
    if style == "console":
        renderer = _ForAPerson(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()))
    known: list[Processor] = [_name_level_and_account]
    written: list[Processor] = [_tell_time_and_fault, renderer]
    least = _SILENT if style == "silent" else _LEVELS[level]
    log.speak(
        attended=_logger([*known, _tell_listeners, _Threshold(least), *written], logging.DEBUG),
        alone=_logger([*known, *written], least),
    )


def _logger(processors: list[Processor], least: int) -> FilteringBoundLogger:
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(least),
        context_class=dict,
    ).bind()
    return logger


class _Threshold:
    """Lets pass what is at least so important."""

    def __init__(self, least: int) -> None:
        self._least = least

    def __call__(self, _logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        if _LEVELS[method] < self._least:
            raise structlog.DropEvent
        return event


class _ForAPerson:
    """Words and colours, without addresses."""

    def __init__(self, renderer: structlog.dev.ConsoleRenderer) -> None:
        self._renderer = renderer

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> str:
        known = map(_without_addresses, _apart(event))
        return "\n".join(str(self._renderer(logger, method, one)) for one in known)


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    if "each" not in event:
        return _json_line(event)
    # What they have in common is encoded once.
    several, common = event.pop("each"), _json_line(event)[:-1]
    return "\n".join([f"{common},{_json_line(own)[1:]}" for own in several])


def _json_line(event: Mapping[str, object]) -> str:
    line = _encoded(event)
    # An address keeps its @ in JSON: most lines are read once, and have none.
    return _encoded(_without_addresses(event)) if "@" in line else line


def _encoded(event: Mapping[str, object]) -> str:
    try:
        return to_json(event, fallback=repr).decode()
    except ValueError:  # a name of a file, say, that is no UTF-8
        return json.dumps(event, default=repr)


def _journald_line(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """JSON behind the level as journald reads it from the beginning (SyslogLevelPrefix=)."""
    level = f"<{_PRIORITY.get(method, 6)}>"
    return level + _as_json(logger, method, event).replace("\n", f"\n{level}")
