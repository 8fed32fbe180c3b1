"""Mutated and malicious mails: nothing raises, nothing is slow, each gets a verdict."""

import os
import random
import resource
import time
from pathlib import Path

import pytest

from nurture.core.verdict import Meaning
from nurture.mail.read.inbound import read
from nurture.mail.read.mime import PARTS_LIMIT
from nurture.signals import hear

MAILS = int(os.environ.get("NURTURE_FUZZ", "2000"))
SLOWEST = 1.0
SPLICES = (
    b"\n\n", b"--b1", b"=?utf-8?b?", b"=?x?q?", b"\x00", b"\xff\xfe", b"<" * 500, b"\r",
    b"@", b"\n>",
    b"Content-Type: multipart/mixed; boundary=", b"Content-Transfer-Encoding: base64\n", b"\n ",
    b"message/rfc822", b"charset=punycode", b"Auto-Submitted: no\n", b" " * 3000, b"(" * 300,
)  # fmt: skip


def mutate(raw: bytes, dice: random.Random, others: tuple[bytes, ...]) -> bytes:
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(raw) + 1)
        end = min(len(raw), at + dice.randint(0, 200))
        kind = dice.randrange(5)
        if kind == 0:
            raw = raw[:at] + dice.choice(SPLICES) + raw[at:]
        elif kind == 1:
            raw = raw[:at] + raw[end:]
        elif kind == 2:
            raw = raw[:at] + raw[at:end] * dice.randint(2, 20) + raw[end:]
        elif kind == 3:
            raw = raw[:at] + dice.randbytes(dice.randint(1, 40)) + raw[end:]
        else:
            raw = raw[:at] + dice.choice(others)[:3000] + raw[end:]
    return raw


def test_mutated_mails_are_heard_in_time(own_corpus: tuple[Path, ...]) -> None:
    seeds = tuple(mail.read_bytes() for mail in own_corpus)
    dice = random.Random(20261104)
    slowest = (0.0, b"")
    for _ in range(MAILS):
        raw = mutate(dice.choice(seeds), dice, seeds)
        begun = time.perf_counter()
        verdict = hear(raw, known_contact=True)[1]
        slowest = max(slowest, (time.perf_counter() - begun, raw))
        assert verdict.meaning in Meaning
    assert slowest[0] < SLOWEST, slowest[1][:2000]


def nested(depth: int) -> bytes:
    opening = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    parts = b"".join(opening % (each, each) for each in range(depth))
    return b"From: a@b.example\n" + parts


RECIPIENT = b"Final-Recipient: rfc822; a@b.example\nAction: failed\n\n"
REPORT = b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n"
DAEMON = b"From: mailer-daemon@b.example\nSubject: failure notice\n\n"
BOMBS = {
    "nested multiparts": nested(3000),
    "nested messages": b"Content-Type: message/rfc822\n\n" * 3000,
    "empty parts": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 1_200_000,
    "false boundaries": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"\n--xy" * 1_200_000,
    "addresses": b"From: a@b.example\nTo: " + b", ".join([b"u@v.example"] * 20_000) + b"\n\nhi",
    "group names": b"From: a@b.example\nTo: " + b"a:" * 30_000 + b"\n\nhi",
    "encoded words": b"Subject: " + b"=?utf-8?q?" * 6000 + b"\n\nhi",
    "open comments": b"From: " + b"(" * 60_000 + b"\n\nhi",
    "open quotes": b"From: " + b'"a\\' * 20_000 + b"\n\nhi",
    "header flood": b"X: y\n" * 400_000 + b"\nhi",
    "one long line": b"From: a@b.example\n\n" + b"a " * 3_000_000,
    "blank lines": b"From: a@b.example\n\n" + b"\n" * 3_000_000,
    "angle brackets": b"Content-Type: text/html\n\n" + b"<a " * 2_000_000,
    "quote marks": b"From: a@b.example\n\n" + b"> " * 200_000 + b"\n> x" * 100_000,
    "punycode": b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 500_000 + b"-\xff",
    "status fields": REPORT + b"Content-Type: message/delivery-status\n\n" + RECIPIENT * 20_000,
    "references": b"From: a@b.example\nReferences: " + b"<" * 60_000 + b"\n\nhi",
    "many at signs": DAEMON + b"a@" * 500_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_bounded_in_time_and_memory(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    hear(BOMBS[name], known_contact=True)
    assert time.perf_counter() - begun < SLOWEST
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


def test_a_large_attachment_costs_no_copy_of_it() -> None:
    head = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nHello\n--x\n"
    file = b"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n"
    raw = head + file + b"QUJD" * (12 * 1024 * 1024) + b"\n--x--\n"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    heard, _ = hear(raw, known_contact=True)
    assert heard.inbound.plain == "Hello"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024


def test_parts_beyond_the_limit_are_named_as_a_defect() -> None:
    part = b"--x\nContent-Type: text/plain\n\nhi\n"
    inbound = read(b"Content-Type: multipart/mixed; boundary=x\n\n" + part * (PARTS_LIMIT + 50))
    assert any(str(PARTS_LIMIT) in defect for defect in inbound.defects)
    assert inbound.plain.count("hi") <= PARTS_LIMIT
