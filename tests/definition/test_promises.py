"""What is refused about promises in a sequence, with its place and words."""

import pytest

from nurture.definition import read_sequence
from nurture.errors import Misconfigured

HEAD = "sequence: tips\nwhy: we talked\nsteps:\n"
MAIL = "  - id: hello\n    email: mail/hello.md\n    promises: {}\n"
CALL = "  - id: ring\n    call: Ring them.\n"
TEXTS = {"mail/hello.md": "---\nsubject: Hello\n---\nOn {{ promise.date }}.\n"}


def complaint(text: str) -> str:
    with pytest.raises(Misconfigured) as refused:
        read_sequence(text, "tips.yaml", TEXTS)
    return str(refused.value)


def test_a_mail_may_promise_a_call_behind_it_with_waits_between() -> None:
    between = "  - id: time\n    wait: 2 weeks\n"
    sequence = read_sequence(HEAD + MAIL.format("ring") + between + CALL, "tips.yaml", TEXTS)
    assert [step.id for step in sequence.steps] == ["hello", "time", "ring"]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (MAIL.format("rings") + CALL, "no step behind this one is called 'rings'; did you mean"),
        (CALL + MAIL.format("ring"), "no step behind this one is called 'ring'"),
        (
            MAIL.format("read") + "  - id: read\n    task: Read their page.\n",
            "'read' is nothing that you do for them",
        ),
        (MAIL.format("ring") + CALL + "    blocks: no\n", "'ring' does not block"),
        (
            MAIL.format("ring") + "  - id: card\n    gift: A card.\n" + CALL,
            "'card' stands between: only waits may",
        ),
        (
            MAIL.format("ring").rstrip("\n") + "\n    approval: required\n" + CALL,
            "a promise cannot wait for approval",
        ),
    ],
)
def test_a_promise_that_could_not_be_kept_is_refused(steps: str, words: str) -> None:
    said = complaint(HEAD + steps)
    assert words in said
    assert "tips.yaml:" in said
