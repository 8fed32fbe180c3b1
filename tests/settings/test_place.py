"""What a proof of hearing is good for: hosts, users and address, and nothing else."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from nurture.core.account import Account, Owner
from nurture.settings import AccountSettings, Endpoint

ADDRESS = "anna@carter.io"
SERVER = Endpoint("mail.carter.io", 465, "implicit", ADDRESS, SecretStr("one"))
ANNA = AccountSettings(
    Account("anna", ADDRESS, Owner("Anna", ADDRESS, "UTC", "12 Mill Lane")), SERVER, SERVER
)


@pytest.mark.parametrize(
    "changed",
    [
        replace(ANNA, smtp=replace(SERVER, host="other.carter.io")),
        replace(ANNA, imap=replace(SERVER, host="other.carter.io")),
        replace(ANNA, imap=replace(SERVER, user="bea@carter.io")),
        replace(ANNA, account=replace(ANNA.account, address="bea@carter.io")),
    ],
)
def test_another_mailbox_is_another_place(changed: AccountSettings) -> None:
    assert changed.place != ANNA.place


def test_another_password_or_port_is_the_same_place() -> None:
    server = replace(SERVER, port=587, tls="starttls", secret=SecretStr("two"))
    assert replace(ANNA, smtp=server).place == ANNA.place
