"""What servers say is read by the grammar, whatever stands in a message or a name."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.cursor import Folder
from nurture.transport.imap_answer import (
    Body,
    fetched_body,
    found_uids,
    listed_folders,
    personal_prefix,
    spelt,
    spelt_date,
    spelt_instant,
)
from nurture.transport.imap_folder import choose_folders

OK = b"OK done"


def listed(*lines: str) -> list[bytes]:
    return [*(f"LIST {line}".encode() for line in lines), OK]


def test_a_body_in_a_literal_may_look_like_protocol() -> None:
    raw = b"5 FETCH (UID 9 BODY[] {3}\r\n* OK"
    head = b'5 FETCH (RFC822.SIZE 99 INTERNALDATE " 2-Mar-2026 10:00:00 +0100" BODY[]<0> {31}'
    parts = [b"1 FETCH (FLAGS () UID 4)", head, bytearray(raw), b" UID 4)", OK]
    assert fetched_body(4, parts) == Body(4, raw, 99, datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert fetched_body(9, parts) is None


def test_a_short_body_may_be_quoted() -> None:
    parts = [b'1 FETCH (UID 4 RFC822.SIZE 5 BODY[]<0> "a\\"b UID 7")', OK]
    assert fetched_body(4, parts) == Body(4, b'a"b UID 7', 9, None)


@pytest.mark.parametrize("text", ["31-Feb-2026 10:00:00 +0100", "1-Foo-2026 10:00:00 +0000", "x"])
def test_a_senseless_internal_date_is_no_date(text: str) -> None:
    parts = [f'1 FETCH (UID 4 INTERNALDATE "{text}" BODY[] {{1}}'.encode(), bytearray(b"x"), b")"]
    body = fetched_body(4, [*parts, OK])
    assert body is not None
    assert body.arrived_at is None


def test_found_uids_are_ascending_and_each_once() -> None:
    assert found_uids([b"SEARCH 5 3", b"SEARCH", b"search 5 11", b"OK 99 found"]) == (3, 5, 11)
    assert found_uids([b"SEARCH 7 " + b"9" * 5000, OK]) == (7,)


def test_folders_are_found_by_special_use_before_any_name() -> None:
    folders = listed_folders(
        listed(
            '(\\HasNoChildren) "/" INBOX',
            '(\\HasNoChildren) "/" "Sent"',
            '(\\HasNoChildren \\Sent) "/" "[Gmail]/Gesendet"',
            '(\\Junk) "/" "[Gmail]/Spam"',
        )
    )
    assert choose_folders(folders, {}) == {
        Folder.INBOX: "INBOX",
        Folder.SENT: "[Gmail]/Gesendet",
        Folder.JUNK: "[Gmail]/Spam",
    }


def test_folders_are_found_by_name_where_nothing_else_tells() -> None:
    lines = listed(
        '() "." INBOX.Gesendete&AOQ-',
        '() "." "INBOX.Sent Items"',
        '() "." "INBOX.Unerw&APw-nscht"',
        '() "." "Projects.Spam"',
        '(\\Noselect) "." "Junk"',
    )
    assert choose_folders(listed_folders(lines), {}) == {
        Folder.INBOX: "INBOX",
        Folder.SENT: "INBOX.Sent Items",
        Folder.JUNK: "INBOX.Unerwünscht",
    }


def test_a_configured_name_stands_alone() -> None:
    folders = listed_folders(listed('(\\Sent) "/" Sent', '() "/" Mine'))
    assert choose_folders(folders, {Folder.SENT: "Mine"})[Folder.SENT] == "Mine"
    assert Folder.SENT not in choose_folders(folders, {Folder.SENT: "Gone"})


def test_a_folder_name_may_come_as_a_literal() -> None:
    parts = [b'LIST (\\Sent) "/" {7}', bytearray(b'S"ent)('), b"", b"LIST () NIL Flat", OK]
    assert [one.name for one in listed_folders(parts)] == ['S"ent)(', "Flat"]


def test_the_personal_prefix_is_that_of_the_own_namespace() -> None:
    assert personal_prefix([b'NAMESPACE (("INBOX." ".")) NIL (("Public." "."))', OK]) == "INBOX."
    assert personal_prefix([b"NAMESPACE NIL NIL NIL", OK]) == ""


@given(st.lists(st.binary().map(bytes) | st.binary().map(bytearray)))
def test_no_answer_makes_a_reader_raise(parts: list[bytes | bytearray]) -> None:
    for prefix in (b"", b"LIST () NIL ", b"SEARCH ", b"1 FETCH (UID 1 INTERNALDATE "):
        answer = [prefix + part if isinstance(part, bytes) else part for part in parts]
        assert isinstance(found_uids(answer), tuple)
        assert isinstance(listed_folders(answer), tuple)
        assert fetched_body(2, [*answer, OK]) is None
        assert isinstance(personal_prefix(answer), str)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), min_size=1))
def test_every_name_survives_its_spelling(name: str) -> None:
    spelling = spelt(name)
    assert spelling.isascii()
    (found,) = listed_folders([f"LIST () NIL {spelling}".encode(), OK])
    assert found.name == name


def test_dates_are_english_and_instants_utc() -> None:
    assert spelt_date(date(2026, 5, 3)) == "3-May-2026"
    berlin = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert spelt_instant(berlin) == '"28-Feb-2026 23:30:00 +0000"'
