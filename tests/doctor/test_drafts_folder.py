"""Whoever wants drafts in the mailbox is told whether its folder can hold them."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from nurture.doctor.examination.imap import examine
from nurture.doctor.finding import Level
from nurture.settings import Endpoint
from tests.doctor.test_domain import patient
from tests.servers.lying_imap import PASSWORD, Lie, LyingImap

INBOX, DRAFTS = '() "/" INBOX', '(\\Drafts) "/" "Kladde"'


async def seen(server: LyingImap, *, wanted: bool = True) -> list[tuple[Level, str]]:
    """What is said about drafts."""
    whole = patient("anna@carter.io")
    (each,) = whole.accounts
    account = replace(each.account, drafts_in_mailbox=wanted)
    endpoint = Endpoint("127.0.0.1", server.port, "none", "anna@carter.io", SecretStr(PASSWORD))
    asked = replace(whole, accounts=(replace(each, account=account, imap=endpoint),))
    found = [(one.level, one.seen) async for one in examine(asked)]
    return [(level, words) for level, words in found if "draft" in words]


@pytest.mark.parametrize(
    ("folders", "lies", "level", "words"),
    [
        ((INBOX, DRAFTS), set(), Level.OK, "can be put into their folder and taken out again"),
        ((INBOX,), set(), Level.WARN, "there is no folder for it"),
        ((INBOX, DRAFTS), {Lie.READ_ONLY}, Level.WARN, "the Drafts folder cannot be changed"),
    ],
)
async def test_a_folder_is_examined_as_it_will_be_used(
    folders: tuple[str, ...], lies: set[Lie], level: Level, words: str
) -> None:
    async with LyingImap(
        {5: b"Subject: x\r\n\r\n"}, lies=lies, folders=folders
    ).running() as server:
        ((found, said),) = await seen(server)
        assert (found, words in said) == (level, True)
        assert server.messages == {5: b"Subject: x\r\n\r\n"}


async def test_who_does_not_want_them_there_is_told_nothing() -> None:
    async with LyingImap(folders=(INBOX,)).running() as server:
        assert await seen(server, wanted=False) == []
