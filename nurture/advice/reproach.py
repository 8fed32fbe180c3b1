"""Words that burn a bridge when somebody has chosen another."""

from nurture.advice import Advice, Said, Writing, spoken
from nurture.core.contact import Relationship

_CHOSE_ANOTHER = frozenset((Relationship.LOST_PROSPECT, Relationship.FORMER_CLIENT))


def _reproaches(writing: Writing) -> Said:
    if writing.audience and not writing.audience & _CHOSE_ANOTHER:
        return
    for phrase, place in spoken("reproach", writing):
        words = f"{phrase!r} reads as a reproach to somebody who chose another: leave it out"
        yield words, place


ADVICE = Advice(
    "N203",
    "a reproach",
    "Whoever chose another was free to; only those who were let go kindly come back.",
    of_text=_reproaches,
)
