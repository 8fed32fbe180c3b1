"""Quoted-printable put together from what is the same for everybody and what is not."""

import re
from binascii import a2b_qp
from contextlib import suppress
from itertools import chain, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.write.quoted import around_gaps, in_gaps
from nurture.mail.write.rendered import Filled, Rendered
from nurture.mail.write.template import Hole, parse_template

_SIGNS = "a =._é日\t\n\x0b\u2028"
_PIECES = st.lists(st.text(_SIGNS, max_size=120), min_size=1, max_size=6)
_BELOW = Rendered("", " é", " é", quoted=(" =C3=A9", " =C3=A9"))
_WORDS = st.text("a =._é日", min_size=1, max_size=120).filter(lambda word: word == word.strip())


@given(_PIECES, st.data())
def test_a_text_with_gaps_reads_as_it_was_written_whatever_fills_them(
    pieces: list[str], data: st.DataObject
) -> None:
    pieces[0] += "é"  # cannot travel as it is
    gaps = len(pieces) - 1
    values = data.draw(st.lists(_WORDS, min_size=gaps, max_size=gaps))
    quoted = _woven(around_gaps(pieces), in_gaps(values)).encode("ascii")
    assert a2b_qp(quoted) == _woven(pieces, values).replace("\n", "\r\n").encode()
    for line in quoted.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.endswith((b" ", b"\t"))
        assert not line.startswith(b".")


def _woven(pieces: tuple[str, ...] | list[str], values: list[str]) -> str:
    return "".join(chain.from_iterable(zip_longest(pieces, values, fillvalue="")))


@pytest.mark.parametrize("long", ["", "=_", "x" * 79])
def test_only_what_cannot_travel_as_it_is_is_quoted(long: str) -> None:
    assert bool(around_gaps((f"Dear\t\n{long}", " and\n"))) is bool(long)


@given(st.lists(_WORDS | st.text(min_size=1), max_size=6))
def test_what_is_known_of_all_values_together_changes_nothing(values: list[str]) -> None:
    together = " ".join(["", *values])
    assert in_gaps(values, together if together.isprintable() else "") == in_gaps(values)


@pytest.mark.parametrize("name", ["Jim", "Jim = James", "Jürgen " * 20 + "ß", "x" * 41, "J\x07"])
@pytest.mark.parametrize("page", ["a", "a?b=c&d", "ü", "x" * 41])
def test_a_mail_comes_with_both_its_parts_quoted(name: str, page: str) -> None:
    body = "Dear {{ name }}, [here](https://example.com/{{ page }}) " + "word " * 20
    rendered = _rendered(body, name, page)
    for told, part in zip((rendered.text, rendered.html), rendered.parts(_BELOW), strict=True):
        head, _, quoted = part.partition("\r\n\r\n")
        assert a2b_qp(quoted) == f"{told} é".encode()
        assert "charset=utf-8" in head
    assert rendered.html.count("&amp;") == page.count("&")


_DOTTED = parse_template(
    "---\nsubject: x\n---\n.{{ a }}\n{{ b }}.\n\n{{ a }}. {{ b }} ... "
    + "word. " * 20
    + "[there](https://example.com/{{ b }})\n",
    "x.md",
)


@given(st.text("a =.é&\r\n", min_size=1, max_size=60), _WORDS)
def test_no_line_of_a_part_begins_with_a_dot_or_ends_in_doubt(a: str, b: str) -> None:
    with suppress(Hole):
        for part in _DOTTED.render({"a": a, "b": b}).parts(_BELOW):
            assert re.fullmatch(r"(?:(?!\.)[^\r\n]*\r\n)+(?!\.)[^\r\n]*", part)


def test_half_a_character_and_a_short_text_are_left_to_be_looked_at() -> None:
    assert _rendered("Dear {{ name }} " + "word " * 20, "\ud800").parts(_BELOW) == ("", "")
    assert _rendered("Dear {{ name }}", "Jim").parts(_BELOW) == ("", "")


def _rendered(body: str, name: str, page: str = "") -> Filled:
    template = parse_template(f"---\nsubject: x\n---\n{body}\n", "x.md")
    return template.render({"name": name, "page": page})
