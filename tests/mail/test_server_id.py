"""The id under which our mail travels on is learnt from the server's 250 (domain.md M6, F5)."""

import pytest

from nurture.mail.write.server_id import server_ids

_SES = "0102018f3a4b5c6d-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000"
_UUID = "b7bc2f4a-e38e-4336-af7d-e6c392c2f817"


@pytest.mark.parametrize(
    ("text", "host", "ids"),
    [
        (f"Ok {_SES}", "email-smtp.eu-west-1.amazonaws.com",
         (f"{_SES}@eu-west-1.amazonses.com",)),
        (f"Ok {_SES}", "email-smtp.us-east-1.amazonaws.com",
         (f"{_SES}@email.amazonses.com", f"{_SES}@us-east-1.amazonses.com")),
        (f"Ok {_SES}", "mail.example.com", ()),
        ("Ok", "email-smtp.eu-west-1.amazonaws.com", ()),
        ("2.0.0 OK <DB7P@DB7P.eurprd01.prod.outlook.com> [Hostname=DB7P]", "smtp.office365.com",
         ("DB7P@DB7P.eurprd01.prod.outlook.com",)),
        ("2.0.0 OK: queued as <202611@smtp-relay.mailin.fr>", "smtp-relay.brevo.com",
         ("202611@smtp-relay.mailin.fr",)),
        (f"OK: queued as <{_UUID}>", "smtp.postmarkapp.com", (f"{_UUID}@mtasv.net",)),
        ("2.0.0 Ok: queued as 4XyZ1", "localhost", ()),
        ("2.0.0 OK  1763800000 a1b2.3 - gsmtp", "smtp.gmail.com", ()),
    ],
)  # fmt: skip
def test_the_servers_own_id_is_known_in_the_form_an_answer_will_cite(
    text: str, host: str, ids: tuple[str, ...]
) -> None:
    assert server_ids(text, host) == ids
