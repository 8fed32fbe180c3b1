"""Replies are heard whole and in order, however their bytes arrive (RFC 5321 section 4.2)."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.transport.smtp_line import Line, Lost, Reply


class _Wire(asyncio.Transport):
    """A transport over which nothing leaves."""

    def is_closing(self) -> bool:
        return False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        pass

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


async def _heard(pieces: list[bytes]) -> tuple[list[tuple[int, str]], str]:
    """The replies in these bytes, and why no more was heard."""
    line, replies = Line(_Wire()), list[tuple[int, str]]()
    for piece in pieces:
        line.get_buffer(-1)[: len(piece)] = piece
        line.buffer_updated(len(piece))
    line.eof_received()
    try:
        while reply := line.heard():
            replies.append((reply.code, reply.text))
    except Lost as error:
        return replies, str(error)
    raise AssertionError("somebody would wait for more")


def _cut(stream: bytes, places: list[int]) -> list[bytes]:
    ends = sorted(place % (len(stream) + 1) for place in places)
    starts = [0, *ends]
    return [stream[a:b] for a, b in zip(starts, [*ends, len(stream)], strict=True)]


_WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
_REPLIES = st.lists(
    st.tuples(st.integers(200, 599), st.lists(_WORDS, min_size=1, max_size=4)), max_size=5
)


@given(_REPLIES, st.lists(st.integers(0, 500), max_size=6), st.sampled_from(["\r\n", "\n"]))
def test_where_the_bytes_are_cut_changes_no_reply(
    said: list[tuple[int, list[str]]], places: list[int], end: str
) -> None:
    stream = "".join(
        f"{code}{' ' if place == len(words) else '-'}{word}{end}"
        for code, words in said
        for place, word in enumerate(words, 1)
    ).encode()
    heard, _ = asyncio.run(_heard(_cut(stream, places)))
    assert heard == [(code, " ".join(words)) for code, words in said]


async def test_nothing_behind_a_line_that_is_no_reply_is_taken_for_one() -> None:
    heard, why = await _heard([b"250 yes\r\n999 what\r\n250 another's\r\n"])
    assert heard == [(250, "yes")]
    assert "'999 what'" in why


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((b"5.1.1 no such user\r",), "5.1.1 no such user"),
        ((b"5.1.1 no\r", b"5.1.1 such user\r"), "5.1.1 no such user"),
        ((b"no\r", b"no\r", b"no\r"), "no no no"),
        ((b" gr\xfc\xdf \r",), "gr\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"),
        ((b"x" * 9000,), "x" * 2000),
        ((b"", b""), ""),
    ],
    ids=["one", "code-repeated", "word-repeated", "no-utf8", "long", "empty"],
)
def test_the_words_of_a_reply_are_one_text(lines: tuple[bytes, ...], text: str) -> None:
    assert Reply(550, lines).text == text
