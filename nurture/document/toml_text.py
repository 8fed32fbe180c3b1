"""TOML with the line and column of every key, which the standard library's reader forgets."""

import re
import tomllib
from collections.abc import Iterator

from nurture.document.tree import Document, Path
from nurture.errors import Misconfigured, Place, Problem

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_NAME = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_TABLE = re.compile(rf"[ \t]*\[\[?[ \t]*({_NAME})[ \t]*\]")
_KEY = re.compile(rf"[ \t]*({_NAME})[ \t]*=[ \t]*")
_INNER = re.compile(rf"[{{,][ \t]*({_NAME})[ \t]*=[ \t]*")
_AT = re.compile(r" \(at line (\d+), column (\d+)\)| \(at end of document\)")
_WORDS = (
    (r"Cannot overwrite a value", "this key stands twice"),
    (r"Cannot declare .* twice", "this table stands twice"),
    (r"Expected '='", "a key without `=`"),
    (r"Expected newline or end", "something behind the value: is a quote or a comma missing?"),
    (r"Invalid value", "no value: put text in quotes"),
    (r"Unterminated string|Illegal character '\\n'", "a quote is opened and never closed"),
)


def read_toml(text: str, file: str) -> Document:
    """The document of a TOML text; raises Misconfigured where it is none.

    Places are found by reading the text line by line once more; a key of an unusual shape (a
    table within an inline table) is placed where its parent stands.
    """
    try:
        root = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured([_syntax_problem(str(error), text, file)]) from error
    keys: dict[Path, Place] = {}
    values: dict[Path, Place] = {(): Place(file, 1, 1)}
    for path, key, value in _entries(text, file):
        for depth in range(1, len(path)):
            values.setdefault(path[:depth], key)
        keys[path] = key
        values[path] = value
    return Document(file, root, values, keys)


def _syntax_problem(said: str, text: str, file: str) -> Problem:
    at = _AT.search(said)
    place = Place(file, text.count("\n") + 1, 1)
    if at and at[1]:
        place = Place(file, int(at[1]), int(at[2]))
    if at and not at[1]:
        return Problem("the file ends in the middle of something: is a bracket open?", place)
    plain = _AT.sub("", said)
    for pattern, advice in _WORDS:
        if found := re.search(pattern, plain):
            return Problem(found.expand(advice), place)
    return Problem(f"not TOML: {plain}", place)


def _entries(text: str, file: str) -> Iterator[tuple[Path, Place, Place]]:
    """Every key with its path, the place of the key and the place of the value."""
    table: Path = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if header := _TABLE.match(line):
            table = _split(header[1])
            place = Place(file, number, header.start(1) + 1)
            yield table, place, place
        elif key := _KEY.match(line):
            path = (*table, *_split(key[1]))
            yield path, Place(file, number, key.start(1) + 1), Place(file, number, key.end() + 1)
            rest = line[key.end() :]
            closing = _opened(rest)
            if rest.startswith("{"):
                for inner in _INNER.finditer(line, key.end()):
                    at = Place(file, number, inner.start(1) + 1)
                    yield (*path, *_split(inner[1])), at, Place(file, number, inner.end() + 1)


def _opened(value: str) -> str:
    """The quotes that a text over several lines still waits for, or nothing."""
    for quotes in ('"""', "'''"):
        if value.startswith(quotes) and value.count(quotes) == 1:
            return quotes
    return ""


def _split(name: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_PART, name))
