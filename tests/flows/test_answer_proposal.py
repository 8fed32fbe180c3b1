"""What is proposed is sent to nobody before its owner's yes, and is one piece however often."""

from pathlib import Path

import pytest
import pytest_asyncio

from nurture.core.library.proposal import Proposal, ProposalState, Source
from nurture.demo.story_clock import StoryClock
from nurture.document.piece_text import piece_problems
from nurture.errors import Misconfigured
from nurture.flows.answer_proposal import accept_proposal, reject_proposal
from nurture.ports import NO_VERSION
from nurture.transport.piece_folder import StoredPieces
from tests.fakes.memory_sources import MemorySources
from tests.fakes.small_house import START

CLOCK = StoryClock(START)
ITEM = Proposal(0, "https://blog.example/a", "Five invoices", "Take the oldest.", "Ada", "en")


@pytest_asyncio.fixture
async def sources() -> MemorySources:
    kept = MemorySources()
    source = await kept.add(Source(0, "https://blog.example/feed"), START)
    assert source is not None
    await kept.fetched(source, [ITEM], NO_VERSION, START, START)
    return kept


async def waiting(sources: MemorySources) -> int:
    (proposal,) = await sources.proposals()
    return proposal.id


async def test_a_yes_makes_a_piece_that_can_be_used(sources: MemorySources, tmp_path: Path) -> None:
    number = await waiting(sources)
    assert list(tmp_path.rglob("*.md")) == []
    path = await accept_proposal(sources, StoredPieces(tmp_path), number, CLOCK, ("tax",))
    text = (tmp_path / path).read_text()
    assert [*piece_problems(text, path)] == []
    assert "nobody" not in text
    settled = await sources.proposal(number)
    assert settled is not None
    assert (settled.state, settled.path) == (ProposalState.ACCEPTED, path)


async def test_what_is_about_nothing_is_not_accepted(
    sources: MemorySources, tmp_path: Path
) -> None:
    number = await waiting(sources)
    with pytest.raises(Misconfigured, match="--topic"):
        await accept_proposal(sources, StoredPieces(tmp_path), number, CLOCK)
    assert await waiting(sources) == number


async def test_a_crash_behind_the_file_leaves_one_piece(
    sources: MemorySources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, folder = await waiting(sources), StoredPieces(tmp_path)

    async def dies(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(MemorySources, "settle", dies)
        with pytest.raises(KeyboardInterrupt):
            await accept_proposal(sources, folder, number, CLOCK, ("tax",))
    assert await accept_proposal(sources, folder, number, CLOCK, ("tax",)) == (
        "library/five-invoices.md"
    )
    assert len(list(tmp_path.rglob("*.md"))) == 1


async def test_what_was_settled_is_not_settled_again(
    sources: MemorySources, tmp_path: Path
) -> None:
    number = await waiting(sources)
    assert (await reject_proposal(sources, number, CLOCK)).title == "Five invoices"
    with pytest.raises(Misconfigured, match="rejected already"):
        await accept_proposal(sources, StoredPieces(tmp_path), number, CLOCK, ("tax",))
    with pytest.raises(Misconfigured, match="no proposal 99"):
        await reject_proposal(sources, 99, CLOCK)
    assert list(tmp_path.rglob("*.md")) == []
