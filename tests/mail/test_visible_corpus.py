"""On the labelled corpus the sender's words and return days are read as promised (R15, R16)."""

import json
import os
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nurture.mail.read.inbound import Inbound, read
from nurture.mail.words.quoting import visible
from nurture.mail.words.written_date import find_return

_BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
CORPUS = Path(os.environ.get("NURTURE_CORPUS") or _BESIDE)

pytestmark = pytest.mark.skipif(
    not (CORPUS / "manifest.json").is_file(),
    reason=f"no corpus at {CORPUS}: set NURTURE_CORPUS to a folder with a manifest.json",
)

# reliability.md R16: 43 of 43, 44 of 47, 18 of 24 on unseen mail, as shares.
SHARES = {
    "written by hand for this corpus": 1.0,
    "getfernand/unquotemail": 44 / 47,
    "discourse/email_reply_trimmer": 18 / 24,
}
RETURN_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Sample:
    file: str
    expected: dict[str, Any]
    mail: Inbound


def samples(label: str, key: str, source: str | None = None) -> list[Sample]:
    manifest = json.loads((CORPUS / "manifest.json").read_text("utf-8"))
    return [
        Sample(each["file"], each["expected"], read((CORPUS / each["file"]).read_bytes()))
        for each in manifest
        if each["label"] == label and key in each["expected"] and source in {None, each["source"]}
    ]


def comparable(text: str) -> str:
    """Case, blanks and punctuation apart, as the corpus' own scoring compares."""
    words = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\W_]+", " ", words).strip().lower() or words.strip()


@pytest.mark.parametrize("source", SHARES)
def test_the_words_of_the_sender_are_found(source: str) -> None:
    found = samples("human_reply", "visible_text", source)
    assert found
    wrong = [
        each.file
        for each in found
        if comparable(visible(each.mail.plain, each.mail.html).text)
        != comparable(each.expected["visible_text"])
    ]
    assert 1 - len(wrong) / len(found) >= SHARES[source], wrong


def test_days_of_return_are_found_and_none_is_wrong() -> None:
    found = samples("auto_reply", "return_date")
    assert found
    wrong, missed = [], []
    for each in found:
        assert each.mail.date is not None, each.file
        body = visible(each.mail.plain, each.mail.html).body
        back = find_return(body, today=each.mail.date.date())
        first = date.fromisoformat(each.expected["return_date"])
        last = date.fromisoformat(each.expected.get("return_date_latest", first.isoformat()))
        if back is None:
            missed.append(each.file)
        elif not first <= back.first_day_back <= last:
            wrong.append((each.file, back))
    assert not wrong
    assert 1 - len(missed) / len(found) >= RETURN_SHARE, missed
