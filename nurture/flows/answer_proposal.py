"""The owner's word on what was proposed for the library."""

from dataclasses import replace

from nurture import ports
from nurture.clipping.piece import Clipping, piece_text
from nurture.core.library.proposal import Proposal, ProposalState
from nurture.errors import Misconfigured


async def accept_proposal(
    sources: ports.Sources,
    folder: ports.PieceFolder,
    number: int,
    clock: ports.Clock,
    topics: tuple[str, ...] = (),
) -> str:
    """The path of the piece that it is now; with `topics` about those instead of its source's.

    The file is written first: a crash in between leaves a piece and a proposal, and whoever
    accepts it again finds that piece.  Raises Misconfigured with words where it does not wait.
    """
    proposal = await _waiting(sources, number)
    told = replace(proposal, topics=topics or proposal.topics)
    if not told.topics:
        raise Misconfigured(f"say what {number} is about: --topic 'cash flow', as often as needed")
    path = await folder.piece_from(told.url)
    path = path or await folder.keep(told.title, piece_text(_clipping(told), is_ready=True))
    await sources.settle(number, ProposalState.ACCEPTED, clock.now(), path)
    return path


async def reject_proposal(sources: ports.Sources, number: int, clock: ports.Clock) -> Proposal:
    """It is not proposed again; raises Misconfigured with words where it does not wait."""
    proposal = await _waiting(sources, number)
    await sources.settle(number, ProposalState.REJECTED, clock.now())
    return proposal


async def _waiting(sources: ports.Sources, number: int) -> Proposal:
    proposal = await sources.proposal(number)
    if proposal is None:
        raise Misconfigured(f"there is no proposal {number}: see `nurture library proposed`")
    if proposal.state is not ProposalState.WAITING:
        where = f": {proposal.path}" if proposal.path else ""
        raise Misconfigured(f"proposal {number} is {proposal.state} already{where}")
    return proposal


def _clipping(proposal: Proposal) -> Clipping:
    return Clipping(
        title=proposal.title,
        url=proposal.url,
        excerpt=proposal.summary,
        author=proposal.author,
        language=proposal.language,
        topics=proposal.topics,
        published=proposal.published_at,
    )
