"""A redirected mail names whom it was for, and nothing in it leads back to them."""

from datetime import UTC, datetime

from nurture.mail.read.inbound import read
from nurture.mail.redirect import INTENDED, redirected
from nurture.mail.write.compose import Correspondent, Message, compose

WIRE = compose(
    Message(
        sender=Correspondent("anna@carter.example", "Anna Carter"),
        recipient=Correspondent("zoe@firm.example", "Zoë " + "Long-Name " * 12),
        subject="Über die Größe " * 8,
        text="Dear Zoë,\n\na thought.\n",
        html="<p>Dear Zoë</p>",
        message_id="1.2@carter.example",
        date=datetime(2026, 3, 2, 9, tzinfo=UTC),
        reply_to=Correspondent("anna+token@carter.example", "Anna"),
        in_reply_to="0.1@carter.example",
        headers=(
            ("List-Unsubscribe", "<https://x.example/u/token>, <mailto:anna+token@carter.example>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
        references=tuple(f"{number}.long-id-of-a-thread@carter.example" for number in range(9)),
    )
)


def test_only_the_new_address_is_written_to() -> None:
    mail = read(redirected(WIRE, "zoe@firm.example", "anna@home.example"))
    assert (mail.to, mail.cc) == (("anna@home.example",), ())
    assert mail.header(INTENDED) == "zoe@firm.example"
    assert mail.subject.startswith("[to zoe@firm.example] Über die Größe")
    assert mail.header("auto-submitted") == "auto-generated"


def test_no_answer_could_reach_the_contacts_thread() -> None:
    mail = read(redirected(WIRE, "zoe@firm.example", "anna@home.example"))
    assert (mail.reply_to, mail.in_reply_to, mail.references) == ("", (), ())
    assert b"anna+token" not in redirected(WIRE, "zoe@firm.example", "anna@home.example")


def test_no_button_of_a_mail_program_says_no_for_the_contact() -> None:
    raw = redirected(WIRE, "zoe@firm.example", "anna@home.example")
    assert b"list-unsubscribe" in WIRE.lower()
    assert b"list-unsubscribe" not in raw.lower()


def test_the_body_and_its_form_stay_as_they_were() -> None:
    before, after = read(WIRE), read(redirected(WIRE, "zoe@firm.example", "anna@home.example"))
    assert (after.plain, after.html, after.message_id) == (
        before.plain, before.html, before.message_id,
    )  # fmt: skip
    assert after.defects == before.defects
