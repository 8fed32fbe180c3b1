"""Text that flows is read back as it was written, at any width (RFC 3676)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.write.flowed import flowed

LONG = "A thought that is longer than a line of mail ought to be, with a word or two behind it."
LINK = f"https://example.org/{'x' * 100}"


def read_back(text: str) -> str:
    """By the letter of section 4: unstuffed, and soft breaks taken away."""
    lines, goes_on = list[str](), False
    for raw in text.split("\n"):
        is_fixed = raw == "-- " or raw.startswith(">")
        line = raw.removeprefix(" ")
        if goes_on:
            lines[-1] += line
        else:
            lines.append(line)
        goes_on = raw.endswith(" ") and not is_fixed
    return "\n".join(lines)


def meant(text: str) -> str:
    """Blanks at the end of a line mean nothing, but for the separator."""
    return "\n".join(line if line == "-- " else line.rstrip(" ") for line in text.split("\n"))


@given(st.text("ab >-\nFé", max_size=400))
def test_a_reader_finds_the_very_paragraphs(text: str) -> None:
    assert read_back(flowed(text)) == meant(text)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=60), max_size=60).map(" ".join))
def test_no_line_is_longer_than_it_must_be(text: str) -> None:
    assert all(len(line) <= 72 for line in flowed(text).split("\n"))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (LONG, [LONG[:70], LONG[70:]]),
        (f"See {LINK} for more.", ["See ", f"{LINK} ", "for more."]),
        ("-- \nAnna", ["-- ", "Anna"]),
        (f"-- {LINK}", [f"-- {LINK}"]),
        ("From here on", [" From here on"]),
        (" indented", ["  indented"]),
        ("> quoted", ["> quoted"]),
        ("", [""]),
    ],
)
def test_lines_break_between_words_and_nowhere_else(text: str, lines: list[str]) -> None:
    assert flowed(text).split("\n") == lines
