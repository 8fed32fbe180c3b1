"""XML to a small tree, without document types, so that no entity is ever expanded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

_MOST_ELEMENTS: Final = 50_000
_DEEPEST: Final = 100
_BLOCK: Final = 64 * 1024
_MOST_IDLE: Final = 3
_XML: Final = "http://www.w3.org/XML/1998/namespace"


@dataclass(slots=True)
class Element:
    """One element; `space` is its namespace, `name` its local name."""

    space: str
    name: str
    attributes: Mapping[str, str]
    children: list["Element"] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def all(self, name: str, *spaces: str) -> Iterator["Element"]:
        """The children of this name in one of these namespaces."""
        return (each for each in self.children if each.name == name and each.space in spaces)

    def text(self) -> str:
        """The characters of this element alone."""
        return "".join(self.parts).strip()

    def deep_text(self) -> str:
        """The characters of this element and all below it, in a row."""
        return " ".join([*self.parts, *(each.deep_text() for each in self.children)]).strip()

    def xml(self, name: str) -> str:
        """The value of `xml:base` or `xml:lang` here."""
        return self.attributes.get(f"{_XML} {name}", "")


def read_xml(text: str) -> Element:
    """The root of a document; raises ValueError with words where it cannot be used.

    Refused are a document type (with it come entities, which swell or read files), more elements
    than any feed has, and whatever is not well-formed, with its line.
    """
    reading = _Reading()
    parser = expat.ParserCreate("utf-8", " ")  # whatever the declaration says: it is decoded
    parser.buffer_text = True
    parser.buffer_size = _BLOCK // 2
    parser.StartDoctypeDeclHandler = reading.refuse_type
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.say
    parser.CommentHandler = parser.ProcessingInstructionHandler = reading.pass_by
    try:
        _feed(parser, reading, text.encode())
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        raise ValueError(f"it is no XML: {words} in line {error.lineno}") from None
    if reading.root is None:
        raise ValueError("it is no XML: it holds no element")
    return reading.root


def _feed(parser: expat.XMLParserType, reading: "_Reading", raw: bytes) -> None:
    """A block at a time, so that a tag of megabytes is seen before all its attributes are kept."""
    idle = 0
    for at in range(0, len(raw), _BLOCK):
        before = reading.turns
        parser.Parse(raw[at : at + _BLOCK])
        idle = 0 if reading.turns > before else idle + 1
        if idle > _MOST_IDLE:
            raise ValueError("one of its tags has no end")
    parser.Parse(b"", True)


class _Reading:
    """The tree as it grows; `turns` counts whatever was met."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.turns = 0
        self._open: list[Element] = []
        self._count = 0

    def refuse_type(self, *_: object) -> None:
        raise ValueError("it declares a document type (DTD), which is not read")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.turns += 1
        space, _, local = name.rpartition(" ")
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            raise ValueError(f"it has more than {_MOST_ELEMENTS:,} elements")
        if len(self._open) >= _DEEPEST:
            raise ValueError(f"its elements lie more than {_DEEPEST} deep")
        element = Element(space, local, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def pass_by(self, *_: object) -> None:
        self.turns += 1

    def end(self, _name: str) -> None:
        self.turns += 1
        self._open.pop()

    def say(self, characters: str) -> None:
        self.turns += 1
        if self._open:
            self._open[-1].parts.append(characters)
