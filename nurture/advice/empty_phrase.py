"""Phrases that say that a mail has nothing to say (domain.md E8)."""

from nurture.advice import Advice, Said, Writing, spoken


def _says_nothing(writing: Writing) -> Said:
    for phrase, place in spoken("empty", writing):
        yield f"{phrase!r} says nothing: begin with what is in it for them", place


ADVICE = Advice(
    "N202",
    "an empty phrase",
    "Whoever reads it knows that the mail is about the sender; it is what people complain of most.",
    of_text=_says_nothing,
)
