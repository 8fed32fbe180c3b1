"""What mutt and s-nail really write when a person answers: only the new words count."""

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from nurture.core.verdict import Meaning
from nurture.signals import hear
from tests.servers.dovecot import require

pytestmark = pytest.mark.real

WORDS = "Could you call me on Thursday?"
OURS = """\
From anna@carter.example Mon Mar  2 09:00:00 2026
From: Anna Carter <anna@carter.example>
To: Ada Brandt <ada@brandt.example>
Subject: Hello Ada
Date: Mon, 02 Mar 2026 09:00:00 +0000
Message-ID: <1@carter.example>
Content-Type: text/plain; charset=utf-8

Dear Ada,

a thought about your garden. Reply STOP to unsubscribe.

Anna

"""
MUTT = """\
set from="ada@brandt.example" realname="Ada Brandt" sendmail="{home}/submit"
set editor="{home}/write" autoedit fast_reply include=yes sendmail_wait=0 copy=no
set folder="{home}" record="" header_cache="" mark_old=no move=no quit=yes
{more}
"""
S_NAIL = """\
set v15-compat quote ttycharset=utf-8 mta={home}/submit from="Ada Brandt <ada@brandt.example>"
{more}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with our mail in it, an editor that types, and a submission that keeps the bytes."""
    (tmp_path / "inbox").write_text(OURS)
    for name, script in (
        ("submit", f"cat > {tmp_path}/answer.eml"),
        ("write", f'{{ echo \'{WORDS}\'; echo; cat "$1"; }} > "$1.new" && mv "$1.new" "$1"'),
        ("write-below", f"echo '{WORDS}' >> \"$1\""),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o700)
    return tmp_path


def by_mutt(home: Path, more: str) -> None:
    require("mutt", "mutt")
    (home / "muttrc").write_text(MUTT.format(home=home, more=more))
    keys = 'push "<reply><send-message><quit>"'
    command = ["mutt", "-n", "-F", str(home / "muttrc"), "-f", str(home / "inbox"), "-e", keys]
    leader, follower = pty.openpty()
    try:
        environment = {**os.environ, "HOME": str(home), "TERM": "xterm"}
        subprocess.run(command, stdin=follower, stdout=follower, stderr=follower,
                       env=environment, timeout=20, check=True)  # fmt: skip
    finally:
        os.close(leader)
        os.close(follower)


def by_s_nail(home: Path, more: str) -> None:
    require("s-nail", "s-nail")
    (home / "rc").write_text(S_NAIL.format(home=home, more=more))
    typed = f"reply 1\n{WORDS}\n~.\nxit\n"
    environment = {**os.environ, "HOME": str(home), "MAILRC": str(home / "rc")}
    subprocess.run(["s-nail", "-#", "-f", str(home / "inbox")], input=typed, text=True,
                   env=environment, timeout=20, check=True)  # fmt: skip


@pytest.mark.parametrize(
    ("client", "more"),
    [
        (by_mutt, ""),
        (by_mutt, 'set editor="{home}/write-below"'),
        (by_mutt, 'set attribution="Am %d schrieb %n:" indent_string="| "'),
        (by_mutt, "set forward_quote include=no"),
        (by_s_nail, ""),
        (by_s_nail, "set quote-as-attachment"),
        (by_s_nail, "unset quote"),
    ],
)
def test_an_answer_is_a_persons_and_holds_their_words_alone(
    home: Path, client: Callable[[Path, str], None], more: str
) -> None:
    client(home, more.format(home=home))
    raw = (home / "answer.eml").read_bytes()
    heard, verdict = hear(raw, known_contact=True)
    assert verdict.meaning is Meaning.HUMAN_REPLY, verdict
    assert heard.written.text.strip() == WORDS
    assert heard.inbound.in_reply_to == ("1@carter.example",)
