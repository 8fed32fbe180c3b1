"""A strict reader of iCalendar, from the grammar of RFC 5545, sharing nothing with ours."""

import re
from dataclasses import dataclass, field

_NAME = r"[A-Za-z0-9-]+"
_SAFE = r'[^\x00-\x08\x0a-\x1f\x7f",;:]*'
_QUOTED = r'"[^\x00-\x08\x0a-\x1f\x7f"]*"'
_PARAMETER = rf"{_NAME}=(?:{_QUOTED}|{_SAFE})(?:,(?:{_QUOTED}|{_SAFE}))*"
_LINE = re.compile(
    rf"(?P<name>{_NAME})(?P<rest>(?:;{_PARAMETER})*):(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)"
)
_DATE = re.compile(r"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_UTC = re.compile(_DATE.pattern + r"T(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d|60)Z")
_TEXT = re.compile(r"(?:[^\\,;]|\\[\\;,nN])*")
_ONCE = {
    *("UID", "DTSTAMP", "SUMMARY", "DESCRIPTION", "DUE", "DTSTART", "DTEND", "STATUS", "LOCATION"),
    *("CREATED", "PRIORITY", "COMPLETED", "TRANSP", "PERCENT-COMPLETE"),
}
_IS_TEXT = {"SUMMARY", "DESCRIPTION", "LOCATION", "UID", "X-WR-CALNAME"}


@dataclass
class Component:
    """BEGIN to END: values by property name, those of type TEXT with their escapes undone."""

    name: str
    values: dict[str, list[str]] = field(default_factory=dict)
    parts: list["Component"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        (value,) = self.values[name]
        return value


def read(stream: bytes) -> Component:
    """The calendar of a stream; raises AssertionError for whatever the grammar does not allow."""
    assert stream.endswith(b"\r\n")
    assert b"\n" not in stream.replace(b"\r\n", b"")
    physical = stream[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in physical), max(physical, key=len)
    for line in physical:
        line.decode("utf-8")  # no fold stands within a character
    logical = (
        stream[:-2].replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode("utf-8").split("\r\n")
    )
    root, stack = None, list[Component]()
    for line in logical:
        match = _LINE.fullmatch(line)
        assert match, line
        name, value = match["name"].upper(), match["value"]
        if name == "BEGIN":
            stack.append(Component(value))
            if len(stack) > 1:
                stack[-2].parts.append(stack[-1])
            continue
        if name == "END":
            ended = stack.pop()
            assert ended.name == value
            root = root or (ended if not stack else None)
            continue
        stack[-1].values.setdefault(name, []).append(_value(name, match["rest"], value))
    assert not stack
    assert root is not None
    _check(root)
    return root


def _value(name: str, parameters: str, value: str) -> str:
    if name in _IS_TEXT:
        assert _TEXT.fullmatch(value), value
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
    if "VALUE=DATE" in parameters.split(";"):
        assert _DATE.fullmatch(value), value
    elif name in {"DTSTAMP", "CREATED", "COMPLETED", "DTSTART", "DTEND", "DUE"}:
        assert _UTC.fullmatch(value), value
    return value


def _check(root: Component) -> None:
    assert root.name == "VCALENDAR"
    assert root.values["VERSION"] == ["2.0"]
    assert len(root.values["PRODID"]) == 1
    for part in root.parts:
        assert {"UID", "DTSTAMP"} <= part.values.keys()
        assert all(len(part.values.get(name, [])) <= 1 for name in _ONCE)
        if part.name == "VTODO":
            assert part["STATUS"] in {"NEEDS-ACTION", "COMPLETED", "IN-PROCESS", "CANCELLED"}
            assert not {"DTEND", "TRANSP"} & part.values.keys()
        else:
            assert part.name == "VEVENT"
            assert part["DTEND"] > part["DTSTART"]
            assert not {"DUE", "COMPLETED"} & part.values.keys()
    uids = [part["UID"] for part in root.parts]
    assert len(uids) == len(set(uids))
