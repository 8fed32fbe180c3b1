"""How events are written to stderr, and who hears them; the only user of structlog."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from os import environ
from typing import Literal


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
    from structlog.typing import EventDict, WrappedLogger

Listener = Callable[[dict[str, object]], None]
_Tell = Callable[..., object]


class _Log:
    """The logger as it was configured last, bound then and not anew for every event."""

    __slots__ = ("debug", "error", "info", "warning")

    def __init__(self) -> None:
        self.bind()

    def bind(self) -> None:
        """From now on it speaks as structlog is configured now."""
        bound = structlog.get_logger("nurture").bind()
        self.debug: _Tell = bound.debug
        self.info: _Tell = bound.info
        self.warning: _Tell = bound.warning
        self.error: _Tell = bound.error


log = _Log()
_listeners: list[Listener] = []
_account: ContextVar[str] = ContextVar("account", default="")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@([A-Za-z0-9.-]+)")
_encoder = json.JSONEncoder(ensure_ascii=False, default=repr)
_PRIORITY = {"debug": 7, "info": 6, "warning": 4, "error": 3}  # sd-daemon(3)


def _tell_listeners(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for listener in tuple(_listeners):
        listener(dict(event))
    return event


@contextmanager
def attending(account: str) -> Iterator[None]:
    """Every event of the while, in this task and those that it starts, names the account."""
    before = _account.set(account)
    try:
        yield
    finally:
        _account.reset(before)


def _name_account(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if account := _account.get():
        event.setdefault("account", account)
    return event


def _hide_addresses(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Servers name addresses in what they say; a log is read by more people than mail is."""
    for name, value in event.items():
        if isinstance(value, list) or (isinstance(value, str) and "@" in value):
            event[name] = _hidden(value)
    return event


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
    try:
        yield
    finally:
        _listeners.remove(listener)


def configure(style: Literal["auto", "console", "json", "silent"], level: str = "info") -> None:
    """Chooses how events are written to stderr; libraries that leak secrets are kept quiet.

    `auto` is JSON under journald and words for a person elsewhere.  Listeners hear every event,
    whatever its level.
    """
    logging.getLogger("aioimaplib").setLevel(logging.INFO)
    logging.getLogger("aiosmtplib").setLevel(logging.INFO)
    is_journald = bool(environ.get("JOURNAL_STREAM"))
    if style == "auto":
        style = "json" if is_journald else "console"
    renderer: structlog.typing.Processor = _journald_line if is_journald else _as_json
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    processors: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        _name_account,
        _tell_listeners,
        _drop if style == "silent" else _Threshold(level),
        _hide_addresses,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        renderer,
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    log.bind()


class _Threshold:
    """Lets pass what is at least so important."""

    def __init__(self, level: str) -> None:
        self._least = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
        ranks = logging.getLevelNamesMapping()
        self._rank = {name.lower(): rank for name, rank in ranks.items()}

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        if self._rank[event["level"]] < self._least:
            raise structlog.DropEvent
        return event


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return _encoder.encode(event)


def _journald_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """JSON behind the level as journald reads it from the beginning (SyslogLevelPrefix=)."""
    priority = _PRIORITY.get(str(event["level"]), 6)
    return f"<{priority}>{_encoder.encode(event)}"


def _drop(_logger: WrappedLogger, _method: str, _event: EventDict) -> EventDict:
    raise structlog.DropEvent
