"""Mails for the signal tests: our own corpus, and a builder for single ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture(scope="session")
def own_corpus() -> tuple[Path, ...]:
    """Every mail of tests/signals/corpus; the folder is the expected meaning."""
    return tuple(sorted(CORPUS.glob("*/*.eml")))


@pytest.fixture
def letter() -> Callable[..., bytes]:
    """Builds the bytes of a plain answer to us; headers given replace or add."""

    def build(body: str, **headers: str) -> bytes:
        fields = {
            "return-path": "<kim@firm.example>",
            "from": "Kim Berg <kim@firm.example>",
            "to": "Ada <ada@owner.example>",
            "subject": "Re: Your project",
            "date": "Wed, 04 Nov 2026 09:15:00 +0000",
            "in-reply-to": "<step-7f3a@owner.example>",
            "content-type": "text/plain; charset=utf-8",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
        return (head + "\n" + body).encode()

    return build
