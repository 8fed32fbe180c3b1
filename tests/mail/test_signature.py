"""What a receiving server says, and what a signature covers."""

import pytest

from nurture.mail.read.inbound import Inbound, read
from nurture.mail.read.signature import results, signatures

GOOGLE = (
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=carter.example; s=google;\r\n"
    "  h=list-unsubscribe-post:list-unsubscribe:to:subject:from;\r\n  bh=abc=; b=def=="
)
BARE = "DKIM-Signature: v=1; d=carter.onmicrosoft.example; s=selector1; h=From:Date; b=x"


def mail(*fields: str) -> Inbound:
    return read("\r\n".join([*fields, "From: a@carter.example", "", "x"]).encode())


def test_a_signature_is_read_with_what_it_covers() -> None:
    (signature,) = signatures(mail(GOOGLE))
    assert (signature.domain, signature.selector) == ("carter.example", "google")
    assert signature.covers_unsubscribe


def test_a_signature_that_leaves_out_the_unsubscribe_fields_does_not_cover_them() -> None:
    (signature,) = signatures(mail(BARE))
    assert not signature.covers_unsubscribe


@pytest.mark.parametrize(
    ("sender", "is_aligned"),
    [("carter.example", True), ("mail.carter.example", True), ("notcarter.example", False)],
)
def test_alignment_is_by_domain_and_not_by_letters(sender: str, is_aligned: bool) -> None:
    (signature,) = signatures(mail(GOOGLE))
    assert signature.is_aligned(sender) is is_aligned


@pytest.mark.parametrize("field", ["DKIM-Signature: nonsense", "DKIM-Signature: d=a; s=b"])
def test_a_broken_signature_is_none(field: str) -> None:
    assert signatures(mail(field)) == ()


def test_only_the_topmost_results_count() -> None:
    ours = "Authentication-Results: mx.carter.example; spf=fail smtp.mailfrom=a; dkim=pass"
    theirs = "Authentication-Results: evil.example; spf=pass; dkim=pass; dmarc=pass"
    assert results(mail(ours, theirs)) == {"spf": "fail", "dkim": "pass"}


def test_one_good_signature_of_several_is_enough() -> None:
    field = "Authentication-Results: mx.example; dkim=fail; dkim=pass; dkim=none"
    assert results(mail(field)) == {"dkim": "pass"}
