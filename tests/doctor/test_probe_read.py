"""What the probe tells about signatures, judgement and clocks, as it arrived."""

from datetime import timedelta

import pytest

from nurture.doctor.examination.replies import read_probe
from nurture.doctor.finding import Finding, Level
from nurture.doctor.probe import Heard
from nurture.mail.read.inbound import read

PASS = "Authentication-Results: mx.carter.io; spf=pass; dkim=pass; dmarc=pass"
FAIL = "Authentication-Results: mx.carter.io; spf=pass; dkim=none; dmarc=fail"
OURS = (
    "DKIM-Signature: v=1; d=carter.io; s=google; b=x; bh=y;"
    " h=from:list-unsubscribe:list-unsubscribe-post"
)
THEIRS = "DKIM-Signature: v=1; d=carter.onmicrosoft.com; s=selector1; b=x; bh=y; h=from"


def findings(*fields: str, skew: timedelta = timedelta(seconds=2)) -> list[Finding]:
    raw = "\r\n".join([*fields, "From: anna@carter.io", "", "x"]).encode()
    return list(read_probe("anna", "anna@carter.io", Heard(read(raw), skew)))


def test_all_is_well_where_our_domain_signs_and_everything_passes() -> None:
    found = findings(PASS, OURS)
    assert {each.level for each in found} == {Level.OK}
    assert any("covers the unsubscribe headers" in each.seen for each in found)


def test_a_signature_of_the_provider_alone_is_not_ours() -> None:
    found = findings(PASS, THEIRS)
    assert any("which is not your domain" in each.seen for each in found)
    assert any("does not cover" in each.seen for each in found)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((FAIL, OURS), "dmarc=fail"),
        ((PASS,), "no DKIM signature"),
        ((OURS,), "no Authentication-Results"),
        ((), "neither signed nor judged"),
    ],
)
def test_what_is_missing_is_a_warning_with_what_to_do(fields: tuple[str, ...], words: str) -> None:
    (found,) = [each for each in findings(*fields) if each.level is Level.WARN]
    assert words in found.seen
    assert found.remedy


@pytest.mark.parametrize("skew", [timedelta(minutes=-2), timedelta(hours=1)])
def test_a_clock_that_is_not_the_servers_is_a_warning(skew: timedelta) -> None:
    found = [each for each in findings(PASS, OURS, skew=skew) if each.examination == "clock"]
    assert [each.level for each in found] == [Level.WARN]
