"""Subjects that pretend a conversation (domain.md M5)."""

import re

from nurture.advice import Advice, Said, Writing

_SUBJECT = re.compile(r"^subject:[ \t]*[\"']?(re|fwd?|aw|wg)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_FENCE = "---"


def _pretends(writing: Writing) -> Said:
    if not writing.text.startswith(_FENCE):
        return
    above = writing.text.split(f"\n{_FENCE}", 1)[0]
    for line in _SUBJECT.finditer(above):
        words = (
            f"{line[1]}: pretends a conversation: say what the mail is about, or leave the"
            " subject out to continue a real one"
        )
        yield words, writing.place(line.start(1))


ADVICE = Advice(
    "N205",
    "a false Re:",
    "A subject that deceives is forbidden in many countries, and nobody forgets it.",
    of_text=_pretends,
)
