"""Topics of the library by which nobody ever finds a piece."""

from nurture.advice import Advice, Said, Stock
from nurture.core.spelling import did_you_mean


def _leads_nowhere(stock: Stock) -> Said:
    known = {*stock.thesaurus.entries, *stock.interests}
    known |= {topic for _, step in stock.steps() for topic in step.topics}
    wanted = stock.thesaurus.meant(known)
    for piece, template in stock.listed():
        shared = {
            topic
            for other, _ in stock.listed()
            if other.path != piece.path
            for topic in other.topics
        }
        for topic in piece.topics:
            if not stock.thesaurus.meant([topic]) & (wanted | stock.thesaurus.meant(shared)):
                hint = did_you_mean(topic, {*known, *shared})
                words = f"no step, contact or other piece knows the topic {topic!r}{hint}"
                yield words, template.front.places["topics"]


ADVICE = Advice(
    "N212",
    "a topic that leads nowhere",
    "A piece is found by its topics; one that nobody else names is often a slip of the pen. List "
    "what it means in library/topics.yaml.",
    of_library=_leads_nowhere,
)
