"""A small folder of sequences, and a crowd that answers, is away, bounces and opts out."""

from pathlib import Path

import pytest

TIPS = """
sequence: tips
why: you asked us for an offer
window: {days: monday to friday, hours: "08:30 to 17:00"}
steps:
  - {id: hello, email: mail/hello.md, intent: greet}
  - {id: quiet, wait: 3 weeks}
  - id: which
    branch:
      - {when: value is at least 900, go to: thought}
      - {otherwise: news}
  - {id: thought, email: mail/thought.md}
  - {id: longer, wait: 5 weeks}
  - {id: news, email: mail/thought.md}
exits: {at the latest after: 3 years}
occasions:
  - {id: midsummer, on: 24 June, email: mail/hello.md, intent: greet}
  - {id: birthday, on: contact's birthday, email: mail/hello.md, intent: greet}
"""
CALLS = """
sequence: calls
why: you asked us for an offer
entry: {when: value is at least 900, start: automatic}
steps:
  - {id: settle, wait: 2 weeks}
  - {id: ring, call: "Ask {{ given_name }} how it went.", within: 2 business days}
  - {id: rest, wait: 1 month}
  - {id: again, call: "Ask {{ given_name }} once more.", blocks: no}
"""
MAILS = {
    "hello.md": "---\nsubject: Hello {{ given_name }}\n---\nDear {{ given_name }}, all the best.\n",
    "thought.md": "---\nsubject: A thought\n---\nDear {{ given_name }}, one thought.\n",
}


def write_folder(folder: Path, **sequences: str) -> Path:
    """A folder as an owner has it, with these sequences and the mails they name."""
    (folder / "mail").mkdir(parents=True, exist_ok=True)
    for name, text in sequences.items():
        (folder / f"{name}.yaml").write_text(text)
    for name, text in MAILS.items():
        (folder / "mail" / name).write_text(text)
    return folder


@pytest.fixture
def sequences(tmp_path: Path) -> Path:
    """One sequence of mails, one of calls."""
    return write_folder(tmp_path / "sequences", tips=TIPS, calls=CALLS)


@pytest.fixture
def mails_only(tmp_path: Path) -> Path:
    """What no hand is needed for."""
    return write_folder(tmp_path / "mails", tips=TIPS)
