"""A page or a file becomes a piece that goes to nobody before it is complete."""

from collections.abc import AsyncIterator
from pathlib import Path, PurePath

import pytest
import pytest_asyncio

from nurture.clipping.piece import NOBODY
from nurture.core.library.piece import Piece
from nurture.demo.story_clock import StoryClock
from nurture.document.piece_text import piece_of, piece_problems
from nurture.document.template_text import read_template
from nurture.errors import Misconfigured
from nurture.flows.add_piece import add_file, add_page
from nurture.transport.piece_folder import StoredPieces
from nurture.transport.web import SafeWeb
from tests.fakes.small_house import START
from tests.servers.lying_web import LyingWeb, lying_web, said

CLOCK = StoryClock(START)
WEB = SafeWeb(frozenset({"localhost"}))
PAGE = """<html lang="de"><title>Zwei Schlüssel</title><p>Eine einfache Regel für alles,
wovon ein Betrieb abhängt: Zwei Menschen können es öffnen.</p></html>""".encode()


@pytest_asyncio.fixture
async def site() -> AsyncIterator[LyingWeb]:
    async with lying_web() as web:
        web.answers["/page"] = said(PAGE, kind="text/html; charset=utf-8")
        yield web


def kept(folder: Path, path: str) -> Piece:
    text = (folder / path).read_text()
    assert [*piece_problems(text, path)] == []
    return piece_of(path, read_template(text, path))


async def test_a_page_becomes_a_piece_for_nobody_yet(site: LyingWeb, tmp_path: Path) -> None:
    folder = StoredPieces(tmp_path)
    piece = kept(tmp_path, await add_page(WEB, folder, site.url("/page"), CLOCK, ("risk",)))
    assert (piece.title, piece.language, piece.topics) == ("Zwei Schlüssel", "de", ("risk",))
    assert piece.source == site.url("/page")
    assert "Zwei Menschen können es öffnen" in piece.text
    assert piece.audience == (NOBODY,)
    with pytest.raises(Misconfigured, match=r"the piece library/zwei-schluessel\.md already"):
        await add_page(WEB, folder, site.url("/page"), CLOCK)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<rss><channel/></rss>", "text/xml", "is a feed: `nurture library feed add"),
        (b"%PDF-1.7", "application/pdf", "is application/pdf: save it"),
        (b"<p>nothing", "text/html", "it has no title"),
        (b"<title>\xff</title>", "text/html; charset=utf-8", "not in utf-8"),
    ],
)
async def test_what_is_no_page_is_said(
    site: LyingWeb, tmp_path: Path, body: bytes, kind: str, words: str
) -> None:
    site.answers["/page"] = said(body, kind=kind)
    with pytest.raises(Misconfigured, match=words):
        await add_page(WEB, StoredPieces(tmp_path), site.url("/page"), CLOCK)
    assert list(tmp_path.rglob("*.md")) == []


async def test_a_text_keeps_its_words_and_a_pdf_goes_along(tmp_path: Path) -> None:
    folder = StoredPieces(tmp_path)
    markdown = PurePath("notes.md")
    text = kept(tmp_path, await add_file(folder, markdown, b"# Two keys\n\nA rule.\n", ("risk",)))
    assert (text.title, text.text, text.audience) == ("Two keys", "A rule.", (NOBODY,))
    pdf = kept(tmp_path, await add_file(folder, PurePath("First_weeks.PDF"), b"%PDF-1.7 x"))
    assert (pdf.title, pdf.attachment) == ("First weeks", "attachments/first-weeks.pdf")
    assert (tmp_path / pdf.attachment).read_bytes() == b"%PDF-1.7 x"


async def test_a_text_with_lines_of_its_own_on_top_is_kept_as_it_is(tmp_path: Path) -> None:
    whole = "---\ntitle: Two keys\ntopics: [risk]\n---\nA rule.\n"
    path = await add_file(StoredPieces(tmp_path), PurePath("two-keys.md"), whole.encode())
    assert (tmp_path / path).read_text() == whole
    assert kept(tmp_path, path).audience == ()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.docx", b"PK", r"made of a \.md"),
        ("a.pdf", b"PK", "is no PDF"),
        ("a.txt", b"  \n", "no words"),
        ("a.md", b"\xff", "not UTF-8"),
    ],
)
async def test_a_file_that_makes_no_piece_is_said(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(Misconfigured, match=words):
        await add_file(StoredPieces(tmp_path), PurePath(name), content)
    assert list(tmp_path.rglob("*.*")) == []
