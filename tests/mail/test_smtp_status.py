"""Whom a server's refusal speaks about, by every fixture of domain.md 1.4."""

from pathlib import Path

import pytest

from nurture.mail.delivery import Answer, Deferred, Phase, Rejected, Scope
from nurture.mail.write.smtp_status import classify, enhanced_in, says_address_is_dead

_TABLE = Path(__file__).with_name("smtp_replies.txt")


def _cases() -> list[tuple[Answer, str, Scope, str]]:
    cases = []
    for line in _TABLE.read_text("utf-8").splitlines()[1:]:
        phase, reply, outcome, scope, source = (part.strip() for part in line.split(" | "))
        code, _, text = reply.partition(" ")
        answer = Answer(Phase(phase), int(code), text)
        cases.append((answer, outcome, Scope(scope), source))
    return cases


@pytest.mark.parametrize(("answer", "outcome", "scope", "source"), _cases(), ids=str)
def test_a_reply_is_read_by_scope_and_then_by_severity(
    answer: Answer, outcome: str, scope: Scope, source: str
) -> None:
    read = classify(answer)
    assert (type(read), read.scope) == (Deferred if outcome == "deferred" else Rejected, scope)
    if isinstance(read, Rejected):
        assert says_address_is_dead(read) is (outcome == "dead")


@pytest.mark.parametrize("code", range(500, 560))
@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY])
def test_three_digits_alone_never_kill_an_address(code: int, phase: Phase) -> None:
    read = classify(Answer(phase, code, ""))
    assert not (isinstance(read, Rejected) and says_address_is_dead(read))


@pytest.mark.parametrize("scope", [each for each in Scope if each is not Scope.RECIPIENT])
def test_only_a_word_about_the_recipient_can_kill_an_address(scope: Scope) -> None:
    answer = Answer(Phase.RCPT, 550, "5.1.1 user unknown")
    assert not says_address_is_dead(Rejected(answer, scope))


def test_a_row_for_one_provider_speaks_for_no_other() -> None:
    answer = Answer(Phase.RCPT, 451, "4.7.0 Try again later")
    scopes = [classify(answer, provider).scope for provider in ("gmail", "postfix", "")]
    assert scopes == [Scope.ACCOUNT, Scope.RECIPIENT, Scope.RECIPIENT]


def test_silence_before_the_dot_rests_the_account() -> None:
    read = classify(Answer(Phase.RCPT, 0, "connection lost"))
    assert read == Deferred(Answer(Phase.RCPT, 0, "connection lost"), Scope.ACCOUNT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5.1.1 no", "5.1.1"),
        ("from 10.5.1.1 blocked", ""),
        ("v4.2.10.1", ""),
        ("<a> 4.7.0 x", "4.7.0"),
    ],
)
def test_an_enhanced_code_is_not_taken_from_an_address_or_a_version(text: str, found: str) -> None:
    assert enhanced_in(text) == found
