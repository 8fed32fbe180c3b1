"""From the settings to the link in a mail, and from there to silence."""

import asyncio
import re
import socket
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from nurture.core.account import Account
from nurture.core.contact.address import address_mark
from nurture.core.sequence import Intent
from nurture.errors import Misconfigured
from nurture.letter import write
from nurture.mail.tokens import Leaving, read_leaving
from nurture.mail.write.template import parse_template
from nurture.settings import load_settings
from tests.fakes.settings_text import ACCOUNT, OWNER
from tests.system.daemon import Home
from tests.system.provider import arrived, embedded
from tests.test_letter import SITUATION

KEY = b"k" * 32
ADA = "ada@example.net"
URL = "https://anna.example/leave"
HELLO = parse_template("---\nsubject: Hi\n---\nHello.\n", "hello.md")


def wire(account: Account, intent: Intent = Intent.GREET) -> bytes:
    situation = replace(SITUATION, account=account)
    return write(
        situation, HELLO, (), message_id="m9@example.com", key=KEY, intent=intent
    ).envelope.wire


def with_page(**more: object) -> Account:
    return replace(SITUATION.account, unsubscribe_url=URL, **more)


def test_f3_one_click_travels_as_it_stands_beside_the_address() -> None:
    """RFC 8058 section 3.1: one https link, the other field word for word, nothing encoded."""
    whole = wire(with_page(signs_one_click=True))
    (field,) = re.findall(rb"(?m)^List-Unsubscribe: ((?:.|\r\n )*)\r\n", whole)
    (link,) = re.findall(rb"<(https://[^>]+)>", field)
    assert b"=?" not in field
    assert b"<mailto:anna@example.com?subject=unsubscribe>" in field
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in whole
    contact = SITUATION.contact
    leaving = read_leaving(KEY, link.decode().removeprefix(f"{URL}/"))
    assert leaving == Leaving(contact.id, address_mark(KEY, contact.address))


def test_without_a_signature_over_it_one_click_is_not_claimed() -> None:
    mail = message_from_bytes(wire(with_page()), policy=default)
    assert mail["list-unsubscribe"] == "<mailto:anna@example.com?subject=unsubscribe>"
    assert mail["list-unsubscribe-post"] is None


def test_a_personal_mail_has_the_link_in_its_footer_alone() -> None:
    mail = message_from_bytes(wire(with_page(signs_one_click=True), Intent.GIVE), policy=default)
    assert mail["list-unsubscribe"] is None
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    assert f"\n{URL}/" in plain.get_content()
    assert f'<a href="{URL}/' in rich.get_content()
    assert URL.encode() not in wire(SITUATION.account, Intent.GIVE)


@pytest.mark.parametrize(
    ("page", "one_click", "words"),
    [
        (f'url = "{URL}"', "", "write both listen and url"),
        ('listen = "127.0.0.1:9479"', "", "write both listen and url"),
        (f'listen = "0.0.0.0:9479"\nurl = "{URL}"', "", "port of this machine"),
        ('listen = "127.0.0.1:9479"\nurl = "http://anna.example/x"', "", "wants https"),
        (f'listen = "127.0.0.1:9479"\nurl = "{URL}?a=1"', "", "wants https"),
        ("", "one_click = true", "one click needs a page"),
    ],
)
def test_half_a_page_is_refused_with_words(
    page: str, one_click: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "nurture.toml"
    file.write_text(f"{OWNER}{ACCOUNT}{one_click}\n[unsubscribe]\n{page}\n", "utf-8")
    with pytest.raises(Misconfigured, match=words):
        load_settings(file, {}, with_passwords=False)


@pytest.mark.slow
async def test_p3_a_click_in_a_real_mail_ends_it_while_the_daemon_runs(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port, {"contact_gap": "2s"})
        home.write_sequence("notes", "first", "second")
        text = (home.folder / "nurture.toml").read_text()
        home.write(
            "nurture.toml",
            f'{text}\n[unsubscribe]\nlisten = "127.0.0.1:{port}"\nurl = "{URL}"\n',
        )
        await home.enroll("notes", ADA)
        async with home.daemon() as daemon:
            await daemon.tells("touch_sent")
            mail = message_from_bytes(await arrived(provider, ADA), policy=default)
            part = mail.get_body(("plain",))
            assert part is not None
            (token,) = re.findall(rf"{URL}/(\S+)", part.get_content())
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            body = "List-Unsubscribe=One-Click"
            head = f"POST /leave/{token} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write((head + body).encode())
            assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
            writer.close()
            await daemon.tells("contact_opted_out", contact=home.id_of(ADA))
            await daemon.tells("owner_told")
            await daemon.stop()
    assert home.query("SELECT state, reason FROM enrollments") == [("ended", "opted_out")]
    assert len(provider.mails_to(ADA)) == 1
