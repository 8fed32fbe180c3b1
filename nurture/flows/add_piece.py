"""A page of the web or a file of the owner's becomes a piece, for the owner to complete."""

import asyncio
from contextlib import suppress
from pathlib import PurePath

from nurture import ports
from nurture.clipping.feed import read_feed
from nurture.clipping.page import Reading, read_page
from nurture.clipping.piece import Clipping, own_text, piece_text
from nurture.document.tree import decoded
from nurture.errors import Misconfigured

_TEXTS = frozenset({".md", ".markdown", ".txt"})
_PAGES = frozenset({"text/html", "application/xhtml+xml", ""})


async def add_page(
    web: ports.Web,
    folder: ports.PieceFolder,
    url: str,
    clock: ports.Clock,
    topics: tuple[str, ...] = (),
    language: str = "",
) -> str:
    """The path of the new piece, which goes to nobody before the owner has completed it.

    Raises Misconfigured with words for what is no page or is a piece already, and like ports.Web.
    """
    page = await web.fetch(url)
    if not isinstance(page, ports.Page):
        raise Misconfigured(f"{url} gave no page")
    with suppress(ValueError):
        await asyncio.to_thread(read_feed, page.body, page.url, page.charset, clock.now())
        raise Misconfigured(f"{url} is a feed: `nurture library feed add {url}`")
    if page.kind not in _PAGES:
        raise Misconfigured(f"{url} is {page.kind}: save it, and add the file")
    reading = await _read(page, url, clock)
    if known := await folder.piece_from(reading.url):
        raise Misconfigured(f"{reading.url} is the piece {known} already")
    found = Clipping(
        title=reading.title,
        url=reading.url,
        excerpt=reading.text,
        author=reading.author,
        language=language or reading.language,
        topics=topics,
        published=reading.published,
    )
    return await folder.keep(found.title, piece_text(found, is_ready=False))


async def add_file(
    folder: ports.PieceFolder,
    path: PurePath,
    content: bytes,
    topics: tuple[str, ...] = (),
    language: str = "",
) -> str:
    """The path of the new piece; a text becomes its words, a PDF goes along with it.

    A text that has a piece's own lines on top is kept as it is.  Raises Misconfigured with words.
    """
    ending = path.suffix.lower()
    if ending == ".pdf":
        if not content.startswith(b"%PDF-"):
            raise Misconfigured(f"{path} is no PDF")
        title, _ = own_text("", path.stem)
        attached = await folder.attach(path.name, content)
        found = Clipping(title, attachment=attached, topics=topics, language=language)
        return await folder.keep(title, piece_text(found, is_ready=False))
    if ending not in _TEXTS:
        raise Misconfigured(f"{path}: a piece is made of a .md, .txt or .pdf file, or of a URL")
    title, body = own_text(decoded(content, str(path)), path.stem)
    if not body:
        raise Misconfigured(f"{path} has no words in it")
    if not title:
        return await folder.keep(path.stem, body)
    found = Clipping(title, body=body, topics=topics, language=language)
    return await folder.keep(title, piece_text(found, is_ready=False))


async def _read(page: ports.Page, url: str, clock: ports.Clock) -> Reading:
    now = clock.now()
    try:
        return await asyncio.to_thread(read_page, page.body, page.url, page.charset, now)
    except ValueError as error:
        raise Misconfigured(f"{url}: {error}") from None
