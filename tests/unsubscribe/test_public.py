"""The public page: only a POST says no, and it is kept whatever has become of the contact."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from nurture.core.contact import Contact
from nurture.core.contact.address import address_mark
from nurture.core.enrollment import State
from nurture.errors import Unreachable
from nurture.flows.opt_out import Exit
from nurture.mail.tokens import Leaving, read_leaving, sign, sign_leaving
from nurture.storage import Store, open_store
from nurture.transport.http_page import serving
from nurture.unsubscribe import Public
from nurture.unsubscribe.throttle import Throttle
from tests.fakes.small_house import SmallHouse
from tests.fakes.story import MINUTE, START, Story

KEY = b"a key for tests"
BOB = "bob@firm.example"
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True, slots=True)
class Site:
    """A server with its store."""

    port: int
    store: Store

    async def ask(
        self, method: str, path: str, body: str = "", **fields: str
    ) -> tuple[int, dict[str, str], str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items()]
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        writer.write((head + "".join(lines) + "\r\n" + body).encode())
        whole = (await reader.read()).decode()
        writer.close()
        top, _, text = whole.partition("\r\n\r\n")
        first, *rest = top.split("\r\n")
        kept = dict(line.split(": ", 1) for line in rest)
        return int(first.split()[1]), kept, text

    async def is_refused(self, address: str) -> bool:
        return bool(await self.store.people.suppressed([address]))


def link(contact: int, address: str, key: bytes = KEY) -> str:
    return "/leave/" + sign_leaving(key, Leaving(contact, address_mark(key, address)))


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    store = await open_store(f"sqlite:///{tmp_path}/nurture.db", KEY, START)
    clock = SmallHouse().clock
    way = Exit(store.people, store.incoming, store.desk, clock, "anna", KEY)
    async with serving("127.0.0.1:0", Public(way, Throttle()).answer, is_shared=True) as port:
        yield Site(port, store)
    await store.close()


async def test_f14_looking_changes_nothing_and_posting_twice_is_posting_once(site: Site) -> None:
    walk = await Story(site.store).enrolled(BOB)
    path = link(walk.contact_id, BOB)
    for method in ("GET", "HEAD", "GET"):
        status, _, text = await site.ask(method, path)
        assert status == 200
    assert '<form method="post"><button>' in text
    assert not await site.is_refused(BOB)
    for _ in range(2):
        status, fields, _ = await site.ask("POST", path, ONE_CLICK)
        assert status == 200
        assert not {"Location", "Set-Cookie"} & fields.keys()
    assert await site.is_refused(BOB)
    assert (await Story(site.store).now_at(walk)).state is State.ENDED
    told = await site.store.desk.notices_due(START + timedelta(days=9))
    assert [each.subject for each in told] == [f"{BOB} asked for no more mail"]


async def test_any_body_says_no_since_forms_and_providers_differ(site: Site) -> None:
    await site.store.people.merge([Contact(BOB)], START)
    body = "--x\r\n\r\nList-Unsubscribe=One-Click\r\n--x--"
    status, _, _ = await site.ask(
        "POST", link(1, BOB), body, Content_Type="multipart/form-data; boundary=x"
    )
    assert status == 200
    assert await site.is_refused(BOB)


async def test_a_link_outlives_its_contact(site: Site) -> None:
    """As after an erasure, or in a database that was restored from before the import."""
    assert (await site.ask("POST", link(7, BOB), ONE_CLICK))[0] == 200
    assert await site.is_refused(BOB)
    (told,) = await site.store.desk.notices_due(START + timedelta(days=9))
    assert "no contact any more" in told.subject
    assert BOB not in told.subject + told.text


async def test_a_number_that_is_somebody_elses_by_now_silences_nobody_else(site: Site) -> None:
    await site.store.people.merge([Contact("ada@firm.example")], START)
    await site.ask("POST", link(1, BOB), ONE_CLICK)
    assert await site.is_refused(BOB)
    assert not await site.is_refused("ada@firm.example")


async def test_a_link_to_an_alias_silences_the_person(site: Site) -> None:
    await site.store.people.merge([Contact(BOB, aliases=("bob@home.example",))], START)
    await site.ask("POST", link(1, "bob@home.example"), ONE_CLICK)
    assert await site.is_refused(BOB)


async def test_strangers_get_the_same_answer_and_change_nothing(site: Site) -> None:
    await site.store.people.merge([Contact(BOB)], START)
    ours = await site.ask("POST", link(2, "x@firm.example"), ONE_CLICK)
    genuine = link(1, BOB)
    strange = (
        link(1, BOB, b"another key"),
        genuine[:-1] + ("A" if genuine[-1] != "A" else "B"),
        "/leave/" + sign(KEY, "1"),  # a reply token is no link
        "/leave/",
        "/",
    )
    for path in strange:
        assert await site.ask("POST", path, ONE_CLICK) == ours
    assert not await site.is_refused(BOB)


async def test_nothing_of_anybody_is_shown_nor_fetched_from_anywhere(site: Site) -> None:
    walk = await Story(site.store).enrolled(BOB)
    for method in ("GET", "POST"):
        _, fields, text = await site.ask(method, link(walk.contact_id, BOB))
        assert "default-src 'none'" in fields["Content-Security-Policy"]
        assert fields["Referrer-Policy"] == "no-referrer"
        assert "bob" not in text.lower()
        assert "http" not in text


async def test_the_page_speaks_the_readers_language(site: Site) -> None:
    for wish, word in (("de-AT,en;q=0.5", "Klick"), ("xx, fr;q=0.2", "clic"), ("", "click")):
        _, _, text = await site.ask("GET", "/leave/x", Accept_Language=wish)
        assert word in text


async def test_a_no_that_cannot_be_written_down_is_not_called_done(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unreachable("the database is away")

    monkeypatch.setattr(type(site.store.people), "suppress_mark", away)
    status, fields, _ = await site.ask("POST", link(9, BOB), ONE_CLICK)
    assert (status, fields["Retry-After"]) == (503, "600")


async def test_other_methods_and_endless_bodies_are_refused(site: Site) -> None:
    assert (await site.ask("DELETE", link(1, BOB)))[0] == 405
    assert (await site.ask("POST", link(1, BOB), "x" * 20_000))[0] == 413
    assert not await site.is_refused(BOB)


async def test_who_asks_too_often_is_put_off_and_others_are_not(site: Site) -> None:
    asked = [await site.ask("GET", "/", X_Forwarded_For="1.1.1.1, 9.9.9.9") for _ in range(121)]
    assert [status for status, _, _ in asked] == [200] * 120 + [429]
    assert (await site.ask("GET", "/", X_Forwarded_For="1.1.1.1, 9.9.9.8"))[0] == 200


def test_a_share_is_by_the_minute_and_by_the_house() -> None:
    throttle = Throttle(of_one=2, of_all=3)
    same = ("2001:db8::1", "2001:db8::2", "2001:db8:0:0:9::")
    assert [throttle.admits(each, START) for each in same] == [True, True, False]
    assert [throttle.admits(each, START) for each in ("9.9.9.9", "8.8.8.8")] == [True, False]
    assert throttle.admits("2001:db8::1", START + MINUTE)
    assert throttle.admits("2001:db8::1", START - MINUTE)  # a clock that was put back


def test_a_token_is_one_spelling_of_one_thing() -> None:
    leaving = Leaving(2**40, address_mark(KEY, BOB))
    token = sign_leaving(KEY, leaving)
    assert read_leaving(KEY, token) == leaving
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [token[:-1] + each for each in alphabet if each != token[-1]]
    assert [each for each in others if read_leaving(KEY, each)] == []
