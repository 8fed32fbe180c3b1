"""Replies are heard whole and in order, however their bytes arrive (RFC 5321 section 4.2)."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.transport.smtp_line import Line, Lost, text_of


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
    return _rest_of(_spoken(pieces))


def _spoken(pieces: list[bytes]) -> Line:
    """A line over which this was said, and no more will be."""
    line = Line(_Wire())
    for piece in pieces:
        line.get_buffer(-1)[: len(piece)] = piece
        line.buffer_updated(len(piece))
    line.eof_received()
    return line


def _rest_of(line: Line) -> tuple[list[tuple[int, str]], str]:
    replies = list[tuple[int, str]]()
    try:
        while reply := line.heard():
            replies.append((reply[0], text_of(reply)))
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


def _in_bytes(reply: tuple[int, list[str]], end: str = "\r\n") -> bytes:
    code, words = reply
    *on, last = words
    return "".join([*(f"{code}-{each}{end}" for each in on), f"{code} {last}{end}"]).encode()


@given(_REPLIES, st.lists(st.integers(0, 500), max_size=6), st.sampled_from(["\r\n", "\n"]))
def test_where_the_bytes_are_cut_changes_no_reply(
    said: list[tuple[int, list[str]]], places: list[int], end: str
) -> None:
    stream = b"".join(_in_bytes(each, end) for each in said)
    heard, _ = asyncio.run(_heard(_cut(stream, places)))
    assert heard == [(code, " ".join(words)) for code, words in said]


async def test_nothing_behind_a_line_that_is_no_reply_is_taken_for_one() -> None:
    heard, why = await _heard([b"250 yes\r\n999 what\r\n250 another's\r\n"])
    assert heard == [(250, "yes")]
    assert "'999 what'" in why


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (b"550 5.1.1 no such user\r\n", "5.1.1 no such user"),
        (b"550-5.1.1 no\r\n550 5.1.1 such user\r\n", "5.1.1 no such user"),
        (b"550-no\r\n550-no\r\n550 no\r\n", "no no no"),
        (b"550  gr\xfc\xdf \r\n", "gr\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"),
        (b"550 " + b"x" * 9000 + b"\r\n", "x" * 2000),
        (b"550-\r\n550 \r\n", ""),
        (b"550-no\n550\r\n", "no"),
        (b"550\n", ""),
    ],
    ids=["one", "code-repeated", "word-repeated", "no-utf8", "long", "empty", "bare-end", "bare"],
)
async def test_the_words_of_a_reply_are_one_text(said: bytes, text: str) -> None:
    heard, _ = await _heard([said])
    assert heard == [(550, text)]


async def test_a_reply_that_has_no_end_ends_the_connection() -> None:
    heard, why = await _heard([b"250 yes\r\n", *[b"250-on and on\r\n" * 1000] * 10])
    assert heard == [(250, "yes")]
    assert "no end" in why


@given(
    _REPLIES, st.integers(0, 5), st.sampled_from([b"250 yes\r\n", b"250 ye", b"250-yes\r\n", b""])
)
def test_replies_heard_again_are_those_that_would_have_been_heard(
    said: list[tuple[int, list[str]]], known: int, more: bytes
) -> None:
    async def both() -> tuple[object, object]:
        stream = [_in_bytes(each) for each in said]
        again, anew = (_spoken([b"".join(stream), more]) for _ in range(2))
        if again.hears_again(b"".join(stream[:known])):
            for _ in stream[:known]:
                assert anew.heard()
        return _rest_of(again), _rest_of(anew)

    one, other = asyncio.run(both())
    assert one == other


@given(_REPLIES, _REPLIES)
def test_only_the_very_words_are_heard_again(
    said: list[tuple[int, list[str]]], known: list[tuple[int, list[str]]]
) -> None:
    async def is_heard() -> bool:
        return _spoken([b"".join(map(_in_bytes, said))]).hears_again(
            b"".join(map(_in_bytes, known))
        )

    assert asyncio.run(is_heard()) is (bool(known) and said[: len(known)] == known)
