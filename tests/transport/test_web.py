"""A page is fetched from where it was checked to be, within bounds, or refused in words."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from nurture.errors import Refused, Unreachable
from nurture.ports import Page, Unchanged, Version
from nurture.transport.web import Bounds, Resolve, SafeWeb
from tests.servers.certificate import certified
from tests.servers.lying_web import (
    LyingWeb,
    drip,
    endless_body,
    endless_fields,
    endless_line,
    lying_web,
    moved,
    said,
    silence,
)

NARROW = Bounds(silence=0.3, whole=0.6, size=20_000)
OWN = frozenset({"localhost"})
PUBLIC = "93.184.216.34"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest_asyncio.fixture
async def site() -> AsyncIterator[LyingWeb]:
    async with lying_web() as web:
        yield web


def here(bounds: Bounds = NARROW, hosts: frozenset[str] = OWN) -> SafeWeb:
    return SafeWeb(hosts, bounds, resolve=names({"localhost": ["127.0.0.1"]}))


def names(known: dict[str, list[str]], asked: list[str] | None = None) -> Resolve:
    """A name server that gives each of a name's answers once and repeats the last."""

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        if asked is not None:
            asked.append(host)
        if host not in known:
            raise OSError("no such name")
        answers = known[host]
        return (answers.pop(0) if len(answers) > 1 else answers[0],)

    return resolve


async def fetched(site: LyingWeb, path: str = "/") -> Page:
    page = await here().fetch(site.url(path))
    assert isinstance(page, Page)
    return page


async def test_a_page_comes_with_its_kind_its_charset_and_its_version(site: LyingWeb) -> None:
    marks = ('ETag: "v1"', "Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT", "Set-Cookie: a=b")
    site.answers["/"] = said(b"words", *marks, kind='Text/HTML; charset="ISO-8859-1"')
    page = await fetched(site)
    assert (page.body, page.kind, page.charset) == (b"words", "text/html", "iso-8859-1")
    assert page.version == Version('"v1"', "Mon, 02 Mar 2026 10:00:00 GMT")


async def test_what_did_not_change_is_not_fetched_again(site: LyingWeb) -> None:
    site.answers["/"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    found = await here().fetch(site.url(), Version('"v1"', "yesterday"))
    assert isinstance(found, Unchanged)
    assert 'If-None-Match: "v1"\r\n' in site.requests[0]
    assert "If-Modified-Since: yesterday\r\n" in site.requests[0]


async def test_no_cookie_and_no_credential_ever_travels(site: LyingWeb) -> None:
    site.answers["/"] = moved("/next")
    site.answers["/next"] = said(b"there", "Set-Cookie: a=b")
    assert (await fetched(site)).url == site.url("/next")
    assert not any(word in text for text in site.requests for word in ("Cookie", "Authorization"))


@pytest.mark.parametrize(
    "body",
    [
        CHUNKED + b"3;a=b\r\nwor\r\n2\r\nds\r\n0\r\nT: x\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nwords",
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + said(b"words"),
        said(gzip.compress(b"wo") + gzip.compress(b"rds"), "Content-Encoding: gzip"),
    ],
    ids=["chunked", "until the end", "after a hint", "packed in two"],
)  # fmt: skip
async def test_every_honest_way_to_send_is_read(site: LyingWeb, body: bytes) -> None:
    site.answers["/"] = body
    assert (await fetched(site)).body == b"words"


async def test_a_server_is_trusted_by_its_certificate_alone(tmp_path: Path) -> None:
    async with lying_web(certified(tmp_path)) as site:
        site.answers["/"] = said(b"secret")
        trusting = SafeWeb(OWN, NARROW, tmp_path / "cert.pem")
        assert isinstance(await trusting.fetch(site.url()), Page)
        with pytest.raises(Unreachable, match=r"localhost: its certificate is not trusted"):
            await here().fetch(site.url())


BOMB = gzip.compress(bytes(10_000_000))
RAW = zlib.compress(b"words")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (drip, "within 0.6 seconds"),
        (silence, "silent for 0.3 seconds"),
        (endless_fields, "more than 100 lines"),
        (endless_line, "has no end"),
        (endless_body, "larger than 20,000 bytes"),
        (said(bytes(20_001)), "larger than 20,000 bytes"),
        (said(BOMB, "Content-Encoding: gzip"), "unpacks to more than 20,000 bytes"),
        (said(gzip.compress(b"x" * 99)[:-9], "Content-Encoding: gzip"), "cut off"),
        (said(b"no gzip", "Content-Encoding: gzip"), "cannot be unpacked"),
        (said(RAW, "Content-Encoding: deflate"), "not asked for"),
        (said(b"", "Transfer-Encoding: gzip, chunked"), "not asked for"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwords", "hung up"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nwords", "how long"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\nwords", "how long"),
        (CHUNKED + b"-5\r\nwords\r\n", "is no number"),
        (CHUNKED + b"zz\r\n", "is no number"),
        (CHUNKED + b"ffffffffff\r\n", "larger than"),
        (CHUNKED + b"1\r\nwords\r\n", "longer than"),
        (b"HTTP/1.1 100 Go on\r\n\r\n" * 9, "again and again"),
        (b"220 mail.example ESMTP\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "not HTTP"),
        (b"", "hung up"),
        (said(b"", status="404 Not Found"), "answers 404 Not Found"),
        (said(b"", status="503 Busy"), "answers 503 Service Unavailable"),
        (said(b"", status="799 Odd"), "answers 799$"),
        (said(b"", status="302 Found"), "redirects to nowhere"),
    ],
)  # fmt: skip
async def test_a_hostile_answer_is_refused_in_words(
    site: LyingWeb, answer: bytes, words: str
) -> None:
    site.answers["/"] = answer
    with pytest.raises(Unreachable, match=words):
        await here().fetch(site.url())


async def test_a_bomb_is_given_up_at_the_limit_whatever_it_would_unpack_to(site: LyingWeb) -> None:
    site.answers["/"] = said(gzip.compress(bytes(19_000)), "Content-Encoding: gzip")
    assert len((await fetched(site)).body) == 19_000


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "//a.example/",
        "a.example", "http://", "http://user:word@a.example/", "http://@a.example/", "http://a.example:22/",
        "http://a.example:99999/", "http://a.example:x/", "http://a.example/a\nb", "http://[::1",
        "http://a.example\\@b.example/", " http://a.example/", "http://a.example/\x7f", "",
        f"http://a.example/{'x' * 2000}", "http://" + "ü" * 64 + ".example/",
    ],
)  # fmt: skip
async def test_what_is_no_plain_url_is_refused_before_anything_is_asked(url: str) -> None:
    asked: list[str] = []
    web = SafeWeb(bounds=NARROW, resolve=names({"a.example": [PUBLIC]}, asked))
    with pytest.raises(Refused):
        await web.fetch(url)
    assert asked == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
async def test_this_machine_is_refused_however_it_is_spelled(site: LyingWeb, host: str) -> None:
    with pytest.raises(Unreachable, match=r"not fetched|cannot be looked up"):
        await SafeWeb(bounds=NARROW).fetch(site.url(host=host))
    assert site.requests == []


async def test_one_private_address_among_public_ones_refuses_the_name(site: LyingWeb) -> None:
    async def both(host: str, port: int) -> tuple[str, ...]:
        return (PUBLIC, "127.0.0.1")

    with pytest.raises(Refused, match=r"127\.0\.0\.1 is of this machine"):
        await SafeWeb(bounds=NARROW, resolve=both).fetch(site.url(host="a.example"))


async def test_a_name_that_turns_private_after_the_check_is_not_asked_again(
    site: LyingWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    reached: list[str] = []
    real = asyncio.open_connection

    async def watched(host: str, port: int, **more: object) -> object:
        reached.append(host)
        return await real("127.0.0.1", site.port)

    monkeypatch.setattr(asyncio, "open_connection", watched)
    site.answers["/"] = said(b"words")
    rebinding = names({"a.example": [PUBLIC, "127.0.0.1"]}, asked)
    await SafeWeb(bounds=NARROW, resolve=rebinding).fetch(site.url(host="a.example"))
    assert (asked, reached) == (["a.example"], [PUBLIC])


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("http://inner.example:{port}/", "inner.example: its address 10.0.0.1 is private"),
        ("http://localhost:9999/", "localhost: its address 127.0.0.1 is of this machine"),
        ("http://169.254.169.254/latest/", "169.254.169.254: its address .* is link-local"),
        ("file:///etc/passwd", "only http and https"),
        ("http://me:word@localhost:{port}/", "password"),
        ("http://localhost:25/", "port 25"),
        ("//[", "that is no URL"),
    ],
)
async def test_a_redirect_is_checked_like_the_first_url(
    site: LyingWeb, to: str, words: str
) -> None:
    """Even to the host that the owner allows: it was not they who wrote it."""
    site.answers["/"] = moved(to.format(port=site.port))
    known = {
        "localhost": ["127.0.0.1"],
        "inner.example": ["10.0.0.1"],
        "169.254.169.254": ["169.254.169.254"],
    }
    with pytest.raises(Refused, match=words):
        await SafeWeb(OWN, NARROW, resolve=names(known)).fetch(site.url())
    assert len(site.requests) == 1


async def test_redirects_have_an_end(site: LyingWeb) -> None:
    everywhere = names({f"{n}.example": [PUBLIC] for n in range(9)})
    web = SafeWeb(OWN, NARROW, resolve=everywhere)
    assert web.bounds.redirects == 5
    site.answers["/"] = moved("/")
    with pytest.raises(Refused, match="redirects more than 5 times"):
        await here().fetch(site.url())
    assert len(site.requests) == 6


async def test_no_redirect_leads_from_https_to_http(tmp_path: Path) -> None:
    async with lying_web(certified(tmp_path)) as site:
        site.answers["/"] = moved("http://localhost/")
        with pytest.raises(Refused, match="from https to http"):
            await SafeWeb(OWN, NARROW, tmp_path / "cert.pem").fetch(site.url())


async def test_a_post_is_taken_once_and_never_redirected(site: LyingWeb) -> None:
    site.answers["/hook"] = said(b"thanks")
    site.answers["/moved"] = moved("/hook", "307 Temporary Redirect")
    await here().post(site.url("/hook"), b'{"a": 1}', {"Content-Type": "application/json"})
    assert site.requests[0].startswith("POST /hook HTTP/1.1\r\n")
    assert site.requests[0].endswith('Content-Type: application/json\r\n\r\n{"a": 1}')
    with pytest.raises(Refused, match="redirects; write the URL"):
        await here().post(site.url("/moved"), b"", {})
    with pytest.raises(Refused, match="404"):
        await here().post(site.url("/nowhere"), b"", {})
    assert len(site.requests) == 3


async def test_a_knock_connects_and_asks_nothing(site: LyingWeb) -> None:
    await here().knock(site.url())
    assert site.requests == []
    with pytest.raises(Refused, match="of this machine"):
        await here(hosts=frozenset()).knock(site.url())
